/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address space of a guest on Xen that nothing is behind.
 */
#ifndef _MEMFRONT_ADDRESS_SPACE_H
#define _MEMFRONT_ADDRESS_SPACE_H

#include <linux/ioport.h>

#include <memfront/frame.h>

int address_space_claim(struct resource *res, unsigned long nr);
int address_space_hollow(struct mf_pfn first, unsigned long nr);
void address_space_forget(struct mf_pfn first, unsigned long nr);

#endif /* _MEMFRONT_ADDRESS_SPACE_H */
