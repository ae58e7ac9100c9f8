/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of the guest that is taken away while it runs.
 */
#ifndef _MEMFRONT_HOTPLUG_H
#define _MEMFRONT_HOTPLUG_H

int hotplug_init(void);
void hotplug_exit(void);

#endif /* _MEMFRONT_HOTPLUG_H */
