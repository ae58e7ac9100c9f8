/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The P2M of a PV guest: which machine frame is behind each pfn.
 */
#ifndef _MEMFRONT_P2M_H
#define _MEMFRONT_P2M_H

#include <linux/types.h>

#include <memfront/frame.h>

int p2m_reserve(struct mf_pfn pfn);
bool p2m_lookup(struct mf_pfn pfn, struct mf_mfn *mfn);
void p2m_set(struct mf_pfn pfn, struct mf_mfn mfn);
void p2m_clear(struct mf_pfn pfn);

#endif /* _MEMFRONT_P2M_H */
