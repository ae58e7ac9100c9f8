/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the KUnit suites may reach of xen-memreplay: symbols exported only when
 * the kernel has KUnit, in a namespace of their own.
 */
#ifndef _MEMREPLAY_KUNIT_H
#define _MEMREPLAY_KUNIT_H

#include <linux/export.h>

#if IS_ENABLED(CONFIG_KUNIT)
#define EXPORT_SYMBOL_FOR_KUNIT(sym)	EXPORT_SYMBOL_NS_GPL(sym, MEMREPLAY_KUNIT)
#else
#define EXPORT_SYMBOL_FOR_KUNIT(sym)
#endif

#endif /* _MEMREPLAY_KUNIT_H */
