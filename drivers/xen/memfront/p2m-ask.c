// SPDX-License-Identifier: GPL-2.0
/*
 * The P2M of a translated guest is the hypervisor's: for every frame it has to
 * be asked for the type of the memory (HVMOP_get_mem_type of Xen 4.17, where a
 * hole is what an emulator would serve). A multicall asks for many at once.
 *
 * A foreign frame looks like a hole to that question. Those that this module
 * has mapped are marked: in the private word of the page, where there is one, for
 * that costs next to nothing; else in an array here.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/xarray.h>

#include <xen/interface/xen.h>

#include <memfront/kunit.h>

#include "hypercall.h"
#include "inject.h"
#include "p2m.h"

/* In Xen's public hvm_op.h, but not in the kernel's copy of it. */
#define HVMOP_GET_MEM_TYPE	15
#define HVMMEM_MMIO_DM		2

struct hvm_mem_type {
	domid_t domid;
	u16 mem_type;
	u16 pad[2];
	u64 pfn;
};

/* Questions in one multicall: what the stack has room for. */
#define BATCH	16

/**
 * struct questions - some frames to ask for
 * @nr:		how many
 * @pfns:	the frames
 * @types:	the questions, where Xen puts the answers
 * @calls:	a hypercall for each
 */
struct questions {
	unsigned int nr;
	struct mf_pfn pfns[BATCH];
	struct hvm_mem_type types[BATCH];
	struct multicall_entry calls[BATCH];
};

static DEFINE_XARRAY(foreign);

/* Its address is a word that nobody else writes to a page. */
const char p2m_foreign_mark;

static struct page *page_of(struct mf_pfn pfn)
{
	return pfn_valid(pfn.nr) ? pfn_to_page(pfn.nr) : NULL;
}

/**
 * p2m_mark_foreign - a frame of another domain is to be mapped at @pfn
 * @pfn: a frame of this translated guest
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int p2m_mark_foreign(struct mf_pfn pfn)
{
	struct page *page = page_of(pfn);

	if (page) {
		p2m_mark_page(page);
		return 0;
	}
	if (memfront_should_fail())
		return -ENOMEM;
	return xa_err(xa_store(&foreign, pfn.nr, xa_mk_value(0), GFP_KERNEL));
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_mark_foreign);

/**
 * p2m_unmark_foreign - the foreign frame at @pfn is gone
 * @pfn: a frame that was marked
 */
void p2m_unmark_foreign(struct mf_pfn pfn)
{
	struct page *page = page_of(pfn);

	if (page)
		p2m_unmark_page(page);
	else
		xa_erase(&foreign, pfn.nr);
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_unmark_foreign);

static bool is_marked(struct mf_pfn pfn)
{
	struct page *page = page_of(pfn);

	return page ? READ_ONCE(page->private) ==
		      (unsigned long)&p2m_foreign_mark :
		      !!xa_load(&foreign, pfn.nr);
}

static struct mf_p2m_entry entry_of(struct mf_pfn pfn, long ret,
				    const struct hvm_mem_type *type)
{
	if (is_marked(pfn))
		return p2m_entry(pfn.nr | MF_P2M_FOREIGN_BIT);
	if (ret || type->mem_type >= HVMMEM_MMIO_DM ||
	    pfn.nr & MF_P2M_SPECIAL)
		return p2m_entry(MF_P2M_INVALID);
	return p2m_entry(pfn.nr);
}

static void ask_for(struct hvm_mem_type *type, struct mf_pfn pfn)
{
	*type = (struct hvm_mem_type){ .domid = DOMID_SELF, .pfn = pfn.nr };
}

/**
 * p2m_ask - what the hypervisor has behind a frame of this translated guest
 * @pfn: any number
 *
 * Return: RAM, with the guest's own number for a frame; foreign, if marked; a
 * hole, also if the hypervisor does not say: touching the page might then kill
 * the guest.
 */
struct mf_p2m_entry p2m_ask(struct mf_pfn pfn)
{
	struct hvm_mem_type type;
	long ret;

	ask_for(&type, pfn);
	ret = memfront_call(__HYPERVISOR_hvm_op, HVMOP_GET_MEM_TYPE,
			    (unsigned long)&type, 0, 0, 0);
	return entry_of(pfn, ret, &type);
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_ask);

static void ask_batch(struct questions *q, struct mf_p2m_entry *entries)
{
	unsigned int i;
	long ret;

	for (i = 0; i < q->nr; i++) {
		ask_for(&q->types[i], q->pfns[i]);
		q->calls[i] = (struct multicall_entry){
			.op = __HYPERVISOR_hvm_op,
			.args = { HVMOP_GET_MEM_TYPE,
				  (unsigned long)&q->types[i] },
		};
	}
	ret = memfront_call(__HYPERVISOR_multicall, (unsigned long)q->calls,
			    q->nr, 0, 0, 0);
	for (i = 0; i < q->nr; i++)
		entries[i] = ret ? p2m_ask(q->pfns[i]) :
				   entry_of(q->pfns[i], q->calls[i].result,
					    &q->types[i]);
}

/**
 * p2m_ask_array - what the hypervisor has behind some frames
 * @pfns:	the frames
 * @entries:	gets what p2m_ask() would say of each
 * @nr:		their number
 *
 * Where there are no multicalls, one call for each.
 */
void p2m_ask_array(const struct mf_pfn *pfns, struct mf_p2m_entry *entries,
		   unsigned long nr)
{
	struct questions q;
	unsigned long i;

	for (i = 0; i < nr; i += q.nr) {
		q.nr = min_t(unsigned long, nr - i, BATCH);
		memcpy(q.pfns, pfns + i, q.nr * sizeof(*pfns));
		ask_batch(&q, entries + i);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_ask_array);

/**
 * p2m_ask_range - what the hypervisor has behind neighbouring frames
 * @first:	the first
 * @entries:	gets what p2m_ask() would say of each
 * @nr:		their number
 */
void p2m_ask_range(struct mf_pfn first, struct mf_p2m_entry *entries,
		   unsigned long nr)
{
	struct questions q;
	unsigned long i;
	unsigned int j;

	for (i = 0; i < nr; i += q.nr) {
		q.nr = min_t(unsigned long, nr - i, BATCH);
		for (j = 0; j < q.nr; j++)
			q.pfns[j] = mf_pfn(first.nr + i + j);
		ask_batch(&q, entries + i);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_ask_range);
