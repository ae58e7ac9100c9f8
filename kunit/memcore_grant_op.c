// SPDX-License-Identifier: GPL-2.0
/* grant_table_op: what is refused, how it goes on; swaps and cache flushes. */
#include <linux/limits.h>
#include <linux/string.h>
#include <xen-public/errno.h>
#include <xen-public/xen.h>
#include "memcore_grant.h"
#include "memcore_pv.h"

#define REF	9
/* A continuation's grant is above the command. */
#define FROM(ref)	((unsigned long)(ref))

static void what_there_is_not_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct gnttab_swap_grant_ref swap = {};

	KUNIT_EXPECT_EQ(test, grant_op(f->pv, 13, &swap, 1), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, grant_op(f->pv, 4095, &swap, 1), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, grant_op(f->pv, GNTTABOP_dump_table, &swap, 1),
			-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, grant_op(f->pv, 13, &swap, INT_MIN), -EINVAL);
	KUNIT_EXPECT_EQ(test, grant_op(f->pv, GNTTABOP_swap_grant_ref, &swap,
				       U32_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			grant_op(f->pv, GNTTABOP_swap_grant_ref | FROM(4096),
				 &swap, 1), -EINVAL);
	/* Above 32 bits there is nothing. */
	KUNIT_EXPECT_EQ(test,
			grant_op(f->pv, GNTTABOP_swap_grant_ref | 1UL << 32,
				 &swap, 1), 0);
}

static void lists_are_looked_at_where_they_start(struct kunit *test)
{
	static const unsigned int cmds[] = {
		GNTTABOP_swap_grant_ref, GNTTABOP_copy, GNTTABOP_transfer,
		GNTTABOP_cache_flush,
	};
	struct fixture *f = test->priv;
	void *xens = (void *)0xffff800000000000;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		KUNIT_EXPECT_EQ(test, grant_op(f->pv, cmds[i], xens, 0),
				-EFAULT);
		KUNIT_EXPECT_EQ(test, grant_op(f->pv, cmds[i], (void *)8, 0),
				0);
		KUNIT_EXPECT_EQ(test, grant_op(f->pv, cmds[i], (void *)8, 1),
				-EFAULT);
	}
	/* A translated domain's are not. */
	KUNIT_EXPECT_EQ(test, grant_op(f->hvm, GNTTABOP_copy, xens, 0), 0);
}

static void translated_domains_have_not_all(struct kunit *test)
{
	static const unsigned int cmds[] = {
		GNTTABOP_transfer, GNTTABOP_unmap_and_replace,
		GNTTABOP_get_status_frames, GNTTABOP_cache_flush,
		GNTTABOP_swap_grant_ref | FROM(4096), 99,
	};
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		KUNIT_EXPECT_EQ(test, grant_op(f->hvm, cmds[i], f->list, -1),
				-XEN_ENOSYS);
}

static s16 swap_refs(struct memcore_domain *d, u32 a, u32 b)
{
	struct gnttab_swap_grant_ref op = {
		.ref_a = a, .ref_b = b, .status = 1,
	};
	long ret = grant_op(d, GNTTABOP_swap_grant_ref, &op, 1);

	return ret ?: op.status;
}

/* Case of XSA-18. */
static void swaps_have_bounds(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, swap_refs(f->pv, 0, 512), GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, swap_refs(f->pv, 512, 0), GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, swap_refs(f->pv, U32_MAX, U32_MAX),
			GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, swap_refs(f->pv, 0, 511), GNTST_okay);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
}

static void entries_in_use_are_not_swapped(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long gfn = grant_new_frame(test, f->hvm, 3);
	struct memcore_frame *frame;

	grant_start(test, f->hvm, 2);
	grant_write(f->hvm, REF, GTF_permit_access, 0, gfn);
	KUNIT_ASSERT_EQ(test,
			grant_pin(f->hvm, REF, 0, MC_PIN_HOST_READ, &frame),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, swap_refs(f->hvm, REF, REF + 1), GNTST_eagain);
	KUNIT_EXPECT_EQ(test, swap_refs(f->hvm, REF + 1, REF), GNTST_eagain);
	KUNIT_EXPECT_EQ(test, swap_refs(f->hvm, REF, REF), GNTST_okay);
	grant_unpin(f->hvm, REF, MC_PIN_HOST_READ, frame);
	*memcore_grant_status(&f->hvm->grants, REF) = 0x1234;
	KUNIT_EXPECT_EQ(test, swap_refs(f->hvm, REF, REF + 1), GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_flags(f->hvm, REF + 1), GTF_permit_access);
	KUNIT_EXPECT_EQ(test, grant_flags(f->hvm, REF), 0);
	KUNIT_EXPECT_EQ(test, *memcore_grant_status(&f->hvm->grants, REF + 1),
			0x1234);
	KUNIT_EXPECT_EQ(test, *memcore_grant_status(&f->hvm->grants, REF), 0);
}

