// SPDX-License-Identifier: GPL-2.0
/* Where no request may be made, and guests that have nothing to request. */
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>

#include <memfront/pin.h>

#include "ops.h"
#include "pages.h"
#include "rounds.h"
#include "say.h"

static const struct memfront_mmu_result no_result;

/**
 * struct answers - what all requests answer in some place
 * @op:		operations
 * @begin:	beginning a batch
 * @flush:	flushing
 * @ran:	the place has been reached
 */
struct answers {
	int op[NR_OPS];
	int begin;
	int flush;
	struct completion ran;
};

static void ask_all(struct answers *a)
{
	unsigned int i;

	for (i = 0; i < NR_OPS; i++)
		a->op[i] = ops[i].good(no_result);
	a->begin = memfront_mmu_begin();
	if (!a->begin)
		memfront_mmu_end();
	a->flush = memfront_mmu_flush_tlb(MEMFRONT_MMU_LOCAL);
}

static void expect_all(const struct answers *a, int wanted, const char *where)
{
	unsigned int i;

	for (i = 0; i < NR_OPS; i++)
		expect(a->op[i] == wanted, "%s: %s answers %d", where,
		       ops[i].name, a->op[i]);
	expect(a->begin == wanted, "%s: a batch answers %d", where, a->begin);
	expect(a->flush == wanted, "%s: a flush answers %d", where, a->flush);
}

static struct answers answers;

static enum hrtimer_restart timer_rings(struct hrtimer *timer)
{
	ask_all(&answers);
	complete(&answers.ran);
	return HRTIMER_NORESTART;
}

static void in_timer(enum hrtimer_mode mode, const char *where)
{
	struct hrtimer timer;

	init_completion(&answers.ran);
	hrtimer_init_on_stack(&timer, CLOCK_MONOTONIC, mode);
	timer.function = timer_rings;
	hrtimer_start(&timer, ns_to_ktime(NSEC_PER_MSEC), mode);
	wait_for_completion(&answers.ran);
	hrtimer_cancel(&timer);
	destroy_hrtimer_on_stack(&timer);
	expect_all(&answers, -EBUSY, where);
}

static void asks_from_result(struct memfront_mmu_sink *sink,
			     unsigned long unused, int err)
{
	ask_all(&answers);
}

static void from_result(void)
{
	struct memfront_mmu_sink sink = { .done = asks_from_result };
	struct memfront_mmu_result result = { .sink = &sink };

	expect_eq(ops[0].good(result), 0, "a request whose result asks");
	expect_all(&answers, -EBUSY, "result");
}

static void in_some_places(void)
{
	in_timer(HRTIMER_MODE_REL_SOFT, "softirq");
	in_timer(HRTIMER_MODE_REL_HARD, "hardirq");
	from_result();
}

/**
 * command_contexts() - softirq, hardirq, a result
 * @unused:	not used
 * @unused2:	not used
 */
int command_contexts(unsigned int unused, unsigned int unused2)
{
	int ret = ops_take();

	if (!ret)
		in_some_places();
	return ops_give() ?: ret;
}

static void expect_no_trees(void)
{
	struct page *root = page_take();
	struct memfront_tree tree = {
		.level = 1,
		.tables = &root,
		.nr = 1,
	};

	expect_eq(memfront_tree_pin(&tree), -EOPNOTSUPP, "pinning a tree");
	expect_eq(memfront_tree_unpin(&tree), -EOPNOTSUPP, "unpinning a tree");
	page_give(root);
}

/**
 * command_translated() - nothing is supported
 * @unused:	not used
 * @unused2:	not used
 */
int command_translated(unsigned int unused, unsigned int unused2)
{
	int ret = ops_take();

	if (!ret) {
		ask_all(&answers);
		expect_all(&answers, -EOPNOTSUPP, "translated");
		expect_eq(memfront_mmu_flush_tlb_va(0, MEMFRONT_MMU_ALL),
			  -EOPNOTSUPP, "flush_tlb_va");
		expect_eq(memfront_mmu_flush_cache(MEMFRONT_MMU_ALL),
			  -EOPNOTSUPP, "flush_cache");
		expect_no_trees();
	}
	return ops_give() ?: ret;
}
