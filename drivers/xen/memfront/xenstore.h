/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the toolstack says in xenstore, and what it is told there.
 */
#ifndef _MEMFRONT_XENSTORE_H
#define _MEMFRONT_XENSTORE_H

#include <linux/errno.h>
#include <linux/types.h>

#if IS_ENABLED(CONFIG_XEN_BALLOON)
int xenstore_init(void);
void xenstore_exit(void);
void xenstore_state_changed(void);
long xenstore_offset(void);
#else
static inline int xenstore_init(void)
{
	return 0;
}

static inline void xenstore_exit(void) { }
static inline void xenstore_state_changed(void) { }

static inline long xenstore_offset(void)
{
	return 0;
}
#endif

#endif /* _MEMFRONT_XENSTORE_H */
