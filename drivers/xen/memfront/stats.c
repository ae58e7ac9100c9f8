// SPDX-License-Identifier: GPL-2.0
/*
 * The counters behind the stats/ group in sysfs.
 */
#include <memfront/kunit.h>

#include "stats.h"

struct memfront_stats memfront_stats;
EXPORT_SYMBOL_FOR_KUNIT(memfront_stats);
