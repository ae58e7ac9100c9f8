// SPDX-License-Identifier: GPL-2.0
/* The first page tables of a PV domain: what is mapped, how, and by whom. */
#include <kunit/test.h>
#include <memcore/memcore.h>
#include <xen-public/xen.h>
#include "content.h"
#include "memcore_fixture.h"
#include "pv/build.h"
#include "pv/pte.h"
#include "vcpu.h"

/* Two L1 tables' worth and a bit; the last pages become the tables. */
#define NR_PFNS		1100UL
#define NR_TABLES	6UL
/* A hole as large as what an L1 table maps, and a single one. */
#define BIG_HOLE	512UL
#define SMALL_HOLE	5UL

/**
 * struct built - a domain under construction
 * @b: what memcore_pv_build() is told
 * @p2m: its frames
 * @next: where the next table is taken
 * @left: tables that may still be taken
 */
struct built {
	struct memcore_build b;
	unsigned long p2m[NR_PFNS];
	unsigned long next;
	unsigned long left;
};

static bool take(struct memcore_build *b, struct mc_gfn *pfn)
{
	struct built *built = b->data;

	if (!built->left)
		return false;
	built->left--;
	*pfn = mc_gfn(built->next++);
	return true;
}

static bool is_hole(unsigned long pfn, bool big_hole)
{
	return pfn == SMALL_HOLE ||
	       (big_hole && pfn >= BIG_HOLE && pfn < 2 * BIG_HOLE);
}

static struct built *prepare(struct kunit *test, struct memcore_domain *d,
			     bool big_hole)
{
	struct built *built = kunit_kzalloc(test, sizeof(*built), GFP_KERNEL);
	struct fixture *f = test->priv;
	unsigned long pfn;

	KUNIT_ASSERT_NOT_NULL(test, built);
	for (pfn = 0; pfn < NR_PFNS; pfn++) {
		built->p2m[pfn] = MC_INVALID;
		if (is_hole(pfn, big_hole))
			continue;
		fixture_populate(test, d, pfn, 1);
		built->p2m[pfn] = f->list[0];
	}
	built->next = NR_PFNS - NR_TABLES;
	built->left = NR_TABLES;
	built->b = (struct memcore_build){
		.d = d,
		.p2m = built->p2m,
		.nr_pfns = NR_PFNS,
		.take_table = take,
		.data = built,
	};
	return built;
}

static struct built *build(struct kunit *test, bool big_hole)
{
	struct fixture *f = test->priv;
	struct built *built = prepare(test, f->pv, big_hole);
	struct mc_gfn root;

	KUNIT_ASSERT_EQ(test, memcore_pv_build(&built->b, &root), 0);
	KUNIT_EXPECT_EQ(test, root.nr, NR_PFNS - NR_TABLES);
	return built;
}

static unsigned long va_of(unsigned long pfn)
{
	return MEMCORE_DIRECT_MAP + (pfn << PAGE_SHIFT);
}

static bool walk(struct kunit *test, unsigned long pfn, unsigned int access,
		 u64 *pte)
{
	struct fixture *f = test->priv;
	struct memcore_vcpu *v = &f->pv->vcpus[0];
	struct memcore_fault fault;
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&v->lock, flags);
	ok = memcore_vcpu_walk(v, va_of(pfn), access, pte, &fault);
	spin_unlock_irqrestore(&v->lock, flags);
	return ok;
}

static void each_page_is_mapped_once(struct kunit *test)
{
	struct built *built = build(test, false);
	struct fixture *f = test->priv;
	unsigned long pfn, wrong = 0;
	u64 pte;

	for (pfn = 0; pfn < NR_PFNS; pfn++)
		if (walk(test, pfn, 0, &pte) != !is_hole(pfn, false) ||
		    (!is_hole(pfn, false) &&
		     mc_pte_mfn(pte).nr != built->p2m[pfn]))
			wrong++;
	KUNIT_EXPECT_EQ(test, wrong, 0);
	expect_audit(test, f->machine);
}

static void tables_are_read_only(struct kunit *test)
{
	struct built *built = build(test, false);
	unsigned long pfn, wrong = 0;
	u64 pte;

	for (pfn = 0; pfn < NR_PFNS; pfn++) {
		if (is_hole(pfn, false))
			continue;
		if (walk(test, pfn, MC_ACCESS_WRITE, &pte) !=
		    (pfn < NR_PFNS - NR_TABLES))
			wrong++;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, built->b.nr_tables, NR_TABLES);
}

static void a_large_hole_has_no_table(struct kunit *test)
{
	struct built *built = build(test, true);
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, built->b.nr_tables, NR_TABLES - 1);
	expect_audit(test, f->machine);
}

