// SPDX-License-Identifier: GPL-2.0
/*
 * Grants that are used for a copy.
 *
 * A grant of version 2 may name a grant of a third domain's in place of a frame.
 * That one is used on behalf of the domain in between, and must name a frame
 * itself. While it is looked up no lock of the first table is held; then the
 * first grant must not have been used or changed by anybody.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - The first user decides which frame it is, and which part. Whoever comes to
 *   write, while others read, must find the same; who comes to read does not
 *   look.
 * - Where a part starts is kept with 15 bits.
 * - A grant that is used at second hand counts as one of a part of a page, so
 *   that nobody can map it.
 */
#include <linux/compiler.h>
#include <memcore/kunit.h>
#include <xen-public/grant_table.h>
#include "../machine.h"
#include "entry.h"
#include "grant.h"
#include "lease.h"

/* Bits of the start of a part. */
#define START_MASK	0x7fff

/* Another table has to be asked, with this one unlocked. */
#define TRANSITIVE	2

/**
 * struct part - what a grant names
 * @frame: a frame, with a reference
 * @start: first byte
 * @length: how many
 * @is_sub_page: it is not all of a page, or may not be
 * @d: whose grant it is
 * @ref: and which
 */
struct part {
	struct memcore_frame *frame;
	u16 start;
	u16 length;
	bool is_sub_page;
	struct memcore_domain *d;
	u32 ref;
};

/**
 * struct lessee - somebody who begins to use a grant
 * @d: who grants
 * @ref: which grant
 * @domid: who uses it
 * @readonly: not to write
 * @entry: the active entry, while it is locked
 * @pin: its pins when it was looked at first
 * @what: what is used
 */
struct lessee {
	struct memcore_domain *d;
	u32 ref;
	u16 domid;
	bool readonly;
	struct memcore_grant_entry *entry;
	u32 pin;
	struct part what;
};

static u32 pin_of(const struct lessee *u)
{
	return u->readonly ? MC_PIN_HOST_READ : MC_PIN_HOST_WRITE;
}

static struct mc_mfn mfn_of(const struct lessee *u)
{
	return memcore_frame_mfn(&u->d->machine->frames, u->what.frame);
}

/* Is this the first user, or the first that writes? */
static bool must_claim(const struct lessee *u)
{
	return !u->pin || (!u->readonly && !(u->pin & MC_PIN_WRITE_MASK));
}

static int claim(const struct lessee *u)
{
	return memcore_grant_entry_claim(&u->d->grants, u->ref, u->entry,
					 u->domid, u->readonly, false);
}

static void reduce(const struct lessee *u)
{
	memcore_grant_entry_reduce(&u->d->grants, u->ref, u->entry,
				   u->readonly);
}

static int fail(const struct lessee *u, int rc)
{
	reduce(u);
	return rc;
}

static u16 type_of(const struct lessee *u)
{
	return memcore_grant_entry_flags(&u->d->grants, u->ref) & GTF_type_mask;
}

/* What the guest says now, but for the frame. */
static void read_part(const struct lessee *u, struct part *p)
{
	const union grant_entry_v2 *v2;

	*p = (struct part){ .length = PAGE_SIZE, .d = u->d, .ref = u->ref };
	if (u->d->grants.version == 1)
		return;
	v2 = memcore_grant_shared(&u->d->grants, u->ref);
	if (!(READ_ONCE(v2->hdr.flags) & GTF_sub_page))
		return;
	p->is_sub_page = true;
	p->start = READ_ONCE(v2->sub_page.page_off);
	p->length = READ_ONCE(v2->sub_page.length);
}

static bool is_same_part(const struct lessee *u)
{
	const struct memcore_grant_entry *e = u->entry;
	const struct part *p = &u->what;

	return mc_mfn_eq(e->mfn, mfn_of(u)) && e->trans_domain == p->d &&
	       e->trans_ref == p->ref &&
	       (!e->is_sub_page || (p->is_sub_page && e->start == p->start &&
				    e->length == p->length));
}

static void note(struct lessee *u)
{
	struct memcore_grant_entry *e = u->entry;
	const struct part *p = &u->what;

	e->domid = u->domid;
	e->is_sub_page = p->is_sub_page;
	e->start = p->start & START_MASK;
	e->length = p->length;
	e->trans_domain = p->d;
	e->trans_ref = p->ref;
	e->mfn = mfn_of(u);
}

