/* SPDX-License-Identifier: GPL-2.0 */
/* Frame numbers, one type for each address space. */
#ifndef MEMCORE_FRAME_H
#define MEMCORE_FRAME_H

#include <linux/types.h>

/**
 * struct mc_mfn - number of a frame of the machine
 * @nr: the number
 */
struct mc_mfn {
	unsigned long nr;
};

/**
 * struct mc_gfn - number of a frame as its domain sees it
 * @nr: the number; for a PV domain this is a pfn
 */
struct mc_gfn {
	unsigned long nr;
};

/* What the M2P and a P2M say where there is nothing; the value is Xen's ABI. */
#define MC_INVALID	(~0UL)

static inline struct mc_mfn mc_mfn(unsigned long nr)
{
	return (struct mc_mfn){ nr };
}

static inline struct mc_mfn mc_mfn_add(struct mc_mfn mfn, unsigned long n)
{
	return mc_mfn(mfn.nr + n);
}

static inline bool mc_mfn_eq(struct mc_mfn a, struct mc_mfn b)
{
	return a.nr == b.nr;
}

static inline bool mc_mfn_ok(struct mc_mfn mfn)
{
	return mfn.nr != MC_INVALID;
}

static inline struct mc_gfn mc_gfn(unsigned long nr)
{
	return (struct mc_gfn){ nr };
}

static inline struct mc_gfn mc_gfn_add(struct mc_gfn gfn, unsigned long n)
{
	return mc_gfn(gfn.nr + n);
}

static inline bool mc_gfn_ok(struct mc_gfn gfn)
{
	return gfn.nr != MC_INVALID;
}

#endif
