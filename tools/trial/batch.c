// SPDX-License-Identifier: GPL-2.0
/*
 * Each operation alone and in a batch, with and without a request amid good ones
 * that Xen refuses; nested batches; batches that do not fit the queue.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include <asm/xen/hypercall.h>

#include "ops.h"
#include "pages.h"
#include "rounds.h"
#include "say.h"

#define MAX_RESULTS	64
/* What there is before a result. */
#define NO_RESULT	1
/* Good requests before a bad one, and after. */
#define NR_BEFORE	2
#define NR_AFTER	2

static const struct memfront_mmu_result no_result;

/**
 * struct record - the results of requests
 * @sink:	what the requests are given
 * @nr:		how many results there were
 * @disorder:	how many of them did not come in the order of the requests
 * @err:	the first of them
 */
static struct record {
	struct memfront_mmu_sink sink;
	unsigned int nr;
	unsigned int disorder;
	int err[MAX_RESULTS];
} rec;

/* Cookies count up from 0. */
static void note_result(struct memfront_mmu_sink *sink, unsigned long cookie,
			int err)
{
	rec.disorder += cookie != rec.nr;
	if (rec.nr < MAX_RESULTS)
		rec.err[rec.nr] = err;
	rec.nr++;
}

static void reset(void)
{
	unsigned int i;

	rec.sink.done = note_result;
	rec.nr = 0;
	rec.disorder = 0;
	for (i = 0; i < MAX_RESULTS; i++)
		rec.err[i] = NO_RESULT;
}

static struct memfront_mmu_result cookie(unsigned long nr)
{
	return (struct memfront_mmu_result){ .sink = &rec.sink, .cookie = nr };
}

static void wipe(const struct op *op)
{
	if (op->wipe)
		op->wipe();
}

static bool done(const struct op *op)
{
	return !op->done || op->done();
}

static void try_alone(const struct op *op)
{
	int ret;

	wipe(op);
	reset();
	ret = op->good(cookie(0));
	expect(!ret && done(op) && rec.nr == op->nr && !rec.err[0] &&
	       !rec.disorder, "%s alone: returns %d, %u results", op->name, ret,
	       rec.nr);
}

/* Return: what Xen answers, or 0 if it is not even asked. */
static int bad_alone(const struct op *op)
{
	int ret;

	reset();
	ret = op->bad(cookie(0));
	if (!rec.nr) {
		expect_eq(ret, -EINVAL, op->name);
		return 0;
	}
	expect(ret < 0 && ret != -ECANCELED && rec.err[op->bad_at] == ret,
	       "%s, a bad one: returns %d, its result is %d", op->name, ret,
	       rec.err[op->bad_at]);
	return ret;
}

static void in_batch(const struct op *op)
{
	int asked, ret;

	wipe(op);
	reset();
	memfront_mmu_begin();
	asked = ops[0].good(cookie(0)) ?: op->good(cookie(1)) ?:
		ops[0].good(cookie(1 + op->nr));
	asked = asked ?: rec.nr;
	ret = memfront_mmu_end();
	expect(!asked && !ret && done(op) && rec.nr == 2 + op->nr &&
	       !rec.err[0] && !rec.err[1] && !rec.err[1 + op->nr] &&
	       !rec.disorder, "%s in a batch: end %d, %u results", op->name,
	       ret, rec.nr);
}

/* What a result should be, when the request of number @bad is refused. */
static int wanted(const struct op *op, unsigned int nr, unsigned int bad,
		  int err)
{
	if (nr == bad)
		return err;
	if (nr > bad && op->kind != KIND_SINGLE)
		return -ECANCELED;
	return 0;
}

static bool as_wanted(const struct op *op, unsigned int bad, int err)
{
	unsigned int i;

	for (i = 0; i < rec.nr; i++)
		if (rec.err[i] != wanted(op, i, bad, err))
			return false;
	return !rec.disorder;
}

/* Good ones that may be repeated; the neighbour of the same kind of the others. */
static const struct op *filler(const struct op *op)
{
	switch (op->kind) {
	case KIND_MMU:
		return &ops[0];
	case KIND_EXT:
		return &ops[6];
	default:
		return op;
	}
}

static int ask_amid(const struct op *op)
{
	const struct op *good = filler(op);
	unsigned int i, nr = 0;
	int ret = 0;

	for (i = 0; i < NR_BEFORE; i++, nr += good->nr)
		ret = ret ?: good->good(cookie(nr));
	ret = ret ?: op->bad(cookie(nr));
	nr += op->nr;
	for (i = 0; i < NR_AFTER; i++, nr += good->nr)
		ret = ret ?: good->good(cookie(nr));
	return ret;
}

