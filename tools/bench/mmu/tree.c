// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to pin and unpin a tree: an L3 table with one L2 table with so
 * many L1 tables of 512 writable mappings each. All L1 tables map the same 512
 * pages. Figures are for each of the L1 entries.
 */
#include <linux/ktime.h>
#include <linux/math64.h>

#include <xen-public/xen.h>

#include "hypervisor.h"
#include "measure.h"
#include "pages.h"

#define ROUNDS	2

/**
 * struct tree - the tree
 * @pages:	what it maps
 * @tables:	its tables: L1 tables, then the L2 table, then the L3 table
 * @pin_ns:	time of all pins
 * @unpin_ns:	time of all unpins
 */
struct tree {
	struct own_pages pages;
	struct own_pages tables;
	u64 pin_ns;
	u64 unpin_ns;
};

static void fill_l1(const struct tree *t, struct page *table)
{
	u64 *slots = page_address(table);
	unsigned int i;

	for (i = 0; i < TABLE_ENTRIES; i++)
		slots[i] = hv_entry(t->pages.page[i], ENTRY_WRITABLE);
}

static void fill(const struct tree *t)
{
	unsigned int nr_l1 = t->tables.nr - 2, i;
	struct page **table = t->tables.page;
	u64 *l2 = page_address(table[nr_l1]);
	u64 *l3 = page_address(table[nr_l1 + 1]);

	for (i = 0; i < nr_l1; i++) {
		fill_l1(t, table[i]);
		l2[i] = hv_entry(table[i], ENTRY_TABLE);
	}
	l3[0] = hv_entry(table[nr_l1], ENTRY_TABLE);
}

/* Return: false if it was refused; time is added to @ns. */
static bool timed_op(const struct tree *t, unsigned int cmd, u64 *ns)
{
	struct mmuext_op op = {
		.cmd = cmd,
		.arg1.mfn = hv_frame(t->tables.page[t->tables.nr - 1]),
	};
	u64 start = ktime_get_ns();
	long ret;

	ret = hv.call(__HYPERVISOR_mmuext_op, (unsigned long)&op, 1, 0,
		      DOMID_SELF, 0);
	*ns += ktime_get_ns() - start;
	return !ret;
}

static int run_rounds(struct tree *t)
{
	unsigned int i;
	int ret;

	fill(t);
	ret = own_pages_make_tables(&t->tables);
	for (i = 0; i < ROUNDS && !ret; i++)
		if (!timed_op(t, MMUEXT_PIN_L3_TABLE, &t->pin_ns) ||
		    !timed_op(t, MMUEXT_UNPIN_TABLE, &t->unpin_ns))
			ret = -EIO;
	return ret;
}

int measure_tree(unsigned int tables, char *result, size_t len)
{
	u64 entries = (u64)ROUNDS * tables * TABLE_ENTRIES;
	struct tree t = { };
	int ret = -ENOMEM;

	if (!tables || tables > TABLE_ENTRIES)
		return -EINVAL;
	if (!own_pages_take(&t.pages, TABLE_ENTRIES) &&
	    !own_pages_take(&t.tables, tables + 2))
		ret = run_rounds(&t);
	snprintf(result, len, "pin %llu unpin %llu\n",
		 DIV64_U64_ROUND_CLOSEST(t.pin_ns, entries),
		 DIV64_U64_ROUND_CLOSEST(t.unpin_ns, entries));
	own_pages_free(&t.tables);
	own_pages_free(&t.pages);
	return ret;
}
