/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files under debugfs, in xen-memfront/.
 */
#ifndef _MEMFRONT_DEBUGFS_H
#define _MEMFRONT_DEBUGFS_H

void debugfs_init(void);
void debugfs_exit(void);

#endif /* _MEMFRONT_DEBUGFS_H */