static void bad_in_batch(const struct op *op, int err)
{
	unsigned int nr = (NR_BEFORE + NR_AFTER) * filler(op)->nr + op->nr;
	unsigned int bad = NR_BEFORE * filler(op)->nr + op->bad_at;
	int asked, ret;

	reset();
	memfront_mmu_begin();
	asked = ask_amid(op);
	ret = memfront_mmu_end();
	expect(!asked && ret == err && rec.nr == nr && as_wanted(op, bad, err),
	       "%s, a bad one amid good ones: end %d, results %d %d %d %d",
	       op->name, ret, rec.err[bad - 1], rec.err[bad],
	       rec.err[bad + 1], rec.err[nr - 1]);
}

static void try_op(const struct op *op)
{
	int err;

	try_alone(op);
	in_batch(op);
	err = bad_alone(op);
	if (err)
		bad_in_batch(op, err);
}

/* The same bad entry by a call made by hand: Xen's own word. */
static void same_as_by_hand(void)
{
	struct mmu_update update = {
		.ptr = ops_entry(4).addr | MMU_NORMAL_PT_UPDATE,
		.val = mf_pte(mf_mfn(NO_SUCH_FRAME), MF_PTE_PAGE_RO),
	};
	unsigned int nr_done = 0;
	int ret = xen_single_call(__HYPERVISOR_mmu_update,
				  (unsigned long)&update, 1,
				  (unsigned long)&nr_done, DOMID_SELF, 0);

	expect_eq(ops[0].bad(no_result), ret, "set_pte, a bad one, by hand");
}

static void try_flushes(void)
{
	unsigned long va = (unsigned long)page_address(data.page[0]);

	expect_eq(memfront_mmu_flush_tlb(MEMFRONT_MMU_LOCAL), 0, "flush_tlb");
	expect_eq(memfront_mmu_flush_tlb(MEMFRONT_MMU_ALL), 0,
		  "flush_tlb of all");
	expect_eq(memfront_mmu_flush_tlb_va(va, MEMFRONT_MMU_LOCAL), 0,
		  "flush_tlb_va");
	expect_eq(memfront_mmu_flush_tlb_va(va, MEMFRONT_MMU_ALL), 0,
		  "flush_tlb_va of all");
	say("flush_cache %d, of all %d\n",
	    memfront_mmu_flush_cache(MEMFRONT_MMU_LOCAL),
	    memfront_mmu_flush_cache(MEMFRONT_MMU_ALL));
	memfront_mmu_begin();
	memfront_mmu_flush_tlb_va(va, MEMFRONT_MMU_ALL);
	memfront_mmu_flush_tlb_va(va, MEMFRONT_MMU_LOCAL);
	memfront_mmu_flush_tlb(MEMFRONT_MMU_LOCAL);
	expect_eq(memfront_mmu_end(), 0, "flushes in a batch");
}

static void nested(void)
{
	int ret;

	ops[0].wipe();
	reset();
	memfront_mmu_begin();
	ret = ops[0].good(cookie(0)) ?: memfront_mmu_begin() ?:
	      ops[6].good(cookie(1)) ?: memfront_mmu_end();
	expect_eq(ret, 0, "an inner end");
	expect(!rec.nr && !ops[0].done(), "after it nothing has been done");
	ret = memfront_mmu_flush();
	expect(!ret && rec.nr == 2 && ops[0].done(),
	       "after a flush all has been done");
	ret = ops[0].good(cookie(2)) ?: memfront_mmu_end();
	expect(!ret && rec.nr == 3, "after the outer end the rest too");
	expect_eq(memfront_mmu_end(), -EINVAL, "an end without begin");
	expect_eq(memfront_mmu_flush(), -EINVAL, "a flush without begin");
}

static int give_up(int ret)
{
	return ops_give() ?: ret;
}

/**
 * command_ops() - each operation
 * @unused:	not used
 * @unused2:	not used
 */
int command_ops(unsigned int unused, unsigned int unused2)
{
	unsigned int i;
	int ret = ops_take();

	if (ret)
		return give_up(ret);
	for (i = 0; i < NR_OPS; i++)
		try_op(&ops[i]);
	same_as_by_hand();
	try_flushes();
	nested();
	return ops_give();
}

static int ask_many(unsigned int requests)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < requests && !ret; i++)
		ret = memfront_mmu_set_pte(ops_entry(i % TABLE_ENTRIES),
					   ops_pte(), 0, DOMID_SELF,
					   cookie(i));
	return ret;
}

/**
 * command_full() - one batch of many entries, most of which do not fit
 * @requests:	how many
 * @unused:	not used
 */
int command_full(unsigned int requests, unsigned int unused)
{
	unsigned int early;
	int asked, ret;

	ret = ops_take();
	if (ret)
		return give_up(ret);
	reset();
	memfront_mmu_begin();
	asked = ask_many(requests);
	early = rec.nr;
	ret = memfront_mmu_end();
	expect(!asked && !ret, "%u entries in a batch: asked %d, end %d",
	       requests, asked, ret);
	expect(rec.nr == requests && !rec.disorder,
	       "%u results, in order; %u before the end", rec.nr, early);
	expect((ops_slot(TABLE_ENTRIES - 1) & ops_pte()) == ops_pte(),
	       "the last entry is there");
	return ops_give();
}
