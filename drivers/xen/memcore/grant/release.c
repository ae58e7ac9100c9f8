// SPDX-License-Identifier: GPL-2.0
/*
 * A dying domain lets go of what it has mapped of others.
 *
 * As on Xen from the last handle down, and each frame of handles goes as soon as
 * none of it is in use. Of a PV domain only device mappings hold references
 * here: those of its page-table entries are dropped with its tables.
 */
#include <linux/errno.h>
#include <memcore/kunit.h>
#include "../machine.h"
#include "../pv/type.h"
#include "../vcpu.h"
#include "entry.h"
#include "grant.h"
#include "map.h"
#include "maptrack.h"

static void put(struct memcore_vcpu *actor, struct memcore_frame *frame,
		bool type)
{
	if (type)
		memcore_type_put(actor, frame, 0, NULL);
	memcore_frame_put(actor->d->machine, frame);
}

/* Entry locked. */
static void release_acquired(struct memcore_vcpu *actor,
			     struct memcore_domain *d,
			     struct memcore_domain *granter,
			     const struct memcore_mapping *mapping,
			     struct memcore_grant_entry *entry)
{
	unsigned int flags = mapping->flags;
	struct memcore_frame *frame;

	frame = memcore_frame(&granter->machine->frames, entry->mfn);
	if (flags & GNTMAP_device_map)
		put(actor, frame, !(flags & GNTMAP_readonly));
	if (flags & GNTMAP_host_map && d->config.translated)
		put(actor, frame,
		    memcore_mapping_takes_type(flags, d, granter));
	memcore_grant_entry_unpin(&granter->grants, mapping->ref, entry,
				  memcore_mapping_pin(flags));
}

static void release_granted(struct memcore_vcpu *actor,
			    struct memcore_domain *d,
			    struct memcore_domain *granter,
			    const struct memcore_mapping *mapping)
{
	struct memcore_grant_table *gt = &granter->grants;
	struct memcore_grant_entry *entry;

	memcore_grant_read_lock(gt);
	if (memcore_grant_entry_acquire(gt, mapping->ref, &entry) ==
	    GNTST_okay) {
		release_acquired(actor, d, granter, mapping, entry);
		memcore_grant_entry_release(entry);
	}
	memcore_grant_read_unlock(gt);
}

static void release_mapping(struct memcore_vcpu *actor,
			    struct memcore_domain *d,
			    struct memcore_mapping *mapping)
{
	struct memcore_domain *granter;

	if (!(mapping->flags & MC_MAPPED))
		return;
	granter = memcore_domain_get(d, mapping->domid);
	if (granter && granter->life == mapping->life)
		release_granted(actor, d, granter, mapping);
	if (granter)
		memcore_domain_put(granter);
	mapping->flags = 0;
}

/**
 * memcore_grant_release() - let go of what a dying domain has mapped
 * @actor: the vCPU that does it, locked with interrupts off; of another domain
 * @d: the domain, whose own vCPUs are not in the core any more
 *
 * Return: 0, or -ERESTART if it was preempted and is to be called again.
 */
int memcore_grant_release(struct memcore_vcpu *actor, struct memcore_domain *d)
{
	struct memcore_maptrack *mt = d->grants.maptrack;
	u32 handle = mt->limit;

	while (handle) {
		release_mapping(actor, d, memcore_mapping(mt, --handle));
		if (handle % MC_MAPPINGS_PER_FRAME)
			continue;
		memcore_maptrack_trim(mt, handle);
		if (handle && memcore_preempt_check(&d->machine->preempt))
			return -ERESTART;
	}
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_release);
