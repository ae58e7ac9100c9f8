// SPDX-License-Identifier: GPL-2.0
/*
 * Where frames shall come from: the mem_flags of memory_op.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - An ordinary domain's node is ignored, unless it insists on it, which is
 *   refused. So no number that it names is ever used.
 * - A node that a privileged domain names need not be there; one that Xen could
 *   not count is refused. Insisting on no node at all means nothing.
 * - Of a domain without virtual nodes, a virtual node means nothing; of one that
 *   has them, it must be there.
 * - An address width that all frames have is none, and one that no page fits
 *   into is refused; of an exchange it is not, there is just no such memory.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/types.h>
#include <xen-public/memory.h>
#include "machine.h"
#include "placement.h"
#include "vnuma.h"

static bool privileged(const struct memcore_domain *caller)
{
	return caller->config.control || caller->config.hardware;
}

static bool place_node(const struct memcore_domain *caller,
		       unsigned int mem_flags,
		       struct memcore_heap_request *req)
{
	unsigned int node = XENMEMF_get_node(mem_flags);
	bool exact = mem_flags & XENMEMF_exact_node_request;

	req->node = MC_NO_NODE;
	if (node == MC_NO_NODE)
		return true;
	if (!privileged(caller))
		return !exact;
	if (node >= MC_XEN_NODES)
		return false;
	req->node = node;
	req->exact_node = exact;
	return true;
}

/**
 * memcore_place_exchange() - read the mem_flags of an exchange
 * @caller: who calls
 * @mem_flags: XENMEMF_* of the output
 * @req: node and address width are filled in
 *
 * Return: false if they are refused.
 */
bool memcore_place_exchange(const struct memcore_domain *caller,
			    unsigned int mem_flags,
			    struct memcore_heap_request *req)
{
	req->address_bits = XENMEMF_get_address_bits(mem_flags);
	return place_node(caller, mem_flags, req);
}

/* As many as Xen needs to name all frames, though not one less might do. */
static unsigned int machine_bits(const struct memcore_machine *machine)
{
	return order_base_2(memcore_frametable_end(&machine->frames)) +
	       PAGE_SHIFT;
}

/* Anybody may name a virtual node: that it exists is the domain's affair. */
static bool place_vnode(struct memcore_domain *d, unsigned int mem_flags,
			struct memcore_heap_request *req)
{
	req->node = MC_NO_NODE;
	if (memcore_vnuma_node(d, XENMEMF_get_node(mem_flags), &req->node))
		return false;
	req->exact_node = req->node != MC_NO_NODE &&
			  mem_flags & XENMEMF_exact_node_request;
	return true;
}

/**
 * memcore_place_reservation() - read the mem_flags of a reservation
 * @caller: who calls
 * @d: who gets the memory
 * @mem_flags: XENMEMF_*
 * @req: node and address width are filled in
 *
 * Return: false if they are refused.
 */
bool memcore_place_reservation(const struct memcore_domain *caller,
			       struct memcore_domain *d,
			       unsigned int mem_flags,
			       struct memcore_heap_request *req)
{
	unsigned int bits = XENMEMF_get_address_bits(mem_flags);

	if (bits && bits <= PAGE_SHIFT)
		return false;
	req->address_bits = bits < machine_bits(caller->machine) ? bits : 0;
	return mem_flags & XENMEMF_vnode ? place_vnode(d, mem_flags, req) :
					   place_node(caller, mem_flags, req);
}
