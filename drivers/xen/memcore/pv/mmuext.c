// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_mmuext_op: what a PV domain does with whole tables, pages and
 * TLBs.
 *
 * A table that takes long to put is left to the vCPU as its old table; the
 * batch is then left, and goes on when that is done.
 *
 * Not modelled: caches. Who may flush them is checked.
 */
#include <linux/mm.h>
#include <linux/string.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/xen.h>
#include "../content.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../vcpu.h"
#include "descriptor.h"
#include "request.h"
#include "type.h"

/**
 * struct command - one of the operations
 * @own_only: it cannot be done on behalf of another domain
 * @run: does it; @d owns the frames that are named
 */
struct command {
	bool own_only;
	int (*run)(struct memcore_vcpu *v, struct memcore_domain *d,
		   const struct mmuext_op *op);
};

/* The vCPU has no old table, as the batch saw to it. */
static void leave_to_vcpu(struct memcore_vcpu *v, struct memcore_frame *frame,
			  bool partial)
{
	v->old_table = frame;
	v->old_partial = partial;
}

/* Return: 0, or -ERESTART if the vCPU has the rest to do. */
static int put_table(struct memcore_vcpu *v, struct memcore_frame *frame)
{
	int err = memcore_frame_and_type_put_preemptible(v, frame);

	if (err != -EINTR && err != -ERESTART)
		return err;
	leave_to_vcpu(v, frame, err == -ERESTART);
	return -ERESTART;
}

/* Return: 0 with both references taken, or an error. */
static int get_table(struct memcore_vcpu *v, struct memcore_domain *d,
		     struct mc_mfn mfn, enum mc_type type,
		     struct memcore_frame **frame)
{
	int err;

	*frame = memcore_frame_get(d, mfn);
	if (!*frame)
		return -EINVAL;
	err = memcore_type_get(v, *frame, type, true);
	if (err && *frame != v->old_table)
		memcore_frame_put(d->machine, *frame);
	return err == -EINTR ? -ERESTART : err;
}

static bool set_pinned(struct memcore_frame *frame)
{
	return !(atomic64_fetch_or(MC_PGT_PINNED, &frame->type) &
		 MC_PGT_PINNED);
}

static bool clear_pinned(struct memcore_frame *frame)
{
	return atomic64_fetch_andnot(MC_PGT_PINNED, &frame->type) &
	       MC_PGT_PINNED;
}

/* A domain that is being destroyed has looked for its pinned frames already. */
static bool clear_pinned_if_dying(struct memcore_domain *d,
				  struct memcore_frame *frame)
{
	bool cleared;

	spin_lock(&d->lock);
	cleared = d->dying && clear_pinned(frame);
	spin_unlock(&d->lock);
	return cleared;
}

static void drop_pin(struct memcore_vcpu *v, struct memcore_frame *frame,
		     enum mc_type type)
{
	if (type == MC_TYPE_L1)
		memcore_frame_and_type_put(v, frame);
	else
		leave_to_vcpu(v, frame, false);
}

static int pin(struct memcore_vcpu *v, struct memcore_domain *d,
	       const struct mmuext_op *op)
{
	enum mc_type type = MC_TYPE_L1 + op->cmd - MMUEXT_PIN_L1_TABLE;
	struct memcore_frame *frame;
	int err = get_table(v, d, mc_mfn(op->arg1.mfn), type, &frame);

	if (err)
		return err;
	if (!set_pinned(frame))
		err = -EINVAL;
	else if (d == v->d || !clear_pinned_if_dying(d, frame))
		return 0;
	drop_pin(v, frame, type);
	return err;
}

static int unpin(struct memcore_vcpu *v, struct memcore_domain *d,
		 const struct mmuext_op *op)
{
	struct memcore_frame *frame = memcore_frame_get(d,
							mc_mfn(op->arg1.mfn));
	int err = -EINVAL;

	if (!frame)
		return -EINVAL;
	if (clear_pinned(frame)) {
		/* What is left of it is not this request's to wait for. */
		put_table(v, frame);
		err = 0;
	}
	memcore_frame_put(d->machine, frame);
	return err;
}

/* The number that names a vCPU's table: 0 for none. */
static unsigned long root_nr(const struct memcore_domain *d,
			     const struct memcore_frame *root)
{
	return root ? memcore_frame_mfn(&d->machine->frames, root).nr : 0;
}

