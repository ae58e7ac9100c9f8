/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The P2M: what is behind each frame of the guest's pseudo-physical memory.
 *
 * A PV guest keeps it itself; a translated guest has to ask the hypervisor, one
 * hypercall a frame.
 */
#ifndef _MEMFRONT_P2M_H
#define _MEMFRONT_P2M_H

#include <linux/bits.h>
#include <linux/types.h>

#include <memfront/frame.h>

/**
 * enum mf_p2m_state - what a frame of pseudo-physical memory is
 * @MF_P2M_RAM:		a frame of this domain is behind it
 * @MF_P2M_HOLE:	nothing is: ballooned, never populated, beyond the end
 * @MF_P2M_FOREIGN:	a frame of another domain is mapped there
 * @MF_P2M_IDENTITY:	it is the machine frame of the same number (devices,
 *			firmware)
 */
enum mf_p2m_state {
	MF_P2M_RAM,
	MF_P2M_HOLE,
	MF_P2M_FOREIGN,
	MF_P2M_IDENTITY,
};

/* How Linux and Xen's tools mark entries that are not plain frame numbers. */
#define MF_P2M_FOREIGN_BIT	BIT(BITS_PER_LONG - 1)
#define MF_P2M_IDENTITY_BIT	BIT(BITS_PER_LONG - 2)
#define MF_P2M_SPECIAL		(MF_P2M_FOREIGN_BIT | MF_P2M_IDENTITY_BIT)
#define MF_P2M_INVALID		(~0UL)

/**
 * struct mf_p2m_entry - an entry as a PV guest's list has it
 * @raw: a frame number, perhaps marked; MF_P2M_INVALID for a hole
 */
struct mf_p2m_entry {
	unsigned long raw;
};

/**
 * mf_p2m_state - what an entry says the frame is
 * @entry: any entry
 *
 * Return: the state.
 */
static inline enum mf_p2m_state mf_p2m_state(struct mf_p2m_entry entry)
{
	if (!(entry.raw & MF_P2M_SPECIAL))
		return MF_P2M_RAM;
	if (entry.raw == MF_P2M_INVALID)
		return MF_P2M_HOLE;
	return entry.raw & MF_P2M_FOREIGN_BIT ? MF_P2M_FOREIGN :
						MF_P2M_IDENTITY;
}

/**
 * mf_p2m_mfn - the frame that an entry names
 * @entry:	of any state but a hole
 *
 * Return: the machine frame; for a translated guest, which is not told machine
 * frames, the guest frame itself.
 */
static inline struct mf_mfn mf_p2m_mfn(struct mf_p2m_entry entry)
{
	return mf_mfn(entry.raw & ~MF_P2M_SPECIAL);
}

struct mf_p2m_entry memfront_p2m_lookup(struct mf_pfn pfn);
void memfront_p2m_lookup_array(const struct mf_pfn *pfns,
			       struct mf_p2m_entry *entries, unsigned long nr);
void memfront_p2m_lookup_range(struct mf_pfn first,
			       struct mf_p2m_entry *entries, unsigned long nr);

unsigned long memfront_p2m_size(void);
int memfront_p2m_extend(unsigned long nr_pfns);
int memfront_p2m_shrink(unsigned long nr_pfns);

int memfront_p2m_reserve(struct mf_pfn first, unsigned long nr);
int memfront_p2m_set(struct mf_pfn pfn, struct mf_mfn mfn);
int memfront_p2m_set_foreign(struct mf_pfn pfn, struct mf_mfn mfn);
int memfront_p2m_set_identity(struct mf_pfn first, unsigned long nr);
int memfront_p2m_clear(struct mf_pfn pfn);

#endif /* _MEMFRONT_P2M_H */
