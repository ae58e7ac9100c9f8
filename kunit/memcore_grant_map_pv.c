// SPDX-License-Identifier: GPL-2.0
/* What only PV domains can do: entries by their own address, device mappings. */
#include <kunit/test.h>
#include "memcore_grants.h"

#define HOST		GNTMAP_host_map
#define READ_ONLY	(GNTMAP_host_map | GNTMAP_readonly)
#define DEVICE		GNTMAP_device_map
#define BY_ENTRY	(GNTMAP_host_map | GNTMAP_contains_pte)
#define SLOT		20U
#define REF		GRANTS_REF
#define PAGE		2U

static struct grants *begin_as(struct kunit *test, bool granter_translated)
{
	struct fixture *f = test->priv;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	/* dom0 maps, since it may also do so without a grant. */
	grants_make(test, g, granter_translated ? f->hvm : f->pv, f->dom0);
	grants_offer(g, REF, PAGE, 0);
	return g;
}

static struct grants *begin(struct kunit *test)
{
	return begin_as(test, false);
}

static u64 entry(struct grants *g, unsigned int slot)
{
	return pv_read(g->mapper, g->space.l1, slot);
}

static void expect_refs(struct grants *g, unsigned long count,
			unsigned long type)
{
	KUNIT_EXPECT_EQ(g->test, pv_count(g->granter, g->mfn[PAGE]), count);
	KUNIT_EXPECT_EQ(g->test, pv_type_count(g->granter, g->mfn[PAGE]),
			type);
}

static int map(struct grants *g, unsigned int slot, unsigned int flags)
{
	return grants_map(g, slot, REF, flags, NULL);
}

static void an_entry_is_as_xen_makes_it(struct kunit *test)
{
	const u64 always = MC_PTE_PRESENT | MC_PTE_USER | MC_PTE_ACCESSED |
			   MC_PTE_DIRTY | MC_PTE_NX;
	static const struct {
		unsigned int flags;
		u64 bits;
	} forms[] = {
		{ HOST, MC_PTE_RW | MC_PTE_GUEST_KERNEL },
		{ READ_ONLY, MC_PTE_GUEST_KERNEL },
		{ HOST | GNTMAP_application_map, MC_PTE_RW | MC_PTE_GLOBAL },
		{ READ_ONLY | GNTMAP_application_map, MC_PTE_GLOBAL },
		{ HOST | 5 << 16, MC_PTE_RW | MC_PTE_GUEST_KERNEL | 5 << 9 },
		{ HOST | 0xfff8 << 16, MC_PTE_RW | MC_PTE_GUEST_KERNEL },
		{ HOST | 0x80, MC_PTE_RW | MC_PTE_GUEST_KERNEL },
		{ BY_ENTRY, MC_PTE_RW | MC_PTE_GUEST_KERNEL },
	};
	struct grants *g = begin(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		KUNIT_EXPECT_EQ(test, map(g, SLOT + i, forms[i].flags), 0);
		KUNIT_EXPECT_EQ(test, entry(g, SLOT + i),
				pv_pte(g->mfn[PAGE], always | forms[i].bits));
	}
	grants_audit(g);
}

/* XSA-227 */
static void the_address_of_an_entry_is_aligned(struct kunit *test)
{
	struct grants *g = begin(test);
	struct gnttab_map_grant_ref op;
	unsigned int i;

	for (i = 1; i < sizeof(u64); i++) {
		grants_prepare(g, &op, SLOT, REF, BY_ENTRY);
		op.host_addr += i;
		grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1);
		KUNIT_EXPECT_EQ(test, op.status, GNTST_general_error);
		grants_audit(g);
	}
	KUNIT_EXPECT_EQ(test, entry(g, SLOT), 0);
	KUNIT_EXPECT_EQ(test, entry(g, SLOT + 1), 0);
	expect_refs(g, 1, 0);
}

static int map_entry_at(struct grants *g, u64 addr)
{
	struct gnttab_map_grant_ref op;

	grants_prepare(g, &op, SLOT, REF, BY_ENTRY);
	op.host_addr = addr;
	grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1);
	grants_audit(g);
	return op.status;
}

