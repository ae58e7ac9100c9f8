/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_DEBUGFS_H
#define MEMCORE_DEBUGFS_H

void memcore_debugfs_init(void);
void memcore_debugfs_exit(void);

#endif
