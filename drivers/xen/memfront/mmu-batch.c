// SPDX-License-Identifier: GPL-2.0
/*
 * The queue of page-table changes that each CPU has. Neighbours of a kind are
 * one mmu_update or mmuext_op; several calls are one multicall.
 *
 * A queue belongs to the task that has preemption off. An interrupt could find
 * it half written, so requests are for task context alone.
 *
 * What the hypervisor does is what the requests' makers are told: mmu_update
 * and mmuext_op stop at their first failure, so what follows it in the same call
 * is cancelled; a multicall goes on with the next call.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <memfront/kunit.h>

#include "hypercall.h"
#include "inject.h"
#include "mmu-batch.h"
#include "trace.h"

DEFINE_PER_CPU(struct mmu_batch *, mmu_batch);

/**
 * mmu_batch_init - allocate the queues, if the guest has tables to change
 *
 * Return: 0 or -ENOMEM.
 */
int mmu_batch_init(void)
{
	struct mmu_batch *batch;
	int cpu;

	if (memfront_hv.translated)
		return 0;

	for_each_possible_cpu(cpu) {
		batch = kvzalloc_node(sizeof(*batch), GFP_KERNEL,
				      cpu_to_node(cpu));
		if (!batch) {
			mmu_batch_exit();
			return -ENOMEM;
		}
		per_cpu(mmu_batch, cpu) = batch;
	}
	return 0;
}

/** mmu_batch_exit - free the queues, which are empty. */
void mmu_batch_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kvfree(per_cpu(mmu_batch, cpu));
		per_cpu(mmu_batch, cpu) = NULL;
	}
}

static const char *request_name(const struct multicall_entry *call)
{
	switch (call->op) {
	case __HYPERVISOR_mmu_update:
		return "mmu_update";
	case __HYPERVISOR_mmuext_op:
		return "mmuext_op";
	case __HYPERVISOR_update_va_mapping:
		return "update_va_mapping";
	case __HYPERVISOR_set_gdt:
		return "set_gdt";
	}
	return "update_descriptor";
}

/* A call of several requests counts what it has done. */
static bool is_list(const struct multicall_entry *call)
{
	return call->op == __HYPERVISOR_mmu_update ||
	       call->op == __HYPERVISOR_mmuext_op;
}

static void give_result(const struct memfront_mmu_result *result, int err)
{
	struct memfront_mmu_sink *sink = result->sink;

	if (sink && (err || !sink->errors_only))
		sink->done(sink, result->cookie, err);
}

/* Whoever gave no sink learns from the log which of the requests it was. */
static void report_failure(struct mmu_batch *batch, unsigned int i,
			   unsigned int done, int err)
{
	const struct mmu_call *made_of = &batch->made_of[i];
	const char *name = request_name(&batch->calls[i]);

	batch->error = batch->error ?: err;
	batch->stats.refused++;
	batch->stats.cancelled += made_of->nr - done - 1;
	trace_memfront_mmu_refused(name, done, made_of->nr, err);
	if (!batch->results[made_of->first + done].sink)
		pr_warn_ratelimited("%s: entry %u of %u was refused (%d), those after it were not looked at\n",
				    name, done + 1, made_of->nr, err);
}

/* How many requests of a failed call were done. Xen's word is input. */
static unsigned int done_before_failure(const struct multicall_entry *call,
					const struct mmu_call *made_of)
{
	if (!is_list(call))
		return 0;
	return clamp_t(int, made_of->done, 0, made_of->nr - 1);
}

static void settle_call(struct mmu_batch *batch, unsigned int i)
{
	const struct multicall_entry *call = &batch->calls[i];
	const struct mmu_call *made_of = &batch->made_of[i];
	const struct memfront_mmu_result *results =
		&batch->results[made_of->first];
	int err = call->result > 0 ? -EIO : call->result;
	unsigned int done = made_of->nr;
	unsigned int nr;

	if (err) {
		done = done_before_failure(call, made_of);
		report_failure(batch, i, done, err);
	}
	if (!batch->sinks)
		return;
	for (nr = 0; nr < done; nr++)
		give_result(&results[nr], 0);
	for (; nr < made_of->nr; nr++)
		give_result(&results[nr], nr == done ? err : -ECANCELED);
}

