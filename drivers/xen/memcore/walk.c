// SPDX-License-Identifier: GPL-2.0
/*
 * The walk of a 64-bit PV guest's page tables, four levels, as hardware does it.
 *
 * Kernel and user mode both run in ring 3 and have a root table each. So every
 * entry on the way must have the user bit (Xen sets it when it validates a
 * table), and what keeps the kernel's pages from user mode is only that its
 * root has none of them.
 *
 * Not modelled: superpages, which PV guests cannot have; protection keys; SMAP
 * and SMEP, which do not concern ring 3; caches of upper levels of a table.
 */
#include <linux/mm.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "content.h"
#include "machine.h"
#include "pv/layout.h"
#include "pv/pte.h"
#include "vcpu.h"
#include "walk.h"

#define LEVELS	4

/**
 * struct mc_path - the entries that translate an address
 * @table: table of each level, the lowest first
 * @entry: the entry in it
 */
struct mc_path {
	struct memcore_frame *table[LEVELS];
	u64 entry[LEVELS];
};

static unsigned int slot_of(unsigned long va, unsigned int level)
{
	return va >> (PAGE_SHIFT + (level - 1) * MC_TABLE_SHIFT) &
	       (MC_TABLE_ENTRIES - 1);
}

static struct memcore_frame *frame_of(struct memcore_vcpu *v, u64 pte)
{
	return memcore_frame(&v->d->machine->frames, mc_pte_mfn(pte));
}

/* An entry that a PV guest's tables cannot have, at this level. */
static bool is_reserved(struct memcore_vcpu *v, u64 entry, unsigned int level)
{
	return (level > 1 && entry & MC_PTE_PSE) || !frame_of(v, entry);
}

/*
 * Set bits in an entry that was read: false if somebody else has changed it
 * meanwhile; then @entry is what it is now.
 */
static bool mark(struct memcore_vcpu *v, struct memcore_frame *table,
		 unsigned int slot, u64 *entry, u64 bits)
{
	u64 *slots;

	if ((*entry & bits) == bits)
		return true;
	/* There is an entry, so there is a page, and this does not fail. */
	slots = memcore_content_make(v->d->machine, table);
	if (slots && !try_cmpxchg(&slots[slot], entry, *entry | bits))
		return false;
	*entry |= bits;
	return true;
}

/*
 * Read the entries down to the lowest level, TLB locked. Those above it are
 * marked as accessed as soon as they lead on, whatever is found below.
 *
 * Return: true if all are there; else *@error says what is wrong.
 */
static bool descend(struct memcore_vcpu *v, struct memcore_frame *root,
		    unsigned long va, struct mc_path *path, unsigned int *error)
{
	struct memcore_frame *table = root;
	unsigned int level, slot;
	u64 entry;

	for (level = LEVELS; table && level; level--) {
		slot = slot_of(va, level);
		entry = memcore_content_read(table, slot);
		do {
			if (!(entry & MC_PTE_PRESENT))
				return false;
			if (is_reserved(v, entry, level)) {
				*error |= MC_FAULT_PRESENT | MC_FAULT_RESERVED;
				return false;
			}
		} while (level > 1 &&
			 !mark(v, table, slot, &entry, MC_PTE_ACCESSED));
		path->table[level - 1] = table;
		path->entry[level - 1] = entry;
		table = frame_of(v, entry);
	}
	return table;
}

/* The lowest entry, less the rights that a level above does not give. */
static u64 rights(const struct mc_path *path)
{
	const u64 given = MC_PTE_RW | MC_PTE_USER;
	u64 pte = path->entry[0];
	unsigned int i;

	for (i = 1; i < LEVELS; i++) {
		pte &= path->entry[i] | ~given;
		pte |= path->entry[i] & MC_PTE_NX;
	}
	return pte;
}

static bool allowed(u64 pte, unsigned int access)
{
	if (access & MC_ACCESS_WRITE && !(pte & MC_PTE_RW))
		return false;
	if (access & MC_ACCESS_EXEC && pte & MC_PTE_NX)
		return false;
	return pte & MC_PTE_USER;
}

static bool mark_lowest(struct memcore_vcpu *v, struct mc_path *path,
			unsigned long va, unsigned int access)
{
	u64 bits = MC_PTE_ACCESSED;

	if (access & MC_ACCESS_WRITE)
		bits |= MC_PTE_DIRTY;
	return mark(v, path->table[0], slot_of(va, 1), &path->entry[0], bits);
}

static unsigned int error_of(unsigned int access)
{
	return (access & MC_ACCESS_WRITE ? MC_FAULT_WRITE : 0) |
	       (access & MC_ACCESS_USER ? MC_FAULT_USER : 0) |
	       (access & MC_ACCESS_EXEC ? MC_FAULT_EXEC : 0);
}

/**
 * memcore_walk() - walk the page tables
 * @v: the vCPU; its TLB is locked
 * @va: an address that is the guest's
 * @access: MC_ACCESS_*: the root table is that of the mode
 * @pte: where to put the frame, and the rights that all levels together give
 * @fault: where to put why not
 *
 * Sets accessed and dirty bits in the tables; if it faults, the accessed bits
 * of the entries on the way only.
 *
 * Return: true if the access may be made.
 */
