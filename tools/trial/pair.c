// SPDX-License-Identifier: GPL-2.0
/*
 * Commands go to /sys/module/NAME/parameters/run, answers come from .../result.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "pair.h"

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

static int run_command(const char *line)
{
	size_t len = strcspn(line, "\n ");
	const struct trial_command *c;

	for (c = trial_commands; c->name; c++)
		if (strlen(c->name) == len && !strncmp(c->name, line, len))
			return c->run(skip_spaces(line + len));
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
