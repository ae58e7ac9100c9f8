// SPDX-License-Identifier: GPL-2.0
/* GNTTABOP_transfer: what is given, who takes it, and what is lost. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include "memcore_grant.h"
#include "memcore_pv.h"

#define REF	9
#define DONE	(GTF_accept_transfer | GTF_transfer_committed | \
		 GTF_transfer_completed)

static s16 transfer(struct memcore_domain *d, unsigned long mfn, domid_t domid,
		    u32 ref)
{
	struct gnttab_transfer op = {
		.mfn = mfn,
		.domid = domid,
		.ref = ref,
		.status = 1,
	};
	long ret = grant_op(d, GNTTABOP_transfer, &op, 1);

	return ret ?: op.status;
}

/* A frame of the PV domain's with a word in it. */
static unsigned long gift(struct kunit *test, unsigned long pfn)
{
	struct fixture *f = test->priv;
	unsigned long mfn = grant_new_frame(test, f->pv, pfn);

	*(u64 *)grant_bytes(test, f->pv, mfn) = mfn * 31;
	return mfn;
}

static u64 word_of(struct memcore_domain *d, unsigned long gfn)
{
	return memcore_content_read(grant_frame_at(d, gfn), 0);
}

static void a_pv_domain_gets_a_frame(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = gift(test, 5);

	grant_start(test, f->dom0, 1);
	grant_write(f->dom0, REF, GTF_accept_transfer, 2, 77);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 0, REF), GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_flags(f->dom0, REF), DONE);
	KUNIT_EXPECT_EQ(test, grant_frame(f->dom0, REF), mfn);
	KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn)->owner, 0);
	KUNIT_EXPECT_EQ(test, memcore_m2p_get(&f->machine->frames,
					      mc_mfn(mfn)).nr, 77);
	KUNIT_EXPECT_EQ(test, word_of(f->dom0, mfn), mfn * 31);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, f->dom0->tot_pages, 1);
	expect_audit(test, f->machine);
	/* Once only. */
	mfn = gift(test, 6);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 0, REF),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	expect_audit(test, f->machine);
}

static void a_translated_domain_gets_a_frame(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = gift(test, 5);

	grant_start(test, f->hvm, 2);
	grant_write(f->hvm, REF, GTF_accept_transfer, 2, 77);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 1, REF), GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_flags(f->hvm, REF), DONE);
	KUNIT_EXPECT_EQ(test, grant_frame(f->hvm, REF), 77);
	KUNIT_EXPECT_EQ(test, memcore_p2m_get(&f->hvm->p2m, mc_gfn(77),
					      NULL).nr, mfn);
	KUNIT_EXPECT_EQ(test, word_of(f->hvm, 77), mfn * 31);
	expect_audit(test, f->machine);
}

static void a_frame_without_a_place_is_the_receivers(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = gift(test, 5);

	grant_start(test, f->hvm, 2);
	grant_write(f->hvm, REF, GTF_accept_transfer, 2, ~0UL);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 1, REF),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grant_flags(f->hvm, REF), DONE);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
	KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn)->owner, 1);
	expect_audit(test, f->machine);
}

/* Case of XSA-217. */
static void a_translated_domain_gives_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long gfn = grant_new_frame(test, f->hvm, 3);

	grant_start(test, f->dom0, 1);
	grant_write(f->dom0, REF, GTF_accept_transfer, 1, 0);
	KUNIT_EXPECT_EQ(test, transfer(f->hvm, gfn, 0, REF), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 1);
	KUNIT_EXPECT_EQ(test, grant_flags(f->dom0, REF), GTF_accept_transfer);
}

