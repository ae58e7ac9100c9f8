// SPDX-License-Identifier: GPL-2.0
/*
 * granttrial: one domain shares pages with a pattern through xen-memfront, another
 * maps them. ../pair.c says how commands come.
 *
 * The references of some thousand pages do not fit an answer. They are written to
 * pages that are shared, too; only the references of those are told: LIST is
 * "DOMID NR REF...", the domain that shares, how many pages, and where the list
 * of them is.
 *
 * In the domain that shares; SLOT is 0 to 7:
 *
 *   make NR                     get so many pages
 *   share SLOT DOMID rw|ro NR   share the first NR of them: "NR REF..."
 *   give-fill SEED              write the pattern of this seed to all
 *   give-check NR SEED          compare the first NR with it
 *   revoke SLOT                 "revoked ERRNO"; after EBUSY they are still shared
 *   held                        pages that something else has a reference to
 *
 * In the domain that maps:
 *
 *   map SLOT rw|ro LIST         "map_ns N"
 *   look SLOT PAGE              what the page's entry is: "none", "ro" or "rw"
 *   poke SLOT PAGE              write the page's first word; EFAULT if it faults
 *   check SLOT SEED             compare with the pattern
 *   fill SLOT SEED              write it
 *   unmap SLOT                  "unmap_ns N"
 *   rounds ROUNDS SEED LIST     map, compare the first word of each, unmap:
 *                               "rounds_ns N"
 *   copy in|out SEED LIST       by a copy: compare with the pattern, or write it
 *   cache MAX ROUNDS SEED LIST  as rounds, by a cache of so many: "cache_ns N"
 */
#include <linux/module.h>

#include "trial.h"

const struct trial_command trial_commands[] = {
	{ "make", giver_make },
	{ "share", giver_share },
	{ "give-fill", giver_fill },
	{ "give-check", giver_check },
	{ "revoke", giver_revoke },
	{ "held", giver_held },
	{ "map", taker_map },
	{ "look", taker_look },
	{ "poke", taker_poke },
	{ "check", taker_check },
	{ "fill", taker_fill },
	{ "unmap", taker_unmap },
	{ "rounds", taker_rounds },
	{ "copy", taker_copy },
	{ "cache", taker_cache },
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
MODULE_DESCRIPTION("Trial of grants between two domains");
