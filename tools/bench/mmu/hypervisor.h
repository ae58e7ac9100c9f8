/* SPDX-License-Identifier: GPL-2.0 */
/* Who answers the hypercalls that are measured: Xen or the in-tree core. */
#ifndef MMUBENCH_HYPERVISOR_H
#define MMUBENCH_HYPERVISOR_H

#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/types.h>

#define ENTRY_PRESENT	BIT_ULL(0)
#define ENTRY_RW	BIT_ULL(1)
#define ENTRY_USER	BIT_ULL(2)
#define ENTRY_ACCESSED	BIT_ULL(5)
#define ENTRY_DIRTY	BIT_ULL(6)
#define ENTRY_NX	BIT_ULL(63)

/* As the kernel maps its memory, and as it maps tables. */
#define ENTRY_READ_ONLY	(ENTRY_PRESENT | ENTRY_ACCESSED | ENTRY_DIRTY | \
			 ENTRY_NX)
#define ENTRY_WRITABLE	(ENTRY_READ_ONLY | ENTRY_RW)
/* What names a table, at any level above. */
#define ENTRY_TABLE	(ENTRY_PRESENT | ENTRY_RW | ENTRY_USER | \
			 ENTRY_ACCESSED | ENTRY_DIRTY)

#define TABLE_ENTRIES	512

/**
 * struct hypervisor - what is measured
 * @call:	one hypercall
 * @call_as:	one of another domain's; NULL on Xen
 * @access:	the software CPU's access; NULL on Xen
 * @p2m:	machine frame for each pfn
 * @direct_map:	where the guest's page tables map pfn 0
 */
struct hypervisor {
	long (*call)(unsigned int nr, unsigned long a1, unsigned long a2,
		     unsigned long a3, unsigned long a4, unsigned long a5);
	long (*call_as)(u16 domid, unsigned int nr, unsigned long a1,
			unsigned long a2, unsigned long a3, unsigned long a4,
			unsigned long a5);
	int (*access)(unsigned long va, void *buf, size_t len,
		      unsigned int access, unsigned int *error);
	const unsigned long *p2m;
	unsigned long direct_map;
};

extern struct hypervisor hv;

int hypervisor_attach(void);
void hypervisor_detach(void);
int hv_store(unsigned long va, const void *from, size_t len);

static inline unsigned long hv_frame(struct page *page)
{
	return hv.p2m[page_to_pfn(page)];
}

static inline u64 hv_entry(struct page *page, u64 flags)
{
	return (u64)hv_frame(page) << PAGE_SHIFT | flags;
}

/* Machine address of an entry of a table. */
static inline u64 hv_entry_addr(struct page *table, unsigned int slot)
{
	return ((u64)hv_frame(table) << PAGE_SHIFT) + slot * sizeof(u64);
}

/* Where the guest has the page, which on the core is an address of a model. */
static inline unsigned long hv_va(struct page *page)
{
	return hv.direct_map + (page_to_pfn(page) << PAGE_SHIFT);
}

#endif /* MMUBENCH_HYPERVISOR_H */
