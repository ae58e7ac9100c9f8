// SPDX-License-Identifier: GPL-2.0
/*
 * What some files of the kernel do is not exported in any other way. They are
 * found in the kernel's own tree of files, wherever that is mounted, if at all.
 */
#include <linux/cpu.h>
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/version.h>

#include "system-file.h"

static struct kernfs_node *find_child(struct kernfs_node *parent,
				      const char *name)
{
	struct kernfs_node *child;

	if (!parent)
		return NULL;
	child = kernfs_find_and_get(parent, name);
	kernfs_put(parent);
	return child;
}

/* /sys/devices/system, by way of a subsystem that is exported. */
static struct kernfs_node *system_dir(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	struct device *root = bus_get_dev_root(&cpu_subsys);
#else
	struct device *root = get_device(cpu_subsys.dev_root);
#endif
	struct kernfs_node *dir;

	if (!root)
		return NULL;
	dir = root->kobj.parent->sd;
	kernfs_get(dir);
	put_device(root);
	return dir;
}

/**
 * system_file - find a file of a device in /sys/devices/system
 * @subsystem:	as "memory"
 * @device:	as "memory8"
 * @name:	as "state"
 *
 * Return: it, with a reference for kernfs_put(); NULL if there is no such file.
 */
struct kernfs_node *system_file(const char *subsystem, const char *device,
				const char *name)
{
	struct kernfs_node *node = system_dir();

	node = find_child(node, subsystem);
	node = find_child(node, device);
	node = find_child(node, name);
	if (node && kernfs_type(node) != KERNFS_FILE) {
		kernfs_put(node);
		node = NULL;
	}
	return node;
}