/* What is not the domain's, or in use, stays where it is. */
static void only_an_unused_frame_is_given(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	struct pv_space s;
	xen_pfn_t shared;

	grant_start(test, f->dom0, 1);
	grant_write(f->dom0, REF, GTF_accept_transfer, 2, 0);
	pv_space_make(test, &s, f->pv);
	pv_space_load(test, &s);
	KUNIT_ASSERT_EQ(test, grant_setup(f->pv, DOMID_SELF, 1, &shared),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, s.l1, 0, REF), GNTST_bad_page);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, s.page[0], 0, REF),
			GNTST_bad_page);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, shared, 0, REF), GNTST_bad_page);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, 77, 0, REF), GNTST_bad_page);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, ~0UL, 0, REF), GNTST_bad_page);
	KUNIT_EXPECT_EQ(test,
			transfer(f->pv, FIXTURE_BASE + FIXTURE_FRAMES, 0, REF),
			GNTST_bad_page);
	KUNIT_EXPECT_EQ(test,
			transfer(f->pv, grant_new_frame(test, f->dom0, 0), 0,
				 REF), GNTST_bad_page);
	frame = memcore_frame_get(f->pv, mc_mfn(s.spare[0]));
	KUNIT_EXPECT_EQ(test, transfer(f->pv, s.spare[0], 0, REF),
			GNTST_bad_page);
	memcore_frame_put(f->machine, frame);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, s.spare[0], 0, REF), GNTST_okay);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, s.l4), 0);
}

/* Case of XSA-214: what it was says nothing of what it may be. */
static void a_former_descriptor_frame_has_no_type(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = gift(test, 5);
	u64 list = mfn;

	KUNIT_ASSERT_EQ(test, memcore_call(f->pv, __HYPERVISOR_set_gdt,
					   (unsigned long)&list, 8, 0, 0, 0),
			0);
	KUNIT_ASSERT_EQ(test, memcore_call(f->pv, __HYPERVISOR_set_gdt, 0, 0, 0,
					   0, 0), 0);
	KUNIT_EXPECT_EQ(test, pv_type(f->pv, mfn), MC_TYPE_SEG);
	grant_start(test, f->dom0, 1);
	grant_write(f->dom0, REF, GTF_accept_transfer, 2, 0);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 0, REF), GNTST_okay);
	KUNIT_EXPECT_EQ(test, pv_type(f->pv, mfn), MC_TYPE_NONE);
	expect_audit(test, f->machine);
}

/* If nobody takes it, the frame is free. */
static void expect_lost(struct kunit *test, domid_t domid, u32 ref, s16 status)
{
	struct fixture *f = test->priv;
	unsigned long free = f->machine->heap.free_frames, mfn = gift(test, 5);
	unsigned int tot = f->dom0->tot_pages;

	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, domid, ref), status);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, f->dom0->tot_pages, tot);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, free);
	KUNIT_EXPECT_FALSE(test, mc_gfn_ok(memcore_m2p_get(&f->machine->frames,
							   mc_mfn(mfn))));
	expect_audit(test, f->machine);
}

static void a_frame_that_nobody_takes_is_free(struct kunit *test)
{
	struct fixture *f = test->priv;

	expect_lost(test, 0, REF, GNTST_general_error);
	grant_start(test, f->dom0, 1);
	expect_lost(test, 99, REF, GNTST_bad_domain);
	expect_lost(test, DOMID_SELF, REF, GNTST_bad_domain);
	expect_lost(test, 0, REF, GNTST_general_error);
	expect_lost(test, 0, 512, GNTST_general_error);
	grant_write(f->dom0, REF, GTF_accept_transfer, 1, 0);
	expect_lost(test, 0, REF, GNTST_general_error);
	grant_write(f->dom0, REF, GTF_permit_access, 2, 0);
	expect_lost(test, 0, REF, GNTST_general_error);
	grant_write(f->dom0, REF, GTF_accept_transfer | GTF_PWT, 2, 0);
	expect_lost(test, 0, REF, GNTST_general_error);
	grant_write(f->dom0, REF, GTF_accept_transfer, 2, 0);
	memcore_domain_set_max_pages(f->dom0, 0);
	expect_lost(test, 0, REF, GNTST_general_error);
	memcore_domain_set_max_pages(f->dom0, UINT_MAX);
	f->dom0->dying = true;
	expect_lost(test, 0, REF, GNTST_general_error);
	f->dom0->dying = false;
	atomic_set(&f->machine->unstable_grants, 5);
	expect_lost(test, 0, REF, GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grant_flags(f->dom0, REF), GTF_accept_transfer);
	atomic_set(&f->machine->unstable_grants, 4);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, gift(test, 5), 0, REF),
			GNTST_okay);
}

