/* SPDX-License-Identifier: GPL-2.0 */
/* Grant table operations, and entries, for the suites. */
#ifndef MEMCORE_GRANT_FIXTURE_H
#define MEMCORE_GRANT_FIXTURE_H

#include <kunit/test.h>
#include <linux/types.h>
#include <xen-public/grant_table.h>
#include "content.h"
#include "grant/entry.h"
#include "grant/grant.h"
#include "memcore_fixture.h"

#define GRANT_PIN_MASK	(GTF_reading | GTF_writing)

long grant_op(struct memcore_domain *d, unsigned long cmd, void *list,
	      unsigned int count);
s16 grant_setup(struct memcore_domain *d, domid_t domid, unsigned int nr,
		xen_pfn_t *frames);
s16 grant_status_frames(struct memcore_domain *d, domid_t domid,
			unsigned int nr, u64 *frames);
long grant_set_version(struct memcore_domain *d, u32 version);
void grant_start(struct kunit *test, struct memcore_domain *d, u32 version);
unsigned long grant_new_frame(struct kunit *test, struct memcore_domain *d,
			      unsigned long gfn);

void grant_write(struct memcore_domain *d, u32 ref, u16 flags, domid_t domid,
		 u64 frame);
void grant_write_part(struct memcore_domain *d, u32 ref, u16 flags,
		      domid_t domid, u64 frame, u16 offset, u16 length);
void grant_write_transitive(struct memcore_domain *d, u32 ref, domid_t domid,
			    domid_t third, u32 third_ref);
u16 grant_flags(struct memcore_domain *d, u32 ref);
u16 grant_use(struct memcore_domain *d, u32 ref);
u64 grant_frame(struct memcore_domain *d, u32 ref);

struct memcore_frame *grant_frame_at(struct memcore_domain *d,
				     unsigned long gfn);
void *grant_bytes(struct kunit *test, struct memcore_domain *d,
		  unsigned long gfn);
int grant_pin(struct memcore_domain *d, u32 ref, domid_t domid, u32 more,
	      struct memcore_frame **frame);
void grant_unpin(struct memcore_domain *d, u32 ref, u32 less,
		 struct memcore_frame *frame);

#endif
