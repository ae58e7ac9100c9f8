/* SPDX-License-Identifier: GPL-2.0 */
/* Words, answers and statements, as a transcript has them. */
#ifndef _MEMREPLAY_SHOW_H
#define _MEMREPLAY_SHOW_H

#include <linux/types.h>

struct replay_run;
struct replay_statement;

void replay_show_statement(struct replay_run *run,
			   const struct replay_statement *st);
void replay_show_answer(struct replay_run *run, long ret);
void replay_show_number(struct replay_run *run, long number);
void replay_show_word(struct replay_run *run, u64 word);
void replay_show_slot(struct replay_run *run, u16 table, u32 slot, u64 word);

#endif /* _MEMREPLAY_SHOW_H */
