/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frame numbers of the guest side, one type for each address space, so that
 * the compiler refuses a mix-up.
 */
#ifndef _MEMFRONT_FRAME_H
#define _MEMFRONT_FRAME_H

#include <linux/bits.h>
#include <linux/mm.h>

/* log2 of the 4 KiB frames in the largest extent that is moved: 2 MiB. */
#define MEMFRONT_SUPER_ORDER	9
#define MEMFRONT_SUPER_PAGES	BIT(MEMFRONT_SUPER_ORDER)

/**
 * struct mf_pfn - a frame of the guest's pseudo-physical memory
 * @nr: what Linux calls the pfn; for a translated guest also Xen's gfn
 */
struct mf_pfn {
	unsigned long nr;
};

/**
 * struct mf_mfn - a frame of the machine, known to PV guests only
 * @nr: the number as Xen's calls use it
 */
struct mf_mfn {
	unsigned long nr;
};

/**
 * struct mf_gfn - a frame of another domain, as calls that name it take it
 * @nr: a translated domain's guest frame, a PV domain's machine frame
 */
struct mf_gfn {
	unsigned long nr;
};

/**
 * struct mf_maddr - a machine address: of a page-table entry, of a descriptor
 * @addr: the address in bytes
 */
struct mf_maddr {
	u64 addr;
};

/**
 * mf_pfn - make a typed frame number of a plain one
 * @nr:	the pfn
 */
static inline struct mf_pfn mf_pfn(unsigned long nr)
{
	return (struct mf_pfn){ .nr = nr };
}

/**
 * mf_mfn - make a typed frame number of a plain one
 * @nr:	the mfn
 */
static inline struct mf_mfn mf_mfn(unsigned long nr)
{
	return (struct mf_mfn){ .nr = nr };
}

/**
 * mf_gfn - make a typed frame number of a plain one
 * @nr:	the gfn
 */
static inline struct mf_gfn mf_gfn(unsigned long nr)
{
	return (struct mf_gfn){ .nr = nr };
}

/**
 * mf_maddr - the machine address of a byte in a frame
 * @mfn:	the frame
 * @offset: byte in it
 */
static inline struct mf_maddr mf_maddr(struct mf_mfn mfn, unsigned int offset)
{
	return (struct mf_maddr){ .addr = ((u64)mfn.nr << PAGE_SHIFT) + offset };
}

/**
 * mf_page_pfn - the frame that a struct page describes
 * @page: a page
 */
static inline struct mf_pfn mf_page_pfn(const struct page *page)
{
	return mf_pfn(page_to_pfn(page));
}

/**
 * mf_pfn_page - the struct page of a frame
 * @pfn: a frame of RAM
 */
static inline struct page *mf_pfn_page(struct mf_pfn pfn)
{
	return pfn_to_page(pfn.nr);
}

/**
 * mf_pfn_block - number of the 2 MiB block that holds a frame
 * @pfn: the frame
 */
static inline unsigned long mf_pfn_block(struct mf_pfn pfn)
{
	return pfn.nr >> MEMFRONT_SUPER_ORDER;
}

/**
 * mf_block_pfn - first frame of a 2 MiB block
 * @block: its number
 */
static inline struct mf_pfn mf_block_pfn(unsigned long block)
{
	return mf_pfn(block << MEMFRONT_SUPER_ORDER);
}

/**
 * mf_pages_to_kb - 4 KiB frames as KiB
 * @pages: how many
 */
static inline unsigned long mf_pages_to_kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

#endif /* _MEMFRONT_FRAME_H */
