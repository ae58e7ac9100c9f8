// SPDX-License-Identifier: GPL-2.0
/*
 * GNTTABOP_copy: from a frame or a grant to a frame or a grant.
 *
 * Source and destination stay as they are from one operation of a list to the
 * next, as long as the same is named.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - Only one's own frames can be named, and only as DOMID_SELF's. That is asked
 *   after both domains were found, and of the destination only after the source
 *   was.
 * - What is named is pinned, and the guest sees that, before it is found that
 *   offset and length do not fit.
 * - Where source and destination overlap, words are copied upwards, then what is
 *   left of bytes.
 *
 * The one answer that Xen would not give is GNTST_general_error if there is no
 * memory for what a frame holds, when it is first written.
 */
#include <linux/mm.h>
#include <linux/string.h>
#include <memcore/kunit.h>
#include <xen-public/grant_table.h>
#include "../content.h"
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../pv/type.h"
#include "../vcpu.h"
#include "entry.h"
#include "grant.h"
#include "grant-op.h"
#include "lease.h"

/**
 * struct end - source or destination of copies
 * @readonly: it is a source
 * @d: whose it is, or NULL
 * @domid: what that is called
 * @name: frame number or grant reference
 * @is_ready: something is named, and pinned
 * @is_lease: by a grant
 * @is_typed: it has a type reference
 * @lease: what may be used; its frame is there if anything is
 */
struct end {
	bool readonly;
	struct memcore_domain *d;
	u16 domid;
	u64 name;
	bool is_ready;
	bool is_lease;
	bool is_typed;
	struct memcore_grant_lease lease;
};

/**
 * struct copies - a list of copies
 * @call: the hypercall
 * @from: the source
 * @to: the destination
 */
struct copies {
	struct memcore_call *call;
	struct end from;
	struct end to;
};

static void release(struct copies *c, struct end *e)
{
	e->is_ready = false;
	if (e->is_lease)
		memcore_grant_unlease(&e->lease);
	e->is_lease = false;
	if (e->is_typed)
		memcore_type_put(c->call->vcpu, e->lease.frame, 0, NULL);
	e->is_typed = false;
	if (e->lease.frame)
		memcore_frame_put(e->d->machine, e->lease.frame);
	e->lease.frame = NULL;
}

static void release_both(struct copies *c)
{
	release(c, &c->from);
	release(c, &c->to);
}

static void forget_domain(struct end *e)
{
	if (e->d)
		memcore_domain_put(e->d);
	e->d = NULL;
}

static void forget_domains(struct copies *c)
{
	forget_domain(&c->from);
	forget_domain(&c->to);
}

static int find_domain(struct copies *c, struct end *e, u16 domid)
{
	e->d = memcore_domain_get(c->call->caller, domid);
	if (!e->d)
		return GNTST_bad_domain;
	e->domid = domid;
	return GNTST_okay;
}

static int find_domains(struct copies *c, const struct gnttab_copy *op)
{
	int rc;

	rc = find_domain(c, &c->from, op->source.domid);
	if (rc == GNTST_okay)
		rc = find_domain(c, &c->to, op->dest.domid);
	if (rc != GNTST_okay)
		forget_domains(c);
	return rc;
}

static bool is_for(const struct end *e, const struct gnttab_copy_ptr *ptr)
{
	return e->d && e->domid == ptr->domid;
}

static int ready_domains(struct copies *c, const struct gnttab_copy *op)
{
	if (is_for(&c->from, &op->source) && is_for(&c->to, &op->dest))
		return GNTST_okay;
	release_both(c);
	forget_domains(c);
	return find_domains(c, op);
}

static int take_lease(struct copies *c, struct end *e, u32 ref)
{
	int rc = memcore_grant_lease(e->d, ref, c->call->caller->config.domid,
				     e->readonly, &e->lease);

	if (rc != GNTST_okay)
		return rc;
	e->name = ref;
	e->is_lease = true;
	return GNTST_okay;
}

static int take_frame(struct end *e, u64 gfn)
{
	if (e->domid != DOMID_SELF)
		return GNTST_permission_denied;
	e->lease.start = 0;
	e->lease.length = PAGE_SIZE;
	e->name = gfn;
	return memcore_grant_frame_get(e->d, gfn, &e->lease.frame);
}

