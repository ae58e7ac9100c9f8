/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between the guest side and the hypervisor: Xen's hypercall ABI and
 * nothing else. Behind it is Xen or the in-tree core.
 */
#ifndef _MEMFRONT_HYPERCALL_H
#define _MEMFRONT_HYPERCALL_H

#include <linux/static_call.h>
#include <linux/types.h>

struct direct_map_ops;
struct growth_source;
struct grant_table_ops;
struct p2m_ops;
struct p2m_tree;
struct physmap_ops;
struct section_source;
struct window_ops;

/**
 * struct memfront_hypervisor - the hypervisor behind the seam
 * @name:	"xen" or "core", as in the hypervisor= parameter
 * @version:	major << 16 | minor
 * @extra:	what follows the version number
 * @translated:	the guest's frame numbers are the hypervisor's (PVH); else the
 *		guest keeps a P2M of its own (PV)
 * @direct_map:	how to change the direct map, if it is made of page tables
 *		that the hypervisor checks: then entries must go before a frame
 *		is released; else NULL
 * @windows:	PV: how to get address space to map foreign frames into; NULL if
 *		there is no way
 * @physmap:	translated: where frames are to put foreign ones behind; NULL if
 *		there are none
 * @sections:	where pseudo-physical address space is to be had; NULL: nowhere
 * @growth:	where memory is to be had that the guest was not started with;
 *		NULL: nowhere
 * @grant_table: the guest's grant table; NULL if there is none
 * @p2m:	PV: machine frame for each pfn, the guest's to write
 * @p2m_size:	PV: entries in @p2m, whole leaves; 0 for a translated guest
 * @p2m_ops:	PV: how the P2M is kept
 * @p2m_tree:	PV, on the core: the P2M that this module keeps
 * @m2p:	PV: pfn for each machine frame
 * @m2p_size:	PV: entries in @m2p; not all need be mapped
 *
 * Written once when the module is loaded.
 */
struct memfront_hypervisor {
	const char *name;
	unsigned int version;
	char extra[16];
	bool translated;
	const struct direct_map_ops *direct_map;
	const struct window_ops *windows;
	const struct physmap_ops *physmap;
	const struct section_source *sections;
	const struct growth_source *growth;
	const struct grant_table_ops *grant_table;
	unsigned long *p2m;
	unsigned long p2m_size;
	const struct p2m_ops *p2m_ops;
	struct p2m_tree *p2m_tree;
	const unsigned long *m2p;
	unsigned long m2p_size;
};

extern struct memfront_hypervisor memfront_hv;

long memfront_no_hypervisor(unsigned int nr, unsigned long a1,
			    unsigned long a2, unsigned long a3,
			    unsigned long a4, unsigned long a5);

DECLARE_STATIC_CALL(memfront_hypercall, memfront_no_hypervisor);

/**
 * memfront_call - one hypercall
 * @nr:	__HYPERVISOR_*
 * @a1:	first argument; unused ones are 0
 * @a2:	second argument
 * @a3:	third argument
 * @a4:	fourth argument
 * @a5:	fifth argument
 *
 * A static call: behind it is the hypercall itself or the core's entry.
 *
 * Return: what the hypervisor answers.
 */
static inline long memfront_call(unsigned int nr, unsigned long a1,
				 unsigned long a2, unsigned long a3,
				 unsigned long a4, unsigned long a5)
{
	return static_call(memfront_hypercall)(nr, a1, a2, a3, a4, a5);
}

int memfront_attach(const char *wanted);
void memfront_detach(void);

int memfront_core_attach(struct memfront_hypervisor *hv);
void memfront_core_detach(void);
int memfront_core_publish(void);
void memfront_core_unpublish(void);

#if IS_ENABLED(CONFIG_XEN)
bool memfront_xen_present(void);
int memfront_xen_attach(struct memfront_hypervisor *hv);
#else
static inline bool memfront_xen_present(void)
{
	return false;
}

static inline int memfront_xen_attach(struct memfront_hypervisor *hv)
{
	return -ENODEV;
}
#endif

#endif /* _MEMFRONT_HYPERCALL_H */
