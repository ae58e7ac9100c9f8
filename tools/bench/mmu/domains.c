// SPDX-License-Identifier: GPL-2.0
/*
 * Domains that are there and do nothing themselves, so that it is seen whether the
 * others' calls take longer for it, or so that something is done with them.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <xen-public/domctl.h>
#include <xen-public/xen.h>

#include "domains.h"
#include "hypervisor.h"
#include "measure.h"

#define MAX_DOMAINS	64

static struct {
	u16 domid[MAX_DOMAINS];
	unsigned int nr;
} idle;

/* Too large for the stack beside others, and there is one command at a time. */
static struct xen_domctl op;

static int domctl(unsigned int cmd, u16 domid)
{
	op.cmd = cmd;
	op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	op.domain = domid;
	return hv.call(__HYPERVISOR_domctl, (unsigned long)&op, 0, 0, 0, 0);
}

static int create(u16 *domid)
{
	int ret;

	op.u.createdomain = (struct xen_domctl_createdomain){
		.max_vcpus = 1,
		.max_evtchn_port = 1023,
		.max_grant_frames = 4,
		.max_maptrack_frames = 4,
		.grant_opts = XEN_DOMCTL_GRANT_version(1),
	};
	ret = domctl(XEN_DOMCTL_createdomain, 0);
	*domid = op.domain;
	return ret;
}

int domains_end(u16 domid)
{
	int ret;

	do {
		memset(&op, 0, sizeof(op));
		ret = domctl(XEN_DOMCTL_destroydomain, domid);
	} while (ret == -ERESTART || ret == -EAGAIN);
	return ret;
}

int domains_make(u16 *domid, unsigned long max_pages)
{
	int ret = create(domid);

	if (ret)
		return ret;
	op.u.max_mem.max_memkb = max_pages * (PAGE_SIZE / 1024);
	ret = domctl(XEN_DOMCTL_max_mem, *domid);
	if (ret)
		domains_end(*domid);
	return ret;
}

static int add_one(void)
{
	int ret = create(&idle.domid[idle.nr]);

	if (!ret)
		idle.nr++;
	return ret;
}

static int remove_one(void)
{
	int ret = domains_end(idle.domid[idle.nr - 1]);

	if (!ret)
		idle.nr--;
	return ret;
}

int measure_domains(unsigned int nr, char *result, size_t len)
{
	int ret = 0;

	if (nr > MAX_DOMAINS)
		return -EINVAL;
	while (idle.nr < nr && !ret)
		ret = add_one();
	while (idle.nr > nr && !ret)
		ret = remove_one();
	snprintf(result, len, "domains %u\n", idle.nr);
	return ret;
}
