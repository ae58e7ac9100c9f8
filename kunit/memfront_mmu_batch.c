// SPDX-License-Identifier: GPL-2.0
/*
 * The queue: what is merged, when it is carried out, whom each result reaches.
 * On the in-tree core; where the hypervisor must answer what no hypervisor
 * should, a made-up one stands behind the seam.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <memcore/memcore.h>

#include <memfront/m2p.h>

#include "balloon.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_tables.h"
#include "mmu-batch.h"
#include "ref_mmu.h"

static struct mmu_stats stats_now(void)
{
	struct mmu_stats stats;

	mmu_stats_sum(&stats);
	return stats;
}

static u64 data_pte(struct tables *t, unsigned int data)
{
	return mf_pte(frame_of(t->data[data % NR_DATA]), MF_PTE_PAGE_RW);
}

/* Queue entries @first to @end of the table; @bad gets a frame not to be had. */
static void queue_slots(struct tables *t, struct results *results,
			unsigned int first, unsigned int end, unsigned int bad)
{
	for (; first < end; first++)
		memfront_mmu_set_pte(slot_addr(t->l1, first),
				     first == bad ?
					     mf_pte(BAD_FRAME, MF_PTE_PAGE_RW) :
					     data_pte(t, first),
				     0, DOMID_SELF, result_to(results, first));
}

#define NONE_BAD	(~0U)

static void clear_slots(struct tables *t, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		memfront_mmu_set_pte(slot_addr(t->l1, i), 0, 0, DOMID_SELF,
				     no_result);
}

static unsigned int nr_set(struct tables *t, unsigned int first,
			   unsigned int end)
{
	unsigned int nr = 0;

	for (; first < end; first++)
		nr += names(slot_value(t->l1, first), t->data[first % NR_DATA]);
	return nr;
}

static void nothing_happens_before_the_end(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;
	unsigned int before, told;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	KUNIT_ASSERT_EQ(test, memfront_mmu_begin(), 0);
	queue_slots(t, results, 0, 10, NONE_BAD);
	before = nr_set(t, 0, 10);
	told = results->nr;
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
	KUNIT_EXPECT_EQ(test, before, 0U);
	KUNIT_EXPECT_EQ(test, told, 0U);
	KUNIT_EXPECT_EQ(test, nr_set(t, 0, 10), 10U);
	KUNIT_EXPECT_EQ(test, results->nr, 10U);
	KUNIT_EXPECT_TRUE(test, results->in_order);
}

static void neighbours_are_one_call(struct kunit *test)
{
	struct mmu_stats before, after;
	struct tables *t = test->priv;
	struct results *results;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	before = stats_now();
	memfront_mmu_begin();
	queue_slots(t, results, 0, 100, NONE_BAD);
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
	after = stats_now();
	KUNIT_EXPECT_EQ(test, after.requests - before.requests, 100UL);
	KUNIT_EXPECT_EQ(test, after.merged - before.merged, 99UL);
	KUNIT_EXPECT_EQ(test, after.calls - before.calls, 1UL);
	KUNIT_EXPECT_EQ(test, after.hypercalls - before.hypercalls, 1UL);
}

/* Updates, an operation, updates: three calls, one hypercall, in that order. */
static void kinds_alternate_in_one_hypercall(struct kunit *test)
{
	struct mmu_stats before, after;
	struct tables *t = test->priv;
	struct results *results;
	u8 *page;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	page = page_address(t->data[7]);
	memset(page, 1, PAGE_SIZE);
	before = stats_now();
	memfront_mmu_begin();
	queue_slots(t, results, 0, 2, NONE_BAD);
	memfront_mmu_clear_page(frame_of(t->data[7]), result_to(results, 2));
	queue_slots(t, results, 3, 5, NONE_BAD);
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
	after = stats_now();
	KUNIT_EXPECT_EQ(test, after.calls - before.calls, 3UL);
	KUNIT_EXPECT_EQ(test, after.hypercalls - before.hypercalls, 1UL);
	KUNIT_EXPECT_EQ(test, results->nr, 5U);
	KUNIT_EXPECT_TRUE(test, results->in_order);
	KUNIT_EXPECT_EQ(test, nr_set(t, 0, 2) + nr_set(t, 3, 5), 4U);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(page, 0, PAGE_SIZE), NULL);
}

