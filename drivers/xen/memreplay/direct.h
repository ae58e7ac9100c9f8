/* SPDX-License-Identifier: GPL-2.0 */
/* Statements that are the guest's own doing: no call is asked for. */
#ifndef _MEMREPLAY_DIRECT_H
#define _MEMREPLAY_DIRECT_H

#include <linux/types.h>

struct replay_run;
struct replay_statement;

void replay_write(struct replay_run *run, const struct replay_statement *st);
void replay_root(struct replay_run *run, const struct replay_statement *st);
void replay_read(struct replay_run *run, const struct replay_statement *st);
void replay_dump(struct replay_run *run, const struct replay_statement *st);
void replay_access(struct replay_run *run, const struct replay_statement *st);
void replay_watch_frames(struct replay_run *run, bool tell);

#endif /* _MEMREPLAY_DIRECT_H */
