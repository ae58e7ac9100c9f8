// SPDX-License-Identifier: GPL-2.0
/*
 * pseudophystrial: frames of every kind from xen-memfront's allocator, on real Xen.
 * Commands go to /sys/module/pseudophystrial/parameters/run, answers come from
 * .../result. SLOT is 0 to 15.
 *
 *   frames SLOT NR		single frames without RAM
 *   pages SLOT NR		the same, as pages
 *   blocks SLOT NR ORDER	blocks of 1 << ORDER frames without RAM
 *   populated SLOT ORDER ALIGN NODE
 *				a block with RAM; NODE -1: any
 *   contiguous SLOT ORDER WIDTH
 *				a block that is one in the machine, too
 *   free SLOT			give them back
 *   rounds NR SEED		take and give of every kind, at random: "took N refused N"
 *   reservation		frames that Xen counts for this domain
 *
 * What was got is looked at before the answer: nothing is behind a frame without
 * RAM, nobody else has it, and blocks are where they should be; what has RAM is
 * written and read. The error is -EUCLEAN if it is not so.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include <xen/xen.h>

#include "trial.h"

static char result[PAGE_SIZE - 1];
static size_t told;
static DEFINE_MUTEX(lock);

/* Add to the answer of the command. */
void trial_tell(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	told += vscnprintf(result + told, sizeof(result) - told, fmt, args);
	va_end(args);
}

static const struct {
	const char *name;
	int (*run)(const char *args);
} commands[] = {
	{ "frames", command_frames },
	{ "pages", command_pages },
	{ "blocks", command_blocks },
	{ "populated", command_populated },
	{ "contiguous", command_contiguous },
	{ "free", command_free },
	{ "rounds", command_rounds },
	{ "reservation", command_reservation },
};

static int run_command(const char *line)
{
	size_t len = strcspn(line, "\n ");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (strlen(commands[i].name) == len &&
		    !strncmp(commands[i].name, line, len))
			return commands[i].run(skip_spaces(line + len));
	return -EINVAL;
}

static int set_run(const char *val, const struct kernel_param *kp)
{
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	mutex_lock(&lock);
	told = 0;
	result[0] = '\0';
	ret = run_command(val);
	mutex_unlock(&lock);
	return ret;
}

static const struct kernel_param_ops run_ops = {
	.set = set_run,
};

module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "a command");

module_param_string(result, result, sizeof(result), 0400);
MODULE_PARM_DESC(result, "the answer of the last command");

static int __init trial_init(void)
{
	if (!xen_domain())
		return -ENODEV;
	slots_init();
	return 0;
}
module_init(trial_init);

static void __exit trial_exit(void)
{
	long left = slots_exit();

	if (left)
		pr_err("%ld frames are left\n", left);
}
module_exit(trial_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Trial of the allocator of pseudo-physical frames");
