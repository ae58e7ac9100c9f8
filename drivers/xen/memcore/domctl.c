// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_domctl: how a control domain makes and ends other domains, and
 * sees what their frames are used as.
 *
 * A domain made here has vCPUs that nothing runs, as one that is still paused
 * on Xen. Not modelled: its CPU pool and event channels, which
 * createdomain accepts and forgets; and a domctl inside a multicall, which
 * would have to wait where it must not.
 */
#include <linux/mutex.h>
#include <memcore/kunit.h>
#include <xen-public/domctl.h>
#include <xen-public/errno.h>
#include <xen-public/sched.h>
#include "guest-access.h"
#include "hypercall.h"
#include "machine.h"
#include "node-affinity.h"
#include "pv/type.h"
#include "vcpu.h"
#include "vnuma.h"

#define MAX_FRAMES_ASKED	1024

/* The reason of a domain that is not shut down: all bits there are. */
#define NO_SHUTDOWN		(~0U << XEN_DOMINF_shutdownshift)

/* As on Xen there is one domctl at a time. */
static DEFINE_MUTEX(domctl_lock);

/* What Xen 4.17 knows; those that need HVM are refused without it. */
#define CDF_KNOWN	(XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap | \
			 XEN_DOMCTL_CDF_s3_integrity | \
			 XEN_DOMCTL_CDF_oos_off | XEN_DOMCTL_CDF_xs_domain | \
			 XEN_DOMCTL_CDF_iommu | XEN_DOMCTL_CDF_nested_virt | \
			 XEN_DOMCTL_CDF_vpmu)
#define CDF_HVM_ONLY	(XEN_DOMCTL_CDF_hap | XEN_DOMCTL_CDF_nested_virt)

static bool config_ok(const struct xen_domctl_createdomain *config)
{
	bool hvm = config->flags & XEN_DOMCTL_CDF_hvm;

	return !(config->flags & ~CDF_KNOWN) &&
	       !(config->grant_opts & ~XEN_DOMCTL_GRANT_version_mask) &&
	       config->max_vcpus >= 1 && config->max_vcpus <= MC_MAX_VCPUS &&
	       (hvm || !(config->flags & CDF_HVM_ONLY)) &&
	       ((config->flags & XEN_DOMCTL_CDF_iommu) || !config->iommu_opts);
}

/* What is below 0 is left to Xen. */
static bool limit_ok(s32 wish, u32 low, u32 high)
{
	return wish < 0 || (wish >= low && wish <= high);
}

static bool grants_ok(const struct xen_domctl_createdomain *wish)
{
	unsigned int version = XEN_DOMCTL_GRANT_version(wish->grant_opts);

	return version >= 1 && version <= MC_MAX_GRANT_VERSION &&
	       limit_ok(wish->max_grant_frames, 1, MC_MAX_GRANT_FRAMES) &&
	       limit_ok(wish->max_maptrack_frames, 0, MC_MAX_MAPTRACK_FRAMES);
}

static void config_grants(const struct xen_domctl_createdomain *wish,
			  struct memcore_domain_config *config)
{
	config->max_grant_version = XEN_DOMCTL_GRANT_version(wish->grant_opts);
	config->max_grant_frames = max(wish->max_grant_frames, 0);
	config->max_maptrack_frames = max(wish->max_maptrack_frames, 0);
	if (!wish->max_maptrack_frames)
		config->max_maptrack_frames = MC_NO_MAPTRACK;
}

static bool domid_is_free(struct memcore_domain *caller, u16 domid)
{
	struct memcore_domain *d = memcore_domain_get(caller, domid);

	if (d)
		memcore_domain_put(d);
	return !d;
}

static long choose_domid(struct memcore_domain *caller, u16 *domid)
{
	u16 next;

	if (*domid && *domid < DOMID_FIRST_RESERVED)
		return domid_is_free(caller, *domid) ? 0 : -EEXIST;
	for (next = 1; next < DOMID_FIRST_RESERVED; next++)
		if (domid_is_free(caller, next)) {
			*domid = next;
			return 0;
		}
	return -ENOMEM;
}

/*
 * One that ended while others still had frames of it, until now; the first with
 * a number above @after.
 */
static struct memcore_domain *find_dead(struct memcore_machine *machine,
					int after)
{
	struct memcore_domain *d, *dead = NULL;

	mutex_lock(&machine->domains_lock);
	list_for_each_entry(d, &machine->domains, link)
		if (memcore_domain_is_gone(d) && d->config.domid > after &&
		    (!dead || d->config.domid < dead->config.domid))
			dead = d;
	mutex_unlock(&machine->domains_lock);
	return dead;
}

static void reap(struct memcore_machine *machine)
{
	struct memcore_domain *d;
	int domid = -1;

	while ((d = find_dead(machine, domid))) {
		domid = d->config.domid;
		memcore_domain_destroy(d);
	}
}

