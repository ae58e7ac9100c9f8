// SPDX-License-Identifier: GPL-2.0
/*
 * The seam on real Xen: the kernel's own hypercall.
 */
#include <linux/errno.h>
#include <linux/types.h>

#include <xen/features.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>

#include "direct-map.h"
#include "grant-table.h"
#include "growth-source.h"
#include "hollow.h"
#include "hypercall.h"
#include "p2m.h"
#include "pseudophys-source.h"
#include "window.h"

/*
 * Arguments are always kernel memory here, so the supervisor-access guard
 * that the kernel lifts for user buffers stays in place.
 */
static long xen_call(unsigned int nr, unsigned long a1, unsigned long a2,
		     unsigned long a3, unsigned long a4, unsigned long a5)
{
	return xen_single_call(nr, a1, a2, a3, a4, a5);
}

/** memfront_xen_present - is Xen under this kernel? */
bool memfront_xen_present(void)
{
	return xen_domain();
}

/**
 * memfront_xen_attach - put Xen behind the seam
 * @hv:	filled in
 *
 * Return: 0.
 */
int memfront_xen_attach(struct memfront_hypervisor *hv)
{
	hv->name = "xen";
	if (grant_table_xen_works(xen_feature(XENFEAT_auto_translated_physmap)))
		hv->grant_table = &grant_table_xen;
#ifdef CONFIG_XEN_PV
	if (xen_pv_domain()) {
		hv->direct_map = &direct_map_xen;
		hv->windows = &window_ops_xen;
		hv->p2m = xen_p2m_addr;
		hv->p2m_size = xen_p2m_size;
		hv->p2m_ops = &p2m_xen_ops;
		hv->m2p = machine_to_phys_mapping;
		hv->m2p_size = machine_to_phys_nr;
	}
#endif
	if (xen_feature(XENFEAT_auto_translated_physmap))
		hv->physmap = &physmap_ops_xen;
#if IS_ENABLED(CONFIG_ZONE_DEVICE)
	hv->sections = &section_source_xen;
#endif
#if IS_ENABLED(CONFIG_XEN_BALLOON_MEMORY_HOTPLUG) && IS_ENABLED(CONFIG_MEMORY_HOTREMOVE)
	hv->growth = &growth_source_xen;
#endif
	static_call_update(memfront_hypercall, xen_call);
	return 0;
}