static void only_ones_own_tables_are_written(struct kunit *test)
{
	struct grants *g = begin(test);

	/* Not in use, of a higher level, plain memory, another's, none at all. */
	KUNIT_EXPECT_EQ(test, map_entry_at(g, pv_ptr(g->space.spare[0], 0)),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_entry_at(g, pv_ptr(g->space.l2, 9)),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_entry_at(g, pv_ptr(g->space.page[0], 0)),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_entry_at(g, grants_dev_addr(g, 0)),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_entry_at(g, 8), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_entry_at(g, ~0ULL << 3),
			GNTST_general_error);
	expect_refs(g, 1, 0);
	KUNIT_EXPECT_EQ(test, map_entry_at(g, pv_ptr(g->space.l1, SLOT)), 0);
}

static int map_at(struct grants *g, u64 addr)
{
	struct gnttab_map_grant_ref op;

	grants_prepare(g, &op, SLOT, REF, HOST);
	op.host_addr = addr;
	grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1);
	grants_audit(g);
	return op.status;
}

static void an_address_needs_a_table(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map_at(g, PV_BASE + PMD_SIZE),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_at(g, 0), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_at(g, HYPERVISOR_VIRT_START),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map_at(g, 1ULL << 60), GNTST_general_error);
	expect_refs(g, 1, 0);
	/* Any address in the page. */
	KUNIT_EXPECT_EQ(test, map_at(g, pv_va(SLOT) + 123), 0);
	KUNIT_EXPECT_EQ(test, grants_at(g, SLOT), g->mfn[PAGE]);
}

static void what_was_mapped_before_is_unmapped(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, pv_count(g->mapper, g->space.page[0]), 2);
	KUNIT_EXPECT_EQ(test, map(g, 0, HOST), 0);
	KUNIT_EXPECT_EQ(test, pv_count(g->mapper, g->space.page[0]), 1);
	KUNIT_EXPECT_EQ(test, pv_type_count(g->mapper, g->space.page[0]), 0);
	grants_audit(g);
	/* Also if that was a grant: it cannot be unmapped any more. */
	KUNIT_EXPECT_EQ(test, map(g, 0, READ_ONLY), 0);
	expect_refs(g, 2, 0);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(0), 0, 0),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(0), 0, 1), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_HOST_WRITE);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static void an_overwritten_entry_leaves_a_pin(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test, pv_update_va(g->mapper, pv_va(SLOT), 0, 0), 0);
	expect_refs(g, 1, 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_HOST_WRITE);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0),
			GNTST_general_error);
	grants_audit(g);
	/* Mapped again, the one entry will do for either handle. */
	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_HOST_WRITE);
	expect_refs(g, 1, 0);
}

static struct memcore_domain *passing_granter(struct kunit *test)
{
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = 9,
		.max_pages = UINT_MAX,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	return d;
}

/* The handle stays, and must not be taken for one of the next domain's. */
static void an_overwritten_entry_outlives_its_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, passing_granter(test), f->pv);
	grants_offer(g, REF, PAGE, 0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test, pv_update_va(g->mapper, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(g->granter), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0),
			GNTST_general_error);
	g->granter = passing_granter(test);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0),
			GNTST_bad_handle);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(g->granter), 0);
	expect_audit(test, f->machine);
}

static int change_entry(struct grants *g, u64 pte)
{
	const struct mmu_update req = {
		.ptr = pv_ptr(g->space.l1, SLOT),
		.val = pte,
	};

	return pv_updates(g->mapper, &req, 1, NULL, g->granter->config.domid);
}

/* XSA-234 */
static void an_entry_with_other_rights_is_not_the_grants(struct kunit *test)
{
	struct grants *g = begin(test);
	u64 pte;

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	pte = entry(g, SLOT);
	KUNIT_EXPECT_EQ(test, change_entry(g, pte & ~MC_PTE_RW), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0),
			GNTST_general_error);
	grants_audit(g);
	expect_refs(g, 2, 0);
	KUNIT_EXPECT_EQ(test, change_entry(g, pte), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static void other_bits_may_change(struct kunit *test)
{
	struct grants *g = begin(test);
	const u64 bits = MC_PTE_ACCESSED | MC_PTE_DIRTY | MC_PTE_NX |
			 MC_PTE_AVAIL;

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test,
			pv_update_va(g->mapper, pv_va(SLOT),
				     entry(g, SLOT) ^ bits, 0), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static void an_entry_of_ones_own_making_will_do(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT + 1, HOST), 0);
	KUNIT_EXPECT_EQ(test,
			change_entry(g, pv_pte(g->mfn[PAGE], PV_WRITE)), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, entry(g, SLOT), 0);
	expect_refs(g, 2, 1);
	grants_audit(g);
}

