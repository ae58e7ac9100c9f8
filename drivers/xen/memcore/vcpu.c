// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual CPUs: made with their domain, gone with it.
 *
 * What they do is elsewhere: walk.c translates addresses, access.c reaches
 * memory, hypercall.c enters the hypervisor.
 */
#include <linux/slab.h>
#include <memcore/kunit.h>
#include "machine.h"
#include "pv/descriptor.h"
#include "pv/type.h"
#include "vcpu.h"

static void vcpu_init(struct memcore_domain *d, unsigned int id)
{
	struct memcore_vcpu *v = &d->vcpus[id];

	v->d = d;
	v->id = id;
	v->tlb = &d->machine->tlbs[id];
	spin_lock_init(&v->lock);
}

/**
 * memcore_vcpus_create() - give a new domain its vCPUs
 * @d: the domain
 * @nr: how many; 0 counts as 1
 *
 * Return: 0, -EINVAL if the machine has not that many CPUs, or -ENOMEM.
 */
int memcore_vcpus_create(struct memcore_domain *d, unsigned int nr)
{
	unsigned int i;

	nr = nr ?: 1;
	if (nr > MC_MAX_VCPUS || nr > d->machine->tlbs->nr_tlbs)
		return -EINVAL;
	if (memcore_failpoint_hit(&d->machine->failpoint))
		return -ENOMEM;
	d->vcpus = kcalloc(nr, sizeof(*d->vcpus), GFP_KERNEL);
	if (!d->vcpus)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		vcpu_init(d, i);
	d->nr_vcpus = nr;
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpus_create);

/**
 * memcore_vcpus_free() - free a domain's vCPUs
 * @d: the domain, whose vCPUs were released if they ever had a root table
 */
void memcore_vcpus_free(struct memcore_domain *d)
{
	kfree(d->vcpus);
	d->vcpus = NULL;
	d->nr_vcpus = 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpus_free);

/* The rest of an interrupted put is left to memcore_put_old_table(). */
static int put_root(struct memcore_vcpu *actor, struct memcore_vcpu *v,
		    struct memcore_frame **root)
{
	struct memcore_frame *frame = *root;
	int err;

	if (!frame)
		return 0;
	*root = NULL;
	memcore_tlb_flush_vcpu(v);
	err = memcore_frame_and_type_put_preemptible(actor, frame);
	if (err != -EINTR && err != -ERESTART)
		return err;
	v->old_table = frame;
	v->old_partial = err == -ERESTART;
	return -ERESTART;
}

static int put_tables(struct memcore_vcpu *actor, struct memcore_vcpu *v)
{
	int err;

	spin_lock_nested(&v->lock, SINGLE_DEPTH_NESTING);
	err = memcore_put_old_table(v);
	if (!err)
		err = put_root(actor, v, &v->guest_table);
	if (!err)
		err = put_root(actor, v, &v->guest_table_user);
	spin_unlock(&v->lock);
	return err;
}

static void put_descriptors(struct memcore_vcpu *v)
{
	spin_lock_nested(&v->lock, SINGLE_DEPTH_NESTING);
	memcore_ldt_drop(v);
	memcore_gdt_drop(v);
	/* Nothing may name this vCPU when it is freed. */
	memcore_tlb_flush_vcpu(v);
	spin_unlock(&v->lock);
}

/**
 * memcore_vcpus_release() - drop all references that a domain's vCPUs hold
 * @actor: the vCPU that does it, locked with interrupts off; of another domain
 * @d: the domain, dying; the machine's domains_lock is held, without which
 *     nobody locks a second vCPU
 *
 * As in Xen: the tables of all vCPUs first, then their descriptor tables.
 *
 * Return: 0, or -ERESTART if it was preempted and is to be called again.
 */
int memcore_vcpus_release(struct memcore_vcpu *actor, struct memcore_domain *d)
{
	struct memcore_vcpu *v;
	int err;

	for (v = d->vcpus; v < d->vcpus + d->nr_vcpus; v++) {
		err = put_tables(actor, v);
		if (err)
			return err;
	}
	for (v = d->vcpus; v < d->vcpus + d->nr_vcpus; v++)
		put_descriptors(v);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_vcpus_release);