static void only_the_outermost_end_counts(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;
	unsigned int inner;
	int relaxed;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	memfront_mmu_begin();
	memfront_mmu_begin();
	queue_slots(t, results, 0, 5, 2);
	set_tsk_need_resched(current);
	relaxed = memfront_mmu_relax();
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
	inner = results->nr;
	KUNIT_EXPECT_NE(test, memfront_mmu_end(), 0);
	KUNIT_EXPECT_EQ(test, relaxed, 0);
	KUNIT_EXPECT_EQ(test, inner, 0U);
	KUNIT_EXPECT_EQ(test, results->nr, 5U);
}

static void an_end_without_a_begin(struct kunit *test)
{
	if (!tables_possible(test))
		return;
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_flush(), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_relax(), -EINVAL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_begin(), 0);
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
}

static void a_full_queue_is_carried_out(struct kunit *test)
{
	struct mmu_stats before, after;
	struct tables *t = test->priv;
	struct results *results;
	unsigned int i, early;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	before = stats_now();
	memfront_mmu_begin();
	queue_slots(t, results, 0, MMU_BATCH_UPDATES, NONE_BAD);
	KUNIT_EXPECT_EQ(test, results->nr, 0U);
	for (i = 0; i < 100; i++)
		memfront_mmu_set_pte(slot_addr(t->l1, i), 0, 0, DOMID_SELF,
				     result_to(results, MMU_BATCH_UPDATES + i));
	early = results->nr;
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
	after = stats_now();
	KUNIT_EXPECT_EQ(test, early, (unsigned int)MMU_BATCH_UPDATES);
	KUNIT_EXPECT_EQ(test, after.full - before.full, 1UL);
	KUNIT_EXPECT_EQ(test, after.hypercalls - before.hypercalls, 2UL);
	KUNIT_EXPECT_EQ(test, results->nr, MMU_BATCH_UPDATES + 100U);
	KUNIT_EXPECT_EQ(test, nr_set(t, 0, 100), 0U);
	KUNIT_EXPECT_EQ(test, nr_set(t, 100, TABLE_SLOTS), TABLE_SLOTS - 100U);
}

/* More calls than the queue has room for, each of one request. */
static void too_many_kinds_are_carried_out(struct kunit *test)
{
	const unsigned int nr = 3 * MMU_BATCH_CALLS;
	struct mmu_stats before, after;
	struct tables *t = test->priv;
	struct results *results;
	unsigned int i;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	before = stats_now();
	memfront_mmu_begin();
	for (i = 0; i < nr; i += 2) {
		queue_slots(t, results, i, i + 1, NONE_BAD);
		memfront_mmu_clear_page(frame_of(t->data[0]),
					result_to(results, i + 1));
	}
	memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
	after = stats_now();
	KUNIT_EXPECT_EQ(test, after.full - before.full, 2UL);
	KUNIT_EXPECT_EQ(test, after.flushes - before.flushes, 1UL);
	KUNIT_EXPECT_EQ(test, results->nr, nr);
	KUNIT_EXPECT_TRUE(test, results->in_order);
}

#define RUN	12

static void expect_results(struct kunit *test, struct results *results,
			   unsigned int bad)
{
	unsigned int i;

	for (i = 0; i < RUN; i++) {
		if (i < bad)
			KUNIT_EXPECT_EQ(test, results->err[i], 0);
		else if (i == bad)
			KUNIT_EXPECT_LT(test, results->err[i], 0);
		else
			KUNIT_EXPECT_EQ(test, results->err[i], -ECANCELED);
	}
	KUNIT_EXPECT_NE(test, results->err[bad], -ECANCELED);
}

