// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_xen_version: says Xen 4.17, with a name of its own.
 *
 * Only the sub-operations that a memory driver asks for; the features are those
 * that Xen gives to a domain of the caller's kind, whether or not the core has
 * what they announce.
 */
#include <linux/bits.h>
#include <linux/mm.h>
#include <xen-public/errno.h>
#include <xen-public/version.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"

#define VERSION_MAJOR	4
#define VERSION_MINOR	17

static long extraversion(struct memcore_call *call)
{
	static const xen_extraversion_t name = ".0-memcore";

	return memcore_copy_to_guest(call->caller, call->arg[1], name,
				     sizeof(name));
}

static u32 features(const struct memcore_domain *d)
{
	u32 map = BIT(XENFEAT_memory_op_vnode_supported);

	if (d->config.hardware)
		map |= BIT(XENFEAT_dom0);
	if (d->config.translated)
		return map | BIT(XENFEAT_writable_page_tables) |
		       BIT(XENFEAT_auto_translated_physmap) |
		       BIT(XENFEAT_hvm_safe_pvclock) |
		       BIT(XENFEAT_hvm_callback_vector) |
		       BIT(XENFEAT_not_direct_mapped);
	return map | BIT(XENFEAT_mmu_pt_update_preserve_ad) |
	       BIT(XENFEAT_highmem_assist) |
	       BIT(XENFEAT_gnttab_map_avail_bits) |
	       BIT(XENFEAT_direct_mapped);
}

static long get_features(struct memcore_call *call)
{
	struct xen_feature_info info;

	if (memcore_copy_from_guest(call->caller, &info, call->arg[1],
				    sizeof(info)))
		return -EFAULT;
	if (info.submap_idx)
		return -EINVAL;
	info.submap = features(call->caller);
	return memcore_copy_to_guest(call->caller, call->arg[1], &info,
				     sizeof(info));
}

/**
 * memcore_do_xen_version() - the hypercall
 * @call: its arguments: sub-operation, pointer
 *
 * Return: as Xen.
 */
long memcore_do_xen_version(struct memcore_call *call)
{
	switch ((int)call->arg[0]) {
	case XENVER_version:
		return VERSION_MAJOR << 16 | VERSION_MINOR;
	case XENVER_extraversion:
		return extraversion(call);
	case XENVER_get_features:
		return get_features(call);
	case XENVER_pagesize:
		return call->arg[1] ? -EINVAL : (long)PAGE_SIZE;
	default:
		return -XEN_ENOSYS;
	}
}
