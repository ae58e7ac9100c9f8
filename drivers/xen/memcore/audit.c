// SPDX-License-Identifier: GPL-2.0
/*
 * Recomputes every count from the tables, believing none of them.
 *
 * With all locks held, so that what it sees is one moment: it is a tool for
 * tests, not for a machine at work.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <memcore/kunit.h>
#include "audit.h"
#include "machine.h"
#include "vcpu.h"

/**
 * struct domain_audit - the audit of one domain
 * @audit: the whole
 * @d: the domain, locked
 * @nr_mapped: entries of its P2M so far
 */
struct domain_audit {
	struct memcore_audit *audit;
	struct memcore_domain *d;
	unsigned long nr_mapped;
};

/**
 * memcore_audit_differ() - note a difference
 * @a: the audit
 * @fmt: a line on it, and what goes into it
 */
void memcore_audit_differ(struct memcore_audit *a, const char *fmt, ...)
{
	va_list args;

	a->nr++;
	va_start(args, fmt);
	a->at += vscnprintf(a->buf + a->at, a->len - a->at, fmt, args);
	va_end(args);
	a->at += scnprintf(a->buf + a->at, a->len - a->at, "\n");
}

/**
 * memcore_audit_expect() - note a difference between two figures, if there is one
 * @a: the audit
 * @what: what they count
 * @id: whose
 * @noted: what was counted
 * @found: what there is
 */
void memcore_audit_expect(struct memcore_audit *a, const char *what,
			  unsigned long id, unsigned long noted,
			  unsigned long found)
{
	if (noted != found)
		memcore_audit_differ(a, "%s %lu: noted %lu, found %lu", what,
				     id, noted, found);
}

static struct memcore_domain *owner_of(struct memcore_machine *machine,
				       const struct memcore_frame *frame)
{
	struct memcore_domain *d;

	list_for_each_entry(d, &machine->domains, link)
		if (d->config.domid == frame->owner)
			return d;
	return NULL;
}

static void audit_free_frame(struct memcore_audit *a, struct mc_mfn mfn,
			     const struct memcore_frame *frame)
{
	memcore_audit_expect(a, "free frame with references", mfn.nr,
			     atomic64_read(&frame->count), 0);
	memcore_audit_expect(a, "free frame with a type", mfn.nr,
			     atomic64_read(&frame->type), 0);
	memcore_audit_expect(a, "free frame with an owner", mfn.nr,
			     frame->owner, MC_NO_OWNER);
	if (frame->content)
		memcore_audit_differ(a, "free frame %lu has content", mfn.nr);
	if (mc_gfn_ok(memcore_m2p_get(&a->machine->frames, mfn)))
		memcore_audit_differ(a, "free frame %lu is in the M2P", mfn.nr);
}

/* The frame says it is at a gfn: does the gfn agree? */
static void audit_m2p(struct memcore_audit *a, struct memcore_domain *d,
		      struct mc_mfn mfn)
{
	struct mc_gfn gfn = memcore_m2p_get(&a->machine->frames, mfn);

	if (!d->config.translated || !mc_gfn_ok(gfn))
		return;
	if (!mc_mfn_eq(memcore_p2m_get(&d->p2m, gfn, NULL), mfn))
		memcore_audit_differ(a,
				     "frame %lu: M2P says %lu of domain %u, P2M not",
				     mfn.nr, gfn.nr, d->config.domid);
}

static void audit_used_frame(struct memcore_audit *a, struct mc_mfn mfn,
			     const struct memcore_frame *frame)
{
	struct memcore_domain *d = owner_of(a->machine, frame);

	/* It is in no heap. */
	if (!mfn.nr)
		return;
	if (!d) {
		memcore_audit_differ(a,
				     "frame %lu is owned by %u, no domain, and not free",
				     mfn.nr, frame->owner);
		return;
	}
	if (!(atomic64_read(&frame->count) &
	      (MC_PGC_COUNT_MASK | MC_PGC_HELD)))
		memcore_audit_differ(a, "frame %lu is used without a reference",
				     mfn.nr);
	if (frame->need_scrub)
		memcore_audit_differ(a, "frame %lu is used unscrubbed", mfn.nr);
	audit_m2p(a, d, mfn);
}

static void audit_frames(struct memcore_audit *a)
{
	struct memcore_frametable *ft = &a->machine->frames;
	struct memcore_frame *frame;
	unsigned long i;

	for (i = 0; i < ft->nr; i++) {
		frame = &ft->frames[i];
		if (frame->state == MC_FRAME_USED)
			audit_used_frame(a, mc_mfn_add(ft->base, i), frame);
		else
			audit_free_frame(a, mc_mfn_add(ft->base, i), frame);
	}
}

/* An entry that says it is the domain's own frame. */
static void audit_own_entry(struct domain_audit *da, struct mc_gfn gfn,
			    struct mc_mfn mfn)
{
	struct memcore_frametable *ft = &da->audit->machine->frames;
	struct memcore_frame *frame = memcore_frame(ft, mfn);

	if (!frame || frame->owner != da->d->config.domid)
		memcore_audit_differ(da->audit,
				     "domain %u has foreign frame %lu at %lu",
				     da->d->config.domid, mfn.nr, gfn.nr);
	else if (memcore_m2p_get(ft, mfn).nr != gfn.nr)
		memcore_audit_differ(da->audit,
				     "domain %u: P2M has %lu at %lu, M2P has it at %lu",
				     da->d->config.domid, mfn.nr, gfn.nr,
				     memcore_m2p_get(ft, mfn).nr);
}

