/* SPDX-License-Identifier: GPL-2.0 */
/* The files under /sys/kernel/debug/xen-memreplay. */
#ifndef _MEMREPLAY_DEBUGFS_H
#define _MEMREPLAY_DEBUGFS_H

#include <linux/types.h>

int replay_debugfs_init(void);
void replay_debugfs_exit(void);
int replay_script_text(const char *text, size_t len);

extern bool replay_echo;

#endif /* _MEMREPLAY_DEBUGFS_H */
