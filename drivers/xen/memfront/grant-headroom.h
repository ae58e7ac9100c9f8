/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much room is left for grants: entries of the guest's grant table, and what it
 * may have mapped of others.
 */
#ifndef _MEMFRONT_GRANT_HEADROOM_H
#define _MEMFRONT_GRANT_HEADROOM_H

#include <linux/atomic.h>
#include <linux/sysfs.h>
#include <linux/types.h>

/* Entries taken after which the table is looked at, if it was not for a second. */
#define GRANT_HEADROOM_STEP	128

/* The watermark for mapped grants at load: nine tenths of what Xen gives. */
#define GRANT_HEADROOM_MAPPED	(1024U * 256U * 9U / 10U)

/* The same for frames, in percent. */
#define GRANT_HEADROOM_FRAMES	90U

/**
 * struct grant_room - what there is at one moment
 * @version:	of the grant table
 * @frames:	frames that the table has
 * @max_frames:	frames that it may have
 * @entries:	entries that this module uses
 * @max_entries: entries of @max_frames; the kernel and its drivers use some, too
 * @mapped:	grants of others that this module has mapped
 */
struct grant_room {
	unsigned int version;
	unsigned int frames;
	unsigned int max_frames;
	unsigned long entries;
	unsigned long max_entries;
	unsigned long mapped;
};

/**
 * struct grant_headroom_stats - what has happened since the module was loaded
 * @warnings:	times that a watermark was reached and told of
 * @share_refused: shares for which the table had no room
 * @map_refused: grants for which the hypervisor had no handle
 * @mapped_then: how many were mapped when that happened first; 0: never
 */
struct grant_headroom_stats {
	atomic_long_t warnings;
	atomic_long_t share_refused;
	atomic_long_t map_refused;
	atomic_long_t mapped_then;
};

extern struct grant_headroom_stats grant_headroom_stats;

int grant_headroom_read(struct grant_room *room);
void grant_headroom_entries(long nr);
void grant_headroom_share_refused(void);
void grant_headroom_mapped(long nr);
void grant_headroom_map_refused(void);

unsigned int grant_headroom_frames_warn(void);
int grant_headroom_set_frames_warn(unsigned int percent);
unsigned long grant_headroom_mapped_warn(void);
void grant_headroom_set_mapped_warn(unsigned long nr);

extern const struct attribute_group grant_headroom_group;

#endif /* _MEMFRONT_GRANT_HEADROOM_H */
