// SPDX-License-Identifier: GPL-2.0
/*
 * Foreign mappings of a translated guest: the other domain's frames are put behind
 * pseudo-physical frames that have none, many with one hypercall, and those are
 * mapped as any pages.
 *
 * The hypervisor takes a frame away with a hypercall each. To make multicalls of
 * these does not pay: Xen 4.17 copies each entry from a translated guest and back,
 * which costs it more than to be entered.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "foreign-map.h"
#include "foreign-physmap.h"
#include "hypercall.h"
#include "inject.h"
#include "p2m.h"

/* Frames put there with a hypercall. */
#define ADD_NR		512

/**
 * struct foreign_physmap - pseudo-physical frames with foreign ones behind them
 * @pages:	the frames
 * @there:	for each: is one behind it?
 * @idxs:	argument of the next hypercall: the foreign frames
 * @gpfns:	and where they go
 * @errs:	and what became of them
 * @which:	and which of the mapping they are
 */
struct foreign_physmap {
	struct page **pages;
	unsigned long *there;
	xen_ulong_t idxs[ADD_NR];
	xen_pfn_t gpfns[ADD_NR];
	int errs[ADD_NR];
	unsigned int which[ADD_NR];
};

static void free_struct(struct foreign_physmap *p)
{
	bitmap_free(p->there);
	kvfree(p->pages);
	kvfree(p);
}

static struct foreign_physmap *alloc_struct(unsigned int nr)
{
	struct foreign_physmap *p = NULL;

	if (!memfront_should_fail())
		p = kvzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return NULL;
	p->there = bitmap_zalloc(nr, GFP_KERNEL);
	if (!memfront_should_fail())
		p->pages = kvcalloc(nr, sizeof(*p->pages), GFP_KERNEL);
	if (p->there && p->pages)
		return p;
	free_struct(p);
	return NULL;
}

static int physmap_prepare(struct memfront_foreign *map)
{
	struct foreign_physmap *p;
	int err = -ENOMEM;

	if (!memfront_hv.physmap)
		return -EOPNOTSUPP;
	p = alloc_struct(map->nr);
	if (!p)
		return -ENOMEM;
	if (!memfront_should_fail())
		err = memfront_hv.physmap->take(map->nr, p->pages);
	if (err) {
		free_struct(p);
		return err;
	}
	map->physmap = p;
	return 0;
}

static struct mf_pfn pfn_of(const struct foreign_physmap *p, unsigned int i)
{
	return mf_page_pfn(p->pages[i]);
}

/* The next frames that are wanted from @i on; the P2M knows before they come. */
static unsigned int gather(struct memfront_foreign *map,
			   const struct mf_gfn *gfns, int *errs,
			   unsigned int *i)
{
	struct foreign_physmap *p = map->physmap;
	unsigned int nr = 0;

	for (; *i < map->nr && nr < ADD_NR; (*i)++) {
		if (errs[*i] != FOREIGN_WANTED)
			continue;
		errs[*i] = p2m_mark_foreign(pfn_of(p, *i));
		if (errs[*i])
			continue;
		p->idxs[nr] = gfns[*i].nr;
		p->gpfns[nr] = pfn_of(p, *i).nr;
		/* The hypervisor may end early: then nothing is there. */
		p->errs[nr] = FOREIGN_WANTED;
		p->which[nr++] = *i;
	}
	return nr;
}

static int call_add(struct memfront_foreign *map, unsigned int nr)
{
	struct foreign_physmap *p = map->physmap;
	struct xen_add_to_physmap_range arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_gmfn_foreign,
		.size = nr,
		.foreign_domid = map->domid,
	};
	long ret;

	set_xen_guest_handle(arg.idxs, p->idxs);
	set_xen_guest_handle(arg.gpfns, p->gpfns);
	set_xen_guest_handle(arg.errs, p->errs);
	if (memfront_should_fail())
		return -ENOMEM;
	ret = memfront_call(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_range,
			    (unsigned long)&arg, 0, 0, 0);
	return ret > 0 ? -EIO : ret;
}

static void note_added(struct memfront_foreign *map, unsigned int nr, int *errs)
{
	struct foreign_physmap *p = map->physmap;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		errs[p->which[i]] = p->errs[i] > 0 ? FOREIGN_WANTED :
						     p->errs[i];
		if (p->errs[i])
			p2m_unmark_foreign(pfn_of(p, p->which[i]));
		else
			set_bit(p->which[i], p->there);
	}
}

static int physmap_enter(struct memfront_foreign *map,
			 const struct mf_gfn *gfns, int *errs)
{
	unsigned int i = 0, nr;
	int err = 0;

	while (!err && (nr = gather(map, gfns, errs, &i))) {
		err = call_add(map, nr);
		note_added(map, nr, errs);
		cond_resched();
	}
	return err;
}

static int physmap_show(struct memfront_foreign *map, const int *errs)
{
	struct foreign_physmap *p = map->physmap;
	bool ro = map->flags & MEMFRONT_FOREIGN_READ_ONLY;
	unsigned int i;

	if (!memfront_should_fail())
		map->addr = vmap(p->pages, map->nr, VM_MAP,
				 ro ? PAGE_KERNEL_RO : PAGE_KERNEL);
	if (!map->addr)
		return -ENOMEM;
	for (i = 0; i < map->nr; i++)
		if (errs[i])
			memfront_hv.physmap->hide(map->addr + i * PAGE_SIZE);
	return 0;
}

static int remove_frame(struct foreign_physmap *p, unsigned int i)
{
	struct xen_remove_from_physmap arg = {
		.domid = DOMID_SELF,
		.gpfn = pfn_of(p, i).nr,
	};
	long ret = memfront_call(__HYPERVISOR_memory_op,
				 XENMEM_remove_from_physmap,
				 (unsigned long)&arg, 0, 0, 0);

	if (ret)
		return ret;
	clear_bit(i, p->there);
	p2m_unmark_foreign(pfn_of(p, i));
	return 0;
}

static int remove_frames(struct memfront_foreign *map)
{
	unsigned int i;
	int err = 0, ret;

	for_each_set_bit(i, map->physmap->there, map->nr) {
		ret = remove_frame(map->physmap, i);
		err = err ?: ret;
		cond_resched();
	}
	return err;
}

/* Pages that still show another domain's frame are nobody's for ever. */
static void give_pages(struct memfront_foreign *map)
{
	struct foreign_physmap *p = map->physmap;
	unsigned int i, nr = 0;

	for (i = 0; i < map->nr; i++)
		if (!test_bit(i, p->there))
			p->pages[nr++] = p->pages[i];
	if (nr)
		memfront_hv.physmap->give(nr, p->pages);
	if (nr == map->nr)
		return;
	atomic_long_add(map->nr - nr, &foreign_stats.pages_lost);
	pr_err("foreign: %u pages are lost: frames of domain %u stay behind them\n",
	       map->nr - nr, map->domid);
}

static int physmap_remove(struct memfront_foreign *map)
{
	int err;

	if (map->addr)
		vunmap(map->addr);
	err = remove_frames(map);
	give_pages(map);
	free_struct(map->physmap);
	return err;
}

const struct foreign_ops foreign_physmap_ops = {
	.prepare = physmap_prepare,
	.enter = physmap_enter,
	.show = physmap_show,
	.remove = physmap_remove,
};