/* A table that is loaded already only flushes: also when this is resumed. */
static int new_root(struct memcore_vcpu *v, struct memcore_domain *d,
		    const struct mmuext_op *op)
{
	struct memcore_frame *old = v->guest_table, *new;
	int err;

	if (old && root_nr(d, old) == op->arg1.mfn) {
		memcore_tlb_flush_vcpu(v);
		return 0;
	}
	err = get_table(v, d, mc_mfn(op->arg1.mfn), MC_TYPE_L4, &new);
	if (err)
		return err;
	memcore_ldt_drop(v);
	v->guest_table = new;
	memcore_tlb_flush_vcpu(v);
	return old ? put_table(v, old) : 0;
}

/*
 * Xen loads the table when it next enters user mode, and does not flush before.
 * Here an access says which mode it is made in, so the change shows at once.
 */
static int new_user_root(struct memcore_vcpu *v, struct memcore_domain *d,
			 const struct mmuext_op *op)
{
	struct memcore_frame *old = v->guest_table_user, *new = NULL;
	int err;

	if (root_nr(d, old) == op->arg1.mfn)
		return 0;
	if (op->arg1.mfn) {
		err = get_table(v, d, mc_mfn(op->arg1.mfn), MC_TYPE_L4, &new);
		if (err)
			return err;
	}
	v->guest_table_user = new;
	memcore_tlb_flush_vcpu(v);
	return old ? put_table(v, old) : 0;
}

static int tlb_flush_local(struct memcore_vcpu *v, struct memcore_domain *d,
			   const struct mmuext_op *op)
{
	memcore_tlb_flush_vcpu(v);
	return 0;
}

static int tlb_flush_multi(struct memcore_vcpu *v, struct memcore_domain *d,
			   const struct mmuext_op *op)
{
	u64 mask;

	if (memcore_vcpumask_read(d, (unsigned long)op->arg2.vcpumask.p,
				  &mask))
		return -EINVAL;
	memcore_tlb_flush_vcpus(d, mask);
	return 0;
}

static int tlb_flush_all(struct memcore_vcpu *v, struct memcore_domain *d,
			 const struct mmuext_op *op)
{
	memcore_tlb_flush_domain(d);
	return 0;
}

/* Of an address that is not the guest's nothing is remembered. */
static int invlpg_local(struct memcore_vcpu *v, struct memcore_domain *d,
			const struct mmuext_op *op)
{
	memcore_tlb_flush_addr(d, BIT_ULL(v->id), op->arg1.linear_addr);
	return 0;
}

static int invlpg_multi(struct memcore_vcpu *v, struct memcore_domain *d,
			const struct mmuext_op *op)
{
	u64 mask;

	if (memcore_vcpumask_read(d, (unsigned long)op->arg2.vcpumask.p,
				  &mask))
		return -EINVAL;
	memcore_tlb_flush_addr(d, mask, op->arg1.linear_addr);
	return 0;
}

static int invlpg_all(struct memcore_vcpu *v, struct memcore_domain *d,
		      const struct mmuext_op *op)
{
	memcore_tlb_flush_addr(d, ~0ULL, op->arg1.linear_addr);
	return 0;
}

static int flush_cache(struct memcore_vcpu *v, struct memcore_domain *d,
		       const struct mmuext_op *op)
{
	return d->config.hardware ? 0 : -EACCES;
}

static int flush_cache_global(struct memcore_vcpu *v, struct memcore_domain *d,
			      const struct mmuext_op *op)
{
	return d->config.hardware ? 0 : -EINVAL;
}

static int new_ldt(struct memcore_vcpu *v, struct memcore_domain *d,
		   const struct mmuext_op *op)
{
	return memcore_ldt_set(v, op->arg1.linear_addr, op->arg2.nr_ents);
}

/* What reads as zeros already may have no memory, and needs none. */
static int clear(struct memcore_machine *machine, struct memcore_frame *frame)
{
	void *to;

	if (!memchr_inv(memcore_content(frame), 0, PAGE_SIZE))
		return 0;
	to = memcore_content_make(machine, frame);
	if (!to)
		return -ENOMEM;
	memset(to, 0, PAGE_SIZE);
	return 0;
}

static int copy(struct memcore_machine *machine, struct memcore_frame *frame,
		const void *from)
{
	void *to;

	if (!memcmp(memcore_content(frame), from, PAGE_SIZE))
		return 0;
	to = memcore_content_make(machine, frame);
	if (!to)
		return -ENOMEM;
	memcpy(to, from, PAGE_SIZE);
	return 0;
}

static int clear_frame(struct memcore_vcpu *v, struct memcore_domain *d,
		       const struct mmuext_op *op)
{
	struct memcore_frame *frame;
	int err;

	frame = memcore_frame_and_type_get(v, d, mc_mfn(op->arg1.mfn),
					   MC_TYPE_WRITABLE);
	if (!frame)
		return -EINVAL;
	err = clear(d->machine, frame);
	memcore_frame_and_type_put(v, frame);
	return err;
}

