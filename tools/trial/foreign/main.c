// SPDX-License-Identifier: GPL-2.0
/*
 * foreigntrial: one domain has pages with a pattern and tells their frames,
 * another maps them through xen-memfront. ../pair.c says how commands come.
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
#include <linux/module.h>

#include "trial.h"

const struct trial_command trial_commands[] = {
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
	{ }
};

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
