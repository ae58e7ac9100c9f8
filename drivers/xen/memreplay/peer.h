/* SPDX-License-Identifier: GPL-2.0 */
/* On the core: the other of two domains. */
#ifndef _MEMREPLAY_PEER_H
#define _MEMREPLAY_PEER_H

#include <linux/types.h>

struct replay_backend;

bool replay_peer_attach(void);
void replay_peer_detach(void);
int replay_peer_make(struct replay_backend *peer);
void replay_peer_end(void);
int replay_peer_refs(u32 *refs, u32 nr);
void replay_peer_give_refs(const u32 *refs, u32 nr);

#endif /* _MEMREPLAY_PEER_H */