static void a_handle_by_entry_is_unmapped_by_entry(struct kunit *test)
{
	struct grants *g = begin(test);
	u64 addr = pv_ptr(g->space.l1, SLOT);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, BY_ENTRY), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, addr + 4, 0, 0),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_replace(g, addr, pv_va(0), 0),
			GNTST_general_error);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, addr, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, entry(g, SLOT), 0);
	expect_refs(g, 1, 0);
}

static void replacing_moves_an_entry(struct kunit *test)
{
	struct grants *g = begin(test);
	u64 moved = entry(g, 3);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test, grants_replace(g, pv_va(SLOT), pv_va(3), 0), 0);
	KUNIT_EXPECT_EQ(test, entry(g, 3), 0);
	KUNIT_EXPECT_EQ(test, entry(g, SLOT), moved);
	KUNIT_EXPECT_EQ(test, pv_count(g->mapper, g->space.page[3]), 2);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static void replacing_by_nothing_unmaps(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test, grants_replace(g, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, entry(g, SLOT), 0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	/* An empty entry is an entry. */
	KUNIT_EXPECT_EQ(test, grants_replace(g, pv_va(SLOT), pv_va(99), 1), 0);
	KUNIT_EXPECT_EQ(test, entry(g, SLOT), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static void a_replacement_that_fails_has_taken_the_entry(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test,
			grants_replace(g, pv_va(SLOT), PV_BASE + PMD_SIZE, 0),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_replace(g, pv_va(SLOT + 1), pv_va(3), 0),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, entry(g, 3), 0);
	KUNIT_EXPECT_EQ(test, pv_count(g->mapper, g->space.page[3]), 1);
	grants_audit(g);
	/* Even its own. */
	KUNIT_EXPECT_EQ(test, grants_replace(g, pv_va(SLOT), pv_va(SLOT), 0),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, entry(g, SLOT), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_HOST_WRITE);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

/* XSA-224 */
static void both_halves_have_references_of_their_own(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST | DEVICE), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF),
			MC_PIN_HOST_WRITE + MC_PIN_DEV_WRITE);
	expect_refs(g, 3, 2);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_DEV_WRITE);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF), GTF_reading | GTF_writing);
	expect_refs(g, 2, 1);
	grants_audit(g);
	/* That half is gone: nothing to do, and no error. */
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, 0, grants_dev_addr(g, PAGE), 0), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
	/* XSA-218: the handle was given back once, with the second half. */
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, 0, grants_dev_addr(g, PAGE), 0),
			GNTST_bad_handle);
}

static void both_halves_go_at_once(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, READ_ONLY | DEVICE), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF),
			MC_PIN_HOST_READ + MC_PIN_DEV_READ);
	expect_refs(g, 3, 0);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, pv_va(SLOT), grants_dev_addr(g, PAGE),
				     0), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static void a_device_address_is_checked_first(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST | DEVICE), 0);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, pv_va(SLOT), grants_dev_addr(g, 0), 0),
			GNTST_bad_dev_addr);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, 0, grants_dev_addr(g, PAGE) + 1, 0),
			GNTST_bad_dev_addr);
	KUNIT_EXPECT_EQ(test, grants_at(g, SLOT), g->mfn[PAGE]);
	/* Nor is anything unmapped if the host's half cannot be. */
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, pv_va(SLOT + 1),
				     grants_dev_addr(g, PAGE), 0),
			GNTST_general_error);
	expect_refs(g, 3, 2);
	grants_audit(g);
}

static void a_device_alone_needs_no_address(struct kunit *test)
{
	struct grants *g = begin(test);
	u64 addr = grants_dev_addr(g, PAGE);

	KUNIT_EXPECT_EQ(test, map(g, 4096, DEVICE), 0);
	expect_refs(g, 2, 1);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(0), 0, 0), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, 0, addr, 0), 0);
	expect_refs(g, 1, 0);
}

