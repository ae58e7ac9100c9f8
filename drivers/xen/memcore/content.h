/* SPDX-License-Identifier: GPL-2.0 */
/* What is in a frame. */
#ifndef MEMCORE_CONTENT_H
#define MEMCORE_CONTENT_H

#include <linux/types.h>

struct memcore_frame;
struct memcore_machine;
struct page;

const void *memcore_content(const struct memcore_frame *frame);
void *memcore_content_make(struct memcore_machine *machine,
			   struct memcore_frame *frame);
u64 memcore_content_read(const struct memcore_frame *frame, unsigned int slot);
int memcore_content_write(struct memcore_machine *machine,
			  struct memcore_frame *frame, unsigned int slot,
			  u64 val);
void memcore_content_borrow(struct memcore_frame *frame, struct page *page);
bool memcore_content_is_lent(const struct memcore_frame *frame);
struct page *memcore_content_drop(struct memcore_frame *frame);

#endif