/* What follows in the same call is cancelled, the next call is not. */
static void an_error_at_every_entry(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;
	unsigned int bad;
	int ret;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	for (bad = 0; bad < RUN; bad++) {
		results->nr = 0;
		memfront_mmu_begin();
		queue_slots(t, results, 0, RUN, bad);
		memfront_mmu_clear_page(frame_of(t->data[0]),
					result_to(results, RUN));
		ret = memfront_mmu_end();
		expect_results(test, results, bad);
		KUNIT_EXPECT_EQ(test, ret, results->err[bad]);
		KUNIT_EXPECT_EQ(test, results->err[RUN], 0);
		KUNIT_EXPECT_EQ(test, nr_set(t, 0, RUN), bad);
		expect_core_sound(test);
		clear_slots(t, RUN);
	}
}

static void a_flush_is_one_however_often_asked(struct kunit *test)
{
	struct mmu_stats before, after;
	unsigned int i;

	if (!tables_possible(test))
		return;
	before = stats_now();
	memfront_mmu_begin();
	for (i = 0; i < 20; i++) {
		memfront_mmu_flush_tlb(MEMFRONT_MMU_LOCAL);
		memfront_mmu_flush_tlb_va(MEMCORE_DIRECT_MAP, MEMFRONT_MMU_ALL);
	}
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
	after = stats_now();
	KUNIT_EXPECT_EQ(test, after.flushes_asked - before.flushes_asked, 40UL);
	KUNIT_EXPECT_EQ(test, after.flushes - before.flushes, 1UL);
	KUNIT_EXPECT_EQ(test, after.hypercalls - before.hypercalls, 1UL);
}

static bool can_read(struct page *page)
{
	unsigned int error;
	u64 word;

	return !memcore_access(model_va(page), &word, sizeof(word), 0, &error);
}

/* The flush goes with the last update: no call of its own. */
static void a_flush_rides_on_the_last_update(struct kunit *test)
{
	struct mmu_stats before, after;
	struct tables *t = test->priv;
	int ret;

	if (!tables_possible(test))
		return;
	preempt_disable();
	KUNIT_EXPECT_TRUE(test, can_read(t->data[0]) && can_read(t->data[1]));
	before = stats_now();
	memfront_mmu_begin();
	memfront_mmu_set_va(model_va(t->data[0]), 0, no_result);
	memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	memfront_mmu_set_va(model_va(t->data[1]), 0, no_result);
	ret = memfront_mmu_end();
	after = stats_now();
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_EQ(test, after.calls - before.calls, 2UL);
	KUNIT_EXPECT_EQ(test, after.flushes - before.flushes, 1UL);
	KUNIT_EXPECT_FALSE(test, can_read(t->data[0]));
	KUNIT_EXPECT_FALSE(test, can_read(t->data[1]));
	memfront_mmu_set_va(model_va(t->data[0]), data_pte(t, 0), no_result);
	memfront_mmu_set_va(model_va(t->data[1]), data_pte(t, 1), no_result);
	preempt_enable();
}

/* Xen does not flush when the update fails: it is made up for. */
static void a_flush_is_not_lost_with_its_carrier(struct kunit *test)
{
	struct tables *t = test->priv;
	int ret;

	if (!tables_possible(test))
		return;
	preempt_disable();
	KUNIT_EXPECT_TRUE(test, can_read(t->data[0]));
	memfront_mmu_begin();
	memfront_mmu_set_va(model_va(t->data[0]), 0, no_result);
	memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	memfront_mmu_set_va(model_va(t->data[1]),
			    mf_pte(BAD_FRAME, MF_PTE_PAGE_RW), no_result);
	ret = memfront_mmu_end();
	KUNIT_EXPECT_NE(test, ret, 0);
	KUNIT_EXPECT_FALSE(test, can_read(t->data[0]));
	KUNIT_EXPECT_TRUE(test, can_read(t->data[1]));
	memfront_mmu_set_va(model_va(t->data[0]), data_pte(t, 0), no_result);
	preempt_enable();
}