static void drop_frame(struct lessee *u)
{
	memcore_frame_put(u->d->machine, u->what.frame);
	u->what.frame = NULL;
}

static int use_named(struct lessee *u)
{
	struct memcore_grant_table *gt = &u->d->grants;
	u64 gfn;
	int rc = claim(u);

	if (rc != GNTST_okay)
		return rc;
	read_part(u, &u->what);
	gfn = memcore_grant_entry_gfn(gt, u->ref);
	rc = memcore_grant_frame_get(u->d, gfn, &u->what.frame);
	if (rc != GNTST_okay)
		return fail(u, rc);
	if (!u->pin) {
		note(u);
		if (u->what.is_sub_page)
			atomic_inc(&gt->nr_v2_ops);
	} else if (!is_same_part(u)) {
		drop_frame(u);
		return fail(u, GNTST_general_error);
	}
	return GNTST_okay;
}

/* A frame that is pinned has a reference, unless its owner is dying. */
static int use_pinned(struct lessee *u)
{
	struct memcore_frame *frame;

	frame = memcore_frame_get(u->d, u->entry->mfn);
	if (frame && !READ_ONCE(u->d->dying)) {
		u->what.frame = frame;
		return GNTST_okay;
	}
	if (frame)
		memcore_frame_put(u->d->machine, frame);
	return fail(u, GNTST_bad_domain);
}

/* Find whom a transitive grant names. */
static int find_third(struct lessee *u)
{
	const union grant_entry_v2 *v2;
	u16 domid;

	v2 = memcore_grant_shared(&u->d->grants, u->ref);
	domid = READ_ONCE(v2->transitive.trans_domid);
	u->what.ref = READ_ONCE(v2->transitive.gref);
	if (domid == u->d->config.domid || domid == DOMID_SELF)
		return GNTST_general_error;
	u->what.d = memcore_domain_get(u->d, domid);
	return u->what.d ? GNTST_okay : GNTST_general_error;
}

static int begin_transitive(struct lessee *u, bool may)
{
	int rc = must_claim(u) ? claim(u) : GNTST_okay;

	if (rc != GNTST_okay)
		return rc;
	rc = may ? find_third(u) : GNTST_general_error;
	if (rc != GNTST_okay)
		return fail(u, rc);
	/* Keeps the version what it is. */
	atomic_inc(&u->d->grants.nr_v2_ops);
	return TRANSITIVE;
}

static int begin_acquired(struct lessee *u, bool may_transit)
{
	const struct memcore_grant_entry *e = u->entry;

	u->pin = e->pin;
	if (e->pin && (e->domid != u->domid ||
		       memcore_grant_pin_is_full(e->pin, pin_of(u))))
		return GNTST_general_error;
	if (u->d->grants.version == 2 && type_of(u) == GTF_transitive)
		return begin_transitive(u, may_transit);
	return must_claim(u) ? use_named(u) : use_pinned(u);
}

/* What counts is what the first user found. */
static void finish(struct lessee *u, struct memcore_grant_lease *l)
{
	u->entry->pin += pin_of(u);
	l->frame = u->what.frame;
	l->start = u->entry->start;
	l->length = u->entry->length;
	l->hop[l->nr_hops].d = u->d;
	l->hop[l->nr_hops].ref = u->ref;
	l->nr_hops++;
}

static int begin(struct lessee *u, bool may_transit,
		 struct memcore_grant_lease *l)
{
	struct memcore_grant_table *gt = &u->d->grants;
	int rc;

	memcore_grant_read_lock(gt);
	rc = memcore_grant_entry_acquire(gt, u->ref, &u->entry);
	if (rc == GNTST_okay) {
		rc = begin_acquired(u, may_transit);
		if (rc == GNTST_okay)
			finish(u, l);
		memcore_grant_entry_release(u->entry);
	}
	memcore_grant_read_unlock(gt);
	return rc;
}

/* What the third domain's grant names, once it is pinned. */
static int use_third(struct lessee *u, struct memcore_grant_lease *l)
{
	struct lessee third = {
		.d = u->what.d,
		.ref = u->what.ref,
		.domid = u->d->config.domid,
		.readonly = u->readonly,
	};
	int rc = begin(&third, false, l);

	u->what.frame = l->frame;
	u->what.start = l->start;
	u->what.length = l->length;
	u->what.is_sub_page = true;
	return rc;
}

