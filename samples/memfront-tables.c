// SPDX-License-Identifier: GPL-2.0
/*
 * memfront-tables: how other kernel code uses xen-memfront.
 *
 * Looks up the frame behind a page of its own; and, in a PV guest, makes another
 * page a page table, maps the first page in all of its entries by one batch, and
 * lets both go again. A translated guest has no such tables: there the look-up is
 * all.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/printk.h>

#include <memfront/m2p.h>
#include <memfront/mmu.h>
#include <memfront/p2m.h>
#include <memfront/pin.h>

#define ENTRIES		512

/* Told of every entry, as soon as the hypervisor has answered. */
struct counter {
	struct memfront_mmu_sink sink;
	unsigned int good;
	unsigned int refused;
};

static void count(struct memfront_mmu_sink *sink, unsigned long cookie, int err)
{
	struct counter *counter = container_of(sink, struct counter, sink);

	if (err)
		counter->refused++;
	else
		counter->good++;
}

/* All requests between begin and end go to the hypervisor together. */
static int set_entries(struct mf_mfn table, u64 pte, struct counter *counter)
{
	struct memfront_mmu_result result = { .sink = &counter->sink };
	unsigned int i;
	int ret;

	ret = memfront_mmu_begin();
	if (ret)
		return ret;
	for (i = 0; i < ENTRIES; i++) {
		result.cookie = i;
		memfront_mmu_set_pte(mf_maddr(table, i * sizeof(pte)), pte, 0,
				     DOMID_SELF, result);
	}
	return memfront_mmu_end();
}

static int use_table(struct mf_mfn table, struct mf_mfn data)
{
	struct counter counter = { .sink.done = count };
	int ret;

	ret = set_entries(table, mf_pte(data, MF_PTE_PAGE_RO), &counter);
	pr_info("%u entries written, %u refused\n", counter.good,
		counter.refused);
	return ret;
}

/* Only while the tree is pinned are its pages tables; then they are pages. */
static int make_table(struct page *page, struct mf_mfn data)
{
	struct memfront_tree tree = { .level = 1, .tables = &page, .nr = 1 };
	struct mf_mfn table =
		mf_p2m_mfn(memfront_p2m_lookup(mf_page_pfn(page)));
	int ret, err;

	ret = memfront_tree_pin(&tree);
	if (ret == -EOPNOTSUPP) {
		pr_info("a translated guest: its tables are its own affair\n");
		return 0;
	}
	if (ret)
		return ret;
	ret = use_table(table, data);
	err = memfront_tree_unpin(&tree);
	if (err) {
		/* Still a table: whoever got this page would not be able to use it. */
		get_page(page);
		pr_err("a page table cannot be let go (%d)\n", err);
	}
	return ret ?: err;
}

static int look_up(struct page *page, struct mf_mfn *mfn)
{
	struct mf_p2m_entry entry = memfront_p2m_lookup(mf_page_pfn(page));
	struct mf_pfn pfn;

	if (mf_p2m_state(entry) != MF_P2M_RAM)
		return -ENXIO;
	*mfn = mf_p2m_mfn(entry);
	if (!memfront_mfn_to_pfn(*mfn, &pfn) &&
	    pfn.nr != mf_page_pfn(page).nr)
		return -EIO;
	return 0;
}

static int __init memfront_tables_init(void)
{
	struct page *data = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct page *table = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct mf_mfn mfn;
	int ret = -ENOMEM;

	if (data && table)
		ret = look_up(data, &mfn) ?: make_table(table, mfn);
	if (!ret)
		pr_info("done\n");
	if (table)
		__free_page(table);
	if (data)
		__free_page(data);
	return ret;
}

static void __exit memfront_tables_exit(void)
{
}

module_init(memfront_tables_init);
module_exit(memfront_tables_exit);

MODULE_DESCRIPTION("Example of the use of xen-memfront by other kernel code");
MODULE_AUTHOR("The xen-memfront developers");
MODULE_LICENSE("GPL");
