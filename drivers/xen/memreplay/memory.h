/* SPDX-License-Identifier: GPL-2.0 */
/* The calls of memory_op. */
#ifndef _MEMREPLAY_MEMORY_H
#define _MEMREPLAY_MEMORY_H

#include <linux/types.h>

struct replay_call;
struct replay_item;
struct replay_run;
struct replay_statement;

void replay_memory_build(struct replay_run *run, struct replay_call *call);
void replay_exchange_build(struct replay_run *run, struct replay_call *call);
void replay_reservation_build(struct replay_run *run,
			      struct replay_call *call);
void replay_memory_other_build(struct replay_run *run,
			       struct replay_call *call);
void replay_memory_other_show(struct replay_run *run,
			      const struct replay_call *call);
void replay_memory_effect(struct replay_run *run,
			  const struct replay_call *call);
int replay_memory_map_take(struct replay_run *run);
void replay_memory_map_keep(struct replay_run *run);
void replay_memory_map_restore(struct replay_run *run);
bool replay_memory_refused(struct replay_run *run,
			   const struct replay_statement *st);
bool replay_memory_moves(const struct replay_statement *st);
u32 replay_memory_room(const struct replay_run *run,
		       const struct replay_item *item);

#endif /* _MEMREPLAY_MEMORY_H */
