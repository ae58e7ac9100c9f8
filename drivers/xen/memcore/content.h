/* SPDX-License-Identifier: GPL-2.0 */
/* What is in a frame. */
#ifndef MEMCORE_CONTENT_H
#define MEMCORE_CONTENT_H

#include <linux/types.h>
#include "frametable.h"

struct memcore_machine;
struct page;

/* In a frame's content: the page is the core's own, not lent. */
#define MC_CONTENT_OWN	1UL

/* What is in a frame that has no page. */
extern const u64 memcore_zeros[];

/**
 * memcore_content() - read what is in a frame
 * @frame: the frame, with a reference
 *
 * Return: a page's worth of bytes.
 */
static inline const void *memcore_content(const struct memcore_frame *frame)
{
	unsigned long content = READ_ONCE(frame->content);

	return content ? (void *)(content & ~MC_CONTENT_OWN) : memcore_zeros;
}

/**
 * memcore_content_read() - read a word of a frame
 * @frame: the frame, with a reference
 * @slot: which of its 512
 *
 * Return: the word.
 */
static inline u64 memcore_content_read(const struct memcore_frame *frame,
				       unsigned int slot)
{
	const u64 *words = memcore_content(frame);

	return READ_ONCE(words[slot]);
}

void *memcore_content_make(struct memcore_machine *machine,
			   struct memcore_frame *frame);
int memcore_content_write(struct memcore_machine *machine,
			  struct memcore_frame *frame, unsigned int slot,
			  u64 val);
int memcore_content_exchange(struct memcore_machine *machine,
			     struct memcore_frame *frame, unsigned int offset,
			     u32 *old, u32 new);
void memcore_content_borrow(struct memcore_frame *frame, struct page *page);
void memcore_content_lend(struct memcore_frame *frame, struct page *page);
int memcore_content_keep(struct memcore_machine *machine,
			 struct memcore_frame *frame);
void memcore_content_return(struct memcore_frame *frame);
bool memcore_content_is_lent(const struct memcore_frame *frame);
struct page *memcore_content_drop(struct memcore_frame *frame);

#endif
