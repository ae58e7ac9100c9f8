// SPDX-License-Identifier: GPL-2.0
/*
 * xen-memfront/ under debugfs: a line here for each file.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>

#include "debugfs.h"
#include "foreign-map.h"
#include "grant-file.h"
#include "mmu-stats.h"
#include "p2m-check.h"
#include "pseudophys.h"

static struct dentry *dir;

/**
 * debugfs_init - make the files
 *
 * A kernel without debugfs goes without them.
 */
void debugfs_init(void)
{
	dir = debugfs_create_dir("xen-memfront", NULL);
	debugfs_create_file("mmu_batch", 0400, dir, NULL, &mmu_stats_fops);
	debugfs_create_file("p2m_check", 0400, dir, NULL, &p2m_check_fops);
	debugfs_create_file("foreign", 0400, dir, NULL, &foreign_fops);
	debugfs_create_file("pseudophys", 0400, dir, NULL, &pseudophys_fops);
	debugfs_create_file("grants", 0400, dir, NULL, &grants_fops);
}

/** debugfs_exit - remove them, when their readers are done. */
void debugfs_exit(void)
{
	debugfs_remove(dir);
}
