// SPDX-License-Identifier: GPL-2.0
/* Claims: what is set aside for one domain no other gets. */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <xen-public/domctl.h>
#include <xen-public/sysctl.h>
#include "claim.h"
#include "memcore_fixture.h"

#define NR_STEPS	1500

static long claim(struct memcore_domain *caller, domid_t domid,
		  unsigned long pages)
{
	struct xen_memory_reservation r = {
		.nr_extents = pages,
		.domid = domid,
	};

	return fixture_reserve(caller, XENMEM_claim_pages, &r);
}

/* Single pages for @domid, by dom0. Return: how many it got. */
static long populate(struct fixture *f, domid_t domid, unsigned int nr)
{
	struct xen_memory_reservation r = {
		.nr_extents = nr,
		.domid = domid,
	};
	unsigned int i;

	for (i = 0; i < nr; i++)
		f->list[i] = 5000 + i;
	set_xen_guest_handle(r.extent_start, f->list);
	return fixture_reserve(f->dom0, XENMEM_populate_physmap, &r);
}

static void expect_figures(struct kunit *test, unsigned long pv_claim,
			   unsigned long hvm_claim)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, f->pv->heap.claimed, pv_claim);
	KUNIT_EXPECT_EQ(test, f->hvm->heap.claimed, hvm_claim);
	KUNIT_EXPECT_EQ(test, f->machine->heap.claimed, pv_claim + hvm_claim);
	expect_audit(test, f->machine);
}

static void only_a_control_domain_may(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, claim(f->pv, 2, 10), -EPERM);
	KUNIT_EXPECT_EQ(test, claim(f->hvm, 2, 10), -EPERM);
	KUNIT_EXPECT_EQ(test, claim(f->pv, 77, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 10), 0);
	expect_figures(test, 10, 0);
}

static void bad_arguments_are_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_reservation r = { .nr_extents = 10, .domid = 2 };

	KUNIT_EXPECT_EQ(test, claim(f->dom0, DOMID_SELF, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 77, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			fixture_reserve(f->dom0, XENMEM_claim_pages | 1 << 6,
					&r), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->dom0, __HYPERVISOR_memory_op,
				     XENMEM_claim_pages, 8, 0, 0, 0), -EFAULT);
	r.extent_order = 1;
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->dom0, XENMEM_claim_pages, &r),
			-EINVAL);
	r.extent_order = 0;
	r.mem_flags = 1;
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->dom0, XENMEM_claim_pages, &r),
			-EINVAL);
	r.mem_flags = 0;
	set_xen_guest_handle(r.extent_start, f->list);
	KUNIT_EXPECT_EQ(test, fixture_reserve(f->dom0, XENMEM_claim_pages, &r),
			-EINVAL);
	expect_figures(test, 0, 0);
}

static void a_claim_is_for_the_whole(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, populate(f, 2, 10), 10);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 9), -EINVAL);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 10), -EINVAL);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 15), 0);
	expect_figures(test, 5, 0);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 20), -EINVAL);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 0), 0);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 0), 0);
	expect_figures(test, 0, 0);
}

static void limits_of_a_claim(struct kunit *test)
{
	struct fixture *f = test->priv;

	memcore_domain_set_max_pages(f->pv, 100);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 101), -EINVAL);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 100), 0);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 1, FIXTURE_FRAMES - 99), -ENOMEM);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 1, ~0UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 1, FIXTURE_FRAMES - 100), 0);
	expect_figures(test, 100, FIXTURE_FRAMES - 100);
}

static void it_shrinks_and_grows_until_used_up(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, claim(f->dom0, 2, 20), 0);
	KUNIT_EXPECT_EQ(test, populate(f, 2, 12), 12);
	expect_figures(test, 8, 0);
	KUNIT_EXPECT_EQ(test, fixture_move(f->pv, XENMEM_decrease_reservation,
					   f->list, 5, 0), 5);
	expect_figures(test, 13, 0);
	KUNIT_EXPECT_EQ(test, populate(f, 2, 15), 15);
	expect_figures(test, 0, 0);
	KUNIT_EXPECT_EQ(test, fixture_move(f->pv, XENMEM_decrease_reservation,
					   f->list, 5, 0), 5);
	expect_figures(test, 0, 0);
}

static void the_claimed_is_for_the_claimant(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, claim(f->dom0, 2, FIXTURE_FRAMES - 3), 0);
	KUNIT_EXPECT_EQ(test, populate(f, 1, 10), 3);
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(memcore_heap_alloc(&f->machine->heap,
							      0)));
	KUNIT_EXPECT_EQ(test, populate(f, 2, 10), 10);
	expect_figures(test, FIXTURE_FRAMES - 13, 0);
	KUNIT_EXPECT_EQ(test, populate(f, 1, 1), 0);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 0), 0);
	KUNIT_EXPECT_EQ(test, populate(f, 1, 10), 10);
}