static int take(struct copies *c, struct end *e,
		const struct gnttab_copy_ptr *ptr, bool by_grant)
{
	int rc = by_grant ? take_lease(c, e, ptr->u.ref) :
			    take_frame(e, ptr->u.gmfn);

	if (rc != GNTST_okay)
		return rc;
	e->is_typed = !e->readonly &&
		      !memcore_type_get(c->call->vcpu, e->lease.frame,
					MC_TYPE_WRITABLE, false);
	if (!e->readonly && !e->is_typed)
		return GNTST_general_error;
	e->is_ready = true;
	return GNTST_okay;
}

static bool is_named(const struct end *e, const struct gnttab_copy_ptr *ptr,
		     bool by_grant)
{
	return e->is_ready && e->is_lease == by_grant &&
	       e->name == (by_grant ? ptr->u.ref : ptr->u.gmfn);
}

static int ready(struct copies *c, struct end *e,
		 const struct gnttab_copy_ptr *ptr, bool by_grant)
{
	if (is_named(e, ptr, by_grant))
		return GNTST_okay;
	release(c, e);
	return take(c, e, ptr, by_grant);
}

static bool is_inside(const struct end *e, unsigned int offset,
		      unsigned int len)
{
	return offset >= e->lease.start &&
	       offset + len <= e->lease.start + e->lease.length;
}

static void copy_up(u8 *to, const u8 *from, size_t len)
{
	u64 word;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, from, sizeof(word));
		memcpy(to, &word, sizeof(word));
		to += sizeof(word);
		from += sizeof(word);
	}
	while (len--)
		*to++ = *from++;
}

static void copy_bytes(u8 *to, const u8 *from, size_t len)
{
	if (to < from + len && from < to + len)
		copy_up(to, from, len);
	else
		memcpy(to, from, len);
}

static int copy(struct copies *c, const struct gnttab_copy *op)
{
	struct memcore_frame *frame = c->to.lease.frame;
	unsigned int len = op->len;
	void *to;

	if (op->source.offset + len > PAGE_SIZE ||
	    op->dest.offset + len > PAGE_SIZE)
		return GNTST_bad_copy_arg;
	if (!is_inside(&c->from, op->source.offset, len) ||
	    !is_inside(&c->to, op->dest.offset, len))
		return GNTST_general_error;
	to = memcore_content_make(c->call->caller->machine, frame);
	if (!to)
		return GNTST_general_error;
	copy_bytes(to + op->dest.offset,
		   memcore_content(c->from.lease.frame) + op->source.offset,
		   len);
	return GNTST_okay;
}

static int copy_one(struct copies *c, const struct gnttab_copy *op)
{
	int rc = ready_domains(c, op);

	if (rc == GNTST_okay)
		rc = ready(c, &c->from, &op->source,
			   op->flags & GNTCOPY_source_gref);
	if (rc == GNTST_okay)
		rc = ready(c, &c->to, &op->dest, op->flags & GNTCOPY_dest_gref);
	if (rc == GNTST_okay)
		rc = copy(c, op);
	return rc;
}

/* Return: 0, an error, or MC_LEASE_AGAIN to come back to this operation. */
static long copy_at(struct copies *c, unsigned long at)
{
	struct memcore_domain *caller = c->call->caller;
	struct gnttab_copy op;
	int rc;

	if (memcore_copy_from_guest(caller, &op, at, sizeof(op)))
		return -EFAULT;
	rc = copy_one(c, &op);
	if (rc > 0)
		return rc;
	if (rc != GNTST_okay)
		release_both(c);
	op.status = rc;
	at += offsetof(struct gnttab_copy, status);
	return memcore_copy_back_to_guest(caller, at, &op.status,
					  sizeof(op.status));
}

static long copy_list(struct copies *c, unsigned long at, unsigned int count)
{
	struct memcore_call *call = c->call;
	unsigned int i;
	long ret = 0;

	for (i = 0; i < count && !ret; i++, at += sizeof(struct gnttab_copy)) {
		call->again = i && memcore_grant_preempt(call);
		if (call->again)
			return i;
		ret = copy_at(c, at);
		call->again = ret > 0;
		if (call->again)
			return i;
	}
	return ret;
}

/**
 * memcore_grant_copy() - GNTTABOP_copy
 * @call: the hypercall
 * @at: where the first operation is
 * @count: their number
 *
 * Return: as all of grant-op.h.
 */
long memcore_grant_copy(struct memcore_call *call, unsigned long at,
			unsigned int count)
{
	struct copies c = { .call = call, .from.readonly = true };
	long ret = copy_list(&c, at, count);

	release_both(&c);
	forget_domains(&c);
	return ret;
}
