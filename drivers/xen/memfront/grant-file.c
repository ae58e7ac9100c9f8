// SPDX-License-Identifier: GPL-2.0
/*
 * xen-memfront/grants under debugfs: what is shared and mapped.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "grant-cache.h"
#include "grant-copy.h"
#include "grant-file.h"
#include "grant-map.h"
#include "grant-share.h"

static int grants_show(struct seq_file *m, void *unused)
{
	grant_maps_show(m);
	grant_caches_show(m);
	grant_copies_show(m);
	grant_shares_show(m);
	return 0;
}

static int grants_open(struct inode *inode, struct file *file)
{
	return single_open(file, grants_show, NULL);
}

const struct file_operations grants_fops = {
	.owner = THIS_MODULE,
	.open = grants_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};
