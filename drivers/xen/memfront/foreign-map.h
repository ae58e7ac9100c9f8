/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Foreign mappings inside: the two ways to make them, and what is known of those
 * that exist.
 */
#ifndef _MEMFRONT_FOREIGN_MAP_H
#define _MEMFRONT_FOREIGN_MAP_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <memfront/foreign.h>
#include <memfront/frame.h>

struct foreign_physmap;
struct memfront_pseudophys_user;
struct window;

/**
 * struct memfront_foreign - a mapping
 * @node:	in the list of all
 * @ops:	how it was made
 * @domid:	whose frames
 * @nr:		how many were asked for
 * @mapped:	how many are there
 * @flags:	MEMFRONT_FOREIGN_*
 * @since:	when it was made, in seconds since boot
 * @addr:	of the first frame
 * @window:	PV: where they are
 * @physmap:	translated: what they are behind
 */
struct memfront_foreign {
	struct list_head node;
	const struct foreign_ops *ops;
	domid_t domid;
	unsigned int nr;
	unsigned int mapped;
	unsigned int flags;
	time64_t since;
	void *addr;
	union {
		struct window *window;
		struct foreign_physmap *physmap;
	};
};

/**
 * struct foreign_ops - a way to map
 * @prepare:	get all that is needed but the frames; 0 or an errno with
 *		nothing left
 * @enter:	ask for each frame i with errs[i] == ANSWER_WANTED, and set
 *		errs[i] to 0 or an errno; or return an errno: then those
 *		that are still wanted have not been asked for
 * @show:	the frames are there: make them visible at addr; 0 or an errno
 * @remove:	let go of all frames and of what prepare got; 0, or an errno
 *		if some of it is lost
 */
struct foreign_ops {
	int (*prepare)(struct memfront_foreign *map);
	int (*enter)(struct memfront_foreign *map, const struct mf_gfn *gfns,
		     int *errs);
	int (*show)(struct memfront_foreign *map, const int *errs);
	int (*remove)(struct memfront_foreign *map);
};

extern const struct foreign_ops foreign_window_ops;
extern const struct foreign_ops foreign_physmap_ops;

/**
 * struct foreign_stats - what was mapped since the module was loaded
 * @maps:	calls that made a mapping
 * @map_failures: calls that made none
 * @unmaps:	mappings taken away
 * @unmap_failures: those of which something is lost
 * @frames:	frames mapped
 * @frame_failures: frames that the hypervisor did not give in the end
 * @retries:	rounds for frames that were paged out
 * @pages_lost: translated: pages that still have a frame behind them
 */
struct foreign_stats {
	atomic_long_t maps;
	atomic_long_t map_failures;
	atomic_long_t unmaps;
	atomic_long_t unmap_failures;
	atomic_long_t frames;
	atomic_long_t frame_failures;
	atomic_long_t retries;
	atomic_long_t pages_lost;
};

extern struct foreign_stats foreign_stats;

extern struct memfront_pseudophys_user foreign_user;

void foreign_init(void);
void foreign_exit(void);

extern const struct file_operations foreign_fops;

#endif /* _MEMFRONT_FOREIGN_MAP_H */
