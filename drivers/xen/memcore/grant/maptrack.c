// SPDX-License-Identifier: GPL-2.0
/*
 * The handles of what a domain has mapped of other domains' grants.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Each vCPU has a list of free handles: first in, first out. The last one
 *   stays in the list, so that who gives one back never finds it empty.
 * - A vCPU whose list has no more gets a new frame of handles, and takes the
 *   first of them. The others go in front of its list.
 * - With no frame to be had it takes one from another vCPU's list, beginning
 *   with any, and keeps it. If it never had a list, it takes two.
 *
 * Not modelled: frames of handles are not taken from the machine's heap.
 */
#include <linux/gfp.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <memcore/kunit.h>
#include "../machine.h"
#include "grant.h"
#include "maptrack.h"

static struct memcore_mapping *mapping_at(struct memcore_maptrack *mt,
					  u32 handle)
{
	return &mt->frames[handle / MC_MAPPINGS_PER_FRAME]
			  [handle % MC_MAPPINGS_PER_FRAME];
}

static void lists_init(struct memcore_maptrack *mt)
{
	unsigned int i;

	for (i = 0; i < mt->nr_vcpus; i++) {
		mt->vcpu[i].head = MC_NO_HANDLE;
		mt->vcpu[i].tail = MC_NO_HANDLE;
	}
}

static int frames_init(struct memcore_maptrack *mt)
{
	if (!mt->max_frames)
		return 0;
	mt->frames = kvcalloc(mt->max_frames, sizeof(*mt->frames), GFP_KERNEL);
	return mt->frames ? 0 : -ENOMEM;
}

static void maptrack_init(struct memcore_maptrack *mt,
			  struct memcore_failpoint *failpoint,
			  unsigned int max_frames, unsigned int nr_vcpus)
{
	unsigned int i;

	spin_lock_init(&mt->lock);
	mt->failpoint = failpoint;
	mt->max_frames = max_frames;
	mt->nr_vcpus = nr_vcpus;
	for (i = 0; i < nr_vcpus; i++)
		spin_lock_init(&mt->vcpu[i].lock);
	lists_init(mt);
}

/**
 * memcore_maptrack_create() - make the maptrack of a new domain
 * @failpoint: where tests make memory allocations fail
 * @max_frames: frames of handles that it may have; 0: it can map nothing
 * @nr_vcpus: the domain's vCPUs
 *
 * Return: the maptrack without any handles, or NULL.
 */
struct memcore_maptrack *
memcore_maptrack_create(struct memcore_failpoint *failpoint,
			unsigned int max_frames, unsigned int nr_vcpus)
{
	struct memcore_maptrack *mt;

	if (memcore_failpoint_hit(failpoint))
		return NULL;
	mt = kvzalloc(struct_size(mt, vcpu, nr_vcpus), GFP_KERNEL);
	if (!mt)
		return NULL;
	maptrack_init(mt, failpoint, max_frames, nr_vcpus);
	if (frames_init(mt)) {
		kvfree(mt);
		return NULL;
	}
	return mt;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_maptrack_create);

/**
 * memcore_maptrack_init() - give a new domain its maptrack
 * @d: the domain, with vCPUs and limits
 *
 * Return: 0 or -ENOMEM.
 */
int memcore_maptrack_init(struct memcore_domain *d)
{
	struct memcore_grant_table *gt = &d->grants;

	gt->maptrack = memcore_maptrack_create(&d->machine->failpoint,
					       gt->max_maptrack_frames,
					       d->nr_vcpus);
	return gt->maptrack ? 0 : -ENOMEM;
}

/**
 * memcore_maptrack_destroy() - free what memcore_maptrack_create() made
 * @mt: the maptrack, in which no mapping means anything any more; NULL is fine
 */
void memcore_maptrack_destroy(struct memcore_maptrack *mt)
{
	if (!mt)
		return;
	memcore_maptrack_trim(mt, 0);
	kvfree(mt->frames);
	kvfree(mt);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_maptrack_destroy);

/* Return: a handle, or MC_NO_HANDLE if there is none but the last. */
static u32 list_take(struct memcore_maptrack *mt,
		     struct memcore_maptrack_vcpu *list)
{
	u32 handle, next = MC_NO_HANDLE;

	spin_lock(&list->lock);
	handle = list->head;
	if (handle != MC_NO_HANDLE)
		next = READ_ONCE(mapping_at(mt, handle)->ref);
	if (next != MC_NO_HANDLE)
		list->head = next;
	spin_unlock(&list->lock);
	return next == MC_NO_HANDLE ? MC_NO_HANDLE : handle;
}

/* From any list, the thief's too. */
static u32 steal(struct memcore_maptrack *mt, unsigned int thief)
{
	unsigned int first = get_random_u32() % mt->nr_vcpus, i;
	u32 handle;

	for (i = 0; i < mt->nr_vcpus; i++) {
		handle = list_take(mt, &mt->vcpu[(first + i) % mt->nr_vcpus]);
		if (handle == MC_NO_HANDLE)
			continue;
		mapping_at(mt, handle)->vcpu = thief;
		return handle;
	}
	return MC_NO_HANDLE;
}