static void settle(struct mmu_batch *batch)
{
	unsigned int i;

	batch->settling = true;
	batch->taking = false;
	for (i = 0; i < batch->nr_calls; i++)
		settle_call(batch, i);
	batch->settling = false;
	batch->taking = true;

	batch->nr_calls = 0;
	batch->nr_updates = 0;
	batch->nr_exts = 0;
	batch->nr_requests = 0;
	batch->sinks = 0;
}

/* A lone call needs no multicall around it. */
static long enter_hypervisor(struct multicall_entry *calls, unsigned int nr)
{
	if (nr == 1) {
		calls->result = memfront_call(calls->op, calls->args[0],
					      calls->args[1], calls->args[2],
					      calls->args[3], calls->args[4]);
		return 0;
	}
	return memfront_call(__HYPERVISOR_multicall, (unsigned long)calls, nr,
			     0, 0, 0);
}

/*
 * A test wants a failure: the first call ends in the middle. What is left to
 * hand to the hypervisor starts with the call returned.
 */
static unsigned int cut_short(struct mmu_batch *batch)
{
	if (!is_list(batch->calls))
		return 1;
	batch->calls[0].args[1] /= 2;
	return 0;
}

/* Only now is it known how many requests the last call of a list has. */
static void close_list(struct mmu_batch *batch)
{
	struct mmu_call *made_of;

	if (!batch->open)
		return;
	made_of = &batch->made_of[batch->nr_calls - 1];
	made_of->nr = batch->nr_requests - made_of->first;
	batch->calls[batch->nr_calls - 1].args[1] = made_of->nr;
	batch->stats.requests += made_of->nr;
	batch->stats.merged += made_of->nr - 1;
	batch->open = 0;
}

static void issue_calls(struct mmu_batch *batch)
{
	bool cut = memfront_should_fail();
	unsigned int skipped, nr;
	long ret = 0;

	close_list(batch);
	skipped = cut ? cut_short(batch) : 0;
	nr = batch->nr_calls - skipped;
	if (nr) {
		batch->stats.hypercalls++;
		ret = enter_hypervisor(batch->calls + skipped, nr);
	}
	if (cut && (skipped || !batch->calls[0].result))
		batch->calls[0].result = -ENOMEM;
	batch->error = batch->error ?: ret;
	trace_memfront_mmu_issue(batch->nr_calls, batch->nr_requests, ret);
}

/* Carry out what is queued, but for the flush. */
static void issue(struct mmu_batch *batch)
{
	if (!batch->nr_calls)
		return;
	issue_calls(batch);
	settle(batch);
}

/* Put a call at the end of the queue. */
static void push_call(struct mmu_batch *batch,
		      const struct multicall_entry *call)
{
	struct mmu_call *made_of = &batch->made_of[batch->nr_calls];
	struct multicall_entry *slot = &batch->calls[batch->nr_calls];

	close_list(batch);
	*slot = *call;
	slot->result = -ECANCELED;
	*made_of = (struct mmu_call){ .first = batch->nr_requests };
	batch->nr_calls++;
	batch->stats.calls++;
}

/* Put a call at the end that is one request. */
static void push_single(struct mmu_batch *batch,
			const struct multicall_entry *call,
			struct memfront_mmu_result result)
{
	push_call(batch, call);
	batch->made_of[batch->nr_calls - 1].nr = 1;
	mmu_batch_push_result(batch, result);
}

/* A call of its own, so that no failure before it can cancel it. */
static void push_flush(struct mmu_batch *batch)
{
	static const struct memfront_mmu_result no_sink;
	unsigned int nr = mmu_flush_ops(&batch->flush, batch->flush_ops);
	struct multicall_entry call = {
		.op = __HYPERVISOR_mmuext_op,
		.args = { (unsigned long)batch->flush_ops, nr, 0, DOMID_SELF },
	};

	batch->flush = (struct mmu_flush){};
	if (!nr)
		return;
	push_single(batch, &call, no_sink);
	batch->stats.flushes += nr;
}

