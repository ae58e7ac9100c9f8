// SPDX-License-Identifier: GPL-2.0
/*
 * How code on a vCPU reads and writes memory: through the TLB, or the page
 * tables if that does not know.
 *
 * An access happens under its TLB's lock from the first look into the TLB until
 * the data is moved. Who flushes that TLB therefore waits for it, as on real
 * CPUs a flush waits until the instruction under way is done; so frames that
 * are flushed before they are given up are never touched afterwards.
 */
#include <linux/mm.h>
#include <linux/string.h>
#include <memcore/kunit.h>
#include "content.h"
#include "guest-access.h"
#include "machine.h"
#include "pv/layout.h"
#include "pv/pte.h"
#include "pv/writable-pt.h"
#include "vcpu.h"
#include "walk.h"

/**
 * struct part - the part of an access that is in one page
 * @frame: the frame there, or NULL if it is the hypervisor's
 * @xen: what the hypervisor shows there
 * @offset: where it starts in the page
 * @len: how long it is
 */
struct part {
	struct memcore_frame *frame;
	const void *xen;
	unsigned int offset;
	size_t len;
};

/* A fault also forgets what was remembered of the page, as on x86. */
static bool translate(struct memcore_vcpu *v, unsigned long va,
		      unsigned int access, u64 *pte,
		      struct memcore_fault *fault)
{
	if (memcore_tlb_find(v, va, access, pte))
		return true;
	if (!memcore_walk(v, va, access, pte, fault)) {
		memcore_tlb_drop(v->tlb, va);
		return false;
	}
	memcore_tlb_add(v, va, *pte);
	return true;
}

static bool find_part(struct memcore_vcpu *v, unsigned long va,
		      unsigned int access, struct part *part,
		      struct memcore_fault *fault)
{
	u64 pte;

	part->offset = offset_in_page(va);
	if (!memcore_addr_is_guests(va)) {
		part->xen = memcore_walk_xen(v, va, access, fault);
		return part->xen;
	}
	if (!translate(v, va, access, &pte, fault))
		return false;
	part->frame = memcore_frame(&v->d->machine->frames, mc_pte_mfn(pte));
	return true;
}

static int write_frame(struct memcore_vcpu *v, const struct part *part,
		       const void *buf)
{
	void *page = memcore_content_make(v->d->machine, part->frame);

	if (!page)
		return -ENOMEM;
	return memcore_copy_to_guest(v->d,
				     (unsigned long)page + part->offset, buf,
				     part->len);
}

static int read_frame(struct memcore_vcpu *v, const struct part *part,
		      void *buf)
{
	const void *page = memcore_content(part->frame);

	return memcore_copy_from_guest(v->d, buf,
				       (unsigned long)page + part->offset,
				       part->len);
}

static int move_part(struct memcore_vcpu *v, const struct part *part, void *buf,
		     unsigned int access)
{
	int err;

	if (!part->frame) {
		memcpy(buf, part->xen, part->len);
		return 0;
	}
	/*
	 * A translation that outlived its frame: somebody forgot to flush. A
	 * frame without references may still be on its way out.
	 */
	if (READ_ONCE(part->frame->owner) == MC_NO_OWNER)
		return -ESTALE;
	err = access & MC_ACCESS_WRITE ? write_frame(v, part, buf) :
					 read_frame(v, part, buf);
	return err == -EFAULT ? -EIO : err;
}

/* TLB locked: all of it is translated before anything is moved. */
static int access_parts(struct memcore_vcpu *v, unsigned long va, void *buf,
			size_t len, unsigned int access,
			struct memcore_fault *fault)
{
	struct part part[2] = { };
	int err;

	part[0].len = min_t(size_t, len, PAGE_SIZE - offset_in_page(va));
	part[1].len = len - part[0].len;
	if (!find_part(v, va, access, &part[0], fault))
		return -EFAULT;
	if (part[1].len &&
	    !find_part(v, va + part[0].len, access, &part[1], fault))
		return -EFAULT;
	err = move_part(v, &part[0], buf, access);
	if (!err && part[1].len)
		err = move_part(v, &part[1], buf + part[0].len, access);
	return err;
}

static int access_locked(struct memcore_vcpu *v, unsigned long va, void *buf,
			 size_t len, unsigned int access,
			 struct memcore_fault *fault)
{
	int err;

	memcore_tlb_lock(v->tlb);
	err = access_parts(v, va, buf, len, access, fault);
	memcore_tlb_unlock(v->tlb);
	if (err == -EFAULT &&
	    fault->error == (MC_FAULT_PRESENT | MC_FAULT_WRITE))
		err = memcore_writable_pt_store(v, va, buf, len);
	return err;
}

/**
 * memcore_vcpu_access() - read or write memory, as code on a vCPU would
 * @v: the vCPU, not locked
 * @va: the address
 * @buf: what to write, or where to put what was read
 * @len: at most a page; the access may cross into the next page
 * @access: MC_ACCESS_*; what is executed is read
 * @fault: where to put why it faulted; undefined otherwise
 *
 * A kernel-mode write to a page table goes on as Xen's writable page tables
 * do: see pv/writable-pt.c.
 *
 * Return: 0; -EFAULT if it faulted, with nothing moved; -EINVAL if it is too
 * long; -ENOMEM if there is no memory for what is written; -EIO if the running
 * kernel itself has no access to its page; -ESTALE if the core should have
 * flushed the TLB and has not.
 */
int memcore_vcpu_access(struct memcore_vcpu *v, unsigned long va, void *buf,
			size_t len, unsigned int access,
			struct memcore_fault *fault)
{
	unsigned long flags;
	int err;

	if (len > PAGE_SIZE)
		return -EINVAL;
	if (!len)
		return 0;
	spin_lock_irqsave(&v->lock, flags);
	err = access_locked(v, va, buf, len, access, fault);
	spin_unlock_irqrestore(&v->lock, flags);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpu_access);

/* TLB locked. */
static int exchange_locked(struct memcore_vcpu *v, unsigned long va, u32 *old,
			   u32 new, struct memcore_fault *fault)
{
	struct part part = { };

	if (!find_part(v, va, MC_ACCESS_WRITE, &part, fault) || !part.frame)
		return -EFAULT;
	if (READ_ONCE(part.frame->owner) == MC_NO_OWNER)
		return -ESTALE;
	return memcore_content_exchange(v->d->machine, part.frame, part.offset,
					old, new);
}

/**
 * memcore_vcpu_exchange() - compare and exchange, as code on a vCPU would
 * @v: the vCPU, not locked
 * @va: the address of 4 aligned bytes
 * @old: what has to be there; set to what is
 * @new: what is there then
 * @fault: where to put why it faulted; undefined otherwise
 *
 * Not for page tables: nothing is decoded.
 *
 * Return: 0; -EAGAIN if something else was there; -EINVAL if it is not aligned;
 * -EFAULT if it faulted; -ENOMEM; -ESTALE as memcore_vcpu_access().
 */
int memcore_vcpu_exchange(struct memcore_vcpu *v, unsigned long va, u32 *old,
			  u32 new, struct memcore_fault *fault)
{
	unsigned long flags;
	int err;

	if (!IS_ALIGNED(va, sizeof(*old)))
		return -EINVAL;
	spin_lock_irqsave(&v->lock, flags);
	memcore_tlb_lock(v->tlb);
	err = exchange_locked(v, va, old, new, fault);
	memcore_tlb_unlock(v->tlb);
	spin_unlock_irqrestore(&v->lock, flags);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpu_exchange);
