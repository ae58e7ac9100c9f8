// SPDX-License-Identifier: GPL-2.0
/*
 * memtrial: the public interface of xen-memfront put to the proof on a running
 * guest. Files in /sys/kernel/debug/xen-memtrial/:
 *
 *   run	a command, see below
 *   result	what the last command said; expectations start with "ok"
 *   census	what the hypervisor knows of the domain: counts, and on Xen's
 *		control domain how many frames are of each page type
 *   keys	Xen's debug key q, as its console shows it (control domain)
 *   own	pages that this module has taken and not given back, or lost
 *
 * Commands, with one number or two:
 *
 *   trees ROUNDS SEED		trees are built, pinned, used, changed, unpinned
 *   refused ROUNDS SEED	trees with a bad entry are refused and undone
 *   hold TABLES		a tree with so many L1 tables is pinned
 *   drop			and unpinned
 *   plant KIND			make P2M or M2P lie: 0 P2M names a frame of
 *				another page, 1 two entries swapped, 2 M2P lies
 *   right			and put that right again
 *   range			the P2M beyond the guest's memory: covered, used, let go
 *   ops			each operation alone, in a batch, and with a bad
 *				one amid good ones
 *   full REQUESTS		so many in one batch
 *   contexts			where no request may be made
 *   translated			a guest without page tables that Xen checks
 */
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <xen/xen.h>

#include "census.h"
#include "pages.h"
#include "rounds.h"
#include "say.h"

static DEFINE_MUTEX(one_command);
static struct dentry *dir;

static const struct {
	const char *name;
	int (*run)(unsigned int arg, unsigned int arg2);
} commands[] = {
	{ "trees", command_trees },
	{ "refused", command_refused },
	{ "hold", command_hold },
	{ "drop", command_drop },
	{ "plant", command_plant },
	{ "right", command_right },
	{ "range", command_range },
	{ "ops", command_ops },
	{ "full", command_full },
	{ "contexts", command_contexts },
	{ "translated", command_translated },
};

static int obey(const char *text)
{
	unsigned int arg = 0, arg2 = 0, i;
	char name[12];

	if (sscanf(text, "%11s %u %u", name, &arg, &arg2) < 1)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name)) {
			say_reset();
			return commands[i].run(arg, arg2);
		}
	return -EINVAL;
}

static ssize_t run_write(struct file *file, const char __user *from,
			 size_t len, loff_t *pos)
{
	char text[64] = "";
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	mutex_lock(&one_command);
	ret = obey(text);
	mutex_unlock(&one_command);
	return ret ?: len;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.write = run_write,
};

static int result_show(struct seq_file *s, void *unused)
{
	mutex_lock(&one_command);
	seq_puts(s, say_text());
	mutex_unlock(&one_command);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

static int own_show(struct seq_file *s, void *unused)
{
	seq_printf(s, "taken %ld\nlost %ld\n", pages_out(), pages_lost());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(own);

static int census_show(struct seq_file *s, void *unused)
{
	return census_write(s);
}
DEFINE_SHOW_ATTRIBUTE(census);

static int keys_show(struct seq_file *s, void *unused)
{
	return keys_write(s);
}
DEFINE_SHOW_ATTRIBUTE(keys);

static void make_files(void)
{
	dir = debugfs_create_dir("xen-memtrial", NULL);
	debugfs_create_file("run", 0200, dir, NULL, &run_fops);
	debugfs_create_file("result", 0400, dir, NULL, &result_fops);
	debugfs_create_file("own", 0400, dir, NULL, &own_fops);
	debugfs_create_file("census", 0400, dir, NULL, &census_fops);
	debugfs_create_file("keys", 0400, dir, NULL, &keys_fops);
}

static int __init memtrial_init(void)
{
	int ret;

	if (!xen_domain())
		return -ENODEV;
	ret = data_take() ?: census_take();
	if (!ret)
		make_files();
	else
		data_give();
	return ret;
}

static void __exit memtrial_exit(void)
{
	debugfs_remove_recursive(dir);
	command_drop(0, 0);
	census_give();
	data_give();
}

module_init(memtrial_init);
module_exit(memtrial_exit);

MODULE_DESCRIPTION("Trial of xen-memfront's interface on a running guest");
MODULE_AUTHOR("The xen-memfront developers");
MODULE_LICENSE("GPL");
