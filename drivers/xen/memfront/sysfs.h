/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files under /sys/devices/system/xen_memfront/xen_memfront0.
 */
#ifndef _MEMFRONT_SYSFS_H
#define _MEMFRONT_SYSFS_H

int sysfs_init(void);
void sysfs_exit(void);
void sysfs_state_changed(void);

#endif /* _MEMFRONT_SYSFS_H */
