/* SPDX-License-Identifier: GPL-2.0 */
/* Callers that number their frames themselves. */
#ifndef _MEMREPLAY_TRANSLATED_H
#define _MEMREPLAY_TRANSLATED_H

#include <linux/types.h>

struct replay_frame;
struct replay_run;

void replay_translated_name(struct replay_run *run);
void replay_translated_wipe(const struct replay_frame *frame);
long replay_translated_begin(struct replay_run *run);
bool replay_translated_refill(struct replay_frame *frame);
void replay_translated_undo(struct replay_run *run);

#endif /* _MEMREPLAY_TRANSLATED_H */