/* Half a claim is none: an extent is either all of the claim or none of it. */
static void a_claim_smaller_than_an_extent(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_pfn_t extent = 0;

	KUNIT_ASSERT_EQ(test, claim(f->dom0, 1, FIXTURE_FRAMES - 15), 0);
	KUNIT_ASSERT_EQ(test, claim(f->dom0, 2, 15), 0);
	KUNIT_EXPECT_EQ(test, fixture_move(f->pv, XENMEM_increase_reservation,
					   &extent, 1, 4), 0);
	KUNIT_EXPECT_EQ(test, fixture_move(f->pv, XENMEM_increase_reservation,
					   &extent, 1, 3), 1);
	expect_figures(test, 7, FIXTURE_FRAMES - 15);
}

/* Xen gives it nobody's frames, which are not the claimed ones. */
static void an_exchange_does_not_use_the_claim(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_memory_exchange x = {
		.in = { .nr_extents = 1, .domid = DOMID_SELF },
		.out = { .nr_extents = 1, .domid = DOMID_SELF },
	};

	KUNIT_ASSERT_EQ(test, populate(f, 2, 1), 1);
	f->list[1] = 5000;
	set_xen_guest_handle(x.in.extent_start, f->list);
	set_xen_guest_handle(x.out.extent_start, f->list + 1);
	KUNIT_ASSERT_EQ(test, claim(f->dom0, 2, FIXTURE_FRAMES), 0);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_memory_op,
				     XENMEM_exchange, (unsigned long)&x, 0, 0,
				     0), -ENOMEM);
	expect_figures(test, FIXTURE_FRAMES - 1, 0);
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 2, 0), 0);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_memory_op,
				     XENMEM_exchange, (unsigned long)&x, 0, 0,
				     0), 0);
	expect_figures(test, 0, 0);
}

static void a_dying_domain_loses_its_claim(struct kunit *test)
{
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = 9,
		.max_pages = 100,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	struct memcore_frame *held;

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_EQ(test, populate(f, 9, 2), 2);
	held = memcore_frame_get(d, mc_mfn(f->list[0]));
	KUNIT_ASSERT_EQ(test, claim(f->dom0, 9, 100), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), -EBUSY);
	KUNIT_EXPECT_EQ(test, f->machine->heap.claimed, 0);
	/* Xen lets it have another. */
	KUNIT_EXPECT_EQ(test, claim(f->dom0, 9, 100), 0);
	KUNIT_EXPECT_EQ(test, populate(f, 9, 1), 0);
	memcore_frame_put(f->machine, held);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
	expect_figures(test, 0, 0);
}

/* Whoever found it while it lived comes too late. */
static void a_domain_that_is_gone_claims_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_domain_config config = { .domid = 9, .max_pages = 8 };
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_PTR_EQ(test, memcore_domain_get(f->dom0, 9), d);
	KUNIT_EXPECT_EQ(test, memcore_claim(d, 4), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
	expect_figures(test, 0, 0);
	KUNIT_EXPECT_EQ(test, memcore_claim(d, 4), -EINVAL);
	expect_figures(test, 0, 0);
	memcore_domain_put(d);
}

static void toolstack_is_told(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_domctl info = {
		.interface_version = XEN_DOMCTL_INTERFACE_VERSION,
		.cmd = XEN_DOMCTL_getdomaininfo,
		.domain = 2,
	};
	struct xen_sysctl phys = {
		.interface_version = XEN_SYSCTL_INTERFACE_VERSION,
		.cmd = XEN_SYSCTL_physinfo,
	};

	KUNIT_ASSERT_EQ(test, claim(f->dom0, 2, 30), 0);
	KUNIT_ASSERT_EQ(test, populate(f, 2, 10), 10);
	KUNIT_ASSERT_EQ(test, memcore_call(f->dom0, __HYPERVISOR_domctl,
					   (unsigned long)&info, 0, 0, 0, 0),
			0);
	KUNIT_EXPECT_EQ(test, info.u.getdomaininfo.outstanding_pages, 20);
	KUNIT_ASSERT_EQ(test, memcore_call(f->dom0, __HYPERVISOR_sysctl,
					   (unsigned long)&phys, 0, 0, 0, 0),
			0);
	KUNIT_EXPECT_EQ(test, phys.u.physinfo.outstanding_pages, 20);
	KUNIT_EXPECT_EQ(test, phys.u.physinfo.free_pages, FIXTURE_FRAMES - 10);
}

/**
 * struct model - what the claims must come to, by the rules alone
 * @tot: pages of domains 1 and 2
 * @claim: what each has outstanding
 * @max: what each may have
 */
struct model {
	long tot[3];
	long claim[3];
	long max[3];
};

