// SPDX-License-Identifier: GPL-2.0
/*
 * XENMEM_set_pod_target and XENMEM_get_pod_target: how much memory a translated
 * domain has that was started with less than it was promised.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - That a domain is PV is found before that it is not the caller's to ask of,
 *   and a control domain may ask of itself.
 * - A new target for a domain that has memory and owes none changes nothing,
 *   which is no error, unless it is above what the domain may have.
 *
 * Not modelled: populate on demand. A target for a domain without memory, which
 * would fill its cache, is refused.
 */
#include <linux/errno.h>
#include <linux/types.h>
#include <xen-public/memory.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "memory-op.h"

static long set_target(const struct memcore_domain *d,
		       const struct xen_pod_target *target)
{
	if (target->target_pages > READ_ONCE(d->max_pages))
		return -EINVAL;
	if (!READ_ONCE(d->tot_pages) && !READ_ONCE(d->dying) &&
	    target->target_pages)
		return -EOPNOTSUPP;
	return 0;
}

static long on_domain(const struct memcore_domain *caller,
		      const struct memcore_domain *d, unsigned int op,
		      struct xen_pod_target *target)
{
	long err = 0;

	if (!d->config.translated)
		return -EINVAL;
	if (!caller->config.control)
		return -EPERM;
	if (op == XENMEM_set_pod_target)
		err = set_target(d, target);
	target->tot_pages = READ_ONCE(d->tot_pages);
	target->pod_cache_pages = 0;
	target->pod_entries = 0;
	return err;
}

/**
 * memcore_pod_target() - XENMEM_set_pod_target and XENMEM_get_pod_target
 * @call: its arguments: ignored, pointer to struct xen_pod_target
 * @op: which of them
 *
 * Return: as Xen.
 */
long memcore_pod_target(struct memcore_call *call, unsigned int op)
{
	struct xen_pod_target target;
	struct memcore_domain *d;
	long err;

	if (memcore_copy_from_guest(call->caller, &target, call->arg[1],
				    sizeof(target)))
		return -EFAULT;
	d = memcore_domain_get(call->caller, target.domid);
	if (!d)
		return -ESRCH;
	err = on_domain(call->caller, d, op, &target);
	memcore_domain_put(d);
	return err ?: memcore_copy_back_to_guest(call->caller, call->arg[1],
						 &target, sizeof(target));
}
