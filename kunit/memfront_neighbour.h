/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Another domain of the core, made by the running kernel as control domain. In
 * plain types, for its maker speaks in Xen's own headers.
 */
#ifndef MEMFRONT_NEIGHBOUR_H
#define MEMFRONT_NEIGHBOUR_H

#include <linux/types.h>

int neighbour_make(u16 domid, unsigned int nr, unsigned long *mfns);
int neighbour_end(u16 domid);
bool neighbour_exists(u16 domid);
int neighbour_write(u16 domid, unsigned long mfn, unsigned int word, u64 val);
int neighbour_release(u16 domid, unsigned long mfn);

#endif
