/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_KUNIT_H
#define MEMCORE_KUNIT_H

#include <linux/export.h>
#include <linux/kconfig.h>

/*
 * What only the KUnit module needs is exported only on kernels that can run
 * it, and in a name space of its own, so that nothing else leans on it.
 */
#if IS_ENABLED(CONFIG_KUNIT)
#define EXPORT_SYMBOL_FOR_KUNIT(sym)	EXPORT_SYMBOL_NS_GPL(sym, MEMCORE_KUNIT)
#else
#define EXPORT_SYMBOL_FOR_KUNIT(sym)
#endif

#endif
