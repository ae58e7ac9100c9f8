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
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "answers.h"
#include "foreign-map.h"
#include "hollow.h"
#include "hypercall.h"
#include "inject.h"

/* Frames put there with a hypercall. */
#define ADD_NR		512

/**
 * struct foreign_physmap - pseudo-physical frames with foreign ones behind them
 * @hollow:	the frames
 * @idxs:	argument of the next hypercall: the foreign frames
 * @gpfns:	and where they go
 * @errs:	and what became of them
 * @which:	and which of the mapping they are
 */
struct foreign_physmap {
	struct hollow hollow;
	xen_ulong_t idxs[ADD_NR];
	xen_pfn_t gpfns[ADD_NR];
	int errs[ADD_NR];
	unsigned int which[ADD_NR];
};

static int physmap_prepare(struct memfront_foreign *map)
{
	struct foreign_physmap *p = NULL;
	int err;

	if (!memfront_should_fail())
		p = kvzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	err = hollow_take(&p->hollow, map->nr);
	if (err) {
		kvfree(p);
		return err;
	}
	map->physmap = p;
	return 0;
}

/* The next frames that are wanted from @i on; the P2M knows before they come. */
static unsigned int gather(struct memfront_foreign *map,
			   const struct mf_gfn *gfns, int *errs,
			   unsigned int *i)
{
	struct foreign_physmap *p = map->physmap;
	unsigned int nr = 0;

	for (; *i < map->nr && nr < ADD_NR; (*i)++) {
		if (errs[*i] != ANSWER_WANTED)
			continue;
		hollow_expect(&p->hollow, *i, 1);
		p->idxs[nr] = gfns[*i].nr;
		p->gpfns[nr] = hollow_pfn(&p->hollow, *i).nr;
		/* The hypervisor may end early: then nothing is there. */
		p->errs[nr] = ANSWER_WANTED;
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
		errs[p->which[i]] = p->errs[i] > 0 ? ANSWER_WANTED :
						     p->errs[i];
		if (p->errs[i])
			hollow_empty(&p->hollow, p->which[i], 1);
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
	struct hollow *h = &map->physmap->hollow;
	int err = hollow_show(h, map->flags & MEMFRONT_FOREIGN_READ_ONLY);

	if (err)
		return err;
	hollow_hide_bad(h, errs, map->nr);
	map->addr = h->addr;
	return 0;
}

static int remove_frame(struct hollow *h, unsigned int i)
{
	struct xen_remove_from_physmap arg = {
		.domid = DOMID_SELF,
		.gpfn = hollow_pfn(h, i).nr,
	};
	long ret = memfront_call(__HYPERVISOR_memory_op,
				 XENMEM_remove_from_physmap,
				 (unsigned long)&arg, 0, 0, 0);

	if (!ret)
		hollow_empty(h, i, 1);
	return ret;
}

static int remove_frames(struct hollow *h)
{
	unsigned int i;
	int err = 0, ret;

	for_each_set_bit(i, h->there, h->nr) {
		ret = remove_frame(h, i);
		err = err ?: ret;
		cond_resched();
	}
	return err;
}

static void give_pages(struct memfront_foreign *map)
{
	unsigned int lost = hollow_give(&map->physmap->hollow);

	if (!lost)
		return;
	atomic_long_add(lost, &foreign_stats.pages_lost);
	pr_err("foreign: %u pages are lost: frames of domain %u stay behind them\n",
	       lost, map->domid);
}

static int physmap_remove(struct memfront_foreign *map)
{
	struct hollow *h = &map->physmap->hollow;
	int err;

	hollow_hide(h);
	err = remove_frames(h);
	give_pages(map);
	kvfree(map->physmap);
	return err;
}

const struct foreign_ops foreign_physmap_ops = {
	.prepare = physmap_prepare,
	.enter = physmap_enter,
	.show = physmap_show,
	.remove = physmap_remove,
};
