// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of a translated domain's P2M that map what others have granted.
 *
 * The references of such an entry are taken by who maps, before, and dropped by
 * who unmaps, after.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Only plain mappings by physical address: any other flag is refused, and so
 *   is a replacement.
 * - The frame that was there before stays the domain's, but is nowhere any
 *   more. When the mapping goes there is a hole.
 * - A domain that maps a grant of its own loses the frame where it was.
 *
 * Xen crashes whoever maps on top of a mapping of another's frame. Domains do not
 * crash here: it is told GNTST_general_error.
 */
#include <linux/mm.h>
#include <memcore/kunit.h>
#include <xen-public/grant_table.h>
#include "../content.h"
#include "../machine.h"
#include "grant-entry.h"

/* Domain locked. Where the domain has a frame of its own, or MC_INVALID. */
static struct mc_gfn alias_of(struct memcore_domain *d, struct mc_mfn mfn)
{
	struct memcore_frametable *ft = &d->machine->frames;
	struct mc_gfn gfn = memcore_m2p_get(ft, mfn);
	enum mc_p2m_type type;

	if (READ_ONCE(memcore_frame(ft, mfn)->owner) != d->config.domid ||
	    !mc_mfn_eq(memcore_p2m_lookup(&d->p2m, gfn, &type), mfn) ||
	    type != MC_P2M_RAM)
		return mc_gfn(MC_INVALID);
	return gfn;
}

/* Domain locked. What is at @gfn as RAM is nowhere afterwards, but is kept. */
static int displace(struct memcore_domain *d, struct mc_gfn gfn)
{
	struct mc_mfn mfn = memcore_p2m_get(&d->p2m, gfn, NULL);
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);

	if (!frame)
		return 0;
	if (memcore_content_keep(d->machine, frame))
		return -ENOMEM;
	memcore_domain_unmap(d, gfn);
	return 0;
}

static int map_locked(struct memcore_domain *d, struct mc_gfn gfn,
		      struct mc_mfn mfn, enum mc_p2m_type type)
{
	enum mc_p2m_type old_type;

	memcore_p2m_lookup(&d->p2m, gfn, &old_type);
	if (old_type != MC_P2M_RAM ||
	    memcore_p2m_prepare(&d->p2m, gfn, 0, GFP_NOWAIT | __GFP_NOWARN) ||
	    displace(d, gfn) || displace(d, alias_of(d, mfn)))
		return GNTST_general_error;
	memcore_p2m_set_page(&d->p2m, gfn, mfn, type);
	return GNTST_okay;
}

/**
 * memcore_p2m_grant_map() - make an entry that maps a granted frame
 * @d: the domain that maps, translated
 * @addr: the physical address to be mapped
 * @mfn: the frame, with the references of an entry
 * @flags: GNTMAP_*
 *
 * Return: GNTST_okay: the references are the entry's now; or
 * GNTST_general_error.
 */
int memcore_p2m_grant_map(struct memcore_domain *d, u64 addr,
			  struct mc_mfn mfn, unsigned int flags)
{
	enum mc_p2m_type type = flags & GNTMAP_readonly ? MC_P2M_GRANT_RO :
							  MC_P2M_GRANT_RW;
	unsigned long irqs;
	int rc;

	if ((flags & ~GNTMAP_readonly) != GNTMAP_host_map)
		return GNTST_general_error;
	spin_lock_irqsave(&d->lock, irqs);
	rc = map_locked(d, mc_gfn(addr >> PAGE_SHIFT), mfn, type);
	spin_unlock_irqrestore(&d->lock, irqs);
	return rc;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_grant_map);

static int unmap_locked(struct memcore_domain *d, struct mc_gfn gfn,
			struct mc_mfn mfn)
{
	enum mc_p2m_type type;

	if (!mc_mfn_eq(memcore_p2m_lookup(&d->p2m, gfn, &type), mfn) ||
	    (type != MC_P2M_GRANT_RW && type != MC_P2M_GRANT_RO))
		return GNTST_general_error;
	memcore_p2m_set(&d->p2m, gfn, mc_mfn(MC_INVALID), 0);
	return GNTST_okay;
}

/**
 * memcore_p2m_grant_unmap() - make a hole where a granted frame was mapped
 * @d: the domain that has it mapped, translated
 * @addr: what memcore_p2m_grant_map() was told, or any other such entry's
 * @mfn: the frame
 * @new_addr: 0, or this fails
 * @flags: GNTMAP_* as mapped
 *
 * Return: GNTST_okay: the references of the entry are the caller's now; or
 * GNTST_general_error.
 */
int memcore_p2m_grant_unmap(struct memcore_domain *d, u64 addr,
			    struct mc_mfn mfn, u64 new_addr,
			    unsigned int flags)
{
	unsigned long irqs;
	int rc;

	if (new_addr || flags & GNTMAP_contains_pte)
		return GNTST_general_error;
	spin_lock_irqsave(&d->lock, irqs);
	rc = unmap_locked(d, mc_gfn(addr >> PAGE_SHIFT), mfn);
	spin_unlock_irqrestore(&d->lock, irqs);
	return rc;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_grant_unmap);
