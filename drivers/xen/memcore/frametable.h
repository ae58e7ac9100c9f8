/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_FRAMETABLE_H
#define MEMCORE_FRAMETABLE_H

#include <linux/atomic.h>
#include <linux/bits.h>
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

/* A frame's count word: general references, and three bits. */
#define MC_PGC_ALLOCATED	BIT_ULL(62)
#define MC_PGC_XEN		BIT_ULL(61) /* shared by the hypervisor: shared.c */
#define MC_PGC_HELD		BIT_ULL(60) /* and not given up yet */
#define MC_PGC_COUNT_MASK	GENMASK_ULL(56, 0)

/**
 * struct memcore_frame - what the core knows of one machine frame
 * @list: place among the free chunks (heads only; heap lock)
 * @first_dirty: first frame of this chunk that may need scrubbing; U32_MAX: none
 *               does (heads only; heap lock)
 * @nr_validated: of a partial table: entries that are validated
 * @partial: of a partial table: MC_PTF_PARTIAL_SET if entry @nr_validated is
 *           partial itself
 * @linear: of a table: above 0, entries that are tables of its own level;
 *          below 0, such entries elsewhere that name it
 * @spare: of a frame of the hypervisor's whose content is lent: what its content
 *         was before, and will be
 * @count: general references and MC_PGC_* (compare-exchange only)
 * @type: see pv/type.h (compare-exchange only)
 * @content: address of the page that holds its content; bit 0: the page is the
 *           core's own
 * @stamp: flush clock when the last type reference was dropped
 * @owner: domid, or MC_NO_OWNER (changes only while there is no reference)
 * @state: where the frame is, enum mc_frame_state (heap lock)
 * @order: size of the free chunk (heads only; heap lock)
 * @need_scrub: content must not be seen by the next owner (heap lock)
 * @node: the node it is of, for good
 * @lost: references that nobody has any more, see MC_QUIRK_LOSES_TABLES (of the
 *        vCPU that validates the frame, or a dying owner)
 *
 * MC_PGC_ALLOCATED says that one reference is that of the allocation itself,
 * which decrease_reservation drops once.
 */
struct memcore_frame {
	union {
		struct list_head list;
		struct {
			u16 nr_validated;
			u8 partial;
			s16 linear;
		};
		unsigned long spare;
	};
	atomic64_t count;
	atomic64_t type;
	unsigned long content;
	u32 stamp;
	u32 first_dirty;
	u16 owner;
	u8 state;
	u8 order;
	bool need_scrub;
	u8 node;
	u8 lost;
};

/**
 * struct memcore_frametable - all frames of a machine, and the M2P
 * @base: number of the first frame
 * @nr: number of frames
 * @frames: one entry a frame, and one more for the hypervisor's own
 * @m2p: the core's own mapping of the M2P, indexed by mfn from 0
 * @m2p_guest: the same pages, read-only, for PV guests
 * @m2p_pages: the pages of the M2P, the ones below @base all the same page
 * @nr_m2p_pages: length of @m2p_pages
 * @lowest: address where the first of the tables above starts
 * @end: address where the last of them ends
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
	unsigned long lowest;
	unsigned long end;
};

int memcore_frametable_init(struct memcore_frametable *ft, struct mc_mfn base,
			    unsigned long nr);
void memcore_frametable_destroy(struct memcore_frametable *ft);
struct mc_gfn memcore_m2p_get(const struct memcore_frametable *ft,
			      struct mc_mfn mfn);
void memcore_m2p_set(struct memcore_frametable *ft, struct mc_mfn mfn,
		     struct mc_gfn gfn);
bool memcore_frametable_overlaps(const struct memcore_frametable *ft,
				 unsigned long addr, unsigned long len);

/**
 * memcore_frame() - look a frame up
 * @ft: the table
 * @mfn: any number at all
 *
 * Return: the frame, or NULL if the machine has no such frame.
 */
static inline struct memcore_frame *
memcore_frame(const struct memcore_frametable *ft, struct mc_mfn mfn)
{
	/* Below the base it wraps. */
	unsigned long at = mfn.nr - ft->base.nr;

	return at <= ft->nr ? &ft->frames[at] : NULL;
}

/**
 * memcore_own_mfn() - the hypervisor's own frame
 * @ft: the table
 *
 * It is behind those of the machine and nobody can have it.
 *
 * Return: its mfn.
 */
static inline struct mc_mfn
memcore_own_mfn(const struct memcore_frametable *ft)
{
	return mc_mfn_add(ft->base, ft->nr);
}

/**
 * memcore_frame_mfn() - the number of a frame
 * @ft: the table
 * @frame: an entry of it
 *
 * Return: the frame's mfn.
 */
static inline struct mc_mfn
memcore_frame_mfn(const struct memcore_frametable *ft,
		  const struct memcore_frame *frame)
{
	return mc_mfn_add(ft->base, frame - ft->frames);
}

static inline unsigned long
memcore_frametable_end(const struct memcore_frametable *ft)
{
	return ft->base.nr + ft->nr;
}

#endif
