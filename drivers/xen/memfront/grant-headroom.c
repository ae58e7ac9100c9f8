// SPDX-License-Identifier: GPL-2.0
/*
 * How much room is left for grants, and a word before there is none.
 *
 * The table's size is asked for. It is looked at when entries are taken, but not for
 * each: a hypercall a second, or for so many entries, is nothing. A table that has
 * all of its frames may still have free entries; how many, only its keeper knows,
 * and on Xen that is the kernel, which does not tell.
 *
 * How many grants of others a guest may have mapped no hypercall tells. What can be
 * known is what this module has mapped, and where that was when the hypervisor had
 * no handle for another.
 *
 * A watermark that is reached is told once, and again only after what it is for was
 * below it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

#include <memfront/kunit.h>

#include "grant-headroom.h"
#include "grant-op.h"
#include "hypercall.h"

struct grant_headroom_stats grant_headroom_stats;
EXPORT_SYMBOL_FOR_KUNIT(grant_headroom_stats);

/* What has been told, as bits. */
#define TOLD_FRAMES	0
#define TOLD_MAPPED	1

/*
 * @entries:	entries in use by this module
 * @mapped:	grants that it has mapped
 * @unseen:	entries taken since the table was looked at
 * @next:	when it is looked at whatever was taken, in jiffies
 * @told:	TOLD_*
 * @frames_warn: percent of the frames at which; 0: never
 * @mapped_warn: grants at which; 0: never
 */
static struct {
	atomic_long_t entries;
	atomic_long_t mapped;
	atomic_long_t unseen;
	unsigned long next;
	unsigned long told;
	unsigned int frames_warn;
	unsigned long mapped_warn;
} headroom = {
	.next = INITIAL_JIFFIES,
	.frames_warn = GRANT_HEADROOM_FRAMES,
	.mapped_warn = GRANT_HEADROOM_MAPPED,
};

/* No failure point: what fails here is nobody's failure. */
static int ask(unsigned int cmd, void *op)
{
	long ret = memfront_call(__HYPERVISOR_grant_table_op, cmd,
				 (unsigned long)op, 1, 0, 0);

	return ret > 0 ? -EIO : ret;
}

static int ask_size(struct grant_room *room)
{
	struct gnttab_query_size op = {
		.dom = DOMID_SELF,
		.status = GRANT_NOT_DONE,
	};
	int err = ask(GNTTABOP_query_size, &op);

	room->frames = op.nr_frames;
	room->max_frames = op.max_nr_frames;
	return err ?: grant_errno(op.status);
}

/* Xen's answer to this has no status. */
static int ask_version(struct grant_room *room)
{
	struct gnttab_get_version op = { .dom = DOMID_SELF };
	int err = ask(GNTTABOP_get_version, &op);

	room->version = op.version;
	if (!err && op.version != 1 && op.version != 2)
		return -EIO;
	return err;
}

static unsigned int entries_per_frame(unsigned int version)
{
	return PAGE_SIZE / (version == 2 ? sizeof(union grant_entry_v2) :
					   sizeof(struct grant_entry_v1));
}

/* Return: this is the first time since it was not so. */
static bool is_news(unsigned int bit, bool high)
{
	if (high)
		return !test_and_set_bit(bit, &headroom.told);
	clear_bit(bit, &headroom.told);
	return false;
}

static bool frames_are_high(const struct grant_room *room)
{
	unsigned int percent = READ_ONCE(headroom.frames_warn);

	return percent &&
	       (u64)room->frames * 100 >= (u64)room->max_frames * percent;
}

static void judge_frames(const struct grant_room *room)
{
	if (!is_news(TOLD_FRAMES, frames_are_high(room)))
		return;
	atomic_long_inc(&grant_headroom_stats.warnings);
	pr_warn_ratelimited("grant: the grant table has %u of %u frames: when their entries are in use nothing more can be shared\n",
			    room->frames, room->max_frames);
}

static void judge_mapped(long mapped)
{
	unsigned long mark = READ_ONCE(headroom.mapped_warn);

	if (!is_news(TOLD_MAPPED, mark && (unsigned long)mapped >= mark))
		return;
	atomic_long_inc(&grant_headroom_stats.warnings);
	pr_warn_ratelimited("grant: %ld grants of other domains are mapped: the hypervisor may have no room for many more\n",
			    mapped);
}

