// SPDX-License-Identifier: GPL-2.0
/*
 * frontbench: a stop-watch for xen-memfront's interface, which it is linked to.
 *
 * Commands go to /sys/module/frontbench/parameters/run, answers come from
 * .../result:
 *
 *   pte BATCH		entries of a pinned L1 table by memfront_mmu_set_pte() in
 *			batches of so many; nanoseconds for each:
 *			"map N change N unmap N"
 *   ptes BATCH		the same by memfront_mmu_set_ptes()
 *   lookup PFN		64 Ki P2M entries from that frame on, in a row and shuffled;
 *			picoseconds for each: "read_seq N read_random N ..."
 *   foreign DOMID GFN	64 MiB of another domain from that frame on; nanoseconds
 *			for all of it: "map N unmap N"
 *   byhand DOMID GFN	the same by the bare hypercalls of a translated guest
 *   gmap BATCH DOMID	granted pages mapped and unmapped, so many at a time;
 *			nanoseconds for each: "ours N stock N limit N". 0: own pages
 *   gcopy BATCH DOMID	the same of copies from granted pages
 *   ghit 1 DOMID	a grant found in a cache; nanoseconds: "hit N"
 *   frames BATCH	64 MiB of frames without RAM, so many at a time; picoseconds for
 *			each: "turn N alloc N free N"; refused if one is a hole
 *   holes BATCH	the same of holes; refused if there are not so many
 *   kframes BATCH	the same from the kernel's own allocator
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "measure.h"

static char result[256];

static const struct {
	const char *name;
	int (*measure)(const struct arguments *args, char *result, size_t len);
} commands[] = {
	{ "pte", measure_pte },
	{ "ptes", measure_ptes },
	{ "lookup", measure_lookup },
	{ "foreign", measure_foreign },
	{ "byhand", measure_byhand },
	{ "gmap", measure_gmap },
	{ "gcopy", measure_gcopy },
	{ "ghit", measure_ghit },
	{ "frames", measure_frames },
	{ "holes", measure_holes },
	{ "kframes", measure_kframes },
};

static int set_run(const char *val, const struct kernel_param *kp)
{
	struct arguments args = { };
	unsigned int i;
	char name[8];

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (sscanf(val, "%7s %lu %lu", name, &args.nr, &args.first) < 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].measure(&args, result,
						   sizeof(result));
	return -EINVAL;
}

static const struct kernel_param_ops run_ops = {
	.set = set_run,
};

module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "a command: pte BATCH, ptes BATCH, lookup PFN, foreign DOMID GFN, byhand DOMID GFN, gmap BATCH DOMID, gcopy BATCH DOMID, ghit 1 DOMID, frames BATCH, holes BATCH, kframes BATCH");

module_param_string(result, result, sizeof(result), 0400);
MODULE_PARM_DESC(result, "what the last command measured");

static int __init frontbench_init(void)
{
	return 0;
}

static void __exit frontbench_exit(void)
{
}

module_init(frontbench_init);
module_exit(frontbench_exit);

MODULE_DESCRIPTION("Stop-watch for xen-memfront's interface");
MODULE_AUTHOR("The xen-memfront developers");
MODULE_LICENSE("GPL");
