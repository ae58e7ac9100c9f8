/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sizes of memory as text.
 */
#ifndef _MEMFRONT_SIZE_H
#define _MEMFRONT_SIZE_H

int size_parse_kb(const char *text, unsigned long *pages);
int size_parse_bytes(const char *text, unsigned long *pages);

#endif /* _MEMFRONT_SIZE_H */