static void look_at_table(void)
{
	struct grant_room room = {};

	if (!ask_size(&room))
		judge_frames(&room);
}

/**
 * grant_headroom_read - what there is now
 * @room: set
 *
 * Context: process context.
 * Return: 0; or an errno: the hypervisor does not tell.
 */
int grant_headroom_read(struct grant_room *room)
{
	int err;

	*room = (struct grant_room){};
	room->entries = atomic_long_read(&headroom.entries);
	room->mapped = atomic_long_read(&headroom.mapped);
	err = ask_size(room) ?: ask_version(room);
	if (err)
		return err;
	room->max_entries = (unsigned long)room->max_frames *
			    entries_per_frame(room->version);
	judge_frames(room);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(grant_headroom_read);

static bool is_due(long nr)
{
	long unseen = atomic_long_add_return(nr, &headroom.unseen);

	if (unseen < GRANT_HEADROOM_STEP &&
	    time_before(jiffies, READ_ONCE(headroom.next)))
		return false;
	atomic_long_set(&headroom.unseen, 0);
	WRITE_ONCE(headroom.next, jiffies + HZ);
	return true;
}

/**
 * grant_headroom_entries - entries of the grant table were taken, or given back
 * @nr: how many more are in use now
 *
 * Context: process context.
 */
void grant_headroom_entries(long nr)
{
	atomic_long_add(nr, &headroom.entries);
	if (nr > 0 && is_due(nr))
		look_at_table();
}

/** grant_headroom_share_refused - the table had no room for a share. */
void grant_headroom_share_refused(void)
{
	atomic_long_inc(&grant_headroom_stats.share_refused);
	pr_warn_ratelimited("grant: the grant table has no entries left: nothing was shared\n");
	look_at_table();
}

/**
 * grant_headroom_mapped - grants of another domain were mapped, or unmapped
 * @nr: how many more are mapped now
 */
void grant_headroom_mapped(long nr)
{
	judge_mapped(atomic_long_add_return(nr, &headroom.mapped));
}

/** grant_headroom_map_refused - the hypervisor had no handle for a grant. */
void grant_headroom_map_refused(void)
{
	long mapped = atomic_long_read(&headroom.mapped);

	atomic_long_inc(&grant_headroom_stats.map_refused);
	atomic_long_cmpxchg(&grant_headroom_stats.mapped_then, 0, mapped);
	pr_warn_ratelimited("grant: the hypervisor has no room for another mapping: %ld grants of other domains are mapped here\n",
			    mapped);
}

/** grant_headroom_frames_warn - the watermark for frames, in percent. */
unsigned int grant_headroom_frames_warn(void)
{
	return READ_ONCE(headroom.frames_warn);
}
EXPORT_SYMBOL_FOR_KUNIT(grant_headroom_frames_warn);

/**
 * grant_headroom_set_frames_warn - set the watermark for frames
 * @percent: of those that the table may have; 0: do not tell
 *
 * Context: process context.
 * Return: 0, or -ERANGE.
 */
int grant_headroom_set_frames_warn(unsigned int percent)
{
	if (percent > 100)
		return -ERANGE;
	WRITE_ONCE(headroom.frames_warn, percent);
	look_at_table();
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(grant_headroom_set_frames_warn);

/** grant_headroom_mapped_warn - the watermark for mapped grants. */
unsigned long grant_headroom_mapped_warn(void)
{
	return READ_ONCE(headroom.mapped_warn);
}
EXPORT_SYMBOL_FOR_KUNIT(grant_headroom_mapped_warn);

/**
 * grant_headroom_set_mapped_warn - set the watermark for mapped grants
 * @nr: how many; 0: do not tell
 */
void grant_headroom_set_mapped_warn(unsigned long nr)
{
	WRITE_ONCE(headroom.mapped_warn, nr);
	judge_mapped(atomic_long_read(&headroom.mapped));
}
EXPORT_SYMBOL_FOR_KUNIT(grant_headroom_set_mapped_warn);