static int copy_frame(struct memcore_vcpu *v, struct memcore_domain *d,
		      const struct mmuext_op *op)
{
	struct memcore_frame *src, *dst;
	int err = -EINVAL;

	src = memcore_frame_get(d, mc_mfn(op->arg2.src_mfn));
	if (!src)
		return -EINVAL;
	dst = memcore_frame_and_type_get(v, d, mc_mfn(op->arg1.mfn),
					 MC_TYPE_WRITABLE);
	if (dst) {
		err = copy(d->machine, dst, memcore_content(src));
		memcore_frame_and_type_put(v, dst);
	}
	memcore_frame_put(d->machine, src);
	return err;
}

static int mark_super(struct memcore_vcpu *v, struct memcore_domain *d,
		      const struct mmuext_op *op)
{
	return -EOPNOTSUPP;
}

static const struct command commands[] = {
	[MMUEXT_PIN_L1_TABLE] = { false, pin },
	[MMUEXT_PIN_L2_TABLE] = { false, pin },
	[MMUEXT_PIN_L3_TABLE] = { false, pin },
	[MMUEXT_PIN_L4_TABLE] = { false, pin },
	[MMUEXT_UNPIN_TABLE] = { false, unpin },
	[MMUEXT_NEW_BASEPTR] = { true, new_root },
	[MMUEXT_TLB_FLUSH_LOCAL] = { true, tlb_flush_local },
	[MMUEXT_INVLPG_LOCAL] = { true, invlpg_local },
	[MMUEXT_TLB_FLUSH_MULTI] = { true, tlb_flush_multi },
	[MMUEXT_INVLPG_MULTI] = { true, invlpg_multi },
	[MMUEXT_TLB_FLUSH_ALL] = { true, tlb_flush_all },
	[MMUEXT_INVLPG_ALL] = { true, invlpg_all },
	[MMUEXT_FLUSH_CACHE] = { true, flush_cache },
	[MMUEXT_SET_LDT] = { true, new_ldt },
	[MMUEXT_NEW_USER_BASEPTR] = { true, new_user_root },
	[MMUEXT_CLEAR_PAGE] = { false, clear_frame },
	[MMUEXT_COPY_PAGE] = { false, copy_frame },
	[MMUEXT_FLUSH_CACHE_GLOBAL] = { true, flush_cache_global },
	[MMUEXT_MARK_SUPER] = { false, mark_super },
	[MMUEXT_UNMARK_SUPER] = { false, mark_super },
};

static int run_command(struct memcore_vcpu *v, struct memcore_domain *d,
		       const struct mmuext_op *op)
{
	const struct command *command;

	/* A translated domain may only pin, for others. */
	if (v->d->config.translated && op->cmd > MMUEXT_UNPIN_TABLE)
		return -EOPNOTSUPP;
	if (op->cmd >= ARRAY_SIZE(commands) || !commands[op->cmd].run)
		return -XEN_ENOSYS;
	command = &commands[op->cmd];
	if (command->own_only && d != v->d)
		return -EPERM;
	return command->run(v, d, op);
}

static int run(struct memcore_batch *b, struct memcore_domain *d)
{
	struct mmuext_op op;
	int err = 0;

	while (b->i < b->nr) {
		err = memcore_batch_read(b, &op);
		if (!err)
			err = run_command(b->call->vcpu, d, &op);
		if (err)
			break;
		b->i++;
	}
	return err;
}

static long run_as(struct memcore_batch *b, struct memcore_domain *d)
{
	if (d->config.translated)
		return -EINVAL;
	if (!memcore_domain_may_target(b->call->caller, d))
		return -EPERM;
	return memcore_batch_finish(b, run(b, d));
}

/**
 * memcore_do_mmuext_op() - the hypercall
 * @call: its arguments: list, length, where to say how many are done, owner of
 *        the frames
 *
 * If the owner is refused, done is not told.
 *
 * Return: as Xen; and -ENOMEM if a frame that was never written needs memory.
 */
long memcore_do_mmuext_op(struct memcore_call *call)
{
	struct memcore_batch b;
	struct memcore_domain *d;
	long ret;

	if (!memcore_batch_start(&b, call, sizeof(struct mmuext_op), &ret))
		return ret;
	d = memcore_pg_owner_get(call->caller, call->arg[3]);
	if (!d)
		return -ESRCH;
	ret = run_as(&b, d);
	memcore_domain_put(d);
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_mmuext_op);
