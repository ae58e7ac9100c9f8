/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A naive physmap to compare the real one with: an array of entries a domain, and
 * a list of frames that each count who uses them.
 */
#ifndef REF_PHYSMAP_H
#define REF_PHYSMAP_H

#include <linux/types.h>

#define REF_DOMAINS	3
#define REF_GFNS	24
#define REF_FRAMES	4096

/* What no guest can have, as a place to go to. */
#define REF_NO_GFN	REF_GFNS

/**
 * struct ref_frame - a frame
 * @mfn: what the core calls it
 * @owner: index of its domain
 * @is_shared: it is the hypervisor's
 * @allocated: its owner has not given it back
 * @nr_foreign: entries of other domains that name it
 */
struct ref_frame {
	unsigned long mfn;
	unsigned int owner;
	bool is_shared;
	bool allocated;
	unsigned int nr_foreign;
};

/**
 * struct ref_entry - what is at a gfn
 * @frame: the frame; NULL: nothing
 * @foreign: it is another domain's
 */
struct ref_entry {
	struct ref_frame *frame;
	bool foreign;
};

/**
 * struct ref_physmap - all domains
 * @at: what each has at each gfn; the PV one's gfns are the order of its frames
 * @shared: each one's shared info; NULL until it is seen
 * @tot_pages: what each one owns
 * @frames: all that there ever were
 * @nr_frames: their number
 */
struct ref_physmap {
	struct ref_entry at[REF_DOMAINS][REF_GFNS];
	struct ref_frame *shared[REF_DOMAINS];
	unsigned int tot_pages[REF_DOMAINS];
	struct ref_frame frames[REF_FRAMES];
	unsigned int nr_frames;
};

struct ref_frame *ref_frame_new(struct ref_physmap *ref, unsigned int d,
				unsigned long mfn, bool is_shared);
bool ref_fill(struct ref_physmap *ref, unsigned int d, unsigned int gfn,
	      unsigned long mfn);
int ref_take(struct ref_physmap *ref, unsigned int d, unsigned int gfn);
int ref_move(struct ref_physmap *ref, unsigned int d, unsigned int from,
	     unsigned int to);
int ref_share(struct ref_physmap *ref, unsigned int d, unsigned int to);
int ref_remove(struct ref_physmap *ref, unsigned int d, unsigned int gfn);
int ref_foreign(struct ref_physmap *ref, unsigned int d, unsigned int from,
		unsigned int idx, unsigned int to);
int ref_acquire(struct ref_physmap *ref, unsigned int d,
		struct ref_frame *frame, unsigned int to);

#endif