/*
 * The last call, if it is an update_va_mapping, can flush translations too.
 * Returns it then.
 */
static struct multicall_entry *let_flush_ride(struct mmu_batch *batch)
{
	struct multicall_entry *last;

	if (!batch->nr_calls)
		return NULL;
	last = &batch->calls[batch->nr_calls - 1];
	if (last->op != __HYPERVISOR_update_va_mapping)
		return NULL;
	last->args[2] = mmu_flush_ride(&batch->flush, last->args[0]);
	if (last->args[2] == UVMF_NONE)
		return NULL;
	batch->stats.flushes++;
	return last;
}

/* Carry out all. An update that fails does not flush: that is made up for. */
static void issue_and_flush(struct mmu_batch *batch)
{
	struct mmu_flush wanted = batch->flush;
	struct multicall_entry *carrier = let_flush_ride(batch);

	push_flush(batch);
	if (!batch->nr_calls)
		return;
	issue_calls(batch);
	if (carrier && carrier->result) {
		wanted.cache = MMU_FLUSH_NONE;
		batch->flush = wanted;
	}
	settle(batch);
	push_flush(batch);
	issue(batch);
}

static void make_room(struct mmu_batch *batch, bool room)
{
	if (likely(room && batch->nr_calls < MMU_BATCH_CALLS))
		return;
	batch->stats.full++;
	issue(batch);
}

static void open_list(struct mmu_batch *batch, unsigned int op, domid_t owner,
		      const void *args)
{
	int *done = &batch->made_of[batch->nr_calls].done;
	struct multicall_entry call = {
		.op = op,
		.args = { (unsigned long)args, 0, (unsigned long)done, owner },
	};

	push_call(batch, &call);
	batch->open = mmu_batch_list_id(op, owner);
}

/**
 * mmu_batch_open_updates - make the next update a new call
 * @batch:	the CPU's queue
 * @owner:	whose frames its updates may name
 */
void mmu_batch_open_updates(struct mmu_batch *batch, domid_t owner)
{
	make_room(batch, batch->nr_updates < MMU_BATCH_UPDATES);
	open_list(batch, __HYPERVISOR_mmu_update, owner,
		  &batch->updates[batch->nr_updates]);
}

/**
 * mmu_batch_update_run - queue changes of entries that follow each other
 * @batch:	the CPU's queue
 * @first:	where the first is, and the command
 * @ptes:	@nr entries
 * @nr:		how many
 * @owner:	whose frames they may name
 * @result:	where the results go; the cookies count up
 */
void mmu_batch_update_run(struct mmu_batch *batch, u64 first, const u64 *ptes,
			  unsigned int nr, domid_t owner,
			  struct memfront_mmu_result result)
{
	for (; nr; nr--, first += sizeof(*ptes), result.cookie++)
		mmu_batch_update(batch, first, *ptes++, owner, result);
}

/**
 * mmu_batch_ext - queue an extended operation on the domain itself
 * @batch:	the CPU's queue
 * @op:		the operation
 * @result:	where its result goes
 */
void mmu_batch_ext(struct mmu_batch *batch, const struct mmuext_op *op,
		   struct memfront_mmu_result result)
{
	unsigned int nr = __HYPERVISOR_mmuext_op;

	if (batch->open != mmu_batch_list_id(nr, DOMID_SELF) ||
	    batch->nr_exts == MMU_BATCH_EXTS) {
		make_room(batch, batch->nr_exts < MMU_BATCH_EXTS);
		open_list(batch, nr, DOMID_SELF, &batch->exts[batch->nr_exts]);
	}
	batch->exts[batch->nr_exts++] = *op;
	mmu_batch_push_result(batch, result);
}

/**
 * mmu_batch_call - queue a hypercall that does one thing
 * @batch:	the CPU's queue
 * @call:	its number and arguments
 * @result:	where its result goes
 */