static bool is_unchanged(const struct lessee *u)
{
	const struct memcore_grant_entry *e = u->entry;

	return u->d->grants.version == 2 && e->pin == u->pin &&
	       (!e->pin || (e->domid == u->domid && e->is_sub_page &&
			    is_same_part(u)));
}

static void unpin(struct memcore_domain *d, u32 ref, bool readonly)
{
	struct memcore_grant_table *gt = &d->grants;
	struct memcore_grant_entry *entry;

	memcore_grant_read_lock(gt);
	/* Unless the domain has ended meanwhile. */
	if (memcore_grant_entry_acquire(gt, ref, &entry) == GNTST_okay) {
		memcore_grant_entry_unpin(gt, ref, entry,
					  readonly ? MC_PIN_HOST_READ :
						     MC_PIN_HOST_WRITE);
		if (!entry->pin && entry->is_sub_page)
			atomic_dec(&gt->nr_v2_ops);
		memcore_grant_entry_release(entry);
	}
	memcore_grant_read_unlock(gt);
}

/*
 * Others have used the entry meanwhile: another try may find it well. If nobody has,
 * it is in use as something else, and stays so. Xen tries for ever then, which
 * its guest can be interrupted in; here nothing else would run on the CPU.
 */
static int why_changed(const struct lessee *u)
{
	return u->entry->pin == u->pin ? GNTST_general_error : MC_LEASE_AGAIN;
}

/* Entry locked. The first user's operation goes on as long as there are pins. */
static int end_transitive(struct lessee *u, struct memcore_grant_lease *l, int rc)
{
	struct memcore_grant_table *gt = &u->d->grants;

	if (rc == GNTST_okay && !is_unchanged(u))
		rc = why_changed(u);
	if (rc == GNTST_okay && !u->pin)
		note(u);
	if (rc != GNTST_okay || u->pin)
		atomic_dec(&gt->nr_v2_ops);
	if (rc != GNTST_okay)
		return fail(u, rc);
	finish(u, l);
	return GNTST_okay;
}

static int relock(struct lessee *u, struct memcore_grant_lease *l, int rc)
{
	struct memcore_grant_table *gt = &u->d->grants;
	int err;

	memcore_grant_read_lock(gt);
	err = memcore_grant_entry_acquire(gt, u->ref, &u->entry);
	if (err == GNTST_okay) {
		err = end_transitive(u, l, rc);
		memcore_grant_entry_release(u->entry);
	}
	memcore_grant_read_unlock(gt);
	return err;
}

/* The third domain's grant is the first hop, its lease is what is undone. */
static int transit(struct lessee *u, struct memcore_grant_lease *l)
{
	int rc = use_third(u, l);
	bool pinned = rc == GNTST_okay;

	rc = relock(u, l, rc);
	if (rc == GNTST_okay)
		return rc;
	if (pinned) {
		unpin(u->what.d, u->what.ref, u->readonly);
		drop_frame(u);
	}
	l->nr_hops = 0;
	l->frame = NULL;
	memcore_domain_put(u->what.d);
	return rc;
}

/**
 * memcore_grant_lease() - begin to use a grant for a copy
 * @d: who grants
 * @ref: any number at all
 * @domid: who uses it
 * @readonly: not to write
 * @lease: filled in
 *
 * Context: a vCPU's call, without locks of tables or entries.
 * Return: GNTST_okay, to be ended by memcore_grant_unlease(); another status; or
 * MC_LEASE_AGAIN.
 */
int memcore_grant_lease(struct memcore_domain *d, u32 ref, u16 domid,
			bool readonly, struct memcore_grant_lease *lease)
{
	struct lessee u = {
		.d = d,
		.ref = ref,
		.domid = domid,
		.readonly = readonly,
	};
	int rc;

	*lease = (struct memcore_grant_lease){ .readonly = readonly };
	rc = begin(&u, true, lease);
	return rc == TRANSITIVE ? transit(&u, lease) : rc;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_lease);

/**
 * memcore_grant_unlease() - a grant is not used for a copy any more
 * @lease: what memcore_grant_lease() filled in; its frame's reference is left to
 *         the caller
 */
void memcore_grant_unlease(struct memcore_grant_lease *lease)
{
	unsigned int i;

	/* As on Xen first the grant that was named, last the frame's. */
	for (i = lease->nr_hops; i--; )
		unpin(lease->hop[i].d, lease->hop[i].ref, lease->readonly);
	if (lease->nr_hops == MC_LEASE_HOPS)
		memcore_domain_put(lease->hop[0].d);
	lease->nr_hops = 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_unlease);