static void config_kind(const struct xen_domctl_createdomain *wish,
			struct memcore_domain_config *config)
{
	config->nr_vcpus = wish->max_vcpus;
	config->vcpus_later = true;
	config->translated = wish->flags & XEN_DOMCTL_CDF_hvm;
	if (wish->flags & XEN_DOMCTL_CDF_hap)
		config->info_flags |= XEN_DOMINF_hap;
	if (wish->flags & XEN_DOMCTL_CDF_xs_domain)
		config->info_flags |= XEN_DOMINF_xs_domain;
	memcpy(config->handle, wish->handle, sizeof(config->handle));
}

static long create(struct memcore_call *call, struct xen_domctl *op)
{
	const struct xen_domctl_createdomain *wish = &op->u.createdomain;
	struct memcore_domain_config config = { };
	long err;

	reap(call->caller->machine);
	err = choose_domid(call->caller, &op->domain);
	if (err)
		return err;
	if (!config_ok(wish) || !grants_ok(wish))
		return -EINVAL;
	config_kind(wish, &config);
	config_grants(wish, &config);
	config.domid = op->domain;
	if (!memcore_domain_create(call->caller->machine, &config))
		return -ENOMEM;
	return memcore_copy_to_guest(call->caller, call->arg[0], op,
				     sizeof(*op));
}

/* What others still map lives on, in a domain that is only dying. */
static long destroy(struct memcore_call *call, struct memcore_domain *d)
{
	if (d == call->caller)
		return -EINVAL;
	memcore_domain_destroy(d);
	return 0;
}

static long set_max_mem(struct memcore_domain *d, u64 kib)
{
	u64 pages = kib >> (PAGE_SHIFT - 10);

	memcore_domain_set_max_pages(d, min_t(u64, pages, UINT_MAX - 1));
	return 0;
}

static long max_vcpus(const struct memcore_call *call, struct memcore_domain *d,
		      u32 max)
{
	if (d == call->caller || max != d->nr_vcpus)
		return -EINVAL;
	memcore_affinity_vcpus(d);
	return 0;
}

static u32 info_flags(const struct memcore_call *call,
		      const struct memcore_domain *d)
{
	u32 flags = d->config.info_flags;

	flags |= d == call->caller ? XEN_DOMINF_running : XEN_DOMINF_paused;
	if (d->config.translated)
		flags |= XEN_DOMINF_hvm_guest;
	if (READ_ONCE(d->dying))
		flags |= XEN_DOMINF_dying;
	if (READ_ONCE(d->crashed))
		return flags | XEN_DOMINF_shutdown |
		       SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
	return flags | NO_SHUTDOWN;
}

/* A PV domain's is a machine frame; of a translated one it may be nowhere. */
static unsigned long shared_info_gfn(const struct memcore_domain *d)
{
	struct memcore_frametable *ft = &d->machine->frames;
	struct memcore_frame *frame = READ_ONCE(d->shared_info);

	if (!frame)
		return MC_INVALID;
	if (!d->config.translated)
		return memcore_frame_mfn(ft, frame).nr;
	return memcore_m2p_get(ft, memcore_frame_mfn(ft, frame)).nr;
}

static long get_info(struct memcore_call *call, struct memcore_domain *d,
		     struct xen_domctl *op)
{
	op->domain = d->config.domid;
	op->u.getdomaininfo = (struct xen_domctl_getdomaininfo){
		.domain = d->config.domid,
		.flags = info_flags(call, d),
		.tot_pages = READ_ONCE(d->tot_pages),
		.max_pages = READ_ONCE(d->max_pages),
		.nr_online_vcpus = d == call->caller ? d->nr_vcpus : 0,
		.outstanding_pages = READ_ONCE(d->heap.claimed),
		.shared_info_frame = shared_info_gfn(d),
		.max_vcpu_id = d->has_vcpus ? d->nr_vcpus - 1 :
					      XEN_INVALID_MAX_VCPU_ID,
	};
	memcpy(op->u.getdomaininfo.handle, d->config.handle,
	       sizeof(d->config.handle));
	return memcore_copy_to_guest(call->caller, call->arg[0], op,
				     sizeof(*op));
}

