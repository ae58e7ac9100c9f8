/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_FRAMETABLE_H
#define MEMCORE_FRAMETABLE_H

#include <linux/list.h>
#include "frame.h"

struct page;

/* No domain; the value of Xen's DOMID_INVALID. */
#define MC_NO_OWNER	0x7ff4

/**
 * enum mc_frame_state - where a frame is
 * @MC_FRAME_USED: out of the heap
 * @MC_FRAME_FREE: in the heap, inside a chunk
 * @MC_FRAME_HEAD: in the heap, the first frame of a chunk
 */
enum mc_frame_state {
	MC_FRAME_USED,
	MC_FRAME_FREE,
	MC_FRAME_HEAD,
};

/**
 * struct memcore_frame - what the core knows of one machine frame
 * @list: place among the free chunks (heads only; heap lock)
 * @count: general references (owner's lock)
 * @nr_dirty: frames of this chunk that need scrubbing (heads only; heap lock)
 * @owner: domid, or MC_NO_OWNER (changes under heap and owner's lock)
 * @state: where the frame is, enum mc_frame_state (heap lock)
 * @order: size of the free chunk (heads only; heap lock)
 * @need_scrub: content must not be seen by the next owner (heap lock)
 * @allocated: @count holds the reference of the allocation itself, which
 *             decrease_reservation drops once (owner's lock)
 */
struct memcore_frame {
	struct list_head list;
	u32 count;
	u32 nr_dirty;
	u16 owner;
	u8 state;
	u8 order;
	bool need_scrub;
	bool allocated;
};

/**
 * struct memcore_frametable - all frames of a machine, and the M2P
 * @base: number of the first frame
 * @nr: number of frames
 * @frames: one entry a frame
 * @m2p: the core's own mapping of the M2P, indexed by mfn from 0
 * @m2p_guest: the same pages, read-only, for PV guests
 * @m2p_pages: the pages of the M2P, the ones below @base all the same page
 * @nr_m2p_pages: length of @m2p_pages
 *
 * No memory is behind the frames: they are numbers with an owner.
 */
struct memcore_frametable {
	struct mc_mfn base;
	unsigned long nr;
	struct memcore_frame *frames;
	unsigned long *m2p;
	const unsigned long *m2p_guest;
	struct page **m2p_pages;
	unsigned long nr_m2p_pages;
};

int memcore_frametable_init(struct memcore_frametable *ft, struct mc_mfn base,
			    unsigned long nr);
void memcore_frametable_destroy(struct memcore_frametable *ft);
struct memcore_frame *memcore_frame(const struct memcore_frametable *ft,
				    struct mc_mfn mfn);
struct mc_mfn memcore_frame_mfn(const struct memcore_frametable *ft,
				const struct memcore_frame *frame);
struct mc_gfn memcore_m2p_get(const struct memcore_frametable *ft,
			      struct mc_mfn mfn);
void memcore_m2p_set(struct memcore_frametable *ft, struct mc_mfn mfn,
		     struct mc_gfn gfn);
bool memcore_frametable_overlaps(const struct memcore_frametable *ft,
				 unsigned long addr, unsigned long len);

static inline unsigned long
memcore_frametable_end(const struct memcore_frametable *ft)
{
	return ft->base.nr + ft->nr;
}

#endif