/* A translated domain's page is retyped by devices, not by mappings. */
static void a_device_takes_the_type_of_any_page(struct kunit *test)
{
	struct grants *g = begin_as(test, true);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST | DEVICE), 0);
	expect_refs(g, 3, 1);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	expect_refs(g, 2, 1);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, 0, grants_dev_addr(g, PAGE), 0), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static void a_device_keeps_what_the_granter_is_told(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, DEVICE), 0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, READ_ONLY), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 1), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF), GTF_reading | GTF_writing);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, 0, grants_dev_addr(g, PAGE), 0), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF), 0);
}

/* XSA-230, as it was. */
static void a_copy_leaves_what_a_device_has(struct kunit *test)
{
	struct grants *g = begin(test);
	struct gnttab_copy op = {
		.source.u.ref = REF,
		.source.domid = g->granter->config.domid,
		.dest.u.gmfn = g->space.page[0],
		.dest.domid = DOMID_SELF,
		.len = 8,
		.flags = GNTCOPY_source_gref,
	};

	KUNIT_EXPECT_EQ(test, map(g, SLOT, DEVICE), 0);
	KUNIT_EXPECT_EQ(test, grant_op(g->mapper, GNTTABOP_copy, &op, 1), 0);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF),
			GTF_reading | GTF_writing);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_DEV_WRITE);
	expect_refs(g, 2, 1);
	grants_audit(g);
}

static void a_table_is_mapped_read_only(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_ASSERT_EQ(test,
			pv_ext(g->granter, MMUEXT_PIN_L1_TABLE, g->mfn[PAGE]),
			0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, DEVICE), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST | DEVICE),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF), 0);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, READ_ONLY | DEVICE), 0);
	grants_audit(g);
}

static void a_mapped_page_does_not_become_a_table(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test,
			pv_ext(g->granter, MMUEXT_PIN_L1_TABLE, g->mfn[PAGE]),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_EQ(test,
			pv_ext(g->granter, MMUEXT_PIN_L1_TABLE, g->mfn[PAGE]),
			0);
}

/* The device's half was there already when the host's fails. */
static void a_second_half_that_fails_takes_the_first_along(struct kunit *test)
{
	struct grants *g = begin(test);
	struct gnttab_map_grant_ref op;

	grants_prepare(g, &op, SLOT, REF, HOST | DEVICE);
	op.host_addr = PV_BASE + PMD_SIZE;
	grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static void all_references_taken_is_an_error(struct kunit *test)
{
	struct grants *g = begin(test);
	struct memcore_machine *machine = g->granter->machine;

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	machine->count_mask = 3;
	KUNIT_EXPECT_EQ(test, map(g, SLOT + 1, HOST), GNTST_general_error);
	machine->count_mask = MC_PGC_COUNT_MASK;
	machine->type_mask = 1;
	KUNIT_EXPECT_EQ(test, map(g, SLOT + 1, HOST), GNTST_general_error);
	machine->type_mask = MC_PGT_COUNT_MASK;
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), MC_PIN_HOST_WRITE);
	grants_audit(g);
}

static void an_unmapped_page_is_forgotten_by_tlbs(struct kunit *test)
{
	struct grants *g = begin(test);

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	pv_remember(g->mapper, pv_va(SLOT), g->mfn[PAGE]);
	KUNIT_EXPECT_TRUE(test, pv_remembers(g->mapper->vcpus, pv_va(SLOT)));
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_FALSE(test, pv_remembers(g->mapper->vcpus, pv_va(SLOT)));
}

static void a_mapped_page_is_read_and_written(struct kunit *test)
{
	struct grants *g = begin(test);
	struct memcore_vcpu *v = g->mapper->vcpus;
	struct memcore_fault fault;
	u64 word = 0x1234567890ULL;

	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), 0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT + 1, READ_ONLY), 0);
	KUNIT_EXPECT_EQ(test,
			memcore_vcpu_access(v, pv_va(SLOT) + 8, &word,
					    sizeof(word), MC_ACCESS_WRITE,
					    &fault), 0);
	KUNIT_EXPECT_EQ(test, pv_read(g->granter, g->mfn[PAGE], 1), word);
	KUNIT_EXPECT_NE(test,
			memcore_vcpu_access(v, pv_va(SLOT + 1), &word,
					    sizeof(word), MC_ACCESS_WRITE,
					    &fault), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	KUNIT_EXPECT_NE(test,
			memcore_vcpu_access(v, pv_va(SLOT), &word,
					    sizeof(word), 0, &fault), 0);
}