/* Case of XSA-284: a frame too far up for version 1 comes as a copy. */
static void a_frame_too_far_up_is_copied(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn, other;

	grant_start(test, f->dom0, 1);
	grant_write(f->dom0, REF, GTF_accept_transfer, 2, 5);
	mfn = gift(test, 5);
	KUNIT_ASSERT_GE(test, mfn, 0x2000);
	/* Until the heap has no more of these. */
	do
		other = grant_new_frame(test, f->pv, 6);
	while (other >= 0x2000);
	f->machine->v1_frame_bits = 13;
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 0, REF), GNTST_okay);
	other = grant_frame(f->dom0, REF);
	KUNIT_EXPECT_LT(test, other, 0x2000);
	KUNIT_EXPECT_EQ(test, word_of(f->dom0, other), mfn * 31);
	KUNIT_EXPECT_EQ(test, pv_count(f->dom0, other), 1);
	KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn)->owner, MC_NO_OWNER);
	expect_audit(test, f->machine);
	f->machine->v1_frame_bits = 1;
	mfn = gift(test, 7);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 0, REF),
			GNTST_address_too_big);
	KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn)->owner, MC_NO_OWNER);
	expect_audit(test, f->machine);
	/* Version 2 has room for any number. */
	KUNIT_ASSERT_EQ(test, grant_set_version(f->dom0, 2), 0);
	grant_write(f->dom0, REF, GTF_accept_transfer, 2, 5);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, gift(test, 5), 0, REF),
			GNTST_okay);
	f->machine->v1_frame_bits = MC_V1_FRAME_BITS;
}

static void a_copy_without_memory_is_too_far_up(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = gift(test, 5);

	grant_start(test, f->dom0, 1);
	grant_write(f->dom0, REF, GTF_accept_transfer, 2, 5);
	/* Whatever the heap has is below the limit that this frame is above. */
	KUNIT_ASSERT_GE(test, mfn, 0x2000);
	f->machine->v1_frame_bits = 13;
	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 0, REF),
			GNTST_address_too_big);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->machine->failpoint.left), 0);
	f->machine->v1_frame_bits = MC_V1_FRAME_BITS;
	KUNIT_EXPECT_EQ(test, pv_frame(f->pv, mfn)->owner, MC_NO_OWNER);
	KUNIT_EXPECT_EQ(test, f->dom0->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, grant_flags(f->dom0, REF), GTF_accept_transfer);
	expect_audit(test, f->machine);
}

static struct mc_gfn last_released;

static void note_released(struct memcore_domain *d, struct mc_gfn gfn)
{
	last_released = gfn;
}

static const struct memcore_domain_ops lender_ops = {
	.released = note_released,
};

/* The kernel has its page back, the receiver what was in it. */
static void a_lent_page_is_not_given_away(struct kunit *test)
{
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = 5, .max_pages = 4, .ops = &lender_ops,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	u64 *page = (u64 *)get_zeroed_page(GFP_KERNEL);
	unsigned long mfn;

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_NOT_NULL(test, page);
	mfn = grant_new_frame(test, d, 0);
	memcore_content_borrow(pv_frame(d, mfn), virt_to_page(page));
	*page = 4711;
	grant_start(test, f->dom0, 1);
	grant_write(f->dom0, REF, GTF_accept_transfer, 5, 5);
	last_released = mc_gfn(MC_INVALID);
	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, transfer(d, mfn, 0, REF), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, d->tot_pages, 1);
	KUNIT_EXPECT_FALSE(test, mc_gfn_ok(last_released));
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, transfer(d, mfn, 0, REF), GNTST_okay);
	KUNIT_EXPECT_EQ(test, last_released.nr,
			page_to_pfn(virt_to_page(page)));
	*page = 0;
	KUNIT_EXPECT_EQ(test, word_of(f->dom0, mfn), 4711);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
	free_page((unsigned long)page);
}

