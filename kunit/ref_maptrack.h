/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A naive maptrack to compare the real one with: real lists, whose length is
 * counted each time. Which vCPU is stolen from is any, so it is told what came
 * out and says whether that could be.
 */
#ifndef REF_MAPTRACK_H
#define REF_MAPTRACK_H

#include <linux/list.h>
#include <linux/types.h>

#define REF_NO_HANDLE	(~0U)

/**
 * struct ref_handle - a handle
 * @link: place in a list, or nowhere
 * @home: whose list that is
 */
struct ref_handle {
	struct list_head link;
	unsigned int home;
};

/**
 * struct ref_maptrack - all handles
 * @nr: how many there are
 * @max: how many there may be
 * @per_frame: how many come at once
 * @nr_vcpus: how many lists
 * @handle: by number, @max of them
 * @free: a list for each vCPU
 */
struct ref_maptrack {
	u32 nr;
	u32 max;
	u32 per_frame;
	unsigned int nr_vcpus;
	struct ref_handle *handle;
	struct list_head *free;
};

void ref_maptrack_init(struct ref_maptrack *ref);
u32 ref_maptrack_free(const struct ref_maptrack *ref, unsigned int vcpu);
bool ref_maptrack_get(struct ref_maptrack *ref, unsigned int vcpu, u32 handle,
		      u32 last);
void ref_maptrack_put(struct ref_maptrack *ref, u32 handle);

#endif
