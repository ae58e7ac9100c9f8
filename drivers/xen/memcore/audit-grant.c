// SPDX-License-Identifier: GPL-2.0
/*
 * The audit of grant tables: their frames, their size, and what active entries
 * say that Xen alone writes. What is in the shared frames a guest may have
 * written itself, and says nothing.
 */
#include "audit.h"
#include "grant/entry.h"
#include "grant/grant.h"
#include "machine.h"
#include "pv/type.h"

/* A counter of pins that has this bit takes no more. */
#define FULL	0x80

static void audit_frame(struct memcore_audit *a, struct memcore_grant_table *gt,
			const struct memcore_frame *frame, const char *what,
			unsigned int i)
{
	const s64 wanted = MC_PGC_XEN | MC_PGC_HELD;

	if (!frame)
		memcore_audit_differ(a, "domain %u: %s frame %u is not there",
				     gt->d->config.domid, what, i);
	else if (frame->owner != gt->d->config.domid ||
		 (atomic64_read(&frame->count) & wanted) != wanted ||
		 memcore_type_of(atomic64_read(&frame->type)) !=
		 MC_TYPE_WRITABLE || !frame->content)
		memcore_audit_differ(a, "domain %u: %s frame %u is %lu, which is not shared",
				     gt->d->config.domid, what, i,
				     memcore_frame_mfn(&a->machine->frames,
						       frame).nr);
}

static void audit_frames(struct memcore_audit *a, struct memcore_grant_table *gt)
{
	unsigned int i;

	for (i = 0; i < gt->nr_frames; i++)
		audit_frame(a, gt, gt->shared[i], "grant", i);
	for (i = 0; gt->nr_frames && i < memcore_grant_nr_status(gt); i++)
		audit_frame(a, gt, gt->status[i], "status", i);
}

static bool counters_ok(u32 pin)
{
	for (; pin; pin >>= BITS_PER_BYTE)
		if ((pin & U8_MAX) > FULL)
			return false;
	return true;
}

/*
 * With nobody in a call only what is mapped is pinned, and that wholly. Whoever
 * maps may have overwritten the entry: then the frame may be anybody's by now.
 */
static void audit_entry(struct memcore_audit *a, struct memcore_grant_table *gt,
			u32 ref)
{
	const struct memcore_grant_entry *e = memcore_grant_entry(gt, ref);

	if (!e->pin)
		return;
	if (!counters_ok(e->pin) || e->is_sub_page || e->trans_domain != gt->d ||
	    e->trans_ref != ref || e->start || e->length != PAGE_SIZE)
		memcore_audit_differ(a, "domain %u: grant %u is pinned as no mapping does: %x",
				     gt->d->config.domid, ref, e->pin);
}

static void audit_entries(struct memcore_audit *a,
			  struct memcore_grant_table *gt)
{
	u32 end = memcore_grant_nr_entries(gt), ref;
	u32 all = gt->nr_frames * MC_GRANTS_PER_FRAME_V1;

	for (ref = 0; ref < all; ref++) {
		audit_entry(a, gt, ref);
		if (ref >= end && memcore_grant_entry(gt, ref)->pin)
			memcore_audit_differ(a, "domain %u: grant %u is pinned and does not exist",
					     gt->d->config.domid, ref);
	}
}

static void audit_table(struct memcore_audit *a, struct memcore_grant_table *gt)
{
	if ((gt->version != 1 && gt->version != 2) ||
	    gt->version > gt->max_version || gt->nr_frames > gt->max_frames)
		memcore_audit_differ(a, "domain %u: a grant table of version %u with %u frames",
				     gt->d->config.domid, gt->version,
				     gt->nr_frames);
	if (atomic_read(&gt->nr_v2_ops))
		memcore_audit_differ(a, "domain %u: %d uses of version 2, in no call",
				     gt->d->config.domid,
				     atomic_read(&gt->nr_v2_ops));
	audit_frames(a, gt);
	audit_entries(a, gt);
}

/**
 * memcore_audit_grants() - look at all grant tables
 * @a: the audit, with all locks held
 */
void memcore_audit_grants(struct memcore_audit *a)
{
	struct memcore_domain *d;

	list_for_each_entry(d, &a->machine->domains, link)
		audit_table(a, &d->grants);
}