static void a_preempted_list_goes_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct gnttab_swap_grant_ref ops[5];
	unsigned int at, i;

	grant_start(test, f->pv, 1);
	for (at = 1; at < 6; at++) {
		grant_write(f->pv, 10, 0, 0, 4711);
		grant_write(f->pv, 15, 0, 0, 0);
		for (i = 0; i < 5; i++)
			ops[i] = (struct gnttab_swap_grant_ref){
				.ref_a = 10 + i, .ref_b = 11 + i, .status = 1,
			};
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test,
				grant_op(f->pv, GNTTABOP_swap_grant_ref, ops,
					 5), 0);
		memcore_preempt_set(&f->machine->preempt, 0);
		for (i = 0; i < 5; i++)
			KUNIT_EXPECT_EQ(test, ops[i].status, GNTST_okay);
		KUNIT_EXPECT_EQ(test, grant_frame(f->pv, 15), 4711);
	}
}

static void a_multicall_may_have_grant_operations(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct gnttab_swap_grant_ref swaps[3] = {
		{ .ref_b = 1, .status = 1 }, { .ref_b = 512, .status = 1 },
		{ .ref_b = 2, .status = 1 },
	};
	struct gnttab_query_size query = { .dom = DOMID_SELF, .status = 1 };
	struct multicall_entry calls[2] = {
		{ .op = __HYPERVISOR_grant_table_op,
		  .args = { GNTTABOP_swap_grant_ref, (unsigned long)swaps, 3 },
		},
		{ .op = __HYPERVISOR_grant_table_op,
		  .args = { GNTTABOP_query_size, (unsigned long)&query, 1 } },
	};

	memcore_preempt_set(&f->machine->preempt, 1);
	KUNIT_EXPECT_EQ(test, memcore_call(f->hvm, __HYPERVISOR_multicall,
					   (unsigned long)calls, 2, 0, 0, 0),
			0);
	memcore_preempt_set(&f->machine->preempt, 0);
	KUNIT_EXPECT_EQ(test, calls[0].result, 0);
	KUNIT_EXPECT_EQ(test, calls[1].result, 0);
	KUNIT_EXPECT_EQ(test, swaps[1].status, GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, swaps[2].status, GNTST_okay);
	KUNIT_EXPECT_EQ(test, query.nr_frames, 1);
}

static struct gnttab_cache_flush flush_of(unsigned long mfn, u16 offset,
					  u16 length, u32 op)
{
	return (struct gnttab_cache_flush){
		.a.dev_bus_addr = (u64)mfn << PAGE_SHIFT,
		.offset = offset,
		.length = length,
		.op = op,
	};
}

static long flush(struct memcore_domain *d, unsigned long mfn, u16 offset,
		  u16 length, u32 op)
{
	struct gnttab_cache_flush arg = flush_of(mfn, offset, length, op);

	return grant_op(d, GNTTABOP_cache_flush, &arg, 1);
}

static void ones_own_frames_may_be_flushed(struct kunit *test)
{
	const u32 clean = GNTTAB_CACHE_CLEAN, inval = GNTTAB_CACHE_INVAL;
	struct fixture *f = test->priv;
	unsigned long mfn = grant_new_frame(test, f->pv, 0);

	KUNIT_EXPECT_EQ(test, flush(f->pv, mfn, 0, 4096, clean), 0);
	KUNIT_EXPECT_EQ(test, flush(f->pv, mfn, 8, 4088, clean | inval), 0);
	KUNIT_EXPECT_EQ(test, flush(f->pv, mfn, 0, 4096, inval), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, flush(f->pv, mfn, 4096, 0, clean), -EINVAL);
	KUNIT_EXPECT_EQ(test, flush(f->pv, mfn, 8, 4089, clean), -EINVAL);
	KUNIT_EXPECT_EQ(test, flush(f->pv, mfn, 0, 4097, clean), -EINVAL);
	KUNIT_EXPECT_EQ(test, flush(f->pv, mfn, 0, 8, 4), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			flush(f->pv, mfn, 0, 8, GNTTAB_CACHE_SOURCE_GREF),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, flush(f->pv, 77, 0, 0, clean), 0);
	KUNIT_EXPECT_EQ(test, flush(f->pv, 77, 0, 8, 0), 0);
	KUNIT_EXPECT_EQ(test, flush(f->pv, 77, 0, 8, clean), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			flush(f->pv, FIXTURE_BASE + FIXTURE_FRAMES, 0, 8,
			      clean), -EPERM);
}

