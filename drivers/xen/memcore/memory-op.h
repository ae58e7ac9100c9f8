/* SPDX-License-Identifier: GPL-2.0 */
/* The sub-operations of memory_op that have a file of their own. */
#ifndef MEMCORE_MEMORY_OP_H
#define MEMCORE_MEMORY_OP_H

struct memcore_call;

/*
 * Bits of the first argument that name the sub-operation; a continuation has
 * above them how far it has come. The callers' headers do not say.
 */
#define MC_MEMORY_OP_BITS	6

long memcore_move_memory(struct memcore_call *call, unsigned int op,
			 unsigned long start);
long memcore_exchange_memory(struct memcore_call *call);
long memcore_claim_pages(struct memcore_call *call);

long memcore_add_to_physmap(struct memcore_call *call, unsigned long start);
long memcore_add_to_physmap_batch(struct memcore_call *call,
				  unsigned long start);
long memcore_remove_from_physmap(struct memcore_call *call);

long memcore_acquire_resource(struct memcore_call *call, unsigned long start);

long memcore_machphys_mapping(struct memcore_call *call);
long memcore_machphys_mfn_list(struct memcore_call *call);

long memcore_memory_map(struct memcore_call *call);
long memcore_set_memory_map(struct memcore_call *call);
long memcore_machine_memory_map(struct memcore_call *call);
long memcore_reserved_device_memory_map(struct memcore_call *call);

long memcore_pod_target(struct memcore_call *call, unsigned int op);

#endif
