// SPDX-License-Identifier: GPL-2.0
/*
 * pseudophystrial: frames of every kind from xen-memfront's allocator, on real Xen.
 * ../pair.c says how commands come. SLOT is 0 to 15.
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

#include <linux/kernel.h>
#include <linux/module.h>

#include <xen/xen.h>

#include "trial.h"

const struct trial_command trial_commands[] = {
	{ "frames", command_frames },
	{ "pages", command_pages },
	{ "blocks", command_blocks },
	{ "populated", command_populated },
	{ "contiguous", command_contiguous },
	{ "free", command_free },
	{ "rounds", command_rounds },
	{ "reservation", command_reservation },
	{ }
};

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