void mmu_batch_call(struct mmu_batch *batch, const struct multicall_entry *call,
		    struct memfront_mmu_result result)
{
	make_room(batch, true);
	push_single(batch, call, result);
	batch->stats.requests++;
}

/**
 * mmu_batch_flush - have something flushed at the end of the batch
 * @batch:	the CPU's queue
 * @flush:	what
 */
void mmu_batch_flush(struct mmu_batch *batch, const struct mmu_flush *flush)
{
	batch->stats.flushes_asked++;
	mmu_flush_join(&batch->flush, flush);
}

/**
 * mmu_batch_finish - end the outermost batch
 * @batch:	the CPU's queue
 *
 * Return: the first failure since it began, or 0.
 */
int mmu_batch_finish(struct mmu_batch *batch)
{
	int err;

	issue_and_flush(batch);
	err = batch->error;
	batch->error = 0;
	return err;
}

/**
 * memfront_mmu_begin - start to collect requests on this CPU
 *
 * May be nested; only the outermost end carries the requests out, if the queue
 * has not been full before. Preemption is off until the end: keep it short, or
 * use memfront_mmu_relax().
 *
 * Context: task context; interrupts may be off.
 * Return: 0, or -EOPNOTSUPP or -EBUSY as for every request; then there is no
 * batch and must be no end.
 */
int memfront_mmu_begin(void)
{
	struct mmu_batch *batch = mmu_batch_enter();

	return PTR_ERR_OR_ZERO(batch);
}
EXPORT_SYMBOL_GPL(memfront_mmu_begin);

/* The queue of the batch that the caller has begun; NULL if it has not. */
static struct mmu_batch *begun_batch(void)
{
	struct mmu_batch *batch = raw_cpu_read(mmu_batch);

	if (!batch || preemptible() || !in_task() || batch->settling ||
	    !batch->depth)
		return NULL;
	return batch;
}

/**
 * memfront_mmu_end - carry out what has been requested since the begin
 *
 * Context: as memfront_mmu_begin(), on the same task.
 * Return: 0; the first failure since the outermost begin, whether a sink was told
 * of it or not; -EINVAL if there was no begin. An inner end returns 0.
 */
int memfront_mmu_end(void)
{
	struct mmu_batch *batch = begun_batch();

	return batch ? mmu_batch_leave(batch) : -EINVAL;
}
EXPORT_SYMBOL_GPL(memfront_mmu_end);

/**
 * memfront_mmu_flush - carry out what has been requested so far
 *
 * All requests made before have taken effect and their sinks have been told when
 * this returns, flushes included. The batch goes on.
 *
 * Context: inside a batch.
 * Return: 0; the first failure since the outermost begin; -EINVAL outside a
 * batch.
 */
int memfront_mmu_flush(void)
{
	struct mmu_batch *batch = begun_batch();

	if (!batch)
		return -EINVAL;
	issue_and_flush(batch);
	return batch->error;
}
EXPORT_SYMBOL_GPL(memfront_mmu_flush);

/* The batch moves to wherever the task goes on. */
static int let_others_run(struct mmu_batch *batch)
{
	int err = mmu_batch_finish(batch);

	batch->depth = 0;
	batch->taking = false;
	preempt_enable();
	cond_resched();
	preempt_disable();
	batch = __this_cpu_read(mmu_batch);
	batch->depth = 1;
	batch->taking = true;
	batch->error = err;
	return err;
}

/**
 * memfront_mmu_relax - a preemption point in a long batch
 *
 * If something else waits for the CPU, what is queued is carried out as by
 * memfront_mmu_flush(), and the other goes first. The task may then be on another
 * CPU. In a nested batch nothing happens.
 *
 * Context: inside a batch; may sleep but for it.
 * Return: as memfront_mmu_flush().
 */
int memfront_mmu_relax(void)
{
	struct mmu_batch *batch = begun_batch();

	if (!batch)
		return -EINVAL;
	if (batch->depth > 1 || !need_resched())
		return batch->error;
	return let_others_run(batch);
}
EXPORT_SYMBOL_GPL(memfront_mmu_relax);