/* As Xen: what is neither pinned nor validated is no table. */
static unsigned long frame_info(struct memcore_domain *d, unsigned long gfn)
{
	struct memcore_machine *machine = d->machine;
	struct memcore_frame *frame;
	unsigned long info = XEN_DOMCTL_PFINFO_NOTAB;
	struct mc_mfn mfn = mc_mfn(gfn);
	u64 word;

	if (d->config.translated)
		mfn = memcore_p2m_get(&d->p2m, mc_gfn(gfn), NULL);
	frame = memcore_frame_get(d, mfn);
	if (!frame)
		return XEN_DOMCTL_PFINFO_XTAB;
	word = atomic64_read(&frame->type);
	memcore_frame_put(machine, frame);
	if (memcore_type_of(word) >= MC_TYPE_L1 &&
	    memcore_type_of(word) <= MC_TYPE_L4)
		info = (unsigned long)memcore_type_of(word) <<
		       XEN_DOMCTL_PFINFO_LTAB_SHIFT;
	if (word & MC_PGT_PINNED)
		return info | XEN_DOMCTL_PFINFO_LPINTAB;
	return word & MC_PGT_VALIDATED ? info : XEN_DOMCTL_PFINFO_NOTAB;
}

static long get_frame_info(struct memcore_call *call, struct memcore_domain *d,
			   const struct xen_domctl *op)
{
	unsigned long at = (unsigned long)op->u.getpageframeinfo3.array.p;
	u64 i, nr = op->u.getpageframeinfo3.num;
	unsigned long gfn;

	if (nr > MAX_FRAMES_ASKED)
		return -E2BIG;
	for (i = 0; i < nr; i++, at += sizeof(gfn)) {
		if (memcore_copy_from_guest(call->caller, &gfn, at,
					    sizeof(gfn)))
			return -EFAULT;
		gfn = frame_info(d, gfn);
		if (memcore_copy_to_guest(call->caller, at, &gfn, sizeof(gfn)))
			return -EFAULT;
	}
	return 0;
}

static long on_domain(struct memcore_call *call, struct memcore_domain *d,
		      struct xen_domctl *op)
{
	switch (op->cmd) {
	case XEN_DOMCTL_destroydomain:
		return destroy(call, d);
	case XEN_DOMCTL_max_mem:
		return set_max_mem(d, op->u.max_mem.max_memkb);
	case XEN_DOMCTL_max_vcpus:
		return max_vcpus(call, d, op->u.max_vcpus.max);
	case XEN_DOMCTL_setnodeaffinity:
		return memcore_affinity_set(call->caller, d,
					    &op->u.nodeaffinity.nodemap);
	case XEN_DOMCTL_getnodeaffinity:
		return memcore_affinity_get(call->caller, d,
					    &op->u.nodeaffinity.nodemap);
	case XEN_DOMCTL_setvnumainfo:
		return memcore_vnuma_set(call, d, &op->u.vnuma);
	case XEN_DOMCTL_getdomaininfo:
		return get_info(call, d, op);
	case XEN_DOMCTL_getpageframeinfo3:
		return get_frame_info(call, d, op);
	default:
		return -XEN_ENOSYS;
	}
}

/* getdomaininfo is also how domains are listed: it takes the next one. */
static struct memcore_domain *named(struct memcore_domain *caller,
				    const struct xen_domctl *op)
{
	struct memcore_domain *d;
	u32 domid = op->domain;

	do {
		d = domid < DOMID_FIRST_RESERVED ?
			memcore_domain_get(caller, domid) : NULL;
	} while (!d && op->cmd == XEN_DOMCTL_getdomaininfo &&
		 ++domid < DOMID_FIRST_RESERVED);
	return d;
}

static long run(struct memcore_call *call, struct xen_domctl *op)
{
	bool control = call->caller->config.control;
	struct memcore_domain *d;
	long ret;

	if (op->cmd == XEN_DOMCTL_createdomain)
		return control ? create(call, op) : -EPERM;
	d = named(call->caller, op);
	if (!d)
		return op->cmd == XEN_DOMCTL_getdomaininfo &&
		       op->domain >= DOMID_FIRST_RESERVED ? -EINVAL : -ESRCH;
	ret = control ? on_domain(call, d, op) : -EPERM;
	memcore_domain_put(d);
	return ret;
}

/**
 * memcore_domains_end() - end all domains
 * @machine: of this machine, which nobody calls any more
 */
void memcore_domains_end(struct memcore_machine *machine)
{
	struct memcore_domain *d, *next;

	/* All let go of what they have of others, then nothing keeps any. */
	list_for_each_entry_safe(d, next, &machine->domains, link)
		memcore_domain_destroy(d);
	reap(machine);
}

/**
 * memcore_do_domctl() - the hypercall
 * @call: its argument: pointer
 *
 * May sleep.
 *
 * Return: as Xen.
 */
long memcore_do_domctl(struct memcore_call *call)
{
	struct xen_domctl op;
	long ret;

	if (call->vcpu)
		return -XEN_ENOSYS;
	if (memcore_copy_from_guest(call->caller, &op, call->arg[0],
				    sizeof(op)))
		return -EFAULT;
	if (op.interface_version != XEN_DOMCTL_INTERFACE_VERSION)
		return -EACCES;
	mutex_lock(&domctl_lock);
	ret = run(call, &op);
	mutex_unlock(&domctl_lock);
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_domctl);
