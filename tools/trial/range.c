// SPDX-License-Identifier: GPL-2.0
/*
 * The covered range of the P2M, beyond all that the guest has: as for memory that
 * is to be added. Nobody else uses what is there.
 */
#include <linux/kernel.h>

#include <memfront/p2m.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "rounds.h"
#include "say.h"
#include "xen.h"

/* In Xen's public memory.h, but not in the kernel's copy of it. */
#define XENMEM_MAXIMUM_GPFN	14

/* A leaf of the P2M has the entries of as many frames. */
#define LEAF		512
/* Any frame of the machine will do: nothing is mapped. */
#define SOME_FRAME	mf_mfn(0x1234)

static long state_at(struct mf_pfn pfn)
{
	return mf_p2m_state(memfront_p2m_lookup(pfn));
}

/* Some leaves beyond the last frame that the guest has. */
static struct mf_pfn nobodys(void)
{
	domid_t self = DOMID_SELF;
	long last = xen_ask(__HYPERVISOR_memory_op, XENMEM_MAXIMUM_GPFN,
			    (unsigned long)&self);

	return mf_pfn(round_up(last, LEAF) + 4 * LEAF);
}

static void before_it_is_covered(struct mf_pfn pfn)
{
	expect_eq(state_at(pfn), MF_P2M_IDENTITY,
		  "beyond the memory the kernel takes the machine for itself");
	expect_eq(memfront_p2m_set(pfn, SOME_FRAME), -ENOENT,
		  "in a shared leaf, where nothing can be entered");
	expect_eq(memfront_p2m_clear(pfn), -ENOENT, "nor cleared");
	expect_eq(state_at(mf_pfn(memfront_p2m_size())), MF_P2M_IDENTITY,
		  "beyond the list the machine is itself");
	expect_eq(memfront_p2m_reserve(mf_pfn(memfront_p2m_size()), 1),
		  -ERANGE, "and cannot be reserved");
	expect_eq(memfront_p2m_extend(memfront_p2m_size() + 1), -ERANGE,
		  "nor covered");
}

static void once_it_is_covered(struct mf_pfn pfn)
{
	expect_eq(memfront_p2m_extend(pfn.nr + LEAF), 0, "it can be covered");
	expect_eq(nobodys().nr, pfn.nr + 5 * LEAF, "and tools are told so");
	expect_eq(memfront_p2m_set_foreign(pfn, SOME_FRAME), 0,
		  "then a foreign frame can be entered");
	expect_eq(state_at(pfn), MF_P2M_FOREIGN, "and is found as that");
	expect_eq(mf_p2m_mfn(memfront_p2m_lookup(pfn)).nr, SOME_FRAME.nr,
		  "with its number");
	expect_eq(memfront_p2m_shrink(pfn.nr), -EBUSY,
		  "it stays covered while it is used");
	expect_eq(memfront_p2m_clear(pfn), 0, "it is cleared");
	expect_eq(state_at(pfn), MF_P2M_HOLE, "and a hole");
}

static void run_of_identity(struct mf_pfn pfn)
{
	expect_eq(memfront_p2m_clear(mf_pfn(pfn.nr + 2)), 0, "so is the third");
	expect_eq(memfront_p2m_set_identity(pfn, 3), 0, "a run is identity");
	expect_eq(state_at(mf_pfn(pfn.nr + 2)), MF_P2M_IDENTITY, "to its end");
	expect_eq(mf_p2m_mfn(memfront_p2m_lookup(pfn)).nr, pfn.nr,
		  "with the same numbers");
	expect_eq(memfront_p2m_shrink(pfn.nr), 0, "the range can go");
}

/**
 * command_range() - cover frames beyond the guest's memory, use them, let go
 * @unused:	not used
 * @unused2:	not used
 */
int command_range(unsigned int unused, unsigned int unused2)
{
	struct mf_pfn pfn = nobodys();

	if (!xen_is_pv())
		return -EOPNOTSUPP;
	before_it_is_covered(pfn);
	once_it_is_covered(pfn);
	run_of_identity(pfn);
	return 0;
}
