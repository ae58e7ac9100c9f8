// SPDX-License-Identifier: GPL-2.0
/*
 * Counts, by the calls that the toolstack has; a control domain may ask them
 * about itself. Each line is a name and a number.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen-public/xen.h>
#include <xen-public/domctl.h>
#include <xen-public/memory.h>
#include <xen-public/sysctl.h>

#include <memfront/p2m.h>

#include "census.h"
#include "xen.h"

/* What one call takes. */
#define CHUNK		1024
/* Types of frames, as the top bits of the call's answer have them. */
#define TYPE_SHIFT	28
#define NR_TYPES	16

static const char * const type_names[NR_TYPES] = {
	[0] = "frames_of_no_table",
	[1] = "frames_of_l1",
	[2] = "frames_of_l2",
	[3] = "frames_of_l3",
	[4] = "frames_of_l4",
	[9] = "frames_of_l1_pinned",
	[10] = "frames_of_l2_pinned",
	[11] = "frames_of_l3_pinned",
	[12] = "frames_of_l4_pinned",
	[13] = "frames_broken",
	[15] = "frames_not_ours",
};

/**
 * struct census - room for what is asked
 * @domctl:	a request
 * @sysctl:	another
 * @entry:	P2M entries of a chunk
 * @frame:	their frames, and then their types
 * @nr:		frames of each type
 */
static struct census {
	struct xen_domctl domctl;
	struct xen_sysctl sysctl;
	struct mf_p2m_entry entry[CHUNK];
	u64 frame[CHUNK];
	unsigned long nr[NR_TYPES];
} *c;

int census_take(void)
{
	c = kvzalloc(sizeof(*c), GFP_KERNEL);
	return c ? 0 : -ENOMEM;
}

void census_give(void)
{
	kvfree(c);
}

static long domctl(unsigned int cmd)
{
	c->domctl.cmd = cmd;
	c->domctl.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	c->domctl.domain = 0;
	return xen_ask(__HYPERVISOR_domctl, (unsigned long)&c->domctl, 0);
}

static void say_reservation(struct seq_file *s)
{
	domid_t self = DOMID_SELF;

	seq_printf(s, "current_reservation %ld\n",
		   xen_ask(__HYPERVISOR_memory_op, XENMEM_current_reservation,
			   (unsigned long)&self));
}

static long say_domain(struct seq_file *s)
{
	const struct xen_domctl_getdomaininfo *info =
		&c->domctl.u.getdomaininfo;
	long ret;

	memset(&c->domctl, 0, sizeof(c->domctl));
	ret = domctl(XEN_DOMCTL_getdomaininfo);
	if (ret)
		return ret;
	seq_printf(s, "tot_pages %llu\nmax_pages %llu\nshr_pages %llu\npaged_pages %llu\noutstanding_pages %llu\n",
		   info->tot_pages, info->max_pages, info->shr_pages,
		   info->paged_pages, info->outstanding_pages);
	return 0;
}

static long say_machine(struct seq_file *s)
{
	long ret;

	memset(&c->sysctl, 0, sizeof(c->sysctl));
	c->sysctl.cmd = XEN_SYSCTL_physinfo;
	c->sysctl.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	ret = xen_ask(__HYPERVISOR_sysctl, (unsigned long)&c->sysctl, 0);
	if (!ret)
		seq_printf(s, "machine_free_pages %llu\nmachine_scrub_pages %llu\n",
			   c->sysctl.u.physinfo.free_pages,
			   c->sysctl.u.physinfo.scrub_pages);
	return ret;
}

/* Frames of this domain only; foreign ones are not asked about. */
static unsigned int pick_frames(unsigned long first, unsigned int nr)
{
	unsigned int i, picked = 0;

	memfront_p2m_lookup_range(mf_pfn(first), c->entry, nr);
	for (i = 0; i < nr; i++)
		if (mf_p2m_state(c->entry[i]) == MF_P2M_RAM)
			c->frame[picked++] = mf_p2m_mfn(c->entry[i]).nr;
	return picked;
}

static long count_types(unsigned int nr)
{
	unsigned int i;
	long ret;

	memset(&c->domctl, 0, sizeof(c->domctl));
	c->domctl.u.getpageframeinfo3.num = nr;
	c->domctl.u.getpageframeinfo3.array.p = (void *)c->frame;
	ret = domctl(XEN_DOMCTL_getpageframeinfo3);
	for (i = 0; i < nr && !ret; i++)
		c->nr[c->frame[i] >> TYPE_SHIFT & (NR_TYPES - 1)]++;
	return ret;
}

static void say_types(struct seq_file *s)
{
	unsigned int i;

	for (i = 0; i < NR_TYPES; i++)
		if (c->nr[i])
			seq_printf(s, "%s %lu\n",
				   type_names[i] ?: "frames_of_odd_type",
				   c->nr[i]);
}

/* The P2M covers all that could ever be; this is what the domain uses of it. */
static unsigned long nr_pfns(void)
{
	domid_t self = DOMID_SELF;
	long last = xen_ask(__HYPERVISOR_memory_op, XENMEM_maximum_gpfn,
			    (unsigned long)&self);

	return min_t(unsigned long, last < 0 ? 0 : last + 1,
		     memfront_p2m_size());
}

static long say_frames(struct seq_file *s)
{
	unsigned long size = nr_pfns(), first;
	unsigned int nr;
	long ret = 0;

	memset(c->nr, 0, sizeof(c->nr));
	for (first = 0; first < size && !ret; first += CHUNK) {
		nr = min_t(unsigned long, CHUNK, size - first);
		ret = count_types(pick_frames(first, nr));
		cond_resched();
	}
	if (!ret)
		say_types(s);
	return ret;
}

/* Translated guests have no page types. */
static long say_control(struct seq_file *s)
{
	return say_domain(s) ?:
	       say_machine(s) ?: xen_is_pv() ? say_frames(s) : 0;
}

int census_write(struct seq_file *s)
{
	say_reservation(s);
	return xen_is_control() ? say_control(s) : 0;
}
