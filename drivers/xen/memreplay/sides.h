/* SPDX-License-Identifier: GPL-2.0 */
/* Scripts of two domains: whose turn it is. */
#ifndef _MEMREPLAY_SIDES_H
#define _MEMREPLAY_SIDES_H

#include <linux/types.h>

struct replay_run;
struct replay_statement;

void replay_sides_begin(struct replay_run *run);
int replay_sides_prepare(struct replay_run *run);
struct replay_run *replay_sides_turn(struct replay_run *run,
				     const struct replay_statement *st);
void replay_sides_meet(struct replay_run *run);
void replay_sides_give_up(struct replay_run *run);
void replay_side_enter(struct replay_run *run);

#endif /* _MEMREPLAY_SIDES_H */
