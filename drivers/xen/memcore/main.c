// SPDX-License-Identifier: GPL-2.0
/*
 * xen-memcore: a hypervisor core for the running kernel, which it makes one of
 * its domains. Entered by memcore_hypercall() only.
 */
#define pr_fmt(fmt) "xen-memcore: " fmt

#include <linux/module.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <memcore/memcore.h>
#include "adopt.h"
#include "debugfs.h"
#include "hypercall.h"
#include "machine.h"
#include "physical.h"
#include "vcpu.h"

#define FRAMES_PER_MB	(SZ_1M / PAGE_SIZE)
#define MAX_SPARE_MB	BIT(20)

static char *adopt = "translated";
module_param(adopt, charp, 0444);
MODULE_PARM_DESC(adopt, "what the running kernel becomes: translated or pv");

static bool control;
module_param(control, bool, 0444);
MODULE_PARM_DESC(control, "the running kernel becomes the control domain");

static unsigned int spare_mb = 128;
module_param(spare_mb, uint, 0444);
MODULE_PARM_DESC(spare_mb, "free memory of the machine besides, in MiB");

static unsigned int seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of the order in which frames are dealt");

static unsigned int quirks = MC_QUIRK_LOSES_TABLES;
module_param(quirks, uint, 0444);
MODULE_PARM_DESC(quirks, "what Xen does and should not: 1: lose references to tables; 0: none");

long memcore_hypercall(unsigned int nr, unsigned long a1, unsigned long a2,
		       unsigned long a3, unsigned long a4, unsigned long a5)
{
	return memcore_call(memcore_adopted(), nr, a1, a2, a3, a4, a5);
}
EXPORT_SYMBOL_GPL(memcore_hypercall);

struct start_info *memcore_start_info(void)
{
	return memcore_adopted_start_info();
}
EXPORT_SYMBOL_GPL(memcore_start_info);

static struct memcore_vcpu *this_vcpu(void)
{
	struct memcore_domain *d = memcore_adopted();

	return &d->vcpus[raw_smp_processor_id() % d->nr_vcpus];
}

int memcore_access(unsigned long va, void *buf, size_t len,
		   unsigned int access, unsigned int *error)
{
	struct memcore_domain *d = memcore_adopted();
	struct memcore_fault fault = { };
	int err;

	if (d->config.translated)
		err = memcore_physical_access(d, va - MEMCORE_DIRECT_MAP, buf,
					      len, access);
	else
		err = memcore_vcpu_access(this_vcpu(), va, buf, len, access,
					  &fault);
	*error = fault.error;
	return err;
}
EXPORT_SYMBOL_GPL(memcore_access);

int memcore_exchange(unsigned long va, u32 *old, u32 new)
{
	struct memcore_domain *d = memcore_adopted();
	struct memcore_fault fault = { };

	if (d->config.translated)
		return memcore_physical_exchange(d, va - MEMCORE_DIRECT_MAP,
						 old, new);
	return memcore_vcpu_exchange(this_vcpu(), va, old, new, &fault);
}
EXPORT_SYMBOL_GPL(memcore_exchange);

unsigned long memcore_root(bool user)
{
	struct memcore_vcpu *v = this_vcpu();
	struct memcore_frametable *ft = &v->d->machine->frames;
	unsigned long flags, mfn = 0;
	struct memcore_frame *root;

	spin_lock_irqsave(&v->lock, flags);
	root = user ? v->guest_table_user : v->guest_table;
	if (root)
		mfn = memcore_frame_mfn(ft, root).nr;
	spin_unlock_irqrestore(&v->lock, flags);
	return mfn;
}
EXPORT_SYMBOL_GPL(memcore_root);

static int read_params(struct memcore_adopt_config *config)
{
	config->pv = !strcmp(adopt, "pv");
	if (!config->pv && strcmp(adopt, "translated")) {
		pr_err("adopt=%s: must be translated or pv\n", adopt);
		return -EINVAL;
	}
	if (spare_mb > MAX_SPARE_MB) {
		pr_err("spare_mb=%u: at most %lu\n", spare_mb, MAX_SPARE_MB);
		return -ERANGE;
	}
	config->spare_frames = (unsigned long)spare_mb * FRAMES_PER_MB;
	config->control = control;
	config->seed = seed;
	return 0;
}

static int __init memcore_init(void)
{
	struct memcore_adopt_config config;
	int err = read_params(&config);

	if (err)
		return err;
	err = memcore_adopt(&config);
	if (err) {
		pr_err("cannot adopt the running kernel: error %d\n", err);
		return err;
	}
	memcore_adopted()->machine->quirks = quirks;
	memcore_debugfs_init();
	pr_info("adopted the running kernel as a %s domain of %u pages, %u MiB spare, seed %u\n",
		adopt, memcore_adopted()->tot_pages, spare_mb, seed);
	return 0;
}
module_init(memcore_init);

static void __exit memcore_exit(void)
{
	unsigned long holes = memcore_adopted_holes();

	memcore_debugfs_exit();
	if (holes)
		pr_warn("unloaded while %lu pages of the kernel were released\n",
			holes);
	memcore_disown();
}
module_exit(memcore_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hypervisor core that answers Xen's memory hypercalls for the running kernel");
