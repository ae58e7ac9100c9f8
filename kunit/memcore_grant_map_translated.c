// SPDX-License-Identifier: GPL-2.0
/* What is different if the domain that maps is translated. */
#include <kunit/test.h>
#include "memcore_grants.h"

#define HOST		GNTMAP_host_map
#define READ_ONLY	(GNTMAP_host_map | GNTMAP_readonly)
#define SLOT		20U
#define REF		GRANTS_REF
#define PAGE		2U
#define OWN_GFN		2000UL

static struct grants *begin(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, f->pv, f->hvm);
	grants_offer(g, REF, PAGE, 0);
	return g;
}

static int map_at(struct grants *g, u64 addr, u32 ref, unsigned int flags)
{
	struct gnttab_map_grant_ref op;

	grants_prepare(g, &op, SLOT, ref, flags);
	op.host_addr = addr;
	KUNIT_EXPECT_EQ(g->test,
			grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1),
			0);
	grants_audit(g);
	return op.status;
}

static u64 at_gfn(unsigned long gfn)
{
	return (u64)gfn << PAGE_SHIFT;
}

static unsigned long lookup(struct grants *g, unsigned long gfn,
			    enum mc_p2m_type *type)
{
	return memcore_p2m_lookup(&g->mapper->p2m, mc_gfn(gfn), type).nr;
}

static struct mc_gfn m2p(struct grants *g, unsigned long mfn)
{
	return memcore_m2p_get(&g->mapper->machine->frames, mc_mfn(mfn));
}

static void only_plain_mappings_are_made(struct kunit *test)
{
	static const unsigned int refused[] = {
		GNTMAP_device_map, HOST | GNTMAP_device_map,
		HOST | GNTMAP_application_map, HOST | GNTMAP_contains_pte,
		HOST | 1 << 16, HOST | 1 << 15, HOST | 1 << 5,
	};
	struct grants *g = begin(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refused); i++)
		KUNIT_EXPECT_EQ(test,
				map_at(g, at_gfn(GRANTS_HOLE), REF, refused[i]),
				GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF), 0);
	KUNIT_EXPECT_EQ(test, pv_count(g->granter, g->mfn[PAGE]), 1);
}

/* Flags of PV domains are refused before the granting domain is looked for. */
static void flags_are_refused_in_order(struct kunit *test)
{
	struct grants *g = begin(test);
	struct gnttab_map_grant_ref op;

	grants_prepare(g, &op, SLOT, ~0U, HOST | GNTMAP_device_map);
	op.dom = 333;
	grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_general_error);
	op.flags = HOST | 1 << 16;
	grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_bad_domain);
}

static void an_entry_says_what_is_granted(struct kunit *test)
{
	struct grants *g = begin(test);
	enum mc_p2m_type type;

	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE + 1) + 123, REF,
				     READ_ONLY), 0);
	KUNIT_EXPECT_EQ(test, lookup(g, GRANTS_HOLE, &type), g->mfn[PAGE]);
	KUNIT_EXPECT_EQ(test, type, MC_P2M_GRANT_RW);
	KUNIT_EXPECT_EQ(test, lookup(g, GRANTS_HOLE + 1, &type),
			g->mfn[PAGE]);
	KUNIT_EXPECT_EQ(test, type, MC_P2M_GRANT_RO);
	KUNIT_EXPECT_EQ(test, g->mapper->p2m.max_mapped, GRANTS_HOLE + 1);
	KUNIT_EXPECT_EQ(test, pv_type_count(g->granter, g->mfn[PAGE]), 1);
}

static void a_gfn_may_be_too_high(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map_at(g, 1ULL << 48, REF, HOST),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_at(g, ~0ULL, REF, HOST),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), 0);
	KUNIT_EXPECT_EQ(test, map_at(g, (1ULL << 48) - PAGE_SIZE, REF, HOST),
			0);
}

