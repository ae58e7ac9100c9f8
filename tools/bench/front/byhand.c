// SPDX-License-Identifier: GPL-2.0
/*
 * The least that Xen allows a translated guest: 64 MiB of another domain put
 * behind pages without RAM by calls of 512 frames, and taken away by a call each.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include "measure.h"

#define NR_FRAMES	16384
#define NR_CALL		512

/**
 * struct filled - arguments of the calls
 * @pages:	pages without RAM
 * @idxs:	the frames
 * @gpfns:	where they go
 * @errs:	what became of each
 */
struct filled {
	struct page *pages[NR_FRAMES];
	xen_ulong_t idxs[NR_FRAMES];
	xen_pfn_t gpfns[NR_FRAMES];
	int errs[NR_FRAMES];
};

static int add_by_hand(struct filled *f, domid_t domid)
{
	struct xen_add_to_physmap_range arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_gmfn_foreign,
		.size = NR_CALL,
		.foreign_domid = domid,
	};
	unsigned int i;
	int ret = 0;

	for (i = 0; i < NR_FRAMES && !ret; i += NR_CALL) {
		set_xen_guest_handle(arg.idxs, f->idxs + i);
		set_xen_guest_handle(arg.gpfns, f->gpfns + i);
		set_xen_guest_handle(arg.errs, f->errs + i);
		ret = HYPERVISOR_memory_op(XENMEM_add_to_physmap_range, &arg);
	}
	for (i = 0; i < NR_FRAMES && !ret; i++)
		ret = f->errs[i];
	return ret;
}

static int remove_by_hand(struct filled *f)
{
	struct xen_remove_from_physmap arg = { .domid = DOMID_SELF };
	unsigned int i;
	int ret = 0;

	for (i = 0; i < NR_FRAMES; i++) {
		arg.gpfn = f->gpfns[i];
		ret |= HYPERVISOR_memory_op(XENMEM_remove_from_physmap, &arg);
	}
	return ret ? -EIO : 0;
}

static int time_calls(struct filled *f, domid_t domid, char *result, size_t len)
{
	u64 start, added, removed;
	int ret, err;

	start = ktime_get_ns();
	ret = add_by_hand(f, domid);
	added = ktime_get_ns() - start;
	start = ktime_get_ns();
	err = remove_by_hand(f);
	removed = ktime_get_ns() - start;
	snprintf(result, len, "map %llu unmap %llu\n", added, removed);
	return ret ?: err;
}

int measure_byhand(const struct arguments *args, char *result, size_t len)
{
	struct filled *f;
	unsigned int i;
	int ret;

	if (xen_pv_domain())
		return -EOPNOTSUPP;
	f = kvzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	ret = xen_alloc_unpopulated_pages(NR_FRAMES, f->pages);
	if (ret)
		goto out;
	for (i = 0; i < NR_FRAMES; i++) {
		f->idxs[i] = args->first + i;
		f->gpfns[i] = page_to_pfn(f->pages[i]);
	}
	ret = time_calls(f, args->nr, result, len);
	xen_free_unpopulated_pages(NR_FRAMES, f->pages);
out:
	kvfree(f);
	return ret;
}
