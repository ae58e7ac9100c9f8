// SPDX-License-Identifier: GPL-2.0
/*
 * Another domain for tools: one that nothing runs, with memory of its own and,
 * if it is a PV domain, page tables that map it, so that hypercalls can be made
 * and memory accessed as if there were a kernel in it.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen-public/memory.h>
#include <xen-public/xen.h>
#include <memcore/kunit.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>
#include "adopt.h"
#include "machine.h"
#include "physical.h"
#include "pv/build.h"
#include "vcpu.h"

/* A toolstack lets a domain have 1 MiB more than it gives it. */
#define SLACK_PAGES	256
/* A root, an L3 and an L2 table, and an L1 table for each 512 pages. */
#define NR_TABLES(nr)	(4 + (nr) / 512)

/**
 * struct peer_build - a PV domain's first tables
 * @b: what memcore_pv_build() wants
 * @next: the next page to become a table
 */
struct peer_build {
	struct memcore_build b;
	unsigned long next;
};

static struct memcore_domain *new_domain(const struct memcore_peer *peer)
{
	struct memcore_domain_config config = {
		.max_pages = peer->nr_pfns + SLACK_PAGES,
		.nr_pfns = peer->nr_pfns,
		.translated = peer->translated,
	};
	struct memcore_domain *d = NULL;

	for (config.domid = 1; config.domid < 64 && !d; config.domid++)
		d = memcore_domain_create(memcore_adopted()->machine, &config);
	return d;
}

static int populate(struct memcore_domain *d, struct memcore_peer *peer)
{
	struct xen_memory_reservation arg = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};
	unsigned long pfn;
	xen_pfn_t extent;

	set_xen_guest_handle(arg.extent_start, &extent);
	for (pfn = 0; pfn < peer->nr_pfns; pfn++) {
		extent = pfn;
		if (memcore_vcpu_call(&d->vcpus[0], __HYPERVISOR_memory_op,
				      XENMEM_populate_physmap,
				      (unsigned long)&arg, 0, 0, 0) != 1)
			return -ENOMEM;
		peer->p2m[pfn] = extent;
	}
	return 0;
}

static bool take_table(struct memcore_build *b, struct mc_gfn *pfn)
{
	struct peer_build *build = container_of(b, struct peer_build, b);

	if (build->next == b->nr_pfns)
		return false;
	*pfn = mc_gfn(build->next++);
	return true;
}

static int build_tables(struct memcore_domain *d, struct memcore_peer *peer)
{
	struct peer_build build = {
		.b = {
			.d = d,
			.p2m = peer->p2m,
			.nr_pfns = peer->nr_pfns,
			.take_table = take_table,
		},
		.next = peer->nr_pages,
	};
	struct mc_gfn root;
	int err;

	if (peer->translated)
		return 0;
	err = memcore_pv_build(&build.b, &root);
	if (!err)
		peer->root = peer->p2m[root.nr];
	return err;
}

/**
 * memcore_tool_peer_make() - make a domain that nothing runs
 * @translated: of which type
 * @nr_pages: pages that it has to play with, at pfn 0 and up
 * @peer: filled in; also if this fails it is to be ended
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int memcore_tool_peer_make(bool translated, unsigned long nr_pages,
			   struct memcore_peer *peer)
{
	struct memcore_domain *d;
	int err;

	*peer = (struct memcore_peer){
		.translated = translated,
		.nr_pages = nr_pages,
		.nr_pfns = nr_pages + (translated ? 0 : NR_TABLES(nr_pages)),
	};
	peer->p2m = vmalloc(array_size(peer->nr_pfns, sizeof(*peer->p2m)));
	d = peer->p2m ? new_domain(peer) : NULL;
	if (!d)
		return -ENOMEM;
	peer->domid = d->config.domid;
	err = populate(d, peer);
	return err ?: build_tables(d, peer);
}
EXPORT_SYMBOL_GPL(memcore_tool_peer_make);

/**
 * memcore_tool_peer_end() - end it
 * @peer: the domain
 *
 * Context: may sleep.
 * Return: 0, or -EBUSY if others still have references to frames of it.
 */
int memcore_tool_peer_end(struct memcore_peer *peer)
{
	struct memcore_domain *d;
	int err = 0;

	d = peer->domid ? memcore_domain_get(memcore_adopted(), peer->domid) :
			  NULL;
	if (d) {
		memcore_domain_put(d);
		err = memcore_domain_destroy(d);
	}
	vfree(peer->p2m);
	*peer = (struct memcore_peer){};
	return err;
}
EXPORT_SYMBOL_GPL(memcore_tool_peer_end);

/**
 * memcore_tool_access_as() - read or write as a domain
 * @domid: the domain, its first vCPU if it is a PV domain
 * @addr: of a PV domain an address in its page tables, of a translated one a
 *        physical address
 * @buf: what to write, or where to put what was read
 * @len: at most a page; 1, 2, 4 or 8 bytes for a write
 * @access: MEMCORE_ACCESS_*
 *
 * Return: 0; -EFAULT if it faulted; -ESRCH if there is no such domain; -EINVAL
 * if it is too long; or another error.
 */
int memcore_tool_access_as(u16 domid, unsigned long addr, void *buf, size_t len,
			   unsigned int access)
{
	struct memcore_domain *d = memcore_domain_get(memcore_adopted(), domid);
	struct memcore_fault fault;
	int err;

	if (!d)
		return -ESRCH;
	if (d->config.translated)
		err = memcore_physical_access(d, addr, buf, len, access);
	else
		err = memcore_vcpu_access(&d->vcpus[0], addr, buf, len, access,
					  &fault);
	memcore_domain_put(d);
	return err;
}
EXPORT_SYMBOL_GPL(memcore_tool_access_as);
