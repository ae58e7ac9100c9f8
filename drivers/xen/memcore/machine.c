// SPDX-License-Identifier: GPL-2.0
/* A machine: made with all its frames free, gone when the last domain is. */
#include <linux/slab.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "machine.h"
#include "pv/request.h"
#include "pv/type.h"
#include "vcpu.h"

static const struct memcore_domain_config toolstack_config = {
	.domid = DOMID_XEN,
	.control = true,
};

static int tables_init(struct memcore_machine *machine, struct mc_mfn base,
		       unsigned long nr, const struct memcore_numa *numa)
{
	int err = memcore_frametable_init(&machine->frames, base, nr);

	if (err)
		return err;
	err = memcore_heap_init(&machine->heap, &machine->frames, numa);
	if (err)
		return err;
	machine->tlbs = memcore_tlbs_create(MC_MAX_VCPUS);
	if (!machine->tlbs)
		return -ENOMEM;
	machine->toolstack = memcore_domain_new(machine, &toolstack_config);
	return machine->toolstack ? 0 : -ENOMEM;
}

static void figures_init(struct memcore_machine *machine)
{
	atomic_set(&machine->flush_clock, 1);
	machine->flush_clock_mask = ~0U;
	machine->count_mask = MC_PGC_COUNT_MASK;
	machine->type_mask = MC_PGT_COUNT_MASK;
	machine->v1_frame_bits = MC_V1_FRAME_BITS;
	machine->quirks = MC_QUIRK_LOSES_TABLES;
}

/**
 * memcore_machine_create_numa() - make a machine with nodes
 * @base: its first frame
 * @nr: number of frames, all free at first
 * @numa: its nodes; NULL for a single one
 *
 * Return: the machine, or NULL.
 */
struct memcore_machine *
memcore_machine_create_numa(struct mc_mfn base, unsigned long nr,
			    const struct memcore_numa *numa)
{
	struct memcore_machine *machine = kzalloc(sizeof(*machine), GFP_KERNEL);

	if (!machine)
		return NULL;
	INIT_LIST_HEAD(&machine->domains);
	xa_init(&machine->by_domid);
	mutex_init(&machine->domains_lock);
	figures_init(machine);
	memcore_owners_init(machine);
	if (numa)
		machine->numa = *numa;
	else
		memcore_numa_split(&machine->numa, 1, nr);
	if (tables_init(machine, base, nr, numa)) {
		memcore_machine_destroy(machine);
		return NULL;
	}
	memcore_heap_add(&machine->heap, base, nr);
	return machine;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_machine_create_numa);

/**
 * memcore_machine_create() - make a machine
 * @base: its first frame
 * @nr: number of frames, all free at first
 *
 * Return: the machine, or NULL.
 */
struct memcore_machine *memcore_machine_create(struct mc_mfn base,
					       unsigned long nr)
{
	return memcore_machine_create_numa(base, nr, NULL);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_machine_create);

/**
 * memcore_machine_destroy() - end a machine
 * @machine: the machine, without domains; NULL is fine
 */
void memcore_machine_destroy(struct memcore_machine *machine)
{
	if (!machine)
		return;
	if (machine->toolstack)
		memcore_domain_put(machine->toolstack);
	/* A domain's last reader may still be on its way out. */
	rcu_barrier();
	if (machine->tlbs)
		memcore_tlbs_destroy(machine->tlbs, MC_MAX_VCPUS);
	memcore_heap_destroy(&machine->heap);
	memcore_frametable_destroy(&machine->frames);
	xa_destroy(&machine->by_domid);
	mutex_destroy(&machine->domains_lock);
	kfree(machine);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_machine_destroy);