static void flushed_in_the_middle(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	memfront_mmu_begin();
	queue_slots(t, results, 0, 3, NONE_BAD);
	KUNIT_EXPECT_EQ(test, memfront_mmu_flush(), 0);
	KUNIT_EXPECT_EQ(test, results->nr, 3U);
	queue_slots(t, results, 3, 5, 3);
	KUNIT_EXPECT_NE(test, memfront_mmu_flush(), 0);
	KUNIT_EXPECT_EQ(test, results->nr, 5U);
	KUNIT_EXPECT_NE(test, memfront_mmu_end(), 0);
	memfront_mmu_begin();
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), 0);
}

/* The error survives a preemption point, wherever the task goes on. */
static void others_run_at_a_preemption_point(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;
	unsigned int told;
	int ret;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	memfront_mmu_begin();
	queue_slots(t, results, 0, 3, 1);
	set_tsk_need_resched(current);
	ret = memfront_mmu_relax();
	told = results->nr;
	KUNIT_EXPECT_EQ(test, memfront_mmu_end(), ret);
	KUNIT_EXPECT_LT(test, ret, 0);
	KUNIT_EXPECT_EQ(test, told, 3U);
}

static void a_sink_may_hear_of_errors_only(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	results->sink.errors_only = true;
	memfront_mmu_begin();
	queue_slots(t, results, 0, 8, 5);
	KUNIT_EXPECT_NE(test, memfront_mmu_end(), 0);
	KUNIT_EXPECT_EQ(test, results->nr, 3U);
	KUNIT_EXPECT_EQ(test, results->err[4], 1);
	KUNIT_EXPECT_LT(test, results->err[5], 0);
	KUNIT_EXPECT_EQ(test, results->err[6], -ECANCELED);
}

struct nosy_sink {
	struct memfront_mmu_sink sink;
	int begin;
	int request;
};

static void ask_for_more(struct memfront_mmu_sink *sink, unsigned long cookie,
			 int err)
{
	struct nosy_sink *nosy = container_of(sink, struct nosy_sink, sink);

	nosy->begin = memfront_mmu_begin();
	nosy->request = memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
}

static void a_sink_makes_no_requests(struct kunit *test)
{
	struct nosy_sink nosy = { .sink.done = ask_for_more };
	struct tables *t = test->priv;

	if (!tables_possible(test))
		return;
	KUNIT_EXPECT_EQ(test,
			memfront_mmu_set_pte(slot_addr(t->l1, 0), 0, 0,
					     DOMID_SELF,
					     (struct memfront_mmu_result){
						     .sink = &nosy.sink }),
			0);
	KUNIT_EXPECT_EQ(test, nosy.begin, -EBUSY);
	KUNIT_EXPECT_EQ(test, nosy.request, -EBUSY);
}

struct from_interrupt {
	struct timer_list timer;
	int begin;
	int request;
	int end;
};

static void ask_in_interrupt(struct timer_list *timer)
{
	struct from_interrupt *irq = from_timer(irq, timer, timer);

	irq->begin = memfront_mmu_begin();
	irq->request = memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	irq->end = memfront_mmu_end();
}

static void interrupts_are_refused(struct kunit *test)
{
	struct from_interrupt *irq;

	if (!tables_possible(test))
		return;
	irq = kunit_kzalloc(test, sizeof(*irq), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, irq);
	timer_setup(&irq->timer, ask_in_interrupt, 0);
	mod_timer(&irq->timer, jiffies + 1);
	msleep(50);
	del_timer_sync(&irq->timer);
	KUNIT_EXPECT_EQ(test, irq->begin, -EBUSY);
	KUNIT_EXPECT_EQ(test, irq->request, -EBUSY);
	KUNIT_EXPECT_EQ(test, irq->end, -EINVAL);
}

