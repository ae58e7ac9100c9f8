// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to give a domain memory, and to take it: populate_physmap and
 * decrease_reservation for a PV domain that does nothing else, in extents of one
 * size, from a heap as it is, or from one that was broken into single pages.
 */
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <xen-public/memory.h>
#include <xen-public/xen.h>

#include "domains.h"
#include "hypervisor.h"
#include "measure.h"

#define ROUNDS		8
#define MAX_ORDER_MOVED	9
/* Pages of a round, whatever the size of its extents. */
#define PAGES_MOVED	4096UL
#define CALL_EXTENTS	1024UL

/**
 * struct moved - the memory of a domain
 * @domid:	the domain
 * @order:	2^@order pages an extent
 * @list:	what is moved
 * @nr:		its length
 * @ns_populate: time of all rounds
 * @ns_decrease: likewise
 */
struct moved {
	u16 domid;
	unsigned int order;
	xen_pfn_t *list;
	unsigned long nr;
	u64 ns_populate;
	u64 ns_decrease;
};

/* Half of the pages of a domain, so that none of the others has its buddy. */
static struct {
	struct moved m;
	bool there;
} fragments;

static bool move(struct moved *m, unsigned int op)
{
	struct xen_memory_reservation r = {
		.extent_order = m->order,
		.domid = m->domid,
	};
	unsigned long at;
	bool ok = true;

	for (at = 0; at < m->nr; at += r.nr_extents) {
		r.nr_extents = min(m->nr - at, CALL_EXTENTS);
		set_xen_guest_handle(r.extent_start, m->list + at);
		ok &= hv.call(__HYPERVISOR_memory_op, op, (unsigned long)&r, 0,
			      0, 0) == r.nr_extents;
	}
	return ok;
}

static u64 timed(struct moved *m, unsigned int op, bool *ok)
{
	u64 start, ns;

	/* Interrupts would be measured too; on Xen they also preempt a call. */
	local_irq_disable();
	start = ktime_get_ns();
	*ok &= move(m, op);
	ns = ktime_get_ns() - start;
	local_irq_enable();
	return ns;
}

/* The list says where pages go, and then where they are. */
static void fill(struct moved *m)
{
	unsigned long i;

	for (i = 0; i < m->nr; i++)
		m->list[i] = i << m->order;
}

static int run_rounds(struct moved *m)
{
	unsigned int i;
	bool ok = true;

	for (i = 0; i <= ROUNDS && ok; i++) {
		/* The first round finds the heap as others left it. */
		if (i == 1) {
			m->ns_populate = 0;
			m->ns_decrease = 0;
		}
		fill(m);
		m->ns_populate += timed(m, XENMEM_populate_physmap, &ok);
		if (ok)
			m->ns_decrease += timed(m, XENMEM_decrease_reservation,
						&ok);
	}
	return ok ? 0 : -EIO;
}

static int moved_take(struct moved *m, unsigned long nr)
{
	int ret;

	m->list = kvcalloc(nr, sizeof(*m->list), GFP_KERNEL);
	if (!m->list)
		return -ENOMEM;
	m->nr = nr;
	ret = domains_make(&m->domid, nr << m->order);
	if (ret)
		kvfree(m->list);
	return ret;
}

static int moved_free(struct moved *m)
{
	kvfree(m->list);
	return domains_end(m->domid);
}

static u64 per_extent(const struct moved *m, u64 ns)
{
	return DIV64_U64_ROUND_CLOSEST(ns, ROUNDS * m->nr);
}

int measure_reserve(unsigned int order, char *result, size_t len)
{
	struct moved m = { .order = order };
	int ret, err;

	if (order > MAX_ORDER_MOVED)
		return -EINVAL;
	ret = moved_take(&m, PAGES_MOVED >> order);
	if (ret)
		return ret;
	ret = run_rounds(&m);
	snprintf(result, len, "populate %llu decrease %llu\n",
		 per_extent(&m, m.ns_populate), per_extent(&m, m.ns_decrease));
	err = moved_free(&m);
	return ret ?: err;
}

/* Every second page goes back; the list may be in any order. */
static bool release_odd(struct moved *m)
{
	unsigned long i, nr = 0;

	for (i = 0; i < m->nr; i++)
		if (m->list[i] & 1)
			m->list[nr++] = m->list[i];
	m->nr = nr;
	return move(m, XENMEM_decrease_reservation);
}

static int make_fragments(unsigned long pages)
{
	int ret = moved_take(&fragments.m, pages);

	if (ret)
		return ret;
	fragments.there = true;
	fill(&fragments.m);
	if (move(&fragments.m, XENMEM_populate_physmap) &&
	    release_odd(&fragments.m))
		return 0;
	return -EIO;
}

int measure_fragment(unsigned int pages, char *result, size_t len)
{
	int ret = 0;

	if (fragments.there)
		ret = moved_free(&fragments.m);
	if (!ret) {
		fragments.there = false;
		memset(&fragments.m, 0, sizeof(fragments.m));
		ret = pages ? make_fragments(pages) : 0;
	}
	snprintf(result, len, "fragments %lu\n", fragments.m.nr);
	return ret;
}
