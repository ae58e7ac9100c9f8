// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <memfront/m2p.h>
#include <asm/desc.h>
#include <asm/segment.h>
#include <xen/xen.h>
#include <asm/xen/page.h>

#include "ops.h"
#include "pages.h"
#include "space.h"

/* A flat data segment of user mode. */
#define DESCRIPTOR	0x00cff3000000ffffULL
#define SLOT_ONE	3
#define SLOT_RUN	8
#define NR_RUN		8
#define BAD_OF_RUN	4

static const struct memfront_mmu_result no_result;

/* For a wipe that may find nothing to undo. */
static void forget(struct memfront_mmu_sink *sink, unsigned long unused, int err)
{
}

static struct memfront_mmu_sink forgetful = { .done = forget };
static const struct memfront_mmu_result forgotten = { .sink = &forgetful };

/* A pinned L1 table without entries, and a page that could be pinned as one. */
static struct page *table[1], *spare[1];
static struct memfront_tree table_tree = {
	.level = 1,
	.tables = table,
	.nr = 1,
};

static struct mf_mfn absent = { .nr = NO_SUCH_FRAME };

static struct mf_mfn data_mfn(unsigned int i)
{
	return page_mfn(data.page[i]);
}

static void *data_va(unsigned int i)
{
	return page_address(data.page[i]);
}

struct mf_maddr ops_entry(unsigned int slot)
{
	return mf_maddr(page_mfn(table[0]), slot * 8);
}

u64 ops_slot(unsigned int slot)
{
	return READ_ONCE(((u64 *)page_address(table[0]))[slot]);
}

u64 ops_pte(void)
{
	return mf_pte(data_mfn(0), MF_PTE_PAGE_RW);
}

static bool has_pte(unsigned int slot)
{
	/* Xen has bits of its own in an entry. */
	return (ops_slot(slot) & ops_pte()) == ops_pte();
}

static int ask_pte(struct memfront_mmu_result result)
{
	return memfront_mmu_set_pte(ops_entry(SLOT_ONE), ops_pte(), 0,
				    DOMID_SELF, result);
}

static int ask_pte_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_set_pte(ops_entry(SLOT_ONE + 1),
				    mf_pte(absent, MF_PTE_PAGE_RO), 0,
				    DOMID_SELF, result);
}

static bool ask_pte_done(void)
{
	return has_pte(SLOT_ONE);
}

static void ask_pte_wipe(void)
{
	memfront_mmu_set_pte(ops_entry(SLOT_ONE), 0, 0, DOMID_SELF, no_result);
}

static int set_run(u64 fifth, struct memfront_mmu_result result)
{
	u64 run[NR_RUN];
	unsigned int i;

	for (i = 0; i < NR_RUN; i++)
		run[i] = i == BAD_OF_RUN ? fifth : ops_pte();
	return memfront_mmu_set_ptes(ops_entry(SLOT_RUN), run, NR_RUN,
				     DOMID_SELF, result);
}

static int ask_ptes(struct memfront_mmu_result result)
{
	return set_run(ops_pte(), result);
}

static int ask_ptes_bad(struct memfront_mmu_result result)
{
	return set_run(mf_pte(absent, MF_PTE_PAGE_RO), result);
}

static bool ask_ptes_done(void)
{
	unsigned int i;

	for (i = 0; i < NR_RUN; i++)
		if (!has_pte(SLOT_RUN + i))
			return false;
	return true;
}

static void ask_ptes_wipe(void)
{
	static const u64 nothing[NR_RUN];

	memfront_mmu_set_ptes(ops_entry(SLOT_RUN), nothing, NR_RUN, DOMID_SELF,
			      no_result);
}

static int map_data(unsigned int i, u64 flags,
		    struct memfront_mmu_result result)
{
	return memfront_mmu_set_va((unsigned long)data_va(i),
				   mf_pte(data_mfn(i), flags), result);
}

static int ask_va(struct memfront_mmu_result result)
{
	return map_data(1, MF_PTE_PAGE_RO, result);
}

static int ask_va_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_set_va((unsigned long)data_va(1),
				   mf_pte(absent, MF_PTE_PAGE_RO), result);
}

static bool ask_va_done(void)
{
	memfront_mmu_flush_tlb_va((unsigned long)data_va(1), MEMFRONT_MMU_ALL);
	return !poke((unsigned long)data_va(1) + 8, 1);
}

static void ask_va_wipe(void)
{
	map_data(1, MF_PTE_PAGE_RW, no_result);
	memfront_mmu_flush_tlb_va((unsigned long)data_va(1), MEMFRONT_MMU_ALL);
}

static int ask_m2p(struct memfront_mmu_result result)
{
	return memfront_mmu_set_m2p(data_mfn(0), mf_page_pfn(data.page[0]),
				    result);
}

static int ask_m2p_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_set_m2p(absent, mf_pfn(0), result);
}

static bool ask_m2p_done(void)
{
	struct mf_pfn pfn;

	return !memfront_m2p_lookup(data_mfn(0), &pfn) &&
	       pfn.nr == mf_page_pfn(data.page[0]).nr;
}

static void ask_m2p_wipe(void)
{
	memfront_mmu_set_m2p(data_mfn(0), mf_pfn(1), no_result);
}

/* To pin what is pinned is refused, so a good one is unpinned first. */
static int pin(struct memfront_mmu_result result)
{
	return memfront_mmu_pin(1, page_mfn(spare[0]), result);
}

static int pin_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_pin(1, data_mfn(0), result);
}

static void pin_wipe(void)
{
	memfront_mmu_unpin(page_mfn(spare[0]), forgotten);
}

static int unpin(struct memfront_mmu_result result)
{
	return memfront_mmu_unpin(page_mfn(spare[0]), result);
}

