// SPDX-License-Identifier: GPL-2.0
/* A machine: made with all its frames free, gone when the last domain is. */
#include <linux/slab.h>
#include <memcore/kunit.h>
#include "machine.h"

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
	struct memcore_machine *machine = kzalloc(sizeof(*machine), GFP_KERNEL);

	if (!machine)
		return NULL;
	if (memcore_frametable_init(&machine->frames, base, nr)) {
		kfree(machine);
		return NULL;
	}
	INIT_LIST_HEAD(&machine->domains);
	mutex_init(&machine->domains_lock);
	memcore_heap_init(&machine->heap, &machine->frames);
	memcore_heap_add(&machine->heap, base, nr);
	return machine;
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
	/* A domain's last reader may still be on its way out. */
	rcu_barrier();
	memcore_frametable_destroy(&machine->frames);
	mutex_destroy(&machine->domains_lock);
	kfree(machine);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_machine_destroy);
