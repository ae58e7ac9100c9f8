// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/kernel.h>
#include "ref_physmap.h"

struct ref_frame *ref_frame_new(struct ref_physmap *ref, unsigned int d,
				unsigned long mfn, bool is_shared)
{
	struct ref_frame *frame = &ref->frames[ref->nr_frames++];

	*frame = (struct ref_frame){
		.mfn = mfn,
		.owner = d,
		.is_shared = is_shared,
		.allocated = true,
	};
	if (is_shared)
		ref->shared[d] = frame;
	else
		ref->tot_pages[d]++;
	return frame;
}

static bool is_used(const struct ref_frame *frame)
{
	return frame->allocated || frame->nr_foreign;
}

static void free_if_unused(struct ref_physmap *ref, struct ref_frame *frame)
{
	if (!is_used(frame) && !frame->is_shared)
		ref->tot_pages[frame->owner]--;
}

/* The entry goes, and nothing else. */
static void clear(struct ref_physmap *ref, struct ref_entry *e)
{
	struct ref_frame *frame = e->frame;
	bool foreign = e->foreign;

	*e = (struct ref_entry){ };
	if (!foreign)
		return;
	frame->nr_foreign--;
	free_if_unused(ref, frame);
}

static void give_back(struct ref_physmap *ref, struct ref_entry *e)
{
	struct ref_frame *frame = e->frame;

	clear(ref, e);
	if (!frame->allocated)
		return;
	frame->allocated = false;
	free_if_unused(ref, frame);
}

/* Return: false if the frame could not go there: it is the domain's anyway. */
bool ref_fill(struct ref_physmap *ref, unsigned int d, unsigned int gfn,
	      unsigned long mfn)
{
	struct ref_frame *frame = ref_frame_new(ref, d, mfn, false);
	struct ref_entry *e = &ref->at[d][gfn];

	if (e->foreign)
		return false;
	e->frame = frame;
	return true;
}

static int free_place(struct ref_physmap *ref, struct ref_entry *e)
{
	if (!e->frame)
		return -ENOENT;
	if (e->foreign || !is_used(e->frame))
		return -ENXIO;
	give_back(ref, e);
	return 0;
}

int ref_take(struct ref_physmap *ref, unsigned int d, unsigned int gfn)
{
	return free_place(ref, &ref->at[d][gfn]);
}

static int make_room(struct ref_physmap *ref, struct ref_entry *e)
{
	if (!e->frame)
		return 0;
	if (!e->frame->is_shared)
		return free_place(ref, e);
	clear(ref, e);
	return 0;
}

static void forget_place(struct ref_physmap *ref, unsigned int d,
			 struct ref_frame *frame)
{
	unsigned int gfn;

	for (gfn = 0; gfn < REF_GFNS; gfn++)
		if (ref->at[d][gfn].frame == frame && !ref->at[d][gfn].foreign)
			ref->at[d][gfn].frame = NULL;
}

static int place(struct ref_physmap *ref, unsigned int d,
		 struct ref_frame *frame, unsigned int to)
{
	int err = 0;

	if (to != REF_NO_GFN && ref->at[d][to].frame == frame)
		return 0;
	if (to != REF_NO_GFN)
		err = make_room(ref, &ref->at[d][to]);
	if (err)
		return err;
	forget_place(ref, d, frame);
	if (to == REF_NO_GFN)
		return -ENOENT;
	ref->at[d][to].frame = frame;
	return 0;
}

int ref_move(struct ref_physmap *ref, unsigned int d, unsigned int from,
	     unsigned int to)
{
	struct ref_entry *e = &ref->at[d][from];

	if (!e->frame || e->foreign || !is_used(e->frame))
		return -EINVAL;
	return place(ref, d, e->frame, to);
}

int ref_share(struct ref_physmap *ref, unsigned int d, unsigned int to)
{
	return place(ref, d, ref->shared[d], to);
}

int ref_remove(struct ref_physmap *ref, unsigned int d, unsigned int gfn)
{
	struct ref_entry *e = &ref->at[d][gfn];

	if (!e->frame || !is_used(e->frame))
		return -ENOENT;
	clear(ref, e);
	return 0;
}

int ref_foreign(struct ref_physmap *ref, unsigned int d, unsigned int from,
		unsigned int idx, unsigned int to)
{
	struct ref_entry *e = &ref->at[from][idx];
	int err = 0;

	if (!e->frame || e->foreign || !is_used(e->frame))
		return -EINVAL;
	if (to == REF_NO_GFN)
		return -ENOENT;
	/* It is held meanwhile. */
	e->frame->nr_foreign++;
	err = make_room(ref, &ref->at[d][to]);
	if (!err) {
		ref->at[d][to] = (struct ref_entry){ e->frame, true };
		return 0;
	}
	e->frame->nr_foreign--;
	return err;
}

/* What is there stays the domain's. */
int ref_acquire(struct ref_physmap *ref, unsigned int d,
		struct ref_frame *frame, unsigned int to)
{
	struct ref_entry *e = &ref->at[d][to];

	if (e->foreign)
		return e->frame == frame ? 0 : -EPERM;
	if (!is_used(frame))
		return -EBUSY;
	frame->nr_foreign++;
	*e = (struct ref_entry){ frame, true };
	return 0;
}
