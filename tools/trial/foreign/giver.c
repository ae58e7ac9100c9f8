// SPDX-License-Identifier: GPL-2.0
/* The domain whose frames are mapped by another. */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include "trial.h"

#define MAX_PAGES	256

/*
 * @pages:	what there is
 * @nr_pages:	how many
 * @first:	those before it have been given back to Xen
 */
static struct page *pages[MAX_PAGES];
static unsigned int nr_pages;
static unsigned int first;

int giver_make(const char *args)
{
	unsigned int nr;

	if (kstrtouint(args, 0, &nr) || nr > MAX_PAGES || nr_pages)
		return -EINVAL;
	while (nr_pages < nr) {
		pages[nr_pages] = alloc_page(GFP_KERNEL);
		if (!pages[nr_pages])
			return -ENOMEM;
		nr_pages++;
	}
	return 0;
}

/* For a PV domain machine frames. */
int giver_frames(const char *args)
{
	unsigned int i;

	for (i = first; i < nr_pages; i++)
		trial_tell("%lx ", xen_page_to_gfn(pages[i]));
	return 0;
}

int giver_fill(const char *args)
{
	unsigned int i;
	u64 seed;

	if (kstrtou64(args, 0, &seed))
		return -EINVAL;
	for (i = first; i < nr_pages; i++)
		trial_fill_page(page_address(pages[i]), seed, i - first);
	return 0;
}

int giver_check(const char *args)
{
	unsigned int i;
	int err = 0;
	u64 seed;

	if (kstrtou64(args, 0, &seed))
		return -EINVAL;
	for (i = first; i < nr_pages && !err; i++)
		err = trial_check_page(page_address(pages[i]), seed, i - first);
	return err;
}

/* Nothing of a PV kernel may name the frame any more. */
static int let_go(struct page *page)
{
#ifdef CONFIG_XEN_PV
	unsigned long va = (unsigned long)page_address(page);
	int err;

	if (!xen_pv_domain())
		return 0;
	err = HYPERVISOR_update_va_mapping(va, __pte(0),
					   UVMF_TLB_FLUSH | UVMF_ALL);
	if (err)
		return err;
	WRITE_ONCE(xen_p2m_addr[page_to_pfn(page)], INVALID_P2M_ENTRY);
#endif
	return 0;
}

static int drop_page(struct page *page)
{
	xen_pfn_t frame = xen_page_to_gfn(page);
	struct xen_memory_reservation arg = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};
	int err = let_go(page);

	if (err)
		return err;
	set_xen_guest_handle(arg.extent_start, &frame);
	return HYPERVISOR_memory_op(XENMEM_decrease_reservation, &arg) == 1 ?
	       0 : -EIO;
}

/* The pages are nobody's for ever. */
int giver_drop(const char *args)
{
	unsigned int nr;
	int err = 0;

	if (kstrtouint(args, 0, &nr) || nr > nr_pages - first)
		return -EINVAL;
	for (; nr && !err; nr--)
		err = drop_page(pages[first++]);
	return err;
}

void giver_exit(void)
{
	while (nr_pages > first)
		__free_page(pages[--nr_pages]);
}
