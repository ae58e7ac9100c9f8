// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/string.h>

#include <memfront/mmu.h>
#include <memfront/p2m.h>
#include <asm/processor.h>

#include "pages.h"
#include "space.h"
#include "tree.h"

static const struct memfront_mmu_result no_result;

/* The root that the CPU runs on. */
struct mf_mfn space_home(void)
{
	return mf_p2m_mfn(memfront_p2m_lookup(mf_pfn(PHYS_PFN(read_cr3_pa()))));
}

/* The process's half stays empty, and Xen's own slots are Xen's to fill. */
void space_fill_root(struct page *root, struct page *l3)
{
	const u64 *from = __va(read_cr3_pa());
	u64 *to = page_address(root);

	memcpy(to + PRIVATE_SLOT + 1, from + PRIVATE_SLOT + 1,
	       (TABLE_ENTRIES - PRIVATE_SLOT - 1) * sizeof(*to));
	to[PRIVATE_SLOT] = mf_pte(page_mfn(l3), MF_PTE_TABLE);
}

static int pin_root(struct space *s)
{
	s->own = (struct memfront_tree){
		.level = 4,
		.tables = &s->page,
		.nr = 1,
	};
	return memfront_tree_pin(&s->own);
}

/* An L3 tree, which is pinned, gets a root; that of an L4 tree is there. */
int space_open(struct space *s, const struct trial_tree *t)
{
	int ret;

	s->page = NULL;
	s->root = page_mfn(t->tables[0]);
	if (t->tree.level == 4)
		return 0;
	s->page = page_take();
	if (!s->page)
		return -ENOMEM;
	space_fill_root(s->page, tree_l3(t));
	s->root = page_mfn(s->page);
	ret = pin_root(s);
	if (ret)
		page_give(s->page);
	return ret;
}

int space_close(struct space *s)
{
	int ret;

	if (!s->page)
		return 0;
	ret = memfront_tree_unpin(&s->own);
	if (ret)
		page_lose();
	else
		page_give(s->page);
	return ret;
}

/* From here to space_leave() the process is not mapped. */
int space_enter(struct space *s)
{
	int ret;

	local_irq_save(s->flags);
	s->home = space_home();
	ret = memfront_mmu_set_root(s->root, false, no_result);
	if (ret)
		local_irq_restore(s->flags);
	return ret;
}

int space_leave(struct space *s)
{
	int ret = memfront_mmu_set_root(s->home, false, no_result);

	local_irq_restore(s->flags);
	return ret;
}