static void what_was_there_is_nowhere(struct kunit *test)
{
	struct grants *g = begin(test);
	unsigned int tot;
	enum mc_p2m_type type;
	unsigned long mfn;

	fixture_populate(test, g->mapper, OWN_GFN, 1);
	mfn = lookup(g, OWN_GFN, &type);
	tot = g->mapper->tot_pages;
	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(OWN_GFN), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test, lookup(g, OWN_GFN, &type), g->mfn[PAGE]);
	KUNIT_EXPECT_FALSE(test, mc_gfn_ok(m2p(g, mfn)));
	KUNIT_EXPECT_EQ(test, g->mapper->tot_pages, tot);
	KUNIT_EXPECT_EQ(test, pv_count(g->mapper, mfn), 1);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, at_gfn(OWN_GFN), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, lookup(g, OWN_GFN, &type), MC_INVALID);
	KUNIT_EXPECT_EQ(test, g->mapper->tot_pages, tot);
	grants_audit(g);
}

static void a_superpage_is_split(struct kunit *test)
{
	struct grants *g = begin(test);
	xen_pfn_t gfn = 4 * MC_SUPER_SIZE;
	enum mc_p2m_type type;
	unsigned long mfn;

	KUNIT_ASSERT_EQ(test,
			fixture_move(g->mapper, XENMEM_populate_physmap, &gfn,
				     1, MC_SUPER_ORDER), 1);
	mfn = lookup(g, 4 * MC_SUPER_SIZE, &type);
	KUNIT_EXPECT_EQ(test,
			map_at(g, at_gfn(4 * MC_SUPER_SIZE + 7), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test, lookup(g, 4 * MC_SUPER_SIZE + 6, &type),
			mfn + 6);
	KUNIT_EXPECT_EQ(test, lookup(g, 4 * MC_SUPER_SIZE + 7, &type),
			g->mfn[PAGE]);
	KUNIT_EXPECT_EQ(test, lookup(g, 4 * MC_SUPER_SIZE + 8, &type),
			mfn + 8);
}

static void a_mapping_is_not_mapped_over(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_HOST_WRITE);
	KUNIT_EXPECT_EQ(test, pv_count(g->granter, g->mfn[PAGE]), 2);
}

/* Whatever the handle, the frame and that it is a grant decide. */
static void a_mapping_of_the_same_frame_will_do(struct kunit *test)
{
	struct grants *g = begin(test);
	enum mc_p2m_type type;

	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE + 1), REF,
				     READ_ONLY), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, at_gfn(GRANTS_HOLE + 1), 0, 0),
			0);
	KUNIT_EXPECT_EQ(test, lookup(g, GRANTS_HOLE, &type), g->mfn[PAGE]);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_HOST_READ);
	KUNIT_EXPECT_EQ(test, pv_type_count(g->granter, g->mfn[PAGE]), 0);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, at_gfn(GRANTS_HOLE), 0, 1), 0);
	grants_audit(g);
}

static void ones_own_memory_is_no_mapping(struct kunit *test)
{
	struct grants *g = begin(test);

	fixture_populate(test, g->mapper, OWN_GFN, 1);
	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, at_gfn(OWN_GFN), 0, 0),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, at_gfn(GRANTS_HOLE + 1), 0, 0),
			GNTST_general_error);
	grants_audit(g);
}

static void nothing_is_replaced(struct kunit *test)
{
	struct gnttab_unmap_and_replace op = {
		.host_addr = at_gfn(GRANTS_HOLE),
	};
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test,
			grant_op(g->mapper, GNTTABOP_unmap_and_replace, &op, 1),
			-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_HOST_WRITE);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, at_gfn(GRANTS_HOLE), 0, 0), 0);
	grants_audit(g);
}

static void a_mapping_is_not_given_back_as_memory(struct kunit *test)
{
	struct grants *g = begin(test);
	xen_pfn_t gfn = GRANTS_HOLE;

	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test,
			fixture_move(g->mapper, XENMEM_decrease_reservation,
				     &gfn, 1, 0), 0);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, at_gfn(GRANTS_HOLE), 0, 0), 0);
}

