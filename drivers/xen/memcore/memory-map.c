// SPDX-License-Identifier: GPL-2.0
/*
 * XENMEM_*memory_map: what is where in a domain's address space, and in the
 * machine's.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - A domain may set its own map. Who has none, or an empty one, is told
 *   -ENOSYS.
 * - The map is cut off where the caller's room ends; that is no error. Of the
 *   machine's, all must fit, and one entry more.
 * - What the control domain may not map of the machine is told as reserved.
 *
 * Not modelled: I/O memory; the machine is one block of RAM. It has no devices with
 * memory of their own.
 */
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-map.h"
#include "memory-op.h"
#include "pv/request.h"

/* As many as Xen takes. */
#define MAX_ENTRIES	1024

/* A hypercall must not wait. */
#define GFP_MAP		(GFP_NOWAIT | __GFP_NOWARN)

/* Of no entries, only the address is looked at. */
static int read_entries(struct memcore_call *call, struct memcore_map *map,
			unsigned long addr)
{
	size_t size = array_size(map->nr, sizeof(*map->entry));

	if (!size)
		return memcore_list_ok(call->caller, addr) ? 0 : -EFAULT;
	return memcore_copy_from_guest(call->caller, map->entry, addr, size);
}

static int write_entry(struct memcore_call *call, unsigned long list,
		       unsigned int i, const struct memcore_map_entry *entry)
{
	return memcore_copy_to_guest(call->caller, list + i * sizeof(*entry),
				     entry, sizeof(*entry));
}

/**
 * memcore_map_new() - make a map without content
 * @d: of this domain
 * @nr: number of entries
 * @gfp: how memory may be allocated
 *
 * Return: the map, for memcore_map_install() or kfree(), or NULL.
 */
struct memcore_map *memcore_map_new(struct memcore_domain *d, unsigned int nr,
				    gfp_t gfp)
{
	struct memcore_map *map;

	if (memcore_failpoint_hit(&d->machine->failpoint))
		return NULL;
	map = kmalloc(struct_size(map, entry, nr), gfp);
	if (map)
		map->nr = nr;
	return map;
}

/**
 * memcore_map_install() - let a domain have a map
 * @d: the domain, not locked
 * @map: what it gets in place of what it had
 */
void memcore_map_install(struct memcore_domain *d, struct memcore_map *map)
{
	struct memcore_map *old;
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	old = d->map;
	d->map = map;
	spin_unlock_irqrestore(&d->lock, flags);
	kfree(old);
}

static long set_map(struct memcore_call *call, struct memcore_domain *d,
		    const struct xen_memory_map *wish)
{
	struct memcore_map *map;
	int err;

	if (!memcore_domain_may_target(call->caller, d))
		return -EPERM;
	map = memcore_map_new(d, wish->nr_entries, GFP_MAP);
	if (!map)
		return -ENOMEM;
	err = read_entries(call, map, (unsigned long)wish->buffer.p);
	if (err)
		kfree(map);
	else
		memcore_map_install(d, map);
	return err;
}

/**
 * memcore_set_memory_map() - XENMEM_set_memory_map
 * @call: its arguments: ignored, pointer to struct xen_foreign_memory_map
 *
 * Return: as Xen.
 */
long memcore_set_memory_map(struct memcore_call *call)
{
	struct xen_foreign_memory_map arg;
	struct memcore_domain *d;
	long err;

	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)))
		return -EFAULT;
	if (arg.map.nr_entries > MAX_ENTRIES)
		return -EINVAL;
	d = memcore_domain_get(call->caller, arg.domid);
	if (!d)
		return -ESRCH;
	err = set_map(call, d, &arg.map);
	memcore_domain_put(d);
	return err;
}

/* Domain locked: nobody changes the map. */
static long tell_map(struct memcore_call *call, const struct memcore_map *map,
		     struct xen_memory_map *arg)
{
	unsigned long to = (unsigned long)arg->buffer.p;
	unsigned int i;

