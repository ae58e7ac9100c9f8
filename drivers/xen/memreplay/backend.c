// SPDX-License-Identifier: GPL-2.0
/*
 * What is behind: real Xen, or the in-tree core.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include <memreplay/kunit.h>

#include "backend.h"

struct replay_backend replay_backend;
EXPORT_SYMBOL_FOR_KUNIT(replay_backend);

/* Only its own number is one that an ordinary domain may ask about. */
static u16 find_own_domid(struct replay_backend *backend)
{
	domid_t domid;
	long ret;

	for (domid = 0; domid < DOMID_FIRST_RESERVED; domid++) {
		ret = backend->hypercall(__HYPERVISOR_memory_op,
					 XENMEM_current_reservation,
					 (unsigned long)&domid, 0, 0, 0);
		if (ret >= 0)
			return domid;
	}
	return DOMID_SELF;
}

static void find_m2p(struct replay_backend *backend)
{
	struct xen_machphys_mapping mapping = {};

	if (backend->translated ||
	    backend->hypercall(__HYPERVISOR_memory_op, XENMEM_machphys_mapping,
			       (unsigned long)&mapping, 0, 0, 0))
		return;
	backend->m2p = (const unsigned long *)mapping.v_start;
	backend->m2p_size = mapping.max_mfn + 1;
}

/**
 * replay_backend_attach() - find out what is behind
 *
 * Context: may sleep.
 * Return: 0 or -ENODEV, which the log explains.
 */
int replay_backend_attach(void)
{
	struct replay_backend *backend = &replay_backend;
	int ret;

	ret = replay_xen_present() ? replay_xen_attach(backend) :
				     replay_core_attach(backend);
	if (ret)
		return ret;
	backend->own_domid = find_own_domid(backend);
	backend->control |= !backend->own_domid;
	find_m2p(backend);
	pr_info("%s, %s%s domain\n", backend->name,
		backend->translated ? "translated " : "",
		backend->control ? "control" : "ordinary");
	return 0;
}

/**
 * replay_backend_detach() - let go of it
 */
void replay_backend_detach(void)
{
	if (replay_backend_present())
		replay_backend.detach();
	memset(&replay_backend, 0, sizeof(replay_backend));
}

static bool is_foreign(const struct replay_backend *backend, u64 mfn)
{
	unsigned long pfn;

	if (copy_from_kernel_nofault(&pfn, &backend->m2p[mfn], sizeof(pfn)))
		return false;
	/* A pfn so large is a mark of Xen's and not a page. */
	return pfn && pfn < (1UL << 28) &&
	       (pfn >= backend->p2m_size || backend->p2m[pfn] != mfn);
}

/**
 * replay_backend_foreign() - a frame of another domain
 * @mfn: filled in
 *
 * The machine's table of what page each frame is, is there for all to read.
 *
 * Return: false if there is none.
 */
bool replay_backend_foreign(u64 *mfn)
{
	for (*mfn = 1; *mfn < replay_backend.m2p_size; (*mfn)++)
		if (is_foreign(&replay_backend, *mfn))
			return true;
	return false;
}
