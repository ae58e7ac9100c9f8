/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far the guest may be pushed.
 */
#ifndef _MEMFRONT_LIMITS_H
#define _MEMFRONT_LIMITS_H

unsigned long limits_floor(unsigned long total_pages);
unsigned long limits_available(void);

#endif /* _MEMFRONT_LIMITS_H */
