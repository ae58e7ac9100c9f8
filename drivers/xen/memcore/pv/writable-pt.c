// SPDX-License-Identifier: GPL-2.0
/*
 * Plain stores to page tables, which a guest has mapped read-only.
 *
 * The store faults; if it is to a table of the lowest level and by the guest's
 * kernel, Xen decodes the instruction, checks the entry as a hypercall would
 * have, and makes the store itself. In Xen 4.17 a guest has to ask for that
 * with vm_assist, and gets the fault if it did not, if the entry is refused, or
 * if the store is not within one entry.
 *
 * Not modelled: instructions (a store is what it is), locked ones, and the two
 * halves of a 32-bit guest's entries.
 */
#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <xen-public/xen.h>
#include "../content.h"
#include "../machine.h"
#include "../vcpu.h"
#include "pte.h"
#include "writable-pt.h"

/* The entry that it will be: a short store leaves the rest of it alone. */
static u64 merge(u64 old, unsigned long va, const void *buf, size_t len)
{
	u8 *byte = (u8 *)&old + va % sizeof(old);

	memcpy(byte, buf, len);
	return old;
}

/* Check the entry and take its references. */
static int take(struct memcore_vcpu *v, u64 *val)
{
	if (*val & MC_PTE_PRESENT && memcore_l1_entry_get(v, *val, v->d, v->d))
		return -EFAULT;
	*val = memcore_l1_entry_adjust(*val);
	return 0;
}

/* The table is locked. */
static int store(struct memcore_vcpu *v, struct memcore_frame *table,
		 unsigned long va, const void *buf, size_t len)
{
	unsigned int slot = offset_in_page(va) / sizeof(u64);
	u64 old = memcore_content_read(table, slot);
	u64 val = merge(old, va, buf, len);
	int err = take(v, &val);

	if (err)
		return err;
	err = memcore_content_write(v->d->machine, table, slot, val);
	memcore_l1_entry_put(v, err ? val : old, v->d);
	return err;
}

static int store_to(struct memcore_vcpu *v, struct memcore_frame *frame,
		    unsigned long va, const void *buf, size_t len)
{
	int err = -EFAULT;

	if (!memcore_page_lock(frame))
		return err;
	if (memcore_type_of(atomic64_read(&frame->type)) == MC_TYPE_L1)
		err = store(v, frame, va, buf, len);
	memcore_page_unlock(frame);
	return err;
}

/* So it is within one entry. */
static bool is_aligned(unsigned long va, size_t len)
{
	return len <= sizeof(u64) && is_power_of_2(len) && IS_ALIGNED(va, len);
}

/**
 * memcore_writable_pt_store() - make a store that faulted, if it may be made
 * @v: the vCPU, locked, in kernel mode
 * @va: where it is to; the page is there, but may not be written to
 * @buf: what is stored
 * @len: how much
 *
 * Return: 0 if it was made; -EFAULT if the guest is to have the fault; -ENOMEM
 * if there was no memory for the table's content.
 */
int memcore_writable_pt_store(struct memcore_vcpu *v, unsigned long va,
			      const void *buf, size_t len)
{
	struct memcore_frame *frame;
	u64 pte;
	int err;

	if (!test_bit(VMASST_TYPE_writable_pagetables, &v->d->vm_assist) ||
	    !is_aligned(va, len))
		return -EFAULT;
	pte = memcore_vcpu_l1_entry(v, va);
	if ((pte & (MC_PTE_PRESENT | MC_PTE_RW)) != MC_PTE_PRESENT)
		return -EFAULT;
	frame = memcore_frame_get(v->d, mc_pte_mfn(pte));
	if (!frame)
		return -EFAULT;
	err = store_to(v, frame, va, buf, len);
	memcore_frame_put(v->d->machine, frame);
	return err;
}