static struct grants *begin_self(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, f->hvm, f->hvm);
	grants_offer(g, REF, PAGE, 0);
	return g;
}

static void ones_own_grant_moves_the_page(struct kunit *test)
{
	struct grants *g = begin_self(test);
	enum mc_p2m_type type;

	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test, lookup(g, g->gfn[PAGE], &type), MC_INVALID);
	KUNIT_EXPECT_FALSE(test, mc_gfn_ok(m2p(g, g->mfn[PAGE])));
	KUNIT_EXPECT_EQ(test, pv_count(g->granter, g->mfn[PAGE]), 2);
	KUNIT_EXPECT_EQ(test, pv_type_count(g->granter, g->mfn[PAGE]), 1);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, at_gfn(GRANTS_HOLE), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, lookup(g, GRANTS_HOLE, &type), MC_INVALID);
	KUNIT_EXPECT_EQ(test, pv_count(g->granter, g->mfn[PAGE]), 1);
	/* It is nowhere now, so that it cannot be granted. */
	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST),
			GNTST_bad_page);
}

static void ones_own_grant_is_mapped_where_it_was(struct kunit *test)
{
	struct grants *g = begin_self(test);
	enum mc_p2m_type type;

	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(g->gfn[PAGE]), REF, HOST), 0);
	KUNIT_EXPECT_EQ(test, lookup(g, g->gfn[PAGE], &type), g->mfn[PAGE]);
	KUNIT_EXPECT_EQ(test, type, MC_P2M_GRANT_RW);
	KUNIT_EXPECT_FALSE(test, mc_gfn_ok(m2p(g, g->mfn[PAGE])));
}

/* What is mapped of another is not granted on. */
static void a_mapping_is_not_granted(struct kunit *test)
{
	struct grants *g = begin(test);
	struct fixture *f = test->priv;
	struct grants *on = kunit_kzalloc(test, sizeof(*on), GFP_KERNEL);
	struct gnttab_map_grant_ref op;

	KUNIT_ASSERT_NOT_NULL(test, on);
	grants_make(test, on, f->hvm, f->pv);
	KUNIT_EXPECT_EQ(test, map_at(g, at_gfn(GRANTS_HOLE), REF, HOST), 0);
	grants_offer_as(on, REF, GRANTS_HOLE, GTF_permit_access,
			f->pv->config.domid);
	grants_prepare(on, &op, SLOT, REF, HOST);
	KUNIT_EXPECT_EQ(test,
			grant_op(f->pv, GNTTABOP_map_grant_ref, &op, 1), 0);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_bad_page);
	grants_audit(g);
}

static struct kunit_case grant_map_translated_cases[] = {
	KUNIT_CASE(only_plain_mappings_are_made),
	KUNIT_CASE(flags_are_refused_in_order),
	KUNIT_CASE(an_entry_says_what_is_granted),
	KUNIT_CASE(a_gfn_may_be_too_high),
	KUNIT_CASE(what_was_there_is_nowhere),
	KUNIT_CASE(a_superpage_is_split),
	KUNIT_CASE(a_mapping_is_not_mapped_over),
	KUNIT_CASE(a_mapping_of_the_same_frame_will_do),
	KUNIT_CASE(ones_own_memory_is_no_mapping),
	KUNIT_CASE(nothing_is_replaced),
	KUNIT_CASE(a_mapping_is_not_given_back_as_memory),
	KUNIT_CASE(ones_own_grant_moves_the_page),
	KUNIT_CASE(ones_own_grant_is_mapped_where_it_was),
	KUNIT_CASE(a_mapping_is_not_granted),
	{ }
};

static struct kunit_suite grant_map_translated_suite = {
	.name = "memcore_grant_map_translated",
	.init = fixture_init,
	.exit = grants_exit,
	.test_cases = grant_map_translated_cases,
};

kunit_test_suite(grant_map_translated_suite);