static void a_domain_maps_its_own_grant(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, f->pv, f->pv);
	grants_offer(g, REF, PAGE, 0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST | DEVICE), 0);
	expect_refs(g, 3, 2);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0), 0);
	expect_refs(g, 2, 1);
	grants_audit(g);
}

/* As its config says. */
static void a_domain_may_have_no_handles(struct kunit *test)
{
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = 9,
		.max_pages = UINT_MAX,
		.max_maptrack_frames = MC_NO_MAPTRACK,
	};
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, g);
	KUNIT_ASSERT_NOT_NULL(test, d);
	grants_make(test, g, f->pv, d);
	grants_offer(g, REF, PAGE, 0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST), GNTST_no_space);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 0),
			GNTST_bad_handle);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static void a_mapper_dies_with_device_mappings(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, f->pv, passing_granter(test));
	grants_offer(g, REF, PAGE, 0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, HOST | DEVICE), 0);
	KUNIT_EXPECT_EQ(test, map(g, SLOT, READ_ONLY | DEVICE), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, pv_va(SLOT), 0, 1), 0);
	expect_refs(g, 3, 1);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(g->mapper), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, REF), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, REF), 0);
	expect_refs(g, 1, 0);
	grants_audit(g);
}

static struct kunit_case grant_map_pv_cases[] = {
	KUNIT_CASE(an_entry_is_as_xen_makes_it),
	KUNIT_CASE(the_address_of_an_entry_is_aligned),
	KUNIT_CASE(only_ones_own_tables_are_written),
	KUNIT_CASE(an_address_needs_a_table),
	KUNIT_CASE(what_was_mapped_before_is_unmapped),
	KUNIT_CASE(an_overwritten_entry_leaves_a_pin),
	KUNIT_CASE(an_overwritten_entry_outlives_its_domain),
	KUNIT_CASE(an_entry_with_other_rights_is_not_the_grants),
	KUNIT_CASE(other_bits_may_change),
	KUNIT_CASE(an_entry_of_ones_own_making_will_do),
	KUNIT_CASE(a_handle_by_entry_is_unmapped_by_entry),
	KUNIT_CASE(replacing_moves_an_entry),
	KUNIT_CASE(replacing_by_nothing_unmaps),
	KUNIT_CASE(a_replacement_that_fails_has_taken_the_entry),
	KUNIT_CASE(both_halves_have_references_of_their_own),
	KUNIT_CASE(both_halves_go_at_once),
	KUNIT_CASE(a_device_address_is_checked_first),
	KUNIT_CASE(a_device_alone_needs_no_address),
	KUNIT_CASE(a_device_takes_the_type_of_any_page),
	KUNIT_CASE(a_device_keeps_what_the_granter_is_told),
	KUNIT_CASE(a_copy_leaves_what_a_device_has),
	KUNIT_CASE(a_table_is_mapped_read_only),
	KUNIT_CASE(a_mapped_page_does_not_become_a_table),
	KUNIT_CASE(a_second_half_that_fails_takes_the_first_along),
	KUNIT_CASE(all_references_taken_is_an_error),
	KUNIT_CASE(an_unmapped_page_is_forgotten_by_tlbs),
	KUNIT_CASE(a_mapped_page_is_read_and_written),
	KUNIT_CASE(a_domain_maps_its_own_grant),
	KUNIT_CASE(a_domain_may_have_no_handles),
	KUNIT_CASE(a_mapper_dies_with_device_mappings),
	{ }
};

static struct kunit_suite grant_map_pv_suite = {
	.name = "memcore_grant_map_pv",
	.init = fixture_init,
	.exit = grants_exit,
	.test_cases = grant_map_pv_cases,
};

kunit_test_suite(grant_map_pv_suite);
