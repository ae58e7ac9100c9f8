/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of the kernel under /sys/devices/system.
 */
#ifndef _MEMFRONT_SYSTEM_FILE_H
#define _MEMFRONT_SYSTEM_FILE_H

struct kernfs_node;

struct kernfs_node *system_file(const char *subsystem, const char *device,
				const char *name);

#endif /* _MEMFRONT_SYSTEM_FILE_H */
