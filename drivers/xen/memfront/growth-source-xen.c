// SPDX-License-Identifier: GPL-2.0
/*
 * Memory on Xen: address space becomes RAM of the kernel, with no frame behind it,
 * and is brought online here, for nobody else may be there to do it. The built-in
 * driver says where pages go that come online: to its own balloon, where they are
 * collected. Holding the balloon's lock would not do: the kernel tells hotplug.c of
 * what it does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kernfs.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "address-space.h"
#include "growth-source.h"
#include "hypercall.h"
#include "memory-tables.h"
#include "system-file.h"
#include "takeover.h"

/* The kernel waits 5 ms each time that its hotplug lock is held. */
#define ONLINE_TRIES	1000

static unsigned long xen_unit(void)
{
	return PHYS_PFN(memory_block_size_bytes());
}

/*
 * The file asks for a system call to be done again when the lock is not to be
 * had, and marks the task for it.
 */
static int write_state(struct device *dev, struct device_attribute *attr,
		       const char *state)
{
	ssize_t ret;
	int i;

	for (i = 0; i < ONLINE_TRIES; i++) {
		ret = attr->store(dev, attr, state, strlen(state));
		if (ret != -ERESTARTNOINTR)
			return ret < 0 ? ret : 0;
		clear_thread_flag(TIF_SIGPENDING);
	}
	return -EBUSY;
}

/*
 * Somebody's policy may have done it already. The device is there: nobody else takes
 * this memory away.
 */
static int online_block(struct kernfs_node *node, bool movable)
{
	struct device *dev = kobj_to_dev(node->parent->priv);
	struct device_attribute *attr;

	if (!dev->offline)
		return 0;
	attr = container_of(node->priv, struct device_attribute, attr);
	return write_state(dev, attr, movable ? "online_movable" : "online");
}

/* No function for it is exported; its file is found and written to. */
static int bring_online(struct mf_pfn first, bool movable)
{
	struct kernfs_node *node;
	char name[32];
	int err;

	snprintf(name, sizeof(name), "memory%lu", first.nr / xen_unit());
	node = system_file("memory", name, "state");
	if (!node)
		return -ENOENT;
	err = online_block(node, movable);
	kernfs_put(node);
	return err;
}

/* With its page tables, which a PV kernel leaves pinned. */
static int take_away(struct mf_pfn first, int (*remove)(u64 start, u64 size))
{
	u64 size = memory_block_size_bytes();
	struct memory_tables *tables;
	int err;

	if (memfront_hv.translated)
		return remove(PFN_PHYS(first.nr), size);
	tables = memory_tables_hold(first, xen_unit());
	if (!tables)
		return -ENOMEM;
	err = remove(PFN_PHYS(first.nr), size);
	memory_tables_release(tables);
	return err;
}

static int add_online(struct mf_pfn first, bool movable)
{
	u64 start = PFN_PHYS(first.nr);
	int err;

	err = add_memory(memory_add_physaddr_to_nid(start), start,
			 memory_block_size_bytes(), MHP_NONE);
	if (err)
		goto out_forget;
	err = bring_online(first, movable);
	if (!err) {
		takeover_count(xen_unit());
		return 0;
	}
	if (take_away(first, remove_memory)) {
		pr_err("memory from pfn %#lx on can neither come online nor go\n",
		       first.nr);
		return err;
	}
out_forget:
	address_space_forget(first, xen_unit());
	return err;
}

static int xen_add(bool movable, struct mf_pfn *first)
{
	struct resource res = {
		.name = "xen-memfront growth",
		.flags = IORESOURCE_MEM | IORESOURCE_BUSY,
	};
	unsigned long nr = xen_unit();
	int err;

	err = address_space_claim(&res, nr);
	if (err)
		return err;
	*first = mf_pfn(PHYS_PFN(res.start));
	err = address_space_hollow(*first, nr);
	/* What is added claims it for itself. */
	release_resource(&res);
	return err ?: add_online(*first, movable);
}

static int xen_remove(struct mf_pfn first)
{
	int err = take_away(first, offline_and_remove_memory);

	if (err)
		return err;
	address_space_forget(first, xen_unit());
	takeover_count(-(long)xen_unit());
	return 0;
}

const struct growth_source growth_source_xen = {
	.unit = xen_unit,
	.add = xen_add,
	.collect = takeover_adopt,
	.remove = xen_remove,
};
