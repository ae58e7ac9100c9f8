// SPDX-License-Identifier: GPL-2.0
/*
 * The first page tables of a PV domain, as a domain builder makes them before
 * the domain runs: four levels that map each of its pages once, in pages of its
 * own. Pages are writable, tables are not; the root is pinned, and every vCPU
 * starts with it.
 *
 * As Xen's builder does, all tables are taken first, so that it is known which
 * pages must be read-only when the entries are written. Nothing is checked on
 * the way: pinning the root checks everything.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <memcore/kunit.h>
#include <memcore/memcore.h>
#include <xen-public/xen.h>
#include "../content.h"
#include "../domain.h"
#include "../machine.h"
#include "../vcpu.h"
#include "build.h"
#include "pte.h"

#define TABLE_FLAGS	(MC_PTE_PRESENT | MC_PTE_RW | MC_PTE_USER | \
			 MC_PTE_ACCESSED | MC_PTE_DIRTY)
#define PAGE_FLAGS	(MC_PTE_PRESENT | MC_PTE_ACCESSED | MC_PTE_DIRTY | \
			 MC_PTE_NX)

#define LEVELS		4

/**
 * struct tree - the tables being made
 * @b: for whom
 * @is_table: a bit for each pfn
 * @root: the table at the top
 */
struct tree {
	struct memcore_build *b;
	unsigned long *is_table;
	struct mc_gfn root;
};

static struct memcore_frame *frame_at(const struct memcore_build *b,
				      struct mc_gfn pfn)
{
	return memcore_frame(&b->d->machine->frames, mc_mfn(b->p2m[pfn.nr]));
}

static unsigned int slot_of(unsigned long va, unsigned int level)
{
	return va >> (PAGE_SHIFT + (level - 1) * MC_TABLE_SHIFT) &
	       (MC_TABLE_ENTRIES - 1);
}

static int new_table(struct tree *t, struct mc_gfn *pfn)
{
	struct memcore_build *b = t->b;

	if (!b->take_table(b, pfn))
		return -ENOMEM;
	set_bit(pfn->nr, t->is_table);
	b->nr_tables++;
	return 0;
}

/* The table that @slot of @table names; a new one if it names none. */
static int descend(struct tree *t, struct mc_gfn table, unsigned int slot,
		   struct mc_gfn *next)
{
	struct memcore_machine *machine = t->b->d->machine;
	struct memcore_frame *frame = frame_at(t->b, table);
	u64 entry = memcore_content_read(frame, slot);
	int err;

	if (entry & MC_PTE_PRESENT) {
		*next = memcore_m2p_get(&machine->frames, mc_pte_mfn(entry));
		return 0;
	}
	err = new_table(t, next);
	if (err)
		return err;
	entry = mc_pte(mc_mfn(t->b->p2m[next->nr]), TABLE_FLAGS);
	return memcore_content_write(machine, frame, slot, entry);
}

/* The L1 table for @va, with the tables above it. */
static int descend_to_l1(struct tree *t, unsigned long va, struct mc_gfn *l1)
{
	unsigned int level;
	int err = 0;

	*l1 = t->root;
	for (level = LEVELS; level > 1 && !err; level--)
		err = descend(t, *l1, slot_of(va, level), l1);
	return err;
}

static unsigned long va_of(unsigned long pfn)
{
	return MEMCORE_DIRECT_MAP + (pfn << PAGE_SHIFT);
}

static bool is_hole(const struct memcore_build *b, unsigned long pfn)
{
	return b->p2m[pfn] == MC_INVALID;
}

/* A table for each stretch that has pages; a hole of one's size needs none. */
static int take_tables(struct tree *t)
{
	unsigned long pfn;
	struct mc_gfn l1;
	int err = new_table(t, &t->root);

	for (pfn = 0; pfn < t->b->nr_pfns && !err; pfn++)
		if (!is_hole(t->b, pfn)) {
			err = descend_to_l1(t, va_of(pfn), &l1);
			pfn |= MC_TABLE_ENTRIES - 1;
		}
	return err;
}

static int map_page(struct tree *t, struct memcore_frame *l1,
		    unsigned long pfn)
{
	u64 flags = PAGE_FLAGS;

	if (!test_bit(pfn, t->is_table))
		flags |= MC_PTE_RW;
	return memcore_content_write(t->b->d->machine, l1,
				     slot_of(va_of(pfn), 1),
				     mc_pte(mc_mfn(t->b->p2m[pfn]), flags));
}

static int map_stretch(struct tree *t, unsigned long pfn)
{
	unsigned long end = min(pfn + MC_TABLE_ENTRIES, t->b->nr_pfns);
	struct mc_gfn l1;
	int err = 0;

	for (; pfn < end && is_hole(t->b, pfn); pfn++)
		;
	if (pfn == end)
		return 0;
	err = descend_to_l1(t, va_of(pfn), &l1);
	for (; pfn < end && !err; pfn++)
		if (!is_hole(t->b, pfn))
			err = map_page(t, frame_at(t->b, l1), pfn);
	return err;
}

static int map_pages(struct tree *t)
{
	unsigned long pfn;
	int err = 0;

	for (pfn = 0; pfn < t->b->nr_pfns && !err; pfn += MC_TABLE_ENTRIES) {
		err = map_stretch(t, pfn);
		cond_resched();
	}
	return err;
}

static long ext_op(struct memcore_vcpu *v, unsigned int cmd,
		   unsigned long mfn)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = mfn };

	return memcore_vcpu_call(v, __HYPERVISOR_mmuext_op, (unsigned long)&op,
				 1, 0, DOMID_SELF, 0);
}

static int start_on(struct memcore_domain *d, unsigned long root)
{
	unsigned int i;
	long err;

	err = ext_op(&d->vcpus[0], MMUEXT_PIN_L4_TABLE, root);
	for (i = 0; i < d->nr_vcpus && !err; i++)
		err = ext_op(&d->vcpus[i], MMUEXT_NEW_BASEPTR, root);
	return err;
}

/**
 * memcore_pv_build() - give a PV domain its first page tables
 * @b: the domain and its pages; @b->nr_tables is set
 * @root: where to say which page the root table is in
 *
 * May sleep; the domain must not be running. Where entries are is
 * MEMCORE_DIRECT_MAP's matter.
 *
 * Return: 0, or -ENOMEM or what pinning answered; then tables may be left in
 * the pages that were taken, and the domain is only good for being destroyed.
 */
int memcore_pv_build(struct memcore_build *b, struct mc_gfn *root)
{
	struct tree t = {
		.b = b,
		.is_table = bitmap_zalloc(b->nr_pfns, GFP_KERNEL),
	};
	int err;

	if (!t.is_table)
		return -ENOMEM;
	b->nr_tables = 0;
	err = take_tables(&t);
	if (!err)
		err = map_pages(&t);
	if (!err)
		err = start_on(b->d, b->p2m[t.root.nr]);
	*root = t.root;
	bitmap_free(t.is_table);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_pv_build);
