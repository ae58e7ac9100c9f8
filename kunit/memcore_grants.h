/* SPDX-License-Identifier: GPL-2.0 */
/* One domain that grants and another that maps, for the suites. */
#ifndef MEMCORE_GRANTS_H
#define MEMCORE_GRANTS_H

#include <kunit/test.h>
#include <linux/types.h>
#include <xen-public/grant_table.h>
#include "grant/maptrack.h"
#include "memcore_grant.h"
#include "memcore_pv.h"

#define GRANTS_PAGES	16
/* Addresses that can be mapped at: the slots of one L1 table. */
#define GRANTS_ADDRS	MC_TABLE_ENTRIES
/* No gfn of a translated domain's memory is there. */
#define GRANTS_HOLE	0x4000UL
/* A reference that Xen keeps through a change of the version, and others. */
#define GRANTS_REF	16U

/**
 * struct grants - two domains
 * @test: the case
 * @granter: grants
 * @mapper: maps
 * @gfn: pages of @granter, as it names them
 * @mfn: and as the machine does
 * @space: of @mapper, if it is a PV domain
 */
struct grants {
	struct kunit *test;
	struct memcore_domain *granter;
	struct memcore_domain *mapper;
	unsigned long gfn[GRANTS_PAGES];
	unsigned long mfn[GRANTS_PAGES];
	struct pv_space space;
};

void grants_make(struct kunit *test, struct grants *g,
		 struct memcore_domain *granter, struct memcore_domain *mapper);
void grants_offer_as(struct grants *g, u32 ref, unsigned long gfn, u16 flags,
		     u16 domid);
void grants_offer(struct grants *g, u32 ref, unsigned int page, u16 flags);
u32 grants_pin(struct grants *g, u32 ref);
u64 grants_addr(struct grants *g, unsigned int slot);
u64 grants_dev_addr(struct grants *g, unsigned int page);
unsigned long grants_at(struct grants *g, unsigned int slot);
void grants_prepare(struct grants *g, struct gnttab_map_grant_ref *op,
		    unsigned int slot, u32 ref, unsigned int flags);
int grants_map(struct grants *g, unsigned int slot, u32 ref,
	       unsigned int flags, u32 *handle);
int grants_unmap(struct grants *g, u64 addr, u64 dev_addr, u32 handle);
int grants_replace(struct grants *g, u64 addr, u64 new_addr, u32 handle);
bool grants_takes_type(struct grants *g);
void grants_audit(struct grants *g);
void grants_exit(struct kunit *test);

#endif