/* A hypervisor that answers what none should. */
static long made_up_answer;
static int made_up_done;

static long made_up(unsigned int nr, unsigned long a1, unsigned long a2,
		    unsigned long a3, unsigned long a4, unsigned long a5)
{
	if (nr == __HYPERVISOR_mmu_update && a3)
		*(int *)a3 = made_up_done;
	return made_up_answer;
}

/* The real one comes back before anything is judged. */
static int run_made_up(struct tables *t, struct results *results, bool two,
		       long answer, int done)
{
	void *real = static_call_query(memfront_hypercall);
	int ret;

	made_up_answer = answer;
	made_up_done = done;
	results->nr = 0;
	static_call_update(memfront_hypercall, made_up);
	memfront_mmu_begin();
	queue_slots(t, results, 0, 4, NONE_BAD);
	if (two)
		memfront_mmu_clear_page(mf_mfn(0), result_to(results, 4));
	ret = memfront_mmu_end();
	static_call_update(memfront_hypercall, real);
	return ret;
}

static void absurd_answers_are_errors(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;

	if (!tables_possible(test))
		return;
	results = results_make(test);

	/* Refused, and yet all done; or more than there are. */
	KUNIT_EXPECT_EQ(test, run_made_up(t, results, false, -EPERM, 4), -EPERM);
	KUNIT_EXPECT_EQ(test, results->err[3], -EPERM);
	KUNIT_EXPECT_EQ(test, run_made_up(t, results, false, -EPERM, 1 << 30),
			-EPERM);
	KUNIT_EXPECT_EQ(test, results->err[2], 0);
	KUNIT_EXPECT_EQ(test, results->err[3], -EPERM);

	/* Fewer than none. */
	KUNIT_EXPECT_EQ(test, run_made_up(t, results, false, -EPERM, -7),
			-EPERM);
	KUNIT_EXPECT_EQ(test, results->err[0], -EPERM);
	KUNIT_EXPECT_EQ(test, results->err[1], -ECANCELED);

	/* Neither success nor an errno. */
	KUNIT_EXPECT_EQ(test, run_made_up(t, results, false, 3, 0), -EIO);
	KUNIT_EXPECT_EQ(test, results->err[0], -EIO);
	KUNIT_EXPECT_EQ(test, results->nr, 4U);
}

/* The multicall as a whole: nothing in it is known to be done. */
static void a_refused_multicall_cancels_all(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;
	unsigned int i;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	KUNIT_EXPECT_EQ(test, run_made_up(t, results, true, -EFAULT, 0),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, results->nr, 5U);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, results->err[i], -ECANCELED);
}

static void an_injected_failure_is_half_a_call(struct kunit *test)
{
	struct tables *t = test->priv;
	struct results *results;
	int ret;

	if (!tables_possible(test))
		return;
	results = results_make(test);
	fail_at(1);
	memfront_mmu_begin();
	queue_slots(t, results, 0, 10, NONE_BAD);
	ret = memfront_mmu_end();
	no_faults();
	KUNIT_EXPECT_EQ(test, ret, -ENOMEM);
	KUNIT_EXPECT_EQ(test, nr_set(t, 0, 10), 5U);
	KUNIT_EXPECT_EQ(test, results->err[4], 0);
	KUNIT_EXPECT_EQ(test, results->err[5], -ENOMEM);
	KUNIT_EXPECT_EQ(test, results->err[6], -ECANCELED);
}

/**
 * struct world - what random requests are about; two of them start alike
 * @t:		a pinned table and pages
 * @second:	a table that requests pin and unpin
 */
struct world {
	struct tables *t;
	struct tables *second;
};

