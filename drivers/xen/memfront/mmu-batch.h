/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queue of page-table changes that each CPU has.
 */
#ifndef _MEMFRONT_MMU_BATCH_H
#define _MEMFRONT_MMU_BATCH_H

#include <linux/err.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

#include <xen/interface/xen.h>

#include <memfront/mmu.h>

#include "mmu-flush.h"
#include "mmu-stats.h"

/* The room of a queue: entries of tables, extended operations, calls. */
#define MMU_BATCH_UPDATES	512
#define MMU_BATCH_EXTS		64
#define MMU_BATCH_CALLS		64

/* Every request is an update, an extended operation or a call of its own. */
#define MMU_BATCH_REQUESTS \
	(MMU_BATCH_UPDATES + MMU_BATCH_EXTS + MMU_BATCH_CALLS)

/**
 * struct mmu_call - the requests that a call of the queue is made of
 * @first:	number of the first in the queue
 * @nr:		how many
 * @done:	how many of them the hypervisor says it did
 */
struct mmu_call {
	unsigned int first;
	unsigned int nr;
	int done;
};

/**
 * struct mmu_batch - the queue of a CPU
 * @depth:	memfront_mmu_begin() without end
 * @settling:	results are being given out
 * @taking:	in a batch and not settling: requests can go straight in
 * @sinks:	not 0 if some request in the queue has a sink
 * @open:	the list that the last call is, see mmu_batch_list_id(); 0 if it
 *		is none
 * @error:	the first failure since the outermost begin
 * @nr_calls:	used of @calls and @made_of
 * @nr_updates:	used of @updates
 * @nr_exts:	used of @exts
 * @nr_requests: used of @results
 * @flush:	to be flushed at the end
 * @stats:	since the module was loaded
 * @calls:	what the hypervisor gets; one more than fits is for the flush
 * @made_of:	the requests behind each call
 * @updates:	arguments of mmu_update calls, in their order
 * @exts:	arguments of mmuext_op calls, in their order
 * @flush_ops:	arguments of the flush
 * @results:	where the result of each request goes
 *
 * Touched by the CPU's running task alone, with preemption off; @stats is read
 * by others as it is.
 */
struct mmu_batch {
	unsigned int depth;
	bool settling;
	bool taking;
	unsigned long sinks;
	u64 open;
	int error;
	unsigned int nr_calls;
	unsigned int nr_updates;
	unsigned int nr_exts;
	unsigned int nr_requests;
	struct mmu_flush flush;
	struct mmu_stats stats;
	struct multicall_entry calls[MMU_BATCH_CALLS + 1];
	struct mmu_call made_of[MMU_BATCH_CALLS + 1];
	struct mmu_update updates[MMU_BATCH_UPDATES];
	struct mmuext_op exts[MMU_BATCH_EXTS];
	struct mmuext_op flush_ops[MMU_FLUSH_OPS];
	struct memfront_mmu_result results[MMU_BATCH_REQUESTS + 1];
};

DECLARE_PER_CPU(struct mmu_batch *, mmu_batch);

int mmu_batch_init(void);
void mmu_batch_exit(void);
int mmu_batch_finish(struct mmu_batch *batch);

/**
 * mmu_batch_list_id - which list of requests a call is
 * @op:		its hypercall
 * @owner:	whose frames they may name
 *
 * Return: the same for requests that can be in one call; never 0.
 */
static inline u64 mmu_batch_list_id(unsigned int op, domid_t owner)
{
	return (u64)op << 16 | owner;
}

/**
 * mmu_batch_enter - get the CPU's queue for a request
 *
 * Context: task context. Preemption is off until mmu_batch_leave().
 * Return: the queue; or an ERR_PTR(): -EOPNOTSUPP for a translated guest, which
 * has none; -EBUSY where it may be in use: see <memfront/mmu.h>.
 */