/* An entry that says it is another domain's frame. */
static void audit_foreign_entry(struct domain_audit *da, struct mc_gfn gfn,
				struct mc_mfn mfn)
{
	struct memcore_frametable *ft = &da->audit->machine->frames;
	struct memcore_frame *frame = memcore_frame(ft, mfn);

	if (!frame || frame->owner == MC_NO_OWNER ||
	    frame->owner == da->d->config.domid)
		memcore_audit_differ(da->audit,
				     "domain %u has %lu at %lu as foreign, which is its own or nobody's",
				     da->d->config.domid, mfn.nr, gfn.nr);
	if (!da->d->config.hardware)
		memcore_audit_differ(da->audit,
				     "domain %u has %lu at %lu as foreign, and must not",
				     da->d->config.domid, mfn.nr, gfn.nr);
}

static int audit_entry(struct mc_gfn gfn, struct mc_mfn mfn,
		       enum mc_p2m_type type, void *data)
{
	struct domain_audit *da = data;

	da->nr_mapped++;
	if (type == MC_P2M_RAM)
		audit_own_entry(da, gfn, mfn);
	else if (type == MC_P2M_FOREIGN)
		audit_foreign_entry(da, gfn, mfn);
	if (gfn.nr > da->d->p2m.max_mapped)
		memcore_audit_differ(da->audit,
				     "domain %u: %lu is above the maximum gfn",
				     da->d->config.domid, gfn.nr);
	return 0;
}

static bool is_xen(const struct memcore_frame *frame)
{
	return atomic64_read(&frame->count) & MC_PGC_XEN;
}

static void audit_domain(struct memcore_audit *a, struct memcore_domain *d)
{
	struct memcore_frametable *ft = &a->machine->frames;
	struct domain_audit da = { .audit = a, .d = d };
	unsigned long i, nr[2] = {};

	for (i = 0; i < ft->nr; i++)
		if (ft->frames[i].owner == d->config.domid)
			nr[is_xen(&ft->frames[i])]++;
	memcore_audit_expect(a, "tot_pages of domain", d->config.domid,
			     d->tot_pages, nr[0]);
	memcore_audit_expect(a, "xen_pages of domain", d->config.domid,
			     d->xen_pages, nr[1]);
	memcore_p2m_for_each(&d->p2m, audit_entry, &da);
	if (da.nr_mapped && !d->config.translated)
		memcore_audit_differ(a, "PV domain %u has a P2M",
				     d->config.domid);
}

static void audit_locked(struct memcore_audit *a)
{
	struct memcore_domain *d;
	unsigned long nr = 0;

	audit_frames(a);
	memcore_audit_refs(a);
	memcore_audit_grants(a);
	memcore_audit_heap(a);
	list_for_each_entry(d, &a->machine->domains, link) {
		audit_domain(a, d);
		nr++;
	}
	memcore_audit_expect(a, "domains of machine", 0,
			     a->machine->nr_domains, nr);
}

/* Sparse cannot count locks in a loop: it is told that nothing happened. */
static void lock_vcpus(struct memcore_machine *machine,
		       struct memcore_domain *d)
{
	struct memcore_vcpu *v;

	for (v = d->vcpus; v < d->vcpus + d->nr_vcpus; v++) {
		spin_lock_nest_lock(&v->lock, &machine->domains_lock);
		__release(&v->lock);
	}
}

static void unlock_vcpus(struct memcore_domain *d)
{
	struct memcore_vcpu *v;

	for (v = d->vcpus; v < d->vcpus + d->nr_vcpus; v++) {
		__acquire(&v->lock);
		spin_unlock(&v->lock);
	}
}

static void lock_all(struct memcore_machine *machine)
{
	struct memcore_domain *d;

	list_for_each_entry(d, &machine->domains, link)
		lock_vcpus(machine, d);
	list_for_each_entry(d, &machine->domains, link) {
		spin_lock_nest_lock(&d->lock, &machine->domains_lock);
		__release(&d->lock);
	}
	spin_lock(&machine->heap.lock);
	__release(&machine->heap.lock);
}

static void unlock_all(struct memcore_machine *machine)
{
	struct memcore_domain *d;

	__acquire(&machine->heap.lock);
	spin_unlock(&machine->heap.lock);
	list_for_each_entry(d, &machine->domains, link) {
		__acquire(&d->lock);
		spin_unlock(&d->lock);
	}
	list_for_each_entry(d, &machine->domains, link)
		unlock_vcpus(d);
}

static void audit_machine(struct memcore_audit *a)
{
	mutex_lock(&a->machine->domains_lock);
	local_irq_disable();
	lock_all(a->machine);
	audit_locked(a);
	unlock_all(a->machine);
	local_irq_enable();
	mutex_unlock(&a->machine->domains_lock);
}

/**
 * memcore_audit() - recompute every count
 * @machine: what to audit
 * @buf: for a line on each difference, as many as fit
 * @len: its size, at least 1
 *
 * May sleep before it takes the locks.
 *
 * Return: 0 and an empty @buf if everything is true, -EUCLEAN if not, -ENOMEM
 * if there is no memory to find out.
 */
int memcore_audit(struct memcore_machine *machine, char *buf, size_t len)
{
	struct memcore_audit a = {
		.machine = machine,
		.buf = buf,
		.len = len,
	};

	buf[0] = '\0';
	a.found = kvcalloc(machine->frames.nr, sizeof(*a.found), GFP_KERNEL);
	if (!a.found)
		return -ENOMEM;
	audit_machine(&a);
	kvfree(a.found);
	return a.nr ? -EUCLEAN : 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_audit);