static void random_update(struct rnd_state *rnd, const struct world *w,
			  struct ref_request *r)
{
	unsigned int slot = prandom_u32_state(rnd) % 16;
	struct page *data = w->t->data[prandom_u32_state(rnd) % NR_DATA];
	u64 flags = prandom_u32_state(rnd) & 1 ? MF_PTE_PAGE_RW :
						 MF_PTE_PAGE_RO;

	r->update.ptr = slot_addr(w->t->l1, slot).addr;
	switch (prandom_u32_state(rnd) % 16) {
	case 0:
		r->update.val = mf_pte(BAD_FRAME, flags);
		break;
	case 1:
		r->update.val = mf_pte(frame_of(w->t->l1), flags);
		break;
	case 2 ... 4:
		r->update.val = 0;
		break;
	case 5:
		r->update.ptr |= MMU_PT_UPDATE_PRESERVE_AD;
		r->update.val = mf_pte(frame_of(data), flags) & ~MF_PTE_DIRTY;
		break;
	default:
		r->update.val = mf_pte(frame_of(data), flags);
	}
	if (prandom_u32_state(rnd) % 32 == 0)
		r->owner = DOMID_XEN;
}

static void random_ext(struct rnd_state *rnd, const struct world *w,
		       struct ref_request *r)
{
	struct page *from = w->t->data[prandom_u32_state(rnd) % NR_DATA];
	struct page *to = w->t->data[prandom_u32_state(rnd) % NR_DATA];

	r->is_ext = true;
	switch (prandom_u32_state(rnd) % 5) {
	case 0:
		r->ext.cmd = MMUEXT_UNPIN_TABLE;
		r->ext.arg1.mfn = frame_of(w->second->l1).nr;
		break;
	case 1:
		r->ext.cmd = MMUEXT_PIN_L1_TABLE;
		r->ext.arg1.mfn = frame_of(w->second->l1).nr;
		break;
	case 2:
		r->ext.cmd = MMUEXT_CLEAR_PAGE;
		r->ext.arg1.mfn = frame_of(to).nr;
		break;
	default:
		r->ext.cmd = MMUEXT_COPY_PAGE;
		r->ext.arg1.mfn = frame_of(to).nr;
		r->ext.arg2.src_mfn = frame_of(from).nr;
	}
}

static void random_requests(struct rnd_state *rnd, const struct world *w,
			    struct ref_request *requests, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		requests[i] = (struct ref_request){ .owner = DOMID_SELF };
		if (prandom_u32_state(rnd) % 4)
			random_update(rnd, w, &requests[i]);
		else
			random_ext(rnd, w, &requests[i]);
	}
}

static void request_ext(const struct mmuext_op *op,
			struct memfront_mmu_result result)
{
	switch (op->cmd) {
	case MMUEXT_UNPIN_TABLE:
		memfront_mmu_unpin(mf_mfn(op->arg1.mfn), result);
		break;
	case MMUEXT_PIN_L1_TABLE:
		memfront_mmu_pin(1, mf_mfn(op->arg1.mfn), result);
		break;
	case MMUEXT_CLEAR_PAGE:
		memfront_mmu_clear_page(mf_mfn(op->arg1.mfn), result);
		break;
	case MMUEXT_COPY_PAGE:
		memfront_mmu_copy_page(mf_mfn(op->arg1.mfn),
				       mf_mfn(op->arg2.src_mfn), result);
		break;
	}
}

static void run_batch(const struct ref_request *requests, unsigned int nr,
		      struct results *results)
{
	struct memfront_mmu_result result;
	unsigned int i;

	memfront_mmu_begin();
	for (i = 0; i < nr; i++) {
		result = result_to(results, i);
		if (requests[i].is_ext)
			request_ext(&requests[i].ext, result);
		else
			memfront_mmu_set_pte((struct mf_maddr){
				requests[i].update.ptr & ~7ULL },
				requests[i].update.val,
				requests[i].update.ptr & 7 ?
					MEMFRONT_MMU_PRESERVE_AD : 0,
				requests[i].owner, result);
	}
	memfront_mmu_end();
}

