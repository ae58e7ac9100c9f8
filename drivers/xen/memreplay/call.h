/* SPDX-License-Identifier: GPL-2.0 */
/* One hypercall, made of a statement. */
#ifndef _MEMREPLAY_CALL_H
#define _MEMREPLAY_CALL_H

#include <linux/types.h>

struct replay_run;
struct replay_statement;
struct xen_memory_exchange;

/**
 * struct replay_call - one hypercall
 * @st: the statement
 * @nr: __HYPERVISOR_*
 * @arg: its arguments
 * @done: the counter that it fills in, or NULL
 * @extents: list of frames, for the memory calls
 * @exchange: the argument of an exchange
 * @argument: what another memory call points to
 * @errs: what became of each entry of a batch
 * @ops: the operations of grant_table_op
 * @ret: the answer
 */
struct replay_call {
	const struct replay_statement *st;
	unsigned int nr;
	u64 arg[5];
	u32 *done;
	u64 *extents;
	struct xen_memory_exchange *exchange;
	void *argument;
	s32 *errs;
	void *ops;
	long ret;
};

void replay_call_build(struct replay_run *run,
		       const struct replay_statement *st,
		       struct replay_call *call);
u64 replay_option_or(struct replay_run *run,
		     const struct replay_statement *st, int option, u64 value);
void replay_call_effect(struct replay_run *run,
			const struct replay_call *call);
void replay_call_show(struct replay_run *run, const struct replay_call *call);
void replay_call_check(struct replay_run *run,
		       const struct replay_statement *st);

#endif /* _MEMREPLAY_CALL_H */
