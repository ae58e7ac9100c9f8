/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_GUEST_ACCESS_H
#define MEMCORE_GUEST_ACCESS_H

#include <linux/types.h>

struct memcore_domain;

bool memcore_guest_range_ok(struct memcore_domain *caller, unsigned long addr,
			    unsigned long nr, size_t size);
int memcore_copy_from_guest(struct memcore_domain *caller, void *dst,
			    unsigned long addr, size_t len);
int memcore_copy_to_guest(struct memcore_domain *caller, unsigned long addr,
			  const void *src, size_t len);
int memcore_copy_back_to_guest(struct memcore_domain *caller,
			       unsigned long addr, const void *src, size_t len);
bool memcore_page_is_zero(const void *page);
void memcore_page_clear(void *page);
void memcore_page_fill(void *page, const void *src);

#endif
