// SPDX-License-Identifier: GPL-2.0
/*
 * GNTTABOP_set_version: entries of another form.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - A table in use keeps its version (-EBUSY), but for the first 8 entries.
 * - A change of the version clears all entries but these. From 2 to 1 it is
 *   refused if one of them cannot be expressed (-ERANGE), and if a status frame
 *   is in use by anything else (-EBUSY); a translated domain loses its mappings
 *   of the status frames.
 * - A translated domain whose status frames others still map when it goes back
 *   to version 1 is crashed. Here it is told -EBUSY, with nothing changed.
 */
#include <linux/string.h>
#include <linux/types.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/grant_table.h>
#include "../content.h"
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../shared.h"
#include "entry.h"
#include "grant.h"
#include "grant-op.h"
#include "table.h"

/**
 * struct reserved - what a change of the version leaves alone
 * @entry: as they are in version 1
 */
struct reserved {
	struct grant_entry_v1 entry[MC_GRANT_RESERVED];
};

static void *first_shared(struct memcore_grant_table *gt)
{
	return (void *)memcore_content(gt->shared[0]);
}

static u16 *first_status(struct memcore_grant_table *gt)
{
	return (void *)memcore_content(gt->status[0]);
}

static bool in_use(struct memcore_grant_table *gt)
{
	unsigned int ref, end = memcore_grant_nr_entries(gt);

	if (!gt->nr_frames)
		return false;
	for (ref = MC_GRANT_RESERVED; ref < end; ref++)
		if (memcore_grant_entry(gt, ref)->pin)
			return true;
	return false;
}

/* All entries go but those that are reserved. */
static void clear_entries(struct memcore_grant_table *gt)
{
	unsigned int i;

	for (i = 0; i < gt->nr_frames; i++)
		memset((void *)memcore_content(gt->shared[i]), 0, PAGE_SIZE);
}

static void put_v2(struct memcore_grant_table *gt, const struct reserved *kept)
{
	const struct grant_entry_v1 *from = kept->entry;
	union grant_entry_v2 *to = first_shared(gt);
	u16 *status = first_status(gt);
	unsigned int i;

	for (i = 0; i < MC_GRANT_RESERVED; i++) {
		status[i] = from[i].flags & (GTF_reading | GTF_writing);
		to[i].hdr.flags = from[i].flags & ~(GTF_reading | GTF_writing);
		to[i].hdr.domid = from[i].domid;
		to[i].full_page.frame = from[i].frame;
	}
}

static int set_version_2(struct memcore_grant_table *gt)
{
	unsigned int nr_status = memcore_grant_to_status(gt->nr_frames);
	struct reserved kept;
	int err;

	if (!gt->nr_frames) {
		memcore_grant_set_size(gt, 0, 2);
		return 0;
	}
	err = memcore_grant_alloc_frames(gt, gt->status, 0, nr_status);
	if (err) {
		memcore_grant_free_frames(gt, gt->status, 0, nr_status);
		return -ENOMEM;
	}
	memcpy(&kept, first_shared(gt), sizeof(kept));
	clear_entries(gt);
	put_v2(gt, &kept);
	memcore_grant_set_size(gt, gt->nr_frames, 2);
	return 0;
}

/* Of an entry's flags as they were read, which the guest may change. */
static bool has_v1_form(u16 flags, u64 frame)
{
	switch (flags & GTF_type_mask) {
	case GTF_permit_access:
		return !(frame >> 32);
	case GTF_transitive:
		return false;
	default:
		return true;
	}
}

static int check_v1_form(struct memcore_grant_table *gt)
{
	const union grant_entry_v2 *from = first_shared(gt);
	unsigned int i;

	for (i = 0; i < MC_GRANT_RESERVED; i++)
		if (!has_v1_form(READ_ONCE(from[i].hdr.flags),
				 READ_ONCE(from[i].full_page.frame)))
			return -ERANGE;
	return 0;
}

