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

struct seq_file;

/* The room of a queue: entries of tables, extended operations, calls. */
#define MMU_BATCH_UPDATES	512
#define MMU_BATCH_EXTS		64
#define MMU_BATCH_CALLS		64

/**
 * struct mmu_batch_stats - what the batches of a CPU have done
 * @requests:	requests taken
 * @merged:	those that joined the call of the request before
 * @calls:	calls that the others became
 * @hypercalls:	entries into the hypervisor for all of them
 * @full:	times that a queue was carried out because it was full
 * @flushes_asked: flushes asked for
 * @flushes:	flushes carried out
 * @refused:	requests that the hypervisor refused
 * @cancelled:	requests that it did not look at, because of those
 */
struct mmu_batch_stats {
	unsigned long requests;
	unsigned long merged;
	unsigned long calls;
	unsigned long hypercalls;
	unsigned long full;
	unsigned long flushes_asked;
	unsigned long flushes;
	unsigned long refused;
	unsigned long cancelled;
};

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
 * @has_sinks:	some request in the queue has one
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
	bool has_sinks;
	int error;
	unsigned int nr_calls;
	unsigned int nr_updates;
	unsigned int nr_exts;
	unsigned int nr_requests;
	struct mmu_flush flush;
	struct mmu_batch_stats stats;
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
	preempt_enable();
	return err;
}

void mmu_batch_update(struct mmu_batch *batch, const struct mmu_update *update,
		      domid_t owner, struct memfront_mmu_result result);
void mmu_batch_ext(struct mmu_batch *batch, const struct mmuext_op *op,
		   struct memfront_mmu_result result);
void mmu_batch_call(struct mmu_batch *batch, const struct multicall_entry *call,
		    struct memfront_mmu_result result);
void mmu_batch_flush(struct mmu_batch *batch, const struct mmu_flush *flush);

void mmu_batch_sum_stats(struct mmu_batch_stats *sum);
int mmu_batch_show(struct seq_file *m, void *unused);

#endif /* _MEMFRONT_MMU_BATCH_H */
