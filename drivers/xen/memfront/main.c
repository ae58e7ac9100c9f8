// SPDX-License-Identifier: GPL-2.0
/*
 * xen-memfront: the memory frontend of a Xen guest.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "balloon.h"
#include "debugfs.h"
#include "foreign-map.h"
#include "holes.h"
#include "grant-copy.h"
#include "grant-map.h"
#include "grant-share.h"
#include "hypercall.h"
#include "mmu-batch.h"
#include "pseudophys.h"
#include "sysfs.h"
#include "takeover.h"
#include "xenstore.h"

static char *hypervisor = "auto";
module_param(hypervisor, charp, 0444);
MODULE_PARM_DESC(hypervisor, "what to talk to: auto, xen or core (default auto: Xen when running on it, else the in-tree core)");

static bool takeover = true;
module_param(takeover, bool, 0444);
MODULE_PARM_DESC(takeover, "take the balloon over from the driver in the kernel; 0 only steers it (default 1)");

static bool may_take_over(void)
{
	if (!takeover || !takeover_present() || takeover_supported())
		return takeover;
	pr_warn("this kernel's own balloon driver is not known here: steering it instead of taking over\n");
	return false;
}

static int __init memfront_init(void)
{
	struct balloon *balloon = &memfront_balloon;
	int ret;

	ret = memfront_attach(hypervisor);
	if (ret)
		return ret;
	ret = mmu_batch_init();
	if (ret)
		goto out_detach;
	ret = memfront_core_publish();
	if (ret)
		goto out_batch;
	ret = balloon_init(balloon, may_take_over());
	if (ret)
		goto out_publish;
	ret = pseudophys_init(&memfront_pseudophys, memfront_hv.sections,
			      &balloon_holes);
	if (ret)
		goto out_balloon;
	ret = sysfs_init();
	if (ret)
		goto out_pseudophys;
	ret = xenstore_init();
	if (ret)
		goto out_sysfs;

	foreign_init();
	debugfs_init();
	balloon_start(balloon);
	pr_info("%s %u.%u%s, %s guest, %s, %lu KiB of %lu KiB, target %lu KiB\n",
		memfront_hv.name, memfront_hv.version >> 16,
		memfront_hv.version & 0xffff, memfront_hv.extra,
		memfront_hv.translated ? "translated" : "PV",
		balloon->governor ? "governor" : "owner",
		mf_pages_to_kb(balloon->current_pages),
		mf_pages_to_kb(balloon->total_pages),
		mf_pages_to_kb(balloon->target));
	return 0;

out_sysfs:
	balloon_stop(balloon);
	sysfs_exit();
out_pseudophys:
	pseudophys_exit(&memfront_pseudophys);
out_balloon:
	balloon_stop(balloon);
	balloon_exit(balloon);
out_publish:
	memfront_core_unpublish();
out_batch:
	mmu_batch_exit();
out_detach:
	memfront_detach();
	return ret;
}

/*
 * First the worker, for it wakes whoever publishes the state; a target that is
 * set after that is the stock driver's to pursue.
 */
static void __exit memfront_exit(void)
{
	struct balloon *balloon = &memfront_balloon;

	balloon_stop(balloon);
	debugfs_exit();
	xenstore_exit();
	sysfs_exit();
	grant_copies_exit();
	grant_shares_exit();
	grant_maps_exit();
	foreign_exit();
	pseudophys_exit(&memfront_pseudophys);
	balloon_exit(balloon);
	memfront_core_unpublish();
	mmu_batch_exit();
	memfront_detach();
}

module_init(memfront_init);
module_exit(memfront_exit);

MODULE_DESCRIPTION("Memory frontend of a Xen guest: balloon, P2M, page tables, foreign frames, grants");
MODULE_AUTHOR("The xen-memfront developers");
MODULE_LICENSE("GPL");
