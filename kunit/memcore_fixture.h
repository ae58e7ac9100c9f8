/* SPDX-License-Identifier: GPL-2.0 */
/* A small machine with a domain of each kind, for one test case. */
#ifndef MEMCORE_FIXTURE_H
#define MEMCORE_FIXTURE_H

#include <kunit/test.h>
#include <linux/types.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include "audit.h"
#include "hypercall.h"
#include "machine.h"
#include "tools.h"

/* Not a multiple of the largest chunk, nor is the size of one of any. */
#define FIXTURE_BASE	0x1200UL
#define FIXTURE_FRAMES	4133UL
#define FIXTURE_LIST	512

/**
 * struct fixture - what a case starts with
 * @machine: with FIXTURE_FRAMES frames from FIXTURE_BASE
 * @hvm: a translated domU, number 1
 * @pv: a PV domU, number 2
 * @dom0: a PV control and hardware domain, number 0
 * @list: memory for an extent list, FIXTURE_LIST entries
 */
struct fixture {
	struct memcore_machine *machine;
	struct memcore_domain *hvm;
	struct memcore_domain *pv;
	struct memcore_domain *dom0;
	xen_pfn_t *list;
};

/**
 * struct snapshot - everything that a failed call must leave alone
 * @tot_pages: of the domain
 * @free_frames: of the heap
 * @mapped: a sum over the domain's P2M
 * @m2p: a sum over the M2P
 */
struct snapshot {
	unsigned long tot_pages;
	unsigned long free_frames;
	unsigned long mapped;
	unsigned long m2p;
};

int fixture_init(struct kunit *test);
void fixture_exit(struct kunit *test);
void expect_audit(struct kunit *test, struct memcore_machine *machine);
long fixture_reserve(struct memcore_domain *caller, unsigned long cmd,
		     struct xen_memory_reservation *r);
long fixture_move(struct memcore_domain *caller, unsigned int op,
		  xen_pfn_t *list, unsigned long nr, unsigned int order);
long fixture_ask(struct memcore_domain *caller, unsigned long cmd,
		 domid_t domid);
void fixture_populate(struct kunit *test, struct memcore_domain *d,
		      unsigned long gfn, unsigned long nr);
void fixture_snapshot(struct memcore_domain *d, struct snapshot *s);
void expect_same(struct kunit *test, const struct snapshot *a,
		 const struct snapshot *b);
u32 fixture_seed(struct kunit *test);

#endif
