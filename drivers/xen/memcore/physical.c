// SPDX-License-Identifier: GPL-2.0
/*
 * How code of a translated domain reads and writes memory. The core has no page
 * tables of such a domain, so that addresses are those of its physmap.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Where there is no frame, what is read has all bits set, and what is written
 *   vanishes: nobody is there who would emulate a device.
 * - What is written to a frame that was granted to be read only vanishes, too.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <memcore/kunit.h>
#include "content.h"
#include "guest-access.h"
#include "machine.h"
#include "physical.h"
#include "vcpu.h"

static int write_frame(struct memcore_domain *d, struct memcore_frame *frame,
		       unsigned int offset, const void *buf, size_t len)
{
	void *page = memcore_content_make(d->machine, frame);

	if (!page)
		return -ENOMEM;
	return memcore_copy_to_guest(d, (unsigned long)page + offset, buf, len);
}

static int read_frame(struct memcore_domain *d, struct memcore_frame *frame,
		      unsigned int offset, void *buf, size_t len)
{
	const void *page = memcore_content(frame);

	return memcore_copy_from_guest(d, buf, (unsigned long)page + offset,
				       len);
}

/* Domain locked; all in one page. */
static int access_part(struct memcore_domain *d, u64 addr, void *buf,
		       size_t len, unsigned int access)
{
	unsigned int offset = offset_in_page(addr);
	struct memcore_frame *frame;
	enum mc_p2m_type type;
	struct mc_mfn mfn;

	mfn = memcore_p2m_lookup(&d->p2m, mc_gfn(addr >> PAGE_SHIFT), &type);
	frame = memcore_frame(&d->machine->frames, mfn);
	if (!(access & MC_ACCESS_WRITE)) {
		if (frame)
			return read_frame(d, frame, offset, buf, len);
		memset(buf, 0xff, len);
		return 0;
	}
	if (!frame || type == MC_P2M_GRANT_RO)
		return 0;
	return write_frame(d, frame, offset, buf, len);
}

/**
 * memcore_physical_access() - read or write memory of a translated domain
 * @d: the domain, not locked
 * @addr: where, in its own numbering
 * @buf: what to write, or where to put what was read
 * @len: how much; the access may cross into the next page
 * @access: MC_ACCESS_*; all but writing is reading
 *
 * Return: 0; -ENOMEM if there is no memory for what is written; -EFAULT if the
 * running kernel itself has no access to its page.
 */
int memcore_physical_access(struct memcore_domain *d, u64 addr, void *buf,
			    size_t len, unsigned int access)
{
	unsigned long flags;
	int err = 0;
	size_t part;

	spin_lock_irqsave(&d->lock, flags);
	for (; len && !err; len -= part, addr += part, buf += part) {
		part = min_t(size_t, len, PAGE_SIZE - offset_in_page(addr));
		err = access_part(d, addr, buf, part, access);
	}
	spin_unlock_irqrestore(&d->lock, flags);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_physical_access);

/* Domain locked. */
static int exchange_in(struct memcore_domain *d, u64 addr, u32 *old, u32 new)
{
	struct memcore_frame *frame;
	enum mc_p2m_type type;
	struct mc_mfn mfn;

	mfn = memcore_p2m_lookup(&d->p2m, mc_gfn(addr >> PAGE_SHIFT), &type);
	frame = memcore_frame(&d->machine->frames, mfn);
	if (!frame || type == MC_P2M_GRANT_RO)
		return -EFAULT;
	return memcore_content_exchange(d->machine, frame,
					offset_in_page(addr), old, new);
}

/**
 * memcore_physical_exchange() - compare and exchange memory of a translated domain
 * @d: the domain, not locked
 * @addr: where, in its own numbering: 4 aligned bytes
 * @old: what has to be there; set to what is
 * @new: what is there then
 *
 * Return: 0; -EAGAIN if something else was there; -EINVAL if it is not aligned;
 * -EFAULT where no frame is that the domain may write; -ENOMEM.
 */
int memcore_physical_exchange(struct memcore_domain *d, u64 addr, u32 *old,
			      u32 new)
{
	unsigned long flags;
	int err;

	if (!IS_ALIGNED(addr, sizeof(*old)))
		return -EINVAL;
	spin_lock_irqsave(&d->lock, flags);
	err = exchange_in(d, addr, old, new);
	spin_unlock_irqrestore(&d->lock, flags);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_physical_exchange);