static void others_frames_may_be_flushed_by_a_grant(struct kunit *test)
{
	const u32 clean = GNTTAB_CACHE_CLEAN;
	struct fixture *f = test->priv;
	unsigned long mfn = grant_new_frame(test, f->pv, 0);
	u32 ref = 20 * 512 + 7;
	struct memcore_frame *frame;
	unsigned int at;

	KUNIT_EXPECT_EQ(test, flush(f->dom0, mfn, 0, 8, clean), -EINVAL);
	KUNIT_ASSERT_EQ(test, grant_setup(f->pv, DOMID_SELF, 24, f->list),
			GNTST_okay);
	grant_write(f->pv, ref, GTF_permit_access, 0, mfn);
	KUNIT_EXPECT_EQ(test, flush(f->dom0, mfn, 0, 8, clean), -EINVAL);
	KUNIT_ASSERT_EQ(test,
			grant_pin(f->pv, ref, 0, MC_PIN_HOST_READ, &frame),
			GNTST_okay);
	/* The table is gone through in parts, and left after any of them. */
	for (at = 0; at < 4; at++) {
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test, flush(f->dom0, mfn, 0, 8, clean), 0);
	}
	memcore_preempt_set(&f->machine->preempt, 0);
	grant_unpin(f->pv, ref, MC_PIN_HOST_READ, frame);
	KUNIT_EXPECT_EQ(test, flush(f->dom0, mfn, 0, 8, clean), -EINVAL);
}

static void a_flush_goes_on_from_a_grant(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = grant_new_frame(test, f->pv, 0);
	struct gnttab_cache_flush ops[2] = {
		flush_of(mfn, 0, 8, GNTTAB_CACHE_CLEAN),
		flush_of(mfn, 0, 8, GNTTAB_CACHE_CLEAN),
	};
	const unsigned long cmd = GNTTABOP_cache_flush | FROM(4096);
	struct memcore_frame *frame;

	KUNIT_ASSERT_EQ(test, grant_setup(f->pv, DOMID_SELF, 24, f->list),
			GNTST_okay);
	grant_write(f->pv, REF, GTF_permit_access, 0, mfn);
	KUNIT_ASSERT_EQ(test,
			grant_pin(f->pv, REF, 0, MC_PIN_HOST_READ, &frame),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_op(f->dom0, GNTTABOP_cache_flush, ops, 2),
			0);
	/* What is before it is not looked at again. */
	KUNIT_EXPECT_EQ(test, grant_op(f->dom0, cmd, ops, 2), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			grant_op(f->dom0,
				 GNTTABOP_cache_flush | FROM(0xfffff000), ops,
				 1), -EINVAL);
	ops[0].length = 0;
	KUNIT_EXPECT_EQ(test, grant_op(f->dom0, cmd, ops, 2), -EILSEQ);
	KUNIT_EXPECT_EQ(test, grant_op(f->dom0, cmd, ops, 0), 0);
	grant_unpin(f->pv, REF, MC_PIN_HOST_READ, frame);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_there_is_not_is_refused),
	KUNIT_CASE(lists_are_looked_at_where_they_start),
	KUNIT_CASE(translated_domains_have_not_all),
	KUNIT_CASE(swaps_have_bounds),
	KUNIT_CASE(entries_in_use_are_not_swapped),
	KUNIT_CASE(a_preempted_list_goes_on),
	KUNIT_CASE(a_multicall_may_have_grant_operations),
	KUNIT_CASE(ones_own_frames_may_be_flushed),
	KUNIT_CASE(others_frames_may_be_flushed_by_a_grant),
	KUNIT_CASE(a_flush_goes_on_from_a_grant),
	{}
};

static struct kunit_suite suite = {
	.name = "memcore_grant_op",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
