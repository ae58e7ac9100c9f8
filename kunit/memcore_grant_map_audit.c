// SPDX-License-Identifier: GPL-2.0
/* Planted faults: the audit says what is wrong with mapped grants. */
#include <kunit/test.h>
#include <linux/string.h>
#include "memcore_grants.h"

#define SLOT	20U
#define REF	GRANTS_REF
#define PAGE	2U

static struct grants *begin_with(struct kunit *test, struct memcore_domain *d,
				 unsigned int flags)
{
	struct fixture *f = test->priv;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, f->pv, d);
	grants_offer(g, REF, PAGE, 0);
	KUNIT_ASSERT_EQ(test, grants_map(g, SLOT, REF, flags, NULL), 0);
	grants_audit(g);
	return g;
}

static struct grants *begin(struct kunit *test)
{
	struct fixture *f = test->priv;

	return begin_with(test, f->dom0, GNTMAP_host_map | GNTMAP_device_map);
}

static struct grants *begin_translated(struct kunit *test)
{
	struct fixture *f = test->priv;

	return begin_with(test, f->hvm, GNTMAP_host_map);
}

static void expect_found(struct grants *g, const char *what)
{
	char msg[512];

	KUNIT_EXPECT_EQ(g->test,
			memcore_audit(g->granter->machine, msg, sizeof(msg)),
			-EUCLEAN);
	KUNIT_EXPECT_NOT_NULL_MSG(g->test, strstr(msg, what), "%s", msg);
}

static struct memcore_mapping *mapping(struct grants *g, u32 handle)
{
	return memcore_mapping(g->mapper->grants.maptrack, handle);
}

static u32 *pin_of(struct grants *g)
{
	return &memcore_grant_entry(&g->granter->grants, REF)->pin;
}

static void a_pin_too_many(struct kunit *test)
{
	struct grants *g = begin(test);

	*pin_of(g) += MC_PIN_HOST_READ;
	expect_found(g, "domain 2: entry 16 is pinned 100 more than mapped");
	*pin_of(g) -= MC_PIN_HOST_READ;
}

static void a_pin_too_few(struct kunit *test)
{
	struct grants *g = begin(test);

	*pin_of(g) -= MC_PIN_DEV_WRITE;
	expect_found(g, "domain 2: entry 16 is pinned ffff0000 more than mapped");
	*pin_of(g) += MC_PIN_DEV_WRITE;
}

static void a_pin_for_another_domain(struct kunit *test)
{
	struct grants *g = begin(test);
	struct memcore_grant_entry *entry;

	entry = memcore_grant_entry(&g->granter->grants, REF);
	entry->domid++;
	expect_found(g, "domain 0: handle 0 maps 16 of domain 2, which is not its");
	entry->domid--;
}

static void a_device_without_references(struct kunit *test)
{
	struct grants *g = begin(test);
	unsigned long mfn = g->mfn[PAGE];
	char what[64];

	atomic64_dec(&pv_frame(g->granter, mfn)->count);
	snprintf(what, sizeof(what), "references of %lu: noted 2, found 3", mfn);
	expect_found(g, what);
	atomic64_inc(&pv_frame(g->granter, mfn)->count);
	atomic64_dec(&pv_frame(g->granter, mfn)->type);
	snprintf(what, sizeof(what),
		 "type references of %lu: noted 1, found 2", mfn);
	expect_found(g, what);
	atomic64_inc(&pv_frame(g->granter, mfn)->type);
}

static void a_handle_in_use_that_is_free(struct kunit *test)
{
	struct grants *g = begin(test);

	mapping(g, 7)->flags = GNTMAP_host_map;
	expect_found(g, "domain 0: handle 7 is free and in use");
	mapping(g, 7)->flags = 0;
}

static void a_handle_that_is_lost(struct kunit *test)
{
	struct grants *g = begin(test);
	struct memcore_maptrack_vcpu *list = g->mapper->grants.maptrack->vcpu;

	list->head = 2;
	expect_found(g, "domain 0: 256 handles, 254 free, 1 in use");
	list->head = 1;
}

static void a_list_in_a_circle(struct kunit *test)
{
	struct grants *g = begin(test);

	mapping(g, 255)->ref = 1;
	expect_found(g, "domain 0: list of vCPU 0 ends with");
	mapping(g, 255)->ref = MC_NO_HANDLE;
}

static void a_handle_of_another_vcpu(struct kunit *test)
{
	struct grants *g = begin(test);

	mapping(g, 9)->vcpu = 1;
	expect_found(g, "domain 0: handle 9 of vCPU 1 is in the list of 0");
	mapping(g, 9)->vcpu = 0;
}

static void a_handle_that_is_none(struct kunit *test)
{
	struct grants *g = begin(test);

	mapping(g, 255)->ref = 1000;
	expect_found(g, "domain 0: free handle 1000 is none");
	mapping(g, 255)->ref = MC_NO_HANDLE;
}

static void a_p2m_entry_without_a_mapping(struct kunit *test)
{
	struct grants *g = begin_translated(test);
	struct memcore_p2m *p2m = &g->mapper->p2m;

	memcore_p2m_set_page(p2m, mc_gfn(GRANTS_HOLE + SLOT + 1),
			     mc_mfn(g->mfn[PAGE]), MC_P2M_GRANT_RO);
	expect_found(g, "domain 1: 2 grants in the P2M, 1 mapped");
	memcore_p2m_set(p2m, mc_gfn(GRANTS_HOLE + SLOT + 1),
			mc_mfn(MC_INVALID), 0);
}

static void a_translated_mapping_without_the_type(struct kunit *test)
{
	struct grants *g = begin_translated(test);
	unsigned long mfn = g->mfn[PAGE];
	char what[64];

	atomic64_dec(&pv_frame(g->granter, mfn)->type);
	snprintf(what, sizeof(what),
		 "type references of %lu: noted 0, found 1", mfn);
	expect_found(g, what);
	atomic64_inc(&pv_frame(g->granter, mfn)->type);
}

static struct kunit_case grant_map_audit_cases[] = {
	KUNIT_CASE(a_pin_too_many),
	KUNIT_CASE(a_pin_too_few),
	KUNIT_CASE(a_pin_for_another_domain),
	KUNIT_CASE(a_device_without_references),
	KUNIT_CASE(a_handle_in_use_that_is_free),
	KUNIT_CASE(a_handle_that_is_lost),
	KUNIT_CASE(a_list_in_a_circle),
	KUNIT_CASE(a_handle_of_another_vcpu),
	KUNIT_CASE(a_handle_that_is_none),
	KUNIT_CASE(a_p2m_entry_without_a_mapping),
	KUNIT_CASE(a_translated_mapping_without_the_type),
	{ }
};

static struct kunit_suite grant_map_audit_suite = {
	.name = "memcore_grant_map_audit",
	.init = fixture_init,
	.exit = grants_exit,
	.test_cases = grant_map_audit_cases,
};

kunit_test_suite(grant_map_audit_suite);
