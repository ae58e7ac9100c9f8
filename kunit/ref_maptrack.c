// SPDX-License-Identifier: GPL-2.0
#include "ref_maptrack.h"

/* With @nr_vcpus, @max, @per_frame and both arrays filled in. */
void ref_maptrack_init(struct ref_maptrack *ref)
{
	unsigned int i;

	for (i = 0; i < ref->nr_vcpus; i++)
		INIT_LIST_HEAD(&ref->free[i]);
	for (i = 0; i < ref->max; i++)
		INIT_LIST_HEAD(&ref->handle[i].link);
}

u32 ref_maptrack_free(const struct ref_maptrack *ref, unsigned int vcpu)
{
	const struct list_head *at;
	u32 nr = 0;

	list_for_each(at, &ref->free[vcpu])
		nr++;
	return nr;
}

static bool has_first(const struct ref_maptrack *ref, unsigned int vcpu,
		      u32 handle)
{
	return handle < ref->nr && ref_maptrack_free(ref, vcpu) > 1 &&
	       ref->free[vcpu].next == &ref->handle[handle].link;
}

static bool any_to_steal(const struct ref_maptrack *ref)
{
	unsigned int i;

	for (i = 0; i < ref->nr_vcpus; i++)
		if (ref_maptrack_free(ref, i) > 1)
			return true;
	return false;
}

static bool steal(struct ref_maptrack *ref, unsigned int vcpu, u32 handle)
{
	unsigned int i;

	for (i = 0; i < ref->nr_vcpus; i++) {
		if (!has_first(ref, i, handle))
			continue;
		list_del_init(&ref->handle[handle].link);
		ref->handle[handle].home = vcpu;
		return true;
	}
	return false;
}

static bool grow(struct ref_maptrack *ref, unsigned int vcpu, u32 handle)
{
	u32 first = ref->nr, i;

	ref->nr += ref->per_frame;
	for (i = ref->nr - 1; i >= first && i < ref->nr; i--) {
		ref->handle[i].home = vcpu;
		if (i > first)
			list_add(&ref->handle[i].link, &ref->free[vcpu]);
	}
	return handle == first;
}

/*
 * Could @vcpu have got @handle? @last is what is at the end of its list now. Of
 * a list that never was, the first steal is for that end.
 */
bool ref_maptrack_get(struct ref_maptrack *ref, unsigned int vcpu, u32 handle,
		      u32 last)
{
	if (has_first(ref, vcpu, handle))
		return steal(ref, vcpu, handle);
	if (ref_maptrack_free(ref, vcpu) > 1)
		return false;
	if (ref->nr < ref->max)
		return grow(ref, vcpu, handle);
	if (!any_to_steal(ref))
		return handle == REF_NO_HANDLE;
	if (!ref_maptrack_free(ref, vcpu)) {
		if (!steal(ref, vcpu, last))
			return false;
		list_add(&ref->handle[last].link, &ref->free[vcpu]);
	}
	if (!any_to_steal(ref))
		return handle == REF_NO_HANDLE;
	return steal(ref, vcpu, handle);
}

void ref_maptrack_put(struct ref_maptrack *ref, u32 handle)
{
	struct ref_handle *h = &ref->handle[handle];

	list_add_tail(&h->link, &ref->free[h->home]);
}