static inline struct mmu_batch *mmu_batch_enter(void)
{
	struct mmu_batch *batch;

	preempt_disable();
	batch = __this_cpu_read(mmu_batch);
	if (likely(batch && in_task() && !batch->settling)) {
		batch->depth++;
		batch->taking = true;
		return batch;
	}
	preempt_enable();
	return ERR_PTR(batch ? -EBUSY : -EOPNOTSUPP);
}

/**
 * mmu_batch_leave - the request is made
 * @batch: from mmu_batch_enter()
 *
 * Return: 0; outside a batch, where the request has just been carried out, its
 * error.
 */
static inline int mmu_batch_leave(struct mmu_batch *batch)
{
	int err = 0;

	if (batch->depth == 1)
		err = mmu_batch_finish(batch);
	batch->depth--;
	batch->taking = batch->depth;
	preempt_enable();
	return err;
}

void mmu_batch_open_updates(struct mmu_batch *batch, domid_t owner);
void mmu_batch_update_run(struct mmu_batch *batch, u64 first, const u64 *ptes,
			  unsigned int nr, domid_t owner,
			  struct memfront_mmu_result result);
void mmu_batch_ext(struct mmu_batch *batch, const struct mmuext_op *op,
		   struct memfront_mmu_result result);
void mmu_batch_call(struct mmu_batch *batch, const struct multicall_entry *call,
		    struct memfront_mmu_result result);
void mmu_batch_flush(struct mmu_batch *batch, const struct mmu_flush *flush);

/**
 * mmu_batch_push_result - the last call is made of one request more
 * @batch:	the CPU's queue
 * @result:	where its result goes
 */
static __always_inline void
mmu_batch_push_result(struct mmu_batch *batch,
		      struct memfront_mmu_result result)
{
	batch->results[batch->nr_requests++] = result;
	batch->sinks |= (unsigned long)result.sink;
}

/* The list is open, and there is room. */
static __always_inline bool
mmu_batch_takes_update(const struct mmu_batch *batch, domid_t owner)
{
	return batch->open == mmu_batch_list_id(__HYPERVISOR_mmu_update,
						owner) &&
	       batch->nr_updates < MMU_BATCH_UPDATES;
}

static __always_inline void
mmu_batch_push_update(struct mmu_batch *batch, u64 ptr, u64 val,
		      struct memfront_mmu_result result)
{
	struct mmu_update *update = &batch->updates[batch->nr_updates++];

	update->ptr = ptr;
	update->val = val;
	mmu_batch_push_result(batch, result);
}

/**
 * mmu_batch_update - queue a change of a table entry or of the M2P
 * @batch:	the CPU's queue
 * @ptr:	where, and the command
 * @val:	what
 * @owner:	whose frame it may name
 * @result:	where its result goes
 */
static __always_inline void
mmu_batch_update(struct mmu_batch *batch, u64 ptr, u64 val, domid_t owner,
		 struct memfront_mmu_result result)
{
	if (unlikely(!mmu_batch_takes_update(batch, owner)))
		mmu_batch_open_updates(batch, owner);
	mmu_batch_push_update(batch, ptr, val, result);
}

/**
 * mmu_batch_try_update - queue a change in the shortest way
 * @ptr:	where, and the command
 * @val:	what
 * @owner:	whose frame it may name
 * @result:	where its result goes
 *
 * For one that follows another of its kind. A task without preemption on a CPU
 * with a batch is the one that has begun it.
 *
 * Return: false, with nothing done, if it is not so.
 */
static __always_inline bool
mmu_batch_try_update(u64 ptr, u64 val, domid_t owner,
		     struct memfront_mmu_result result)
{
	struct mmu_batch *batch;

	if (preemptible() || !in_task())
		return false;
	batch = __this_cpu_read(mmu_batch);
	if (!batch || !batch->taking || !mmu_batch_takes_update(batch, owner))
		return false;
	mmu_batch_push_update(batch, ptr, val, result);
	return true;
}

#endif /* _MEMFRONT_MMU_BATCH_H */
