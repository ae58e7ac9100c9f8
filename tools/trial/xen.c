// SPDX-License-Identifier: GPL-2.0
#include <linux/types.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include "xen.h"

long xen_ask(unsigned int nr, unsigned long a1, unsigned long a2)
{
	return xen_single_call(nr, a1, a2, 0, 0, 0);
}

bool xen_is_pv(void)
{
	return xen_pv_domain();
}

bool xen_is_control(void)
{
	return xen_initial_domain();
}
