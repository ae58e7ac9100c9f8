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

#endif
