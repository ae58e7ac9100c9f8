// SPDX-License-Identifier: GPL-2.0
/* What becomes of mapped grants when a physmap changes under them. */
#include <kunit/test.h>
#include "memcore_grants.h"
#include "memcore_physmap_fixture.h"

#define HOST	GNTMAP_host_map
#define SLOT	20U
#define AT	(GRANTS_HOLE + SLOT)
#define REF	GRANTS_REF
#define PAGE	2U
#define GFN	64UL

static struct grants *begin(struct kunit *test, struct memcore_domain *granter,
			    struct memcore_domain *mapper)
{
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, granter, mapper);
	return g;
}

static u32 map(struct grants *g, u32 ref)
{
	u32 handle;

	KUNIT_ASSERT_EQ(g->test, grants_map(g, SLOT, ref, HOST, &handle), 0);
	return handle;
}

static int unmap(struct grants *g, u32 handle)
{
	return grants_unmap(g, grants_addr(g, SLOT), 0, handle);
}

static long move(struct memcore_domain *d, unsigned long from,
		 unsigned long to)
{
	return physmap_add(d, DOMID_SELF, XENMAPSPACE_gmfn, from, to);
}

static long reserve(struct memcore_domain *d, unsigned int op,
		    unsigned long gfn)
{
	xen_pfn_t list = gfn;

	return fixture_move(d, op, &list, 1, 0);
}

static void anothers_page_stays_where_it_is_mapped(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = begin(test, f->pv, f->hvm);
	u32 handle;

	grants_offer(g, REF, PAGE, 0);
	handle = map(g, REF);
	fixture_populate(test, f->hvm, GFN, 1);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, DOMID_SELF, AT), -ENOENT);
	KUNIT_EXPECT_EQ(test, move(f->hvm, AT, GFN), -EINVAL);
	KUNIT_EXPECT_EQ(test, move(f->hvm, GFN, AT), -ENXIO);
	KUNIT_EXPECT_EQ(test, reserve(f->hvm, XENMEM_decrease_reservation, AT),
			0);
	KUNIT_EXPECT_EQ(test, reserve(f->hvm, XENMEM_populate_physmap, AT), 0);
	KUNIT_EXPECT_TRUE(test, f->hvm->crashed);
	KUNIT_EXPECT_EQ(test, mfn_at(f->hvm, AT), g->mfn[PAGE]);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, unmap(g, handle), 0);
	grants_audit(g);
}

/* It is nowhere but there, and Xen finds that it is not where it should be. */
static void ones_own_page_does_not_move(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = begin(test, f->hvm, f->hvm);
	u32 handle;

	grants_offer(g, REF, PAGE, 0);
	handle = map(g, REF);
	KUNIT_EXPECT_EQ(test, move(f->hvm, AT, GFN), -EXDEV);
	KUNIT_EXPECT_EQ(test, unmap(g, handle), 0);
	grants_audit(g);
}

/* The handle keeps the page until the domain dies. */
static void ones_own_page_is_removed_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = begin(test, f->hvm, f->hvm);
	u32 handle;

	grants_offer(g, REF, PAGE, 0);
	handle = map(g, REF);
	KUNIT_EXPECT_EQ(test, physmap_remove(f->hvm, DOMID_SELF, AT), 0);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, unmap(g, handle), GNTST_general_error);
	grants_audit(g);
}

static void ones_own_page_is_given_back_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = begin(test, f->hvm, f->hvm);
	unsigned int before;
	u32 handle;

	grants_offer(g, REF, PAGE, 0);
	handle = map(g, REF);
	before = f->hvm->tot_pages;
	KUNIT_EXPECT_EQ(test, reserve(f->hvm, XENMEM_decrease_reservation, AT),
			1);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, before);
	KUNIT_EXPECT_EQ(test, unmap(g, handle), GNTST_general_error);
	grants_audit(g);
}

/* A granted frame of the hypervisor's gives way, as it does everywhere. */
static void a_granted_shared_info_gives_way_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct physmap_fixture *p = physmap_of(test);
	struct grants *g = begin(test, f->hvm, p->pvh0);
	u32 handle;

	KUNIT_ASSERT_EQ(test,
			physmap_add(f->hvm, DOMID_SELF,
				    XENMAPSPACE_shared_info, 0, GFN),
			0);
	grants_offer_as(g, REF, GFN, GTF_permit_access, PVH0_DOMID);
	handle = map(g, REF);
	fixture_populate(test, p->pvh0, GFN, 1);
	KUNIT_EXPECT_EQ(test, move(p->pvh0, GFN, AT), 0);
	KUNIT_EXPECT_EQ(test, type_at(p->pvh0, AT), MC_P2M_RAM);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, unmap(g, handle), GNTST_general_error);
	grants_audit(g);
}

static struct kunit_case physmap_grant_cases[] = {
	KUNIT_CASE(anothers_page_stays_where_it_is_mapped),
	KUNIT_CASE(ones_own_page_does_not_move),
	KUNIT_CASE(ones_own_page_is_removed_quirk),
	KUNIT_CASE(ones_own_page_is_given_back_quirk),
	KUNIT_CASE(a_granted_shared_info_gives_way_quirk),
	{ }
};

static struct kunit_suite physmap_grant_suite = {
	.name = "memcore_physmap_grant",
	.init = physmap_fixture_init,
	.exit = physmap_fixture_exit,
	.test_cases = physmap_grant_cases,
};

kunit_test_suite(physmap_grant_suite);
