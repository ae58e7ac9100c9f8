/* SPDX-License-Identifier: GPL-2.0 */
/* The pages that a script plays with. */
#ifndef _MEMREPLAY_FRAMES_H
#define _MEMREPLAY_FRAMES_H

#include <linux/types.h>

struct replay_frame;
struct replay_run;
struct replay_value;

/* How the direct map has a page: mapped or not, and writable or not. */
#define REPLAY_PTE_NONE	0ULL
#define REPLAY_PTE_RO	0x8000000000000061ULL
#define REPLAY_PTE_RW	0x8000000000000063ULL

int replay_frame_take(struct replay_frame *frame, unsigned int order);
bool replay_frame_release(struct replay_frame *frame);
int replay_frames_take(struct replay_run *run);
int replay_frames_foreign(struct replay_run *run);
int replay_frames_protect(struct replay_run *run);
void replay_frames_release(struct replay_run *run);
unsigned long replay_frames_leaked(void);
long replay_frame_map(const struct replay_frame *frame, u64 flags);
u64 replay_frame_mfn(const struct replay_run *run, u16 frame);
int replay_frame_of(const struct replay_run *run, u64 mfn);
unsigned long replay_frame_va(const struct replay_frame *frame);
u64 replay_value(struct replay_run *run, const struct replay_value *value);

#endif /* _MEMREPLAY_FRAMES_H */