/* A data page of one world is that of the same number in the other. */
static int data_number(const struct world *w, u64 pte)
{
	unsigned int i;

	for (i = 0; i < NR_DATA; i++)
		if (names(pte, w->t->data[i]))
			return i;
	return pte & MF_PTE_PRESENT ? -1 : -2;
}

static void expect_worlds_alike(struct kunit *test, const struct world *a,
				const struct world *b)
{
	unsigned int i;
	u64 x, y;

	for (i = 0; i < TABLE_SLOTS; i++) {
		x = slot_value(a->t->l1, i);
		y = slot_value(b->t->l1, i);
		KUNIT_EXPECT_EQ(test, data_number(a, x), data_number(b, y));
		KUNIT_EXPECT_EQ(test, x & ~MF_PTE_FRAME, y & ~MF_PTE_FRAME);
	}
	for (i = 0; i < NR_DATA; i++)
		KUNIT_EXPECT_EQ(test,
				memcmp(page_address(a->t->data[i]),
				       page_address(b->t->data[i]), PAGE_SIZE),
				0);
}

static void make_world(struct kunit *test, struct world *w)
{
	unsigned int i;

	w->t = tables_make(test);
	w->second = tables_make(test);
	for (i = 0; i < NR_DATA; i++)
		memset(page_address(w->t->data[i]), i + 1, PAGE_SIZE);
}

/* Whether the second table is pinned is up to chance: unpin it by all means. */
static void free_world(struct kunit *test, struct world *w)
{
	memfront_mmu_pin(1, frame_of(w->second->l1), no_result);
	tables_free(test, w->second);
	tables_free(test, w->t);
}

#define RANDOM_BATCHES	120
#define RANDOM_MAX	60

/* An audit of the whole machine takes its time on a kernel that checks. */
#define RANDOM_AUDIT	10

static void random_batches_are_as_one_by_one(struct kunit *test)
{
	u32 seed = get_random_u32();
	struct ref_request *ra, *rb;
	struct results *results;
	struct rnd_state rnd_a, rnd_b;
	struct world a, b;
	unsigned int round, nr, i;
	int *err;

	if (!tables_possible(test))
		return;
	kunit_info(test, "seed %u", seed);
	results = results_make(test);
	ra = kunit_kcalloc(test, RANDOM_MAX, sizeof(*ra), GFP_KERNEL);
	rb = kunit_kcalloc(test, RANDOM_MAX, sizeof(*rb), GFP_KERNEL);
	err = kunit_kcalloc(test, RANDOM_MAX, sizeof(*err), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, ra && rb && err);
	make_world(test, &a);
	make_world(test, &b);
	prandom_seed_state(&rnd_a, seed);
	prandom_seed_state(&rnd_b, seed);
	for (round = 0; round < RANDOM_BATCHES; round++) {
		nr = 1 + round % RANDOM_MAX;
		random_requests(&rnd_a, &a, ra, nr);
		random_requests(&rnd_b, &b, rb, nr);
		results->nr = 0;
		run_batch(ra, nr, results);
		ref_mmu_run(rb, nr, err);
		KUNIT_EXPECT_EQ(test, results->nr, nr);
		for (i = 0; i < nr; i++)
			KUNIT_EXPECT_EQ_MSG(test, results->err[i], err[i],
					    "round %u request %u", round, i);
		expect_worlds_alike(test, &a, &b);
		if (round % RANDOM_AUDIT == 0)
			expect_core_sound(test);
	}
	free_world(test, &a);
	free_world(test, &b);
}

#define RACE_ROUNDS	300

/**
 * struct racer - a thread that sets and clears a table of its own
 * @task:	the thread
 * @t:		its table
 * @results:	what its sink was told
 * @wrong:	rounds that came out wrong
 */