static void read_v2(struct memcore_grant_table *gt, struct reserved *kept)
{
	struct grant_entry_v1 *to = kept->entry;
	const union grant_entry_v2 *from = first_shared(gt);
	const u16 *status = first_status(gt);
	unsigned int i;
	u16 flags;

	memset(kept, 0, sizeof(*kept));
	for (i = 0; i < MC_GRANT_RESERVED; i++) {
		flags = READ_ONCE(from[i].hdr.flags);
		if ((flags & GTF_type_mask) != GTF_permit_access)
			continue;
		to[i].flags = flags | status[i];
		to[i].domid = from[i].hdr.domid;
		to[i].frame = from[i].full_page.frame;
	}
}

/* Return: 0 with nobody able to get one of them any more, or -EBUSY. */
static int withdraw_status(struct memcore_grant_table *gt, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr && memcore_shared_withdraw(gt->status[i]); i++)
		;
	if (i == nr)
		return 0;
	while (i--)
		memcore_shared_restore(gt->status[i]);
	if (gt->d->config.translated)
		memcore_domain_crash(gt->d);
	return -EBUSY;
}

/* Domain locked. */
static void unmap_frame(struct memcore_domain *d, struct memcore_frame *frame)
{
	struct memcore_frametable *ft = &d->machine->frames;
	struct mc_mfn mfn = memcore_frame_mfn(ft, frame);
	struct mc_gfn gfn = memcore_m2p_get(ft, mfn);

	/* Its own RAM, as far as the P2M goes: that holds no reference. */
	if (d->config.translated && mc_gfn_ok(gfn))
		memcore_domain_unmap(d, gfn);
}

static void unmap_status(struct memcore_grant_table *gt, unsigned int nr)
{
	unsigned int i;

	spin_lock(&gt->d->lock);
	for (i = 0; i < nr; i++)
		unmap_frame(gt->d, gt->status[i]);
	spin_unlock(&gt->d->lock);
}

static int set_version_1(struct memcore_grant_table *gt)
{
	unsigned int nr_status = memcore_grant_to_status(gt->nr_frames);
	struct reserved kept;
	int err;

	if (atomic_read(&gt->nr_v2_ops))
		return -EAGAIN;
	if (!gt->nr_frames) {
		memcore_grant_set_size(gt, 0, 1);
		return 0;
	}
	err = check_v1_form(gt);
	if (err)
		return err;
	read_v2(gt, &kept);
	err = withdraw_status(gt, nr_status);
	if (err)
		return err;
	unmap_status(gt, nr_status);
	clear_entries(gt);
	memcpy(first_shared(gt), &kept, sizeof(kept));
	memcore_grant_set_size(gt, gt->nr_frames, 1);
	memcore_grant_free_frames(gt, gt->status, 0, nr_status);
	return 0;
}

static int change_version(struct memcore_grant_table *gt, u32 version)
{
	if (in_use(gt))
		return -EBUSY;
	return version == 2 ? set_version_2(gt) : set_version_1(gt);
}

static int set_version(struct memcore_grant_table *gt, u32 version)
{
	int err = 0;

	if (version != 1 && version != 2)
		return -EINVAL;
	if (version > gt->max_version)
		return -XEN_ENOSYS;
	write_lock(&gt->lock);
	if (gt->version != version)
		err = change_version(gt, version);
	write_unlock(&gt->lock);
	return err;
}

/**
 * memcore_grant_set_version() - GNTTABOP_set_version
 * @call: the hypercall
 * @at: address of the operation
 *
 * Return: as Xen.
 */
long memcore_grant_set_version(struct memcore_call *call, unsigned long at)
{
	struct memcore_grant_table *gt = &call->caller->grants;
	struct gnttab_set_version op;
	int err;

	if (memcore_copy_from_guest(call->caller, &op, at, sizeof(op)))
		return -EFAULT;
	err = set_version(gt, op.version);
	op.version = READ_ONCE(gt->version);
	return memcore_copy_back_to_guest(call->caller, at, &op, sizeof(op)) ?:
	       err;
}