	if (!map || !map->nr)
		return -XEN_ENOSYS;
	arg->nr_entries = min(arg->nr_entries, map->nr);
	if (!arg->nr_entries && !memcore_list_ok(call->caller, to))
		return -EFAULT;
	for (i = 0; i < arg->nr_entries; i++)
		if (write_entry(call, to, i, &map->entry[i]))
			return -EFAULT;
	return memcore_copy_back_to_guest(call->caller, call->arg[1], arg,
					  sizeof(*arg));
}

/**
 * memcore_memory_map() - XENMEM_memory_map
 * @call: its arguments: ignored, pointer to struct xen_memory_map
 *
 * Return: as Xen.
 */
long memcore_memory_map(struct memcore_call *call)
{
	struct memcore_domain *d = call->caller;
	struct xen_memory_map arg;
	unsigned long flags;
	long err;

	if (memcore_copy_from_guest(d, &arg, call->arg[1], sizeof(arg)))
		return -EFAULT;
	spin_lock_irqsave(&d->lock, flags);
	err = tell_map(call, d->map, &arg);
	spin_unlock_irqrestore(&d->lock, flags);
	return err;
}

/**
 * struct machine_map - the machine's map on its way to the caller
 * @call: the hypercall
 * @list: where it goes; 0: only its length is wanted
 * @room: entries that fit
 * @nr: entries so far
 */
struct machine_map {
	struct memcore_call *call;
	unsigned long list;
	unsigned int room;
	unsigned int nr;
};

static int tell_range(struct machine_map *m, u32 type, unsigned long start,
		      unsigned long end)
{
	const struct memcore_map_entry entry = {
		.addr = (u64)start << PAGE_SHIFT,
		.size = (u64)(end - start) << PAGE_SHIFT,
		.type = type,
	};

	if (m->list && m->nr + 1 >= m->room)
		return -EINVAL;
	if (m->list && write_entry(m->call, m->list, m->nr, &entry))
		return -EFAULT;
	m->nr++;
	return 0;
}

/* The last frame is the hypervisor's own. */
static int tell_machine(struct machine_map *m)
{
	const struct memcore_frametable *ft =
		&m->call->caller->machine->frames;
	int err = 0;

	if (ft->base.nr)
		err = tell_range(m, MC_MAP_RESERVED, 0, ft->base.nr);
	return err ?: tell_range(m, MC_MAP_RAM, ft->base.nr,
				 memcore_frametable_end(ft) + 1);
}

/**
 * memcore_machine_memory_map() - XENMEM_machine_memory_map
 * @call: its arguments: ignored, pointer to struct xen_memory_map
 *
 * Return: as Xen.
 */
long memcore_machine_memory_map(struct memcore_call *call)
{
	struct machine_map m = { .call = call };
	struct xen_memory_map arg;
	int err;

	if (!call->caller->config.control)
		return -EPERM;
	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)))
		return -EFAULT;
	m.list = (unsigned long)arg.buffer.p;
	m.room = arg.nr_entries;
	if (m.list && m.room < 2)
		return -EINVAL;
	if (m.list && !memcore_list_ok(call->caller, m.list))
		return -EFAULT;
	err = tell_machine(&m);
	if (err)
		return err;
	arg.nr_entries = m.nr;
	return memcore_copy_back_to_guest(call->caller, call->arg[1], &arg,
					  sizeof(arg));
}

/**
 * memcore_reserved_device_memory_map() - XENMEM_reserved_device_memory_map
 * @call: its arguments: ignored, pointer to struct
 *        xen_reserved_device_memory_map
 *
 * Return: as Xen on a machine whose devices have no memory reserved.
 */
long memcore_reserved_device_memory_map(struct memcore_call *call)
{
	struct xen_reserved_device_memory_map arg;

	if (memcore_copy_from_guest(call->caller, &arg, call->arg[1],
				    sizeof(arg)) ||
	    !memcore_list_ok(call->caller, (unsigned long)arg.buffer.p))
		return -EFAULT;
	if (arg.flags & ~XENMEM_RDM_ALL)
		return -EINVAL;
	arg.nr_entries = 0;
	return memcore_copy_back_to_guest(call->caller, call->arg[1], &arg,
					  sizeof(arg));
}
