// SPDX-License-Identifier: GPL-2.0
/*
 * What a frame without RAM costs, from xen-memfront's allocator and from the kernel's:
 * taken and given back in turn, and 64 MiB of them held. All is inlined, so that
 * what is measured are their functions. Ours has two kinds, of address space and
 * holes of the balloon; the kernel's only has the first.
 */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <xen/xen.h>

#include <memfront/pseudophys.h>

#include "measure.h"

#define NR_FRAMES	16384

static struct memfront_pseudophys_user user = { .name = "frontbench" };

/**
 * struct source - whose frames they are
 * @holes:	they are the balloon's
 * @alloc:	gets pages; 0 or an errno
 * @free:	gives them back
 */
struct source {
	bool holes;
	int (*alloc)(unsigned int nr, struct page **pages);
	void (*free)(unsigned int nr, struct page **pages);
};

static int our_alloc(unsigned int nr, struct page **pages)
{
	return memfront_pseudophys_alloc_pages(&user, nr, pages);
}

static void our_free(unsigned int nr, struct page **pages)
{
	memfront_pseudophys_free_pages(&user, nr, pages);
}

static const struct source ours = {
	.alloc = our_alloc,
	.free = our_free,
};

static const struct source balloons = {
	.holes = true,
	.alloc = our_alloc,
	.free = our_free,
};

static const struct source kernels = {
	.alloc = xen_alloc_unpopulated_pages,
	.free = xen_free_unpopulated_pages,
};

/* Return: nanoseconds, or an errno. */
static __always_inline s64 hold(const struct source *source,
				unsigned int batch, struct page **pages)
{
	u64 start = ktime_get_ns();
	unsigned int i;
	int err;

	for (i = 0; i < NR_FRAMES; i += batch) {
		err = source->alloc(batch, pages + i);
		if (err)
			return err;
	}
	return ktime_get_ns() - start;
}

static __always_inline s64 let_go(const struct source *source,
				  unsigned int batch, struct page **pages)
{
	u64 start = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < NR_FRAMES; i += batch)
		source->free(batch, pages + i);
	return ktime_get_ns() - start;
}

static __always_inline s64 in_turn(const struct source *source,
				   unsigned int batch, struct page **pages)
{
	u64 start = ktime_get_ns();
	unsigned int i;
	int err;

	for (i = 0; i < NR_FRAMES; i += batch) {
		err = source->alloc(batch, pages);
		if (err)
			return err;
		source->free(batch, pages);
	}
	return ktime_get_ns() - start;
}

static u64 each(s64 ns)
{
	return div_u64(ns * 1000, NR_FRAMES);
}

/* Like is measured with like. */
static bool are_of_kind(const struct source *source, struct page **pages)
{
	unsigned int i;

	for (i = 0; i < NR_FRAMES; i++)
		if (is_zone_device_page(pages[i]) == source->holes)
			return false;
	return true;
}

/* The first round makes the address space, and is not measured. */
static __always_inline int measure(const struct source *source,
				   unsigned int batch, struct page **pages,
				   char *result, size_t len)
{
	s64 turn, alloc, free;
	bool good;

	alloc = hold(source, NR_FRAMES, pages);
	if (alloc < 0)
		return alloc;
	good = are_of_kind(source, pages);
	let_go(source, NR_FRAMES, pages);
	if (!good)
		return -ENXIO;
	in_turn(source, batch, pages);
	turn = in_turn(source, batch, pages);
	alloc = hold(source, batch, pages);
	free = let_go(source, batch, pages);
	if (turn < 0 || alloc < 0)
		return -ENOMEM;
	snprintf(result, len, "turn %llu alloc %llu free %llu\n", each(turn),
		 each(alloc), each(free));
	return 0;
}

static __always_inline int measure_source(const struct source *source,
					  unsigned long batch, char *result,
					  size_t len)
{
	struct page **pages;
	int ret;

	if (!batch || batch > NR_FRAMES || NR_FRAMES % batch)
		return -EINVAL;
	pages = kvcalloc(NR_FRAMES, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	ret = measure(source, batch, pages, result, len);
	kvfree(pages);
	return ret;
}

static __always_inline int measure_ours(const struct source *source,
					unsigned long batch, char *result,
					size_t len)
{
	long left;
	int ret;

	memfront_pseudophys_register(&user);
	ret = measure_source(source, batch, result, len);
	left = memfront_pseudophys_unregister(&user);
	return left ? -EUCLEAN : ret;
}

int measure_frames(const struct arguments *args, char *result, size_t len)
{
	return measure_ours(&ours, args->nr, result, len);
}

int measure_holes(const struct arguments *args, char *result, size_t len)
{
	return measure_ours(&balloons, args->nr, result, len);
}

int measure_kframes(const struct arguments *args, char *result, size_t len)
{
	return measure_source(&kernels, args->nr, result, len);
}