struct racer {
	struct task_struct *task;
	struct tables *t;
	struct results *results;
	unsigned int wrong;
};

static bool race_round(struct racer *racer, unsigned int bad)
{
	bool wanted = bad >= 64;
	unsigned int i;
	bool good;

	racer->results->nr = 0;
	memfront_mmu_begin();
	queue_slots(racer->t, racer->results, 0, 64, bad);
	memfront_mmu_relax();
	good = !memfront_mmu_end();
	if (good != wanted || racer->results->nr != 64 ||
	    nr_set(racer->t, 0, 64) != min(bad, 64U))
		return false;
	memfront_mmu_begin();
	for (i = 0; i < 64; i++)
		memfront_mmu_set_pte(slot_addr(racer->t->l1, i), 0, 0,
				     DOMID_SELF, no_result);
	memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL);
	return !memfront_mmu_end() && !nr_set(racer->t, 0, 64);
}

static int race(void *data)
{
	struct racer *racer = data;
	unsigned int round;

	for (round = 0; round < RACE_ROUNDS; round++) {
		racer->wrong += !race_round(racer, round % 70);
		cond_resched();
	}
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

/* More threads than CPUs, so that queues change hands all the time. */
static void all_cpus_at_once(struct kunit *test)
{
	const unsigned int nr = 2 * num_online_cpus();
	struct racer *racers;
	unsigned int i;

	if (!tables_possible(test))
		return;
	racers = kunit_kcalloc(test, nr, sizeof(*racers), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, racers);
	for (i = 0; i < nr; i++) {
		racers[i].t = tables_make(test);
		racers[i].results = results_make(test);
	}
	for (i = 0; i < nr; i++) {
		racers[i].task = kthread_run(race, &racers[i], "mmu-race-%u", i);
		KUNIT_EXPECT_FALSE(test, IS_ERR(racers[i].task));
	}
	for (i = 0; i < nr; i++) {
		if (!IS_ERR(racers[i].task))
			kthread_stop(racers[i].task);
		KUNIT_EXPECT_EQ(test, racers[i].wrong, 0U);
		tables_free(test, racers[i].t);
	}
}

static struct kunit_case batch_cases[] = {
	KUNIT_CASE(nothing_happens_before_the_end),
	KUNIT_CASE(neighbours_are_one_call),
	KUNIT_CASE(kinds_alternate_in_one_hypercall),
	KUNIT_CASE(only_the_outermost_end_counts),
	KUNIT_CASE(an_end_without_a_begin),
	KUNIT_CASE(a_full_queue_is_carried_out),
	KUNIT_CASE(too_many_kinds_are_carried_out),
	KUNIT_CASE(an_error_at_every_entry),
	KUNIT_CASE(a_flush_is_one_however_often_asked),
	KUNIT_CASE(a_flush_rides_on_the_last_update),
	KUNIT_CASE(a_flush_is_not_lost_with_its_carrier),
	KUNIT_CASE(flushed_in_the_middle),
	KUNIT_CASE(others_run_at_a_preemption_point),
	KUNIT_CASE(a_sink_may_hear_of_errors_only),
	KUNIT_CASE(a_sink_makes_no_requests),
	KUNIT_CASE(interrupts_are_refused),
	KUNIT_CASE(absurd_answers_are_errors),
	KUNIT_CASE(a_refused_multicall_cancels_all),
	KUNIT_CASE(an_injected_failure_is_half_a_call),
	KUNIT_CASE(random_batches_are_as_one_by_one),
	KUNIT_CASE(all_cpus_at_once),
	{}
};

static struct kunit_suite batch_suite = {
	.name = "memfront_mmu_batch",
	.init = tables_test_init,
	.exit = tables_test_exit,
	.test_cases = batch_cases,
};

kunit_test_suite(batch_suite);
