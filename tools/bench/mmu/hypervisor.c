// SPDX-License-Identifier: GPL-2.0
/* The same calls, either to Xen, whose PV guest this is, or to the core. */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/string.h>

#include <xen/interface/xen.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include <memcore/memcore.h>
#include <memcore/tools.h>

#include "hypervisor.h"

struct hypervisor hv;

static long xen_call(unsigned int nr, unsigned long a1, unsigned long a2,
		     unsigned long a3, unsigned long a4, unsigned long a5)
{
	return xen_single_call(nr, a1, a2, a3, a4, a5);
}

static int attach_xen(void)
{
	if (!xen_pv_domain())
		return -ENODEV;
	hv.call = xen_call;
	hv.p2m = xen_p2m_addr;
	hv.direct_map = PAGE_OFFSET;
	return 0;
}

static void detach_core(void)
{
	if (hv.p2m)
		symbol_put(memcore_start_info);
	if (hv.access)
		symbol_put(memcore_access);
	if (hv.call_as)
		symbol_put(memcore_tool_call_as);
	if (hv.call)
		symbol_put(memcore_hypercall);
}

static const unsigned long *core_p2m(void)
{
	struct start_info *(*start_info)(void);

	start_info = symbol_get(memcore_start_info);
	if (!start_info)
		return NULL;
	if (start_info())
		return (unsigned long *)start_info()->mfn_list;
	symbol_put(memcore_start_info);
	return NULL;
}

/* The core must have adopted the kernel as a PV guest. */
static int attach_core(void)
{
	hv.call = symbol_get(memcore_hypercall);
	hv.call_as = symbol_get(memcore_tool_call_as);
	hv.access = symbol_get(memcore_access);
	hv.p2m = core_p2m();
	hv.direct_map = MEMCORE_DIRECT_MAP;
	if (hv.call && hv.call_as && hv.access && hv.p2m)
		return 0;
	detach_core();
	return -ENODEV;
}

int hypervisor_attach(void)
{
	return xen_domain() ? attach_xen() : attach_core();
}

void hypervisor_detach(void)
{
	if (!xen_domain())
		detach_core();
}

/* Up to 8 bytes at an address of the core's model. */
int hv_store(unsigned long va, const void *from, size_t len)
{
	unsigned int error;
	u64 word = 0;

	memcpy(&word, from, len);
	return hv.access(va, &word, len, MEMCORE_ACCESS_WRITE, &error);
}
