/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The M2P: the hypervisor's table of which pfn its owner gives each machine
 * frame. Anybody's frames are in it, and owners write what they like.
 */
#ifndef _MEMFRONT_M2P_H
#define _MEMFRONT_M2P_H

#include <memfront/frame.h>

int memfront_m2p_lookup(struct mf_mfn mfn, struct mf_pfn *pfn);
int memfront_mfn_to_pfn(struct mf_mfn mfn, struct mf_pfn *pfn);

#endif /* _MEMFRONT_M2P_H */
