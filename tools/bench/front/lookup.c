// SPDX-License-Identifier: GPL-2.0
/*
 * What a look-up in the P2M costs, beside a plain read of the list that it is
 * in and beside the kernel's own function; all write what they find to an array.
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include <xen/xen.h>
#include <asm/xen/page.h>

#include <memfront/p2m.h>

#include "measure.h"

#define NR_LOOKUPS	65536
#define ROUNDS		8
/* Interrupts are off for so many. */
#define CHUNK		1024

enum way {
	WAY_READ,
	WAY_KERNEL,
	WAY_SINGLE,
	WAY_ARRAY,
	WAY_RANGE,
	NR_WAYS,
};

/**
 * struct lookups - what is looked up
 * @pfns:	frames in the order wanted
 * @out:	what is found
 * @ps:		picoseconds for each, of the last order
 */
struct lookups {
	struct mf_pfn pfns[NR_LOOKUPS];
	struct mf_p2m_entry out[NR_LOOKUPS];
	u64 ps[NR_WAYS];
};

static void by_read(struct lookups *l, unsigned long at, unsigned long end)
{
	const unsigned long *list = xen_p2m_addr;

	for (; at < end; at++)
		l->out[at].raw = READ_ONCE(list[l->pfns[at].nr]);
}

/* Where the order is a row, a plain read needs no list of frames. */
static void by_read_row(struct lookups *l, unsigned long at, unsigned long end)
{
	const unsigned long *list = xen_p2m_addr + l->pfns[0].nr;

	for (; at < end; at++)
		l->out[at].raw = READ_ONCE(list[at]);
}

static void by_kernel(struct lookups *l, unsigned long at, unsigned long end)
{
	for (; at < end; at++)
		l->out[at].raw = get_phys_to_machine(l->pfns[at].nr);
}

static void by_single(struct lookups *l, unsigned long at, unsigned long end)
{
	for (; at < end; at++)
		l->out[at] = memfront_p2m_lookup(l->pfns[at]);
}

static void by_array(struct lookups *l, unsigned long at, unsigned long end)
{
	memfront_p2m_lookup_array(&l->pfns[at], &l->out[at], end - at);
}

static void by_range(struct lookups *l, unsigned long at, unsigned long end)
{
	memfront_p2m_lookup_range(l->pfns[at], &l->out[at], end - at);
}

/* Direct calls, as users of the interface make them; one for a whole chunk. */
static void look_up(struct lookups *l, enum way by, bool row, unsigned long at,
		    unsigned long end)
{
	switch (by) {
	case WAY_READ:
		if (row)
			by_read_row(l, at, end);
		else
			by_read(l, at, end);
		break;
	case WAY_KERNEL:
		by_kernel(l, at, end);
		break;
	case WAY_SINGLE:
		by_single(l, at, end);
		break;
	case WAY_ARRAY:
		by_array(l, at, end);
		break;
	default:
		by_range(l, at, end);
	}
}

static u64 time_chunk(struct lookups *l, enum way by, bool row,
		      unsigned long at)
{
	u64 start;

	local_irq_disable();
	start = ktime_get_ns();
	look_up(l, by, row, at, at + CHUNK);
	start = ktime_get_ns() - start;
	local_irq_enable();
	return start;
}

static u64 time_way(struct lookups *l, enum way by, bool row)
{
	unsigned int round;
	unsigned long at;
	u64 ns = 0;

	for (round = 0; round < ROUNDS; round++)
		for (at = 0; at < NR_LOOKUPS; at += CHUNK)
			ns += time_chunk(l, by, row, at);
	return DIV_ROUND_CLOSEST_ULL(ns * 1000, ROUNDS * NR_LOOKUPS);
}

static bool found(const struct lookups *l)
{
	unsigned int i;

	for (i = 0; i < NR_LOOKUPS; i++)
		if (l->out[i].raw != xen_p2m_addr[l->pfns[i].nr])
			return false;
	return true;
}

static int time_order(struct lookups *l, bool row)
{
	unsigned int way;

	for (way = 0; way < NR_WAYS; way++) {
		if (way == WAY_RANGE && !row)
			continue;
		memset(l->out, 0, sizeof(l->out));
		l->ps[way] = time_way(l, way, row);
		if (!found(l))
			return -EIO;
	}
	return 0;
}

static void shuffle(struct lookups *l)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 1);
	for (i = NR_LOOKUPS - 1; i; i--)
		swap(l->pfns[i], l->pfns[prandom_u32_state(&rnd) % (i + 1)]);
}

static const char row_figures[] =
	"read_seq %llu kernel_seq %llu single_seq %llu array_seq %llu range_seq %llu ";
static const char random_figures[] =
	"read_random %llu kernel_random %llu single_random %llu array_random %llu\n";

static int both_orders(struct lookups *l, unsigned long first, char *result,
		       size_t len)
{
	unsigned int i;
	int ret;

	for (i = 0; i < NR_LOOKUPS; i++)
		l->pfns[i] = mf_pfn(first + i);
	ret = time_order(l, true);
	if (ret)
		return ret;
	i = snprintf(result, len, row_figures,
		     l->ps[WAY_READ], l->ps[WAY_KERNEL], l->ps[WAY_SINGLE],
		     l->ps[WAY_ARRAY], l->ps[WAY_RANGE]);
	shuffle(l);
	ret = time_order(l, false);
	snprintf(result + i, len - i, random_figures,
		 l->ps[WAY_READ], l->ps[WAY_KERNEL], l->ps[WAY_SINGLE],
		 l->ps[WAY_ARRAY]);
	return ret;
}

int measure_lookup(const struct arguments *args, char *result, size_t len)
{
	struct lookups *l;
	int ret;

	if (!xen_pv_domain() || args->nr > xen_p2m_size - NR_LOOKUPS)
		return -EINVAL;
	l = kvzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return -ENOMEM;
	ret = both_orders(l, args->nr, result, len);
	kvfree(l);
	return ret;
}
