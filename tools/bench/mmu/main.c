// SPDX-License-Identifier: GPL-2.0
/*
 * mmubench: a stop-watch for hypercalls that work on memory, on Xen as its PV guest, or on the
 * in-tree core that has adopted the kernel as one.
 *
 * Commands go to /sys/module/mmubench/parameters/run, answers come from
 * .../result; all times are in nanoseconds:
 *
 *   empty CALLS	a hypercall that does next to nothing: "call N"
 *   mmu BATCH		mmu_update with that many entries a call, each entry:
 *			"map N change N unmap N"
 *   va BATCH		update_va_mapping, likewise; more than one is a multicall
 *   vaflush BATCH	the same, each with a flush of its address on this CPU
 *   tree TABLES	pin and unpin a tree with that many L1 tables, each entry:
 *			"pin N unpin N"
 *   grants BATCH	map and unmap a page that is granted, in calls of so many:
 *			"map N unmap N"; only a control domain
 *   domains N		let there be so many other domains, which do nothing:
 *			"domains N"; only a control domain
 *   reserve ORDER	give another domain memory and take it, in extents of 2^ORDER
 *			pages, each extent: "populate N decrease N"; likewise
 *   fragment PAGES	break so many free pages into single ones, half of them
 *			gone; 0: end that; "fragments N"; likewise
 *   threads N		the core: so many threads, each as a domain of its own,
 *			each entry of all together: "entry N"
 *   gthreads N		likewise, each as a domain that maps what it has granted, and
 *			unmaps it, each of that: "entry N"
 *   control N		the same threads, each entry replaced by so much computing
 *
 * .../now is the time, to measure by from a shell.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>

#include "hypervisor.h"
#include "measure.h"

static char result[96];

static const struct {
	const char *name;
	int (*measure)(unsigned int arg, char *result, size_t len);
} commands[] = {
	{ "empty", measure_empty },
	{ "mmu", measure_mmu_update },
	{ "va", measure_va_mapping },
	{ "vaflush", measure_va_flush },
	{ "tree", measure_tree },
	{ "grants", measure_grants },
	{ "domains", measure_domains },
	{ "reserve", measure_reserve },
	{ "fragment", measure_fragment },
	{ "threads", measure_threads },
	{ "gthreads", measure_grant_threads },
	{ "control", measure_control },
};

static int set_run(const char *val, const struct kernel_param *kp)
{
	unsigned int arg, i;
	char name[12];

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (sscanf(val, "%11s %u", name, &arg) != 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].measure(arg, result,
						   sizeof(result));
	return -EINVAL;
}

static const struct kernel_param_ops run_ops = {
	.set = set_run,
};

module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "a command: empty CALLS, mmu BATCH, va BATCH, vaflush BATCH, tree TABLES, grants BATCH, domains N, reserve ORDER, fragment PAGES, threads N, gthreads N, control N");

module_param_string(result, result, sizeof(result), 0400);
MODULE_PARM_DESC(result, "what the last command measured");

static int get_now(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%llu\n", ktime_get_ns());
}

static const struct kernel_param_ops now_ops = {
	.get = get_now,
};

module_param_cb(now, &now_ops, NULL, 0400);
MODULE_PARM_DESC(now, "nanoseconds since some moment");

static int __init mmubench_init(void)
{
	return hypervisor_attach();
}

static void __exit mmubench_exit(void)
{
	measure_fragment(0, result, sizeof(result));
	measure_domains(0, result, sizeof(result));
	hypervisor_detach();
}

module_init(mmubench_init);
module_exit(mmubench_exit);

MODULE_DESCRIPTION("Stop-watch for hypercalls that work on memory");
MODULE_AUTHOR("The xen-memfront developers");
MODULE_LICENSE("GPL");