static long pin(struct fixture *f, unsigned int cmd, unsigned long mfn)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn };

	return memcore_call(f->pv, __HYPERVISOR_mmuext_op, (unsigned long)&op,
			    1, 0, DOMID_SELF, 0);
}

static void a_mapped_page_refuses_to_be_pinned(struct kunit *test)
{
	struct built *built = build(test, false);
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, pin(f, MMUEXT_PIN_L1_TABLE, built->p2m[7]),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pin(f, MMUEXT_PIN_L4_TABLE,
				  built->p2m[NR_PFNS - NR_TABLES]), -EINVAL);
	expect_audit(test, f->machine);
}

/* Without its entry it can be; and then it cannot be mapped writable. */
static void an_unmapped_page_can_be_pinned(struct kunit *test)
{
	struct built *built = build(test, false);
	struct fixture *f = test->priv;
	u64 writable = mc_pte(mc_mfn(built->p2m[7]),
			      MC_PTE_PRESENT | MC_PTE_RW);

	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_update_va_mapping,
				     va_of(7), 0, UVMF_INVLPG | UVMF_ALL, 0, 0),
			0);
	KUNIT_EXPECT_EQ(test, pin(f, MMUEXT_PIN_L1_TABLE, built->p2m[7]), 0);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_update_va_mapping,
				     va_of(7), writable, 0, 0, 0), -EBUSY);
	KUNIT_EXPECT_EQ(test, pin(f, MMUEXT_UNPIN_TABLE, built->p2m[7]), 0);
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_update_va_mapping,
				     va_of(7), writable, 0, 0, 0), 0);
	expect_audit(test, f->machine);
}

/* Given back while it is mapped, as often as it likes: it goes when unmapped. */
static void a_mapped_page_stays(struct kunit *test)
{
	struct built *built = build(test, false);
	struct fixture *f = test->priv;
	unsigned int tot = f->pv->tot_pages;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		f->list[0] = built->p2m[9];
		KUNIT_EXPECT_EQ(test,
				fixture_move(f->pv, XENMEM_decrease_reservation,
					     f->list, 1, 0), 1);
		KUNIT_EXPECT_EQ(test, f->pv->tot_pages, tot);
		expect_audit(test, f->machine);
	}
	KUNIT_EXPECT_EQ(test,
			memcore_call(f->pv, __HYPERVISOR_update_va_mapping,
				     va_of(9), 0, UVMF_INVLPG | UVMF_ALL, 0, 0),
			0);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, tot - 1);
	f->list[0] = built->p2m[9];
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_decrease_reservation,
				     f->list, 1, 0), 0);
	expect_audit(test, f->machine);
}

static void no_page_for_a_table_is_survived(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct built *built = prepare(test, f->pv, false);
	struct mc_gfn root;

	built->left = NR_TABLES - 1;
	KUNIT_EXPECT_EQ(test, memcore_pv_build(&built->b, &root), -ENOMEM);
	expect_audit(test, f->machine);
}

/* Return: what building a domain of its own answered. */
static int build_with_failure(struct kunit *test, unsigned int nth)
{
	const struct memcore_domain_config config = {
		.domid = 9,
		.max_pages = NR_PFNS,
		.nr_vcpus = 2,
	};
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	struct built *built;
	struct mc_gfn root;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, d);
	built = prepare(test, d, false);
	atomic_set(&f->machine->failpoint.left, nth);
	err = memcore_pv_build(&built->b, &root);
	atomic_set(&f->machine->failpoint.left, 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
	expect_audit(test, f->machine);
	return err;
}

static void no_memory_is_survived(struct kunit *test)
{
	unsigned int nth;

	/* Each table gets its content once; nothing else needs memory. */
	for (nth = 1; nth <= NR_TABLES; nth++)
		KUNIT_EXPECT_EQ(test, build_with_failure(test, nth), -ENOMEM);
	KUNIT_EXPECT_EQ(test, build_with_failure(test, nth), 0);
}

static struct kunit_case build_cases[] = {
	KUNIT_CASE(each_page_is_mapped_once),
	KUNIT_CASE(tables_are_read_only),
	KUNIT_CASE(a_large_hole_has_no_table),
	KUNIT_CASE(a_mapped_page_refuses_to_be_pinned),
	KUNIT_CASE(an_unmapped_page_can_be_pinned),
	KUNIT_CASE(a_mapped_page_stays),
	KUNIT_CASE(no_page_for_a_table_is_survived),
	KUNIT_CASE(no_memory_is_survived),
	{ }
};

static struct kunit_suite build_suite = {
	.name = "memcore_build",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = build_cases,
};

kunit_test_suite(build_suite);
