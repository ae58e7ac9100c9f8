// SPDX-License-Identifier: GPL-2.0
/*
 * foreigntrial: one domain has pages with a pattern and tells their frames,
 * another maps them through xen-memfront. Commands go to
 * /sys/module/foreigntrial/parameters/run, answers come from .../result.
 *
 * In the domain whose frames are mapped:
 *
 *   make NR            get so many pages
 *   frames             their frames, in hexadecimal, as another domain names them
 *   give-fill SEED     write the pattern of this seed
 *   give-check SEED    compare with it
 *   drop NR            give the frames of the first pages back to Xen; what
 *                      follows them is what there is from now on
 *
 * In the domain that maps; SLOT is 0 to 7:
 *
 *   map SLOT DOMID rw|ro all|some FRAME...
 *                      all: all or nothing; the answer has each frame's errno
 *   range SLOT DOMID FRAME NR
 *                      frames that follow each other, as many as there are:
 *                      "mapped N map_ns N"
 *   look SLOT PAGE     what the page's entry is: "none", "ro" or "rw"
 *   check SLOT SEED    compare with the pattern
 *   fill SLOT SEED     write it
 *   unmap SLOT         "unmap_ns N"
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

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

void trial_fill_page(u64 *words, u64 seed, unsigned int page)
{
	unsigned int i;

	for (i = 0; i < WORDS_PER_PAGE; i++)
		WRITE_ONCE(words[i], trial_word(seed, page, i));
}

int trial_check_page(const u64 *words, u64 seed, unsigned int page)
{
	unsigned int i;

	for (i = 0; i < WORDS_PER_PAGE; i++)
		if (READ_ONCE(words[i]) != trial_word(seed, page, i))
			return -EUCLEAN;
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const char *args);
} commands[] = {
	{ "make", giver_make },
	{ "frames", giver_frames },
	{ "give-fill", giver_fill },
	{ "give-check", giver_check },
	{ "drop", giver_drop },
	{ "map", taker_map },
	{ "range", taker_range },
	{ "look", taker_look },
	{ "check", taker_check },
	{ "fill", taker_fill },
	{ "unmap", taker_unmap },
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
	return 0;
}
module_init(trial_init);

static void __exit trial_exit(void)
{
	taker_exit();
	giver_exit();
}
module_exit(trial_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Trial of foreign mappings between two domains");
