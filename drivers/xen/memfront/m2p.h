/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the M2P is.
 */
#ifndef _MEMFRONT_M2P_INTERNAL_H
#define _MEMFRONT_M2P_INTERNAL_H

#include <memfront/m2p.h>

struct memfront_hypervisor;

int m2p_find(struct memfront_hypervisor *hv);

#endif /* _MEMFRONT_M2P_INTERNAL_H */