static void a_domain_may_give_to_itself(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long mfn = gift(test, 5);

	grant_start(test, f->pv, 1);
	grant_write(f->pv, REF, GTF_accept_transfer, 2, 8);
	KUNIT_EXPECT_EQ(test, transfer(f->pv, mfn, 2, REF), GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_frame(f->pv, REF), mfn);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 1);
	expect_audit(test, f->machine);
}

#define NR_OPS		8

/**
 * struct ref_gift - what should become of a frame
 * @status: what is told
 * @taken: the receiver has it
 */
struct ref_gift {
	s16 status;
	bool taken;
};

/* By the book, for a receiver that has room. */
static struct ref_gift ref_transfer(bool wanted, bool has_place)
{
	if (!wanted)
		return (struct ref_gift){ GNTST_general_error, false };
	return (struct ref_gift){
		has_place ? GNTST_okay : GNTST_general_error, true,
	};
}

static void random_list(struct kunit *test, struct memcore_domain *to,
			struct rnd_state *rnd)
{
	struct fixture *f = test->priv;
	struct gnttab_transfer ops[NR_OPS];
	struct ref_gift wanted[NR_OPS];
	unsigned int nr = 1 + prandom_u32_state(rnd) % NR_OPS, i;
	unsigned int tot = to->tot_pages, taken = 0;
	bool asks, place;

	for (i = 0; i < nr; i++) {
		asks = prandom_u32_state(rnd) % 3;
		place = prandom_u32_state(rnd) % 4;
		grant_write(to, REF + i, asks ? GTF_accept_transfer : 0, 2,
			    place ? 200 + i : ~0UL);
		ops[i] = (struct gnttab_transfer){
			.mfn = gift(test, i),
			.domid = to->config.domid,
			.ref = REF + i,
		};
		wanted[i] = ref_transfer(asks, place ||
					 !to->config.translated);
		taken += wanted[i].taken;
	}
	KUNIT_EXPECT_EQ(test, grant_op(f->pv, GNTTABOP_transfer, ops, nr), 0);
	for (i = 0; i < nr; i++) {
		KUNIT_EXPECT_EQ(test, ops[i].status, wanted[i].status);
		KUNIT_EXPECT_EQ(test, pv_frame(f->pv, ops[i].mfn)->owner,
				wanted[i].taken ? to->config.domid :
						  MC_NO_OWNER);
	}
	KUNIT_EXPECT_EQ(test, to->tot_pages, tot + taken);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
}

static void random_gifts_agree_with_naive_ones(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, fixture_seed(test));
	grant_start(test, f->hvm, 2);
	grant_start(test, f->dom0, 2);
	for (i = 0; i < 150; i++) {
		memcore_preempt_set(&f->machine->preempt,
				    prandom_u32_state(&rnd) % 4);
		random_list(test, i % 2 ? f->hvm : f->dom0, &rnd);
		memcore_preempt_set(&f->machine->preempt, 0);
		expect_audit(test, f->machine);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_pv_domain_gets_a_frame),
	KUNIT_CASE(a_translated_domain_gets_a_frame),
	KUNIT_CASE(a_frame_without_a_place_is_the_receivers),
	KUNIT_CASE(a_translated_domain_gives_nothing),
	KUNIT_CASE(only_an_unused_frame_is_given),
	KUNIT_CASE(a_former_descriptor_frame_has_no_type),
	KUNIT_CASE(a_frame_that_nobody_takes_is_free),
	KUNIT_CASE(a_frame_too_far_up_is_copied),
	KUNIT_CASE(a_copy_without_memory_is_too_far_up),
	KUNIT_CASE(a_lent_page_is_not_given_away),
	KUNIT_CASE(a_domain_may_give_to_itself),
	KUNIT_CASE(random_gifts_agree_with_naive_ones),
	{}
};

static struct kunit_suite suite = {
	.name = "memcore_grant_transfer",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
