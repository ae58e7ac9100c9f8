// SPDX-License-Identifier: GPL-2.0
/* The module of the suites of what a control domain may do. */
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suites of xen-memfront as a control domain");
MODULE_IMPORT_NS(MEMFRONT_KUNIT);
MODULE_IMPORT_NS(MEMCORE_KUNIT);