static void list_start(struct memcore_maptrack *mt,
		       struct memcore_maptrack_vcpu *list, u32 handle)
{
	spin_lock(&list->lock);
	WRITE_ONCE(mapping_at(mt, handle)->ref, MC_NO_HANDLE);
	list->tail = handle;
	list->head = handle;
	spin_unlock(&list->lock);
}

static u32 take_from_others(struct memcore_maptrack *mt, unsigned int vcpu)
{
	struct memcore_maptrack_vcpu *list = &mt->vcpu[vcpu];
	u32 handle;

	if (list->tail == MC_NO_HANDLE) {
		handle = steal(mt, vcpu);
		if (handle == MC_NO_HANDLE)
			return handle;
		list_start(mt, list, handle);
	}
	return steal(mt, vcpu);
}

static struct memcore_mapping *frame_new(struct memcore_maptrack *mt,
					 unsigned int vcpu)
{
	struct memcore_mapping *frame;
	unsigned int i;

	if (memcore_failpoint_hit(mt->failpoint))
		return NULL;
	frame = (void *)get_zeroed_page(GFP_ATOMIC | __GFP_NOWARN);
	for (i = 0; frame && i < MC_MAPPINGS_PER_FRAME; i++) {
		frame[i].ref = mt->limit + i + 1;
		frame[i].vcpu = vcpu;
	}
	return frame;
}

/* Maptrack locked. Return: the first of the new handles, or MC_NO_HANDLE. */
static u32 grow(struct memcore_maptrack *mt, unsigned int vcpu)
{
	struct memcore_mapping *frame;
	u32 first = mt->limit;

	if (first / MC_MAPPINGS_PER_FRAME >= mt->max_frames)
		return MC_NO_HANDLE;
	frame = frame_new(mt, vcpu);
	if (!frame)
		return MC_NO_HANDLE;
	mt->frames[first / MC_MAPPINGS_PER_FRAME] = frame;
	/* Who sees the limit sees the frame. */
	smp_store_release(&mt->limit, first + MC_MAPPINGS_PER_FRAME);
	return first;
}

/* All of a new frame but the first, which is taken. */
static void list_prepend(struct memcore_maptrack *mt,
			 struct memcore_maptrack_vcpu *list, u32 first)
{
	u32 last = first + MC_MAPPINGS_PER_FRAME - 1;

	spin_lock(&list->lock);
	if (list->tail == MC_NO_HANDLE)
		list->tail = last;
	WRITE_ONCE(mapping_at(mt, last)->ref, list->head);
	list->head = first + 1;
	spin_unlock(&list->lock);
}

/**
 * memcore_maptrack_get() - take a free handle
 * @mt: the maptrack
 * @vcpu: the vCPU that acts, locked with interrupts off
 *
 * Return: a handle whose mapping has no flags yet, or MC_NO_HANDLE.
 */
u32 memcore_maptrack_get(struct memcore_maptrack *mt, unsigned int vcpu)
{
	u32 handle = list_take(mt, &mt->vcpu[vcpu]);

	if (likely(handle != MC_NO_HANDLE))
		return handle;
	spin_lock(&mt->lock);
	handle = grow(mt, vcpu);
	spin_unlock(&mt->lock);
	if (handle == MC_NO_HANDLE)
		return take_from_others(mt, vcpu);
	list_prepend(mt, &mt->vcpu[vcpu], handle);
	return handle;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_maptrack_get);

/**
 * memcore_maptrack_put() - give a handle back
 * @mt: the maptrack
 * @handle: the handle; its mapping has no flags any more
 *
 * It goes to the list that it came from, whoever gives it back.
 *
 * Context: interrupts off.
 */
void memcore_maptrack_put(struct memcore_maptrack *mt, u32 handle)
{
	struct memcore_mapping *mapping = mapping_at(mt, handle);
	struct memcore_maptrack_vcpu *list = &mt->vcpu[mapping->vcpu];

	WRITE_ONCE(mapping->ref, MC_NO_HANDLE);
	spin_lock(&list->lock);
	WRITE_ONCE(mapping_at(mt, list->tail)->ref, handle);
	list->tail = handle;
	spin_unlock(&list->lock);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_maptrack_put);

/**
 * memcore_mapping() - what a handle stands for
 * @mt: the maptrack
 * @handle: any number at all
 *
 * Return: the mapping, or NULL if there is no such handle.
 */
struct memcore_mapping *memcore_mapping(struct memcore_maptrack *mt,
					u32 handle)
{
	/* Pairs with grow(). */
	return handle < smp_load_acquire(&mt->limit) ?
		mapping_at(mt, handle) : NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_mapping);

/**
 * memcore_maptrack_trim() - free the last frames of handles, of a dying domain
 * @mt: the maptrack, from which nobody takes handles any more
 * @limit: the handles that stay, a multiple of MC_MAPPINGS_PER_FRAME; none of
 *         the others is in use
 *
 * No handle is free afterwards.
 */
void memcore_maptrack_trim(struct memcore_maptrack *mt, u32 limit)
{
	lists_init(mt);
	while (mt->limit > limit) {
		mt->limit -= MC_MAPPINGS_PER_FRAME;
		free_page((unsigned long)mt->frames[mt->limit /
						    MC_MAPPINGS_PER_FRAME]);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_maptrack_trim);
