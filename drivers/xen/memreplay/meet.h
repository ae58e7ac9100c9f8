/* SPDX-License-Identifier: GPL-2.0 */
/* Where two domains on Xen meet. */
#ifndef _MEMREPLAY_MEET_H
#define _MEMREPLAY_MEET_H

struct replay_backend;

void replay_meet_attach(struct replay_backend *backend);
void replay_meet_end(void);

#endif /* _MEMREPLAY_MEET_H */