static int unpin_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_unpin(data_mfn(0), result);
}

static void unpin_wipe(void)
{
	memfront_mmu_pin(1, page_mfn(spare[0]), forgotten);
}

static bool data_is(unsigned int i, u64 word)
{
	const u64 *words = data_va(i);

	return words[1] == word && words[TABLE_ENTRIES - 1] == word;
}

static void set_data(unsigned int i, u64 word)
{
	memset64(data_va(i), word, TABLE_ENTRIES);
}

static int clear(struct memfront_mmu_result result)
{
	return memfront_mmu_clear_page(data_mfn(2), result);
}

static int clear_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_clear_page(absent, result);
}

static bool clear_done(void)
{
	return data_is(2, 0);
}

static void clear_wipe(void)
{
	set_data(2, 7);
}

static int copy(struct memfront_mmu_result result)
{
	return memfront_mmu_copy_page(data_mfn(4), data_mfn(3), result);
}

static int copy_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_copy_page(data_mfn(4), absent, result);
}

static bool copy_done(void)
{
	return data_is(4, 9);
}

static void copy_wipe(void)
{
	set_data(3, 9);
	set_data(4, 0);
}

static int ask_root(struct memfront_mmu_result result)
{
	return memfront_mmu_set_root(space_home(), false, result);
}

static int ask_root_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_set_root(data_mfn(0), false, result);
}

static int ask_ldt(struct memfront_mmu_result result)
{
	return memfront_mmu_set_ldt(0, 0, result);
}

static int ask_ldt_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_set_ldt((unsigned long)data_va(0) + 8, 1, result);
}

static struct mf_mfn gdt_mfn(void)
{
	void *gdt = get_cpu_gdt_rw(raw_smp_processor_id());

	return mf_mfn(PFN_DOWN(arbitrary_virt_to_machine(gdt).maddr));
}

static int ask_gdt(struct memfront_mmu_result result)
{
	/* Xen reads it at the end of the batch. */
	static struct mf_mfn frame;

	frame = gdt_mfn();
	return memfront_mmu_set_gdt(&frame, GDT_ENTRIES, result);
}

static int ask_gdt_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_set_gdt(&absent, GDT_ENTRIES, result);
}

static int ask_descriptor(struct memfront_mmu_result result)
{
	return memfront_mmu_set_descriptor(mf_maddr(data_mfn(5), 8),
					   DESCRIPTOR, result);
}

static int ask_descriptor_bad(struct memfront_mmu_result result)
{
	return memfront_mmu_set_descriptor(mf_maddr(absent, 8), DESCRIPTOR,
					   result);
}

static bool ask_descriptor_done(void)
{
	return ((u64 *)data_va(5))[1] == DESCRIPTOR;
}

static void ask_descriptor_wipe(void)
{
	((u64 *)data_va(5))[1] = 0;
}

const struct op ops[NR_OPS] = {
	{ "set_pte", KIND_MMU, 1, 0, ask_pte, ask_pte_bad, ask_pte_done,
	  ask_pte_wipe },
	{ "set_ptes", KIND_MMU, NR_RUN, BAD_OF_RUN, ask_ptes, ask_ptes_bad, ask_ptes_done,
	  ask_ptes_wipe },
	{ "set_va", KIND_SINGLE, 1, 0, ask_va, ask_va_bad, ask_va_done,
	  ask_va_wipe },
	{ "set_m2p", KIND_MMU, 1, 0, ask_m2p, ask_m2p_bad, ask_m2p_done,
	  ask_m2p_wipe },
	{ "pin", KIND_EXT, 1, 0, pin, pin_bad, NULL, pin_wipe },
	{ "unpin", KIND_EXT, 1, 0, unpin, unpin_bad, NULL, unpin_wipe },
	{ "clear_page", KIND_EXT, 1, 0, clear, clear_bad, clear_done, clear_wipe },
	{ "copy_page", KIND_EXT, 1, 0, copy, copy_bad, copy_done, copy_wipe },
	{ "set_root", KIND_EXT, 1, 0, ask_root, ask_root_bad },
	{ "set_ldt", KIND_EXT, 1, 0, ask_ldt, ask_ldt_bad },
	{ "set_gdt", KIND_SINGLE, 1, 0, ask_gdt, ask_gdt_bad },
	{ "set_descriptor", KIND_SINGLE, 1, 0, ask_descriptor, ask_descriptor_bad,
	  ask_descriptor_done, ask_descriptor_wipe },
};

static int map_spare(u64 flags)
{
	unsigned long va = (unsigned long)page_address(spare[0]);

	return memfront_mmu_set_va(va, mf_pte(page_mfn(spare[0]), flags),
				   no_result) ?:
	       memfront_mmu_flush_tlb_va(va, MEMFRONT_MMU_ALL);
}

/* A translated guest gets the pages, but no tables. */
int ops_take(void)
{
	table[0] = page_take();
	spare[0] = page_take();
	if (!table[0] || !spare[0])
		return -ENOMEM;
	if (!xen_pv_domain())
		return 0;
	return memfront_tree_pin(&table_tree) ?: map_spare(MF_PTE_PAGE_RO);
}

static void stamp_again(void)
{
	unsigned int i;

	for (i = 0; i < NR_DATA; i++)
		*(u64 *)data_va(i) = data.stamp[i];
}

static int drop_tables(void)
{
	ask_va_wipe();
	ask_m2p(no_result);
	return map_spare(MF_PTE_PAGE_RW) ?: memfront_tree_unpin(&table_tree);
}

int ops_give(void)
{
	int ret = 0;

	if (xen_pv_domain())
		ret = drop_tables();
	stamp_again();
	if (ret) {
		page_lose();
		return ret;
	}
	page_give(table[0]);
	page_give(spare[0]);
	return 0;
}
