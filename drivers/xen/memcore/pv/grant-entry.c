// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of a PV domain's L1 tables that map what others have granted.
 *
 * The references of such an entry are taken by who maps, before, and dropped by
 * who unmaps, after the flush. Those of the entry that was there before are
 * dropped here.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - The entry to be written is named by the address that it maps, or by its own
 *   machine address. Its table need only be an L1 table of the domain's now.
 * - What was mapped there before is unmapped without a flush.
 * - Unmapping looks whether the frame, and whether it may be written to, are
 *   still what was mapped. All else the guest may have changed.
 * - To replace an entry is to move another one in its place, with its
 *   references. That one is gone even if this fails then.
 * - A guest may overwrite such an entry as any other. It drops the references,
 *   and the mapping cannot be unmapped any more.
 */
#include <linux/bitfield.h>
#include <linux/mm.h>
#include <memcore/kunit.h>
#include <xen-public/grant_table.h>
#include "../content.h"
#include "../machine.h"
#include "../vcpu.h"
#include "grant-entry.h"
#include "pte.h"

/**
 * struct place - where an entry is
 * @v: the vCPU that acts
 * @table: the table, with a reference
 * @slot: which of its entries
 */
struct place {
	struct memcore_vcpu *v;
	struct memcore_frame *table;
	unsigned int slot;
};

static u64 entry_for(struct mc_mfn mfn, unsigned int flags)
{
	u64 pte = MC_PTE_PRESENT | MC_PTE_ACCESSED | MC_PTE_DIRTY | MC_PTE_NX;

	if (flags & GNTMAP_application_map)
		pte |= MC_PTE_USER;
	if (!(flags & GNTMAP_readonly))
		pte |= MC_PTE_RW;
	pte |= FIELD_PREP(MC_PTE_AVAIL, flags >> _GNTMAP_guest_avail0 & 7);
	return memcore_l1_entry_adjust(mc_pte(mfn, pte));
}

static bool find_by_machine_address(struct place *p, u64 addr)
{
	if (!IS_ALIGNED(addr, sizeof(u64)))
		return false;
	p->slot = offset_in_page(addr) / sizeof(u64);
	p->table = memcore_frame_get(p->v->d, mc_mfn(addr >> PAGE_SHIFT));
	return p->table;
}

static bool find_by_address(struct place *p, u64 addr)
{
	p->slot = addr >> PAGE_SHIFT & (MC_TABLE_ENTRIES - 1);
	p->table = memcore_vcpu_l1_table(p->v, addr);
	return p->table;
}

static bool find(struct place *p, u64 addr, unsigned int flags)
{
	return flags & GNTMAP_contains_pte ? find_by_machine_address(p, addr) :
					     find_by_address(p, addr);
}

/* Return: the table's entries, locked; NULL if it is no L1 table. */
static u64 *lock_place(struct place *p)
{
	u64 *words = NULL;

	if (!memcore_page_lock(p->table))
		return NULL;
	if (memcore_type_of(atomic64_read(&p->table->type)) == MC_TYPE_L1)
		words = memcore_content_make(p->v->d->machine, p->table);
	if (!words)
		memcore_page_unlock(p->table);
	return words;
}

static void leave(struct place *p)
{
	memcore_frame_put(p->v->d->machine, p->table);
}

static int write_place(struct place *p, u64 pte, u64 *old)
{
	u64 *words = lock_place(p);

	if (!words)
		return GNTST_general_error;
	*old = xchg(&words[p->slot], pte);
	memcore_page_unlock(p->table);
	return GNTST_okay;
}

/**
 * memcore_pv_grant_map() - write an entry that maps a granted frame
 * @v: the vCPU that acts, locked
 * @addr: the address to be mapped; with GNTMAP_contains_pte, the machine
 *        address of the entry
 * @mfn: the frame, with the references of an entry
 * @flags: GNTMAP_*
 *
 * Return: GNTST_okay: the references are the entry's now; or
 * GNTST_general_error.
 */
int memcore_pv_grant_map(struct memcore_vcpu *v, u64 addr, struct mc_mfn mfn,
			 unsigned int flags)
{
	struct place p = { .v = v };
	u64 old;
	int rc;

	if (!find(&p, addr, flags))
		return GNTST_general_error;
	rc = write_place(&p, entry_for(mfn, flags), &old);
	leave(&p);
	if (rc == GNTST_okay)
		memcore_l1_entry_put(v, old, v->d);
	return rc;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_pv_grant_map);

/* Take an entry away, with its references. */
static int steal(struct memcore_vcpu *v, unsigned long addr, u64 *pte)
{
	struct place p = { .v = v };
	int rc;

	if (!find_by_address(&p, addr))
		return GNTST_general_error;
	rc = write_place(&p, 0, pte);
	leave(&p);
	return rc;
}

static bool maps_as(u64 pte, u64 wanted)
{
	return !((pte ^ wanted) &
		 (MC_PTE_MFN_MASK | MC_PTE_PRESENT | MC_PTE_RW));
}

/* Only the bits that a walker sets can change meanwhile. */
static int replace_place(struct place *p, u64 wanted, u64 pte)
{
	u64 *words = lock_place(p);
	int rc = GNTST_general_error;

	if (!words)
		return rc;
	if (maps_as(READ_ONCE(words[p->slot]), wanted)) {
		WRITE_ONCE(words[p->slot], pte);
		rc = GNTST_okay;
	}
	memcore_page_unlock(p->table);
	return rc;
}

static int replace(struct memcore_vcpu *v, u64 addr, u64 wanted,
		   unsigned int flags, u64 pte)
{
	struct place p = { .v = v };
	int rc;

	if (!find(&p, addr, flags))
		return GNTST_general_error;
	rc = replace_place(&p, wanted, pte);
	leave(&p);
	return rc;
}

/**
 * memcore_pv_grant_unmap() - clear an entry that maps a granted frame
 * @v: the vCPU that acts, locked
 * @addr: what memcore_pv_grant_map() was told, or any other such entry's
 * @mfn: the frame
 * @new_addr: 0, or the address whose entry comes in its place; not with
 *            GNTMAP_contains_pte
 * @flags: GNTMAP_* as mapped
 *
 * Return: GNTST_okay: the references of the entry are the caller's now; or
 * GNTST_general_error; then the entry of @new_addr may be gone, with what it
 * had.
 */
int memcore_pv_grant_unmap(struct memcore_vcpu *v, u64 addr,
			   struct mc_mfn mfn, u64 new_addr, unsigned int flags)
{
	u64 pte = 0;
	int rc;

	if (new_addr && flags & GNTMAP_contains_pte)
		return GNTST_general_error;
	if (new_addr && steal(v, new_addr, &pte) != GNTST_okay)
		return GNTST_general_error;
	rc = replace(v, addr, entry_for(mfn, flags), flags, pte);
	if (rc != GNTST_okay)
		memcore_l1_entry_put(v, pte, v->d);
	return rc;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_pv_grant_unmap);
