/* SPDX-License-Identifier: GPL-2.0 */
/* More domains, and the calls that say what these have at a gfn. */
#ifndef MEMCORE_PHYSMAP_FIXTURE_H
#define MEMCORE_PHYSMAP_FIXTURE_H

#include "memcore_fixture.h"
#include "physmap.h"

#define PVH0_DOMID	3
#define DRIVER_DOMID	4

#define NR_ENTRIES	8

/**
 * struct physmap_fixture - what a case starts with
 * @f: as any; test->priv points here
 * @pvh0: a translated control and hardware domain; NULL when a case has ended it
 * @driver: a translated hardware domain that controls nothing
 * @idxs: of a batch
 * @gpfns: likewise
 * @errs: likewise
 */
struct physmap_fixture {
	struct fixture f;
	struct memcore_domain *pvh0;
	struct memcore_domain *driver;
	xen_ulong_t idxs[NR_ENTRIES];
	xen_pfn_t gpfns[NR_ENTRIES];
	int errs[NR_ENTRIES];
};

int physmap_fixture_init(struct kunit *test);
void physmap_fixture_exit(struct kunit *test);
struct physmap_fixture *physmap_of(struct kunit *test);

long physmap_add(struct memcore_domain *caller, u16 domid, unsigned int space,
		 unsigned long idx, unsigned long gpfn);
long physmap_add_range(struct memcore_domain *caller, unsigned long start,
		       unsigned long idx, unsigned long gpfn, u16 size);
long physmap_add_batch(struct kunit *test, struct memcore_domain *caller,
		       u16 domid, unsigned int space, u16 foreign,
		       unsigned int nr);
int physmap_add_foreign(struct kunit *test, struct memcore_domain *caller,
			u16 from, unsigned long idx, unsigned long gpfn);
long physmap_remove(struct memcore_domain *caller, u16 domid,
		    unsigned long gpfn);

unsigned long mfn_at(struct memcore_domain *d, unsigned long gfn);
enum mc_p2m_type type_at(struct memcore_domain *d, unsigned long gfn);
unsigned long gfn_of(struct memcore_domain *d, unsigned long mfn);

#endif
