/* SPDX-License-Identifier: GPL-2.0 */
/* The way to Xen, for files that see Xen's own headers and not the kernel's. */
#ifndef MEMTRIAL_XEN_H
#define MEMTRIAL_XEN_H

#include <linux/types.h>

long xen_ask(unsigned int nr, unsigned long a1, unsigned long a2);
bool xen_is_pv(void);
bool xen_is_control(void);

#endif /* MEMTRIAL_XEN_H */