static long model_free(const struct model *m)
{
	return FIXTURE_FRAMES - m->tot[1] - m->tot[2];
}

static long model_claim(struct model *m, unsigned int id, long pages)
{
	if (!pages) {
		m->claim[id] = 0;
		return 0;
	}
	if (m->claim[id] || pages <= m->tot[id] || pages > m->max[id])
		return -EINVAL;
	if (pages - m->tot[id] > model_free(m) - m->claim[1] - m->claim[2])
		return -ENOMEM;
	m->claim[id] = pages - m->tot[id];
	return 0;
}

/* One page at a time, as the call does it. Return: how many. */
static long model_populate(struct model *m, unsigned int id, long nr)
{
	long done;

	for (done = 0; done < nr; done++) {
		if (m->tot[id] >= m->max[id] || !model_free(m) ||
		    (!m->claim[id] && model_free(m) <= m->claim[3 - id]))
			break;
		m->tot[id]++;
		m->claim[id] -= !!m->claim[id];
	}
	return done;
}

static void model_decrease(struct model *m, unsigned int id, long nr)
{
	m->tot[id] -= nr;
	m->claim[id] += m->claim[id] ? nr : 0;
}

/* The first frames of the PV domain, which may have fewer. */
static void random_decrease(struct kunit *test, struct model *m, long nr)
{
	struct fixture *f = test->priv;
	unsigned long i, mfn, found = 0;

	for (i = 0; i < FIXTURE_FRAMES && found < nr; i++) {
		mfn = FIXTURE_BASE + i;
		if (f->machine->frames.frames[i].owner == 2)
			f->list[found++] = mfn;
	}
	KUNIT_EXPECT_EQ(test, fixture_move(f->pv, XENMEM_decrease_reservation,
					   f->list, found, 0), found);
	model_decrease(m, 2, found);
}

static void random_step(struct kunit *test, struct model *m,
			struct rnd_state *rnd)
{
	struct fixture *f = test->priv;
	u32 r = prandom_u32_state(rnd), n = prandom_u32_state(rnd);
	unsigned int id = 1 + r / 16 % 2;

	switch (r % 8) {
	case 0:
		m->max[id] = n % (FIXTURE_FRAMES + 500);
		memcore_domain_set_max_pages(id == 1 ? f->hvm : f->pv,
					     m->max[id]);
		break;
	case 1:
	case 2:
		n = n % 4 ? n / 4 % (FIXTURE_FRAMES + 100) : 0;
		KUNIT_EXPECT_EQ(test, claim(f->dom0, id, n),
				model_claim(m, id, n));
		break;
	case 3:
	case 4:
		random_decrease(test, m, 1 + n % FIXTURE_LIST);
		break;
	default:
		n = 1 + n % FIXTURE_LIST;
		KUNIT_EXPECT_EQ(test, populate(f, id, n),
				model_populate(m, id, n));
	}
}

static void random_against_the_rules(struct kunit *test)
{
	struct model m = { .max = { 0, FIXTURE_FRAMES, FIXTURE_FRAMES } };
	struct fixture *f = test->priv;
	struct rnd_state rnd;
	unsigned int i;

	memcore_domain_set_max_pages(f->hvm, FIXTURE_FRAMES);
	memcore_domain_set_max_pages(f->pv, FIXTURE_FRAMES);
	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < NR_STEPS; i++) {
		random_step(test, &m, &rnd);
		KUNIT_ASSERT_EQ(test, f->hvm->tot_pages, m.tot[1]);
		KUNIT_ASSERT_EQ(test, f->pv->tot_pages, m.tot[2]);
		KUNIT_ASSERT_EQ(test, f->hvm->heap.claimed, m.claim[1]);
		KUNIT_ASSERT_EQ(test, f->pv->heap.claimed, m.claim[2]);
		if (i % 16 == 0)
			expect_audit(test, f->machine);
	}
}

static struct kunit_case claim_cases[] = {
	KUNIT_CASE(only_a_control_domain_may),
	KUNIT_CASE(bad_arguments_are_refused),
	KUNIT_CASE(a_claim_is_for_the_whole),
	KUNIT_CASE(limits_of_a_claim),
	KUNIT_CASE(it_shrinks_and_grows_until_used_up),
	KUNIT_CASE(the_claimed_is_for_the_claimant),
	KUNIT_CASE(a_claim_smaller_than_an_extent),
	KUNIT_CASE(an_exchange_does_not_use_the_claim),
	KUNIT_CASE(a_dying_domain_loses_its_claim),
	KUNIT_CASE(a_domain_that_is_gone_claims_nothing),
	KUNIT_CASE(toolstack_is_told),
	KUNIT_CASE(random_against_the_rules),
	{ }
};

static struct kunit_suite claim_suite = {
	.name = "memcore_claim",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = claim_cases,
};

kunit_test_suite(claim_suite);
