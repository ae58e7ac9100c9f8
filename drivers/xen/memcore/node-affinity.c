// SPDX-License-Identifier: GPL-2.0
/*
 * Which nodes a domain would have its frames of.
 *
 * A domain says nothing of it at first, and has an affinity to all nodes that
 * there can be. When it gets its vCPUs it has one to the nodes that these run on,
 * which here are all of the machine's. Naming all nodes that there can be means
 * to say nothing again; naming none of the machine's is refused.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "guest-access.h"
#include "machine.h"
#include "node-affinity.h"

#define MASK_BYTES	sizeof(u64)

/* In 32 bits, as on Xen: a length near the end of them counts as none. */
static u32 bitmap_bytes(const struct xenctl_bitmap *map)
{
	return DIV_ROUND_UP(map->nr_bits, 8U);
}

static int read_mask(struct memcore_domain *caller,
		     const struct xenctl_bitmap *map, u64 *mask)
{
	u32 bytes = bitmap_bytes(map);

	*mask = 0;
	if (memcore_copy_from_guest(caller, mask, (unsigned long)map->bitmap.p,
				    min_t(u32, bytes, MASK_BYTES)))
		return -EFAULT;
	if (map->nr_bits < 64)
		*mask &= BIT_ULL(map->nr_bits) - 1;
	return 0;
}

static void vcpus_decide(struct memcore_domain *d)
{
	if (d->auto_affinity && d->has_vcpus)
		d->heap.affinity = d->machine->heap.online;
}

/**
 * memcore_affinity_init() - a new domain has said nothing yet
 * @d: the domain
 */
void memcore_affinity_init(struct memcore_domain *d)
{
	d->heap.affinity = ~0ULL;
	d->auto_affinity = true;
	d->has_vcpus = !d->config.vcpus_later;
	vcpus_decide(d);
}

/**
 * memcore_affinity_vcpus() - the domain has vCPUs
 * @d: the domain
 */
void memcore_affinity_vcpus(struct memcore_domain *d)
{
	spin_lock_irq(&d->lock);
	d->has_vcpus = true;
	vcpus_decide(d);
	spin_unlock_irq(&d->lock);
}

/**
 * memcore_affinity_set() - XEN_DOMCTL_setnodeaffinity
 * @caller: whose the bitmap is
 * @d: the domain that is to have it
 * @map: the bitmap
 *
 * Return: as Xen.
 */
int memcore_affinity_set(struct memcore_domain *caller,
			 struct memcore_domain *d,
			 const struct xenctl_bitmap *map)
{
	u64 mask;

	if (read_mask(caller, map, &mask))
		return -EFAULT;
	if (!(mask & d->machine->heap.online))
		return -EINVAL;
	spin_lock_irq(&d->lock);
	d->auto_affinity = mask == ~0ULL;
	if (!d->auto_affinity)
		d->heap.affinity = mask;
	vcpus_decide(d);
	spin_unlock_irq(&d->lock);
	return 0;
}

/**
 * memcore_affinity_get() - XEN_DOMCTL_getnodeaffinity
 * @caller: whose the bitmap is
 * @d: the domain that has it
 * @map: the bitmap; what it has more than nodes that there can be is cleared
 *
 * Return: as Xen.
 */
int memcore_affinity_get(struct memcore_domain *caller,
			 const struct memcore_domain *d,
			 const struct xenctl_bitmap *map)
{
	unsigned long to = (unsigned long)map->bitmap.p;
	u64 mask = READ_ONCE(d->heap.affinity);
	u32 bytes = bitmap_bytes(map), i;
	const u8 zero = 0;

	if (memcore_copy_to_guest(caller, to, &mask,
				  min_t(u32, bytes, MASK_BYTES)))
		return -EFAULT;
	for (i = MASK_BYTES; i < bytes; i++)
		if (memcore_copy_to_guest(caller, to + i, &zero, 1))
			return -EFAULT;
	return 0;
}