bool memcore_walk(struct memcore_vcpu *v, unsigned long va, unsigned int access,
		  u64 *pte, struct memcore_fault *fault)
{
	struct memcore_frame *root = access & MC_ACCESS_USER ?
				     v->guest_table_user : v->guest_table;
	struct mc_path path;

	fault->addr = va;
	do {
		fault->error = error_of(access);
		if (!descend(v, root, va, &path, &fault->error))
			return false;
		if (!allowed(rights(&path), access)) {
			fault->error |= MC_FAULT_PRESENT;
			return false;
		}
	} while (!mark_lowest(v, &path, va, access));
	*pte = rights(&path);
	return true;
}

/**
 * memcore_walk_xen() - look up an address that is not the guest's
 * @v: the vCPU
 * @va: the address
 * @access: MC_ACCESS_*
 * @fault: where to put why not
 *
 * Only the M2P is there for a guest, and it only to be read. All else faults as
 * if nothing were there, as with Xen's page-table isolation.
 *
 * Return: what the guest sees there, or NULL if the access may not be made.
 */
const void *memcore_walk_xen(struct memcore_vcpu *v, unsigned long va,
			     unsigned int access, struct memcore_fault *fault)
{
	struct memcore_frametable *ft = &v->d->machine->frames;
	const struct memcore_region *region = memcore_region_at(64, va);
	unsigned long offset = va - MACH2PHYS_VIRT_START;

	fault->addr = va;
	fault->error = region ? error_of(access) : 0;
	if (!region || !region->guest_reads ||
	    offset >> PAGE_SHIFT >= ft->nr_m2p_pages)
		return NULL;
	if (!(access & (MC_ACCESS_WRITE | MC_ACCESS_EXEC)))
		return (const void *)ft->m2p_guest + offset;
	fault->error |= MC_FAULT_PRESENT;
	return NULL;
}

/**
 * memcore_vcpu_walk() - walk the page tables, as a CPU does that knows nothing
 * @v: the vCPU, locked
 * @va: the address
 * @access: MC_ACCESS_*: the root table is that of the mode
 * @pte: where to put the frame, and the rights that all levels together give
 * @fault: where to put why not
 *
 * Sets accessed and dirty bits in the tables.
 *
 * Return: true if the access may be made.
 */
bool memcore_vcpu_walk(struct memcore_vcpu *v, unsigned long va,
		       unsigned int access, u64 *pte,
		       struct memcore_fault *fault)
{
	bool ok;

	lockdep_assert_held(&v->lock);
	if (!memcore_addr_is_guests(va)) {
		memcore_walk_xen(v, va, access, fault);
		return false;
	}
	memcore_tlb_lock(v->tlb);
	ok = memcore_walk(v, va, access, pte, fault);
	memcore_tlb_unlock(v->tlb);
	return ok;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpu_walk);

/*
 * In the tables of kernel mode, whatever their rights; TLB locked. Xen looks
 * through a linear map, for which the processor reads entries down to @unread,
 * but not those of that level, and marks what it reads as accessed.
 */
static struct memcore_frame *l1_table(struct memcore_vcpu *v, unsigned long va,
				      unsigned int unread)
{
	struct memcore_frame *table = v->guest_table;
	unsigned int level, slot;
	u64 entry;

	for (level = LEVELS; table && level > 1; level--) {
		slot = slot_of(va, level);
		entry = memcore_content_read(table, slot);
		do {
			if (!(entry & MC_PTE_PRESENT) || entry & MC_PTE_PSE)
				return NULL;
		} while (level > unread &&
			 !mark(v, table, slot, &entry, MC_PTE_ACCESSED));
		table = frame_of(v, entry);
	}
	return table;
}

/**
 * memcore_vcpu_l1_table() - the table that has an address's lowest entry
 * @v: the vCPU, locked
 * @va: the address
 *
 * In the tables of kernel mode, as Xen finds it, which looks through a linear
 * map of those. That frame may be a table of any level: the guest's tables may
 * have themselves as entries.
 *
 * Return: the frame, with a reference; or NULL if there is none, or the address
 * is not the guest's.
 */
struct memcore_frame *memcore_vcpu_l1_table(struct memcore_vcpu *v,
					    unsigned long va)
{
	struct memcore_frame *table;

	lockdep_assert_held(&v->lock);
	if (!memcore_addr_is_guests(va))
		return NULL;
	memcore_tlb_lock(v->tlb);
	table = l1_table(v, va, 2);
	memcore_tlb_unlock(v->tlb);
	if (!table)
		return NULL;
	return memcore_frame_get(v->d,
				 memcore_frame_mfn(&v->d->machine->frames,
						   table));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpu_l1_table);

/**
 * memcore_vcpu_l1_entry() - an address's lowest entry, in kernel mode
 * @v: the vCPU, locked
 * @va: the address
 *
 * Return: the entry, or 0 if there is no table for it, or the address is not
 * the guest's.
 */
u64 memcore_vcpu_l1_entry(struct memcore_vcpu *v, unsigned long va)
{
	struct memcore_frame *table;
	u64 entry = 0;

	lockdep_assert_held(&v->lock);
	if (!memcore_addr_is_guests(va))
		return 0;
	memcore_tlb_lock(v->tlb);
	table = l1_table(v, va, 1);
	if (table)
		entry = memcore_content_read(table, slot_of(va, 1));
	memcore_tlb_unlock(v->tlb);
	return entry;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpu_l1_entry);
