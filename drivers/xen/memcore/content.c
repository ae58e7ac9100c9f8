// SPDX-License-Identifier: GPL-2.0
/*
 * What is in a frame: a page of the running kernel that was lent to it, a page
 * of the core's own, or nothing so far, which reads as zeros.
 *
 * Only the first write to a frame without a page can fail, for want of memory.
 * This is the one answer of the core that Xen would not give.
 */
#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <memcore/kunit.h>
#include "content.h"
#include "guest-access.h"
#include "machine.h"

#define GFP_CONTENT	(GFP_ATOMIC | __GFP_ZERO | __GFP_NOWARN)

const u64 memcore_zeros[PAGE_SIZE / sizeof(u64)] __aligned(PAGE_SIZE);
EXPORT_SYMBOL_FOR_KUNIT(memcore_zeros);

static void *words_of(unsigned long content)
{
	return (void *)(content & ~MC_CONTENT_OWN);
}

static struct page *alloc_own(struct memcore_machine *machine)
{
	if (memcore_failpoint_hit(&machine->failpoint))
		return NULL;
	return alloc_page(GFP_CONTENT);
}

/* Another CPU may have been faster: its page it is then. */
static unsigned long install(struct memcore_frame *frame, struct page *page)
{
	unsigned long own = (unsigned long)page_address(page) | MC_CONTENT_OWN;
	unsigned long old = 0;

	if (try_cmpxchg(&frame->content, &old, own))
		return own;
	__free_page(page);
	return old;
}

/**
 * memcore_content_make() - get at what is in a frame, to change it
 * @machine: where
 * @frame: the frame, with a reference
 *
 * Context: any.
 * Return: a page's worth of bytes, or NULL if there is no memory for them.
 */
void *memcore_content_make(struct memcore_machine *machine,
			   struct memcore_frame *frame)
{
	unsigned long content = READ_ONCE(frame->content);
	struct page *page;

	if (content)
		return words_of(content);
	page = alloc_own(machine);
	if (!page)
		return NULL;
	return words_of(install(frame, page));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_content_make);

/**
 * memcore_content_write() - write a word of a frame
 * @machine: where
 * @frame: the frame, with a reference
 * @slot: which of its 512
 * @val: the word
 *
 * A zero in a frame that has no page yet is there already.
 *
 * Return: 0 or -ENOMEM.
 */
int memcore_content_write(struct memcore_machine *machine,
			  struct memcore_frame *frame, unsigned int slot,
			  u64 val)
{
	u64 *words;

	if (!val && !READ_ONCE(frame->content))
		return 0;
	words = memcore_content_make(machine, frame);
	if (!words)
		return -ENOMEM;
	WRITE_ONCE(words[slot], val);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_content_write);

/**
 * memcore_content_exchange() - compare and exchange a part of a frame
 * @machine: where
 * @frame: the frame, with a reference
 * @offset: in it, of 4 aligned bytes
 * @old: what has to be there; set to what is
 * @new: what is there then
 *
 * Return: 0; -EAGAIN if something else was there; or -ENOMEM.
 */
int memcore_content_exchange(struct memcore_machine *machine,
			     struct memcore_frame *frame, unsigned int offset,
			     u32 *old, u32 new)
{
	void *page = memcore_content_make(machine, frame);

	if (!page)
		return -ENOMEM;
	return try_cmpxchg((u32 *)(page + offset), old, new) ? 0 : -EAGAIN;
}

/**
 * memcore_content_borrow() - let a page of the running kernel be the content
 * @frame: the frame, that nobody uses yet
 * @page: the page, lent until memcore_content_drop() returns it
 */
void memcore_content_borrow(struct memcore_frame *frame, struct page *page)
{
	memcore_content_drop(frame);
	WRITE_ONCE(frame->content, (unsigned long)page_address(page));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_content_borrow);

/**
 * memcore_content_is_lent() - is what is in a frame a page of the kernel?
 * @frame: the frame, with a reference
 *
 * Return: true if memcore_content_drop() would return a page.
 */
bool memcore_content_is_lent(const struct memcore_frame *frame)
{
	unsigned long content = READ_ONCE(frame->content);

	return content && !(content & MC_CONTENT_OWN);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_content_is_lent);

static bool is_xen(const struct memcore_frame *frame)
{
	return atomic64_read(&frame->count) & MC_PGC_XEN;
}

static void free_after_readers(struct rcu_head *rcu)
{
	__free_page(container_of(rcu, struct page, rcu_head));
}

/**
 * memcore_content_lend() - move content into a page of the running kernel
 * @frame: the frame, whose content is a page of the core's own; its owner is
 *         locked
 * @page: the page, lent as with memcore_content_borrow()
 *
 * The frame may be in use: who reads it meanwhile sees the one or the other.
 */
void memcore_content_lend(struct memcore_frame *frame, struct page *page)
{
	unsigned long own = READ_ONCE(frame->content);

	memcore_page_fill(page_address(page), words_of(own));
	WRITE_ONCE(frame->content, (unsigned long)page_address(page));
	if (is_xen(frame))
		frame->spare = own;
	else
		call_rcu(&virt_to_page(words_of(own))->rcu_head,
			 free_after_readers);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_content_lend);

/* What cannot be read is not in the frame. */
static void take_back(struct memcore_frame *frame, unsigned long own)
{
	const void *lent = memcore_content(frame);

	if (copy_from_kernel_nofault(words_of(own), lent, PAGE_SIZE))
		memset(words_of(own), 0, PAGE_SIZE);
	WRITE_ONCE(frame->content, own);
}

/**
 * memcore_content_keep() - let a frame keep its content when it loses its page
 * @machine: where
 * @frame: the frame; its owner is locked
 *
 * Return: 0, or -ENOMEM with nothing changed.
 */
int memcore_content_keep(struct memcore_machine *machine,
			 struct memcore_frame *frame)
{
	struct page *page;

	/* One of the hypervisor's has a spare page. */
	if (!memcore_content_is_lent(frame) || is_xen(frame))
		return 0;
	page = alloc_own(machine);
	if (!page)
		return -ENOMEM;
	take_back(frame, (unsigned long)page_address(page) | MC_CONTENT_OWN);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_content_keep);

/**
 * memcore_content_return() - a lent page is the kernel's alone again
 * @frame: the frame that it was lent to, if any was; its owner is locked
 *
 * What was in the frame is forgotten, unless it is the hypervisor's.
 */
void memcore_content_return(struct memcore_frame *frame)
{
	if (!memcore_content_is_lent(frame))
		return;
	if (is_xen(frame))
		take_back(frame, frame->spare);
	else
		memcore_content_drop(frame);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_content_return);

/**
 * memcore_content_drop() - forget what is in a frame: it reads as zeros then
 * @frame: the frame, that nobody uses any more
 *
 * Return: the page if it was lent, else NULL.
 */
struct page *memcore_content_drop(struct memcore_frame *frame)
{
	unsigned long content = xchg(&frame->content, 0);

	if (!content)
		return NULL;
	if (!(content & MC_CONTENT_OWN))
		return virt_to_page(content);
	free_page(content & ~MC_CONTENT_OWN);
	return NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_content_drop);
