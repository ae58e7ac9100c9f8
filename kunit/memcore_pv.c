// SPDX-License-Identifier: GPL-2.0
#include <linux/vmalloc.h>
#include "memcore_pv.h"

struct memcore_frame *pv_frame(struct memcore_domain *d, unsigned long mfn)
{
	return memcore_frame(&d->machine->frames, mc_mfn(mfn));
}

u64 pv_read(struct memcore_domain *d, unsigned long mfn, unsigned int slot)
{
	return memcore_content_read(pv_frame(d, mfn), slot);
}

enum mc_type pv_type(struct memcore_domain *d, unsigned long mfn)
{
	return memcore_type_of(atomic64_read(&pv_frame(d, mfn)->type));
}

unsigned long pv_type_count(struct memcore_domain *d, unsigned long mfn)
{
	return atomic64_read(&pv_frame(d, mfn)->type) & MC_PGT_COUNT_MASK;
}

unsigned long pv_count(struct memcore_domain *d, unsigned long mfn)
{
	return atomic64_read(&pv_frame(d, mfn)->count) & MC_PGC_COUNT_MASK;
}

long pv_updates(struct memcore_domain *d, const struct mmu_update *list,
		unsigned int nr, unsigned int *done, unsigned int domains)
{
	return memcore_call(d, __HYPERVISOR_mmu_update, (unsigned long)list,
			    nr, (unsigned long)done, domains, 0);
}

/* One request, for one's own page in one's own table. */
long pv_update(struct memcore_domain *d, u64 ptr, u64 val)
{
	const struct mmu_update req = { .ptr = ptr, .val = val };

	return pv_updates(d, &req, 1, NULL, DOMID_SELF);
}

long pv_update_va(struct memcore_domain *d, unsigned long va, u64 val,
		  unsigned long flags)
{
	return memcore_call(d, __HYPERVISOR_update_va_mapping, va, val, flags,
			    0, 0);
}

long pv_exts(struct memcore_domain *d, const struct mmuext_op *list,
	     unsigned int nr, unsigned int *done, unsigned int domain)
{
	return memcore_call(d, __HYPERVISOR_mmuext_op, (unsigned long)list, nr,
			    (unsigned long)done, domain, 0);
}

/* One operation for oneself; @arg is a frame or an address. */
long pv_ext(struct memcore_domain *d, unsigned int cmd, unsigned long arg)
{
	const struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg };

	return pv_exts(d, &op, 1, NULL, DOMID_SELF);
}

static unsigned long take(struct kunit *test, struct memcore_domain *d,
			  unsigned long *pfn)
{
	struct fixture *f = test->priv;

	fixture_populate(test, d, (*pfn)++, 1);
	return f->list[0];
}

static void fill(struct kunit *test, struct pv_space *s, unsigned long table,
		 unsigned int slot, u64 pte)
{
	KUNIT_ASSERT_EQ(test, pv_update(s->d, pv_ptr(table, slot), pte), 0);
}

/* Frames, with all entries in place, that are not in use as tables yet. */
void pv_space_make(struct kunit *test, struct pv_space *s,
		   struct memcore_domain *d)
{
	unsigned long pfn = 0;
	unsigned int i;

	s->d = d;
	s->l4 = take(test, d, &pfn);
	s->l3 = take(test, d, &pfn);
	s->l2 = take(test, d, &pfn);
	s->l1 = take(test, d, &pfn);
	for (i = 0; i < PV_PAGES; i++) {
		s->page[i] = take(test, d, &pfn);
		s->spare[i] = take(test, d, &pfn);
		fill(test, s, s->l1, i, pv_pte(s->page[i], PV_WRITE));
	}
	fill(test, s, s->l4, PV_L4_SLOT, pv_pte(s->l3, PV_TABLE));
	fill(test, s, s->l3, PV_L3_SLOT, pv_pte(s->l2, PV_TABLE));
	fill(test, s, s->l2, PV_L2_SLOT, pv_pte(s->l1, PV_TABLE));
}

void pv_space_load(struct kunit *test, struct pv_space *s)
{
	KUNIT_ASSERT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L4_TABLE, s->l4), 0);
	KUNIT_ASSERT_EQ(test, pv_ext(s->d, MMUEXT_NEW_BASEPTR, s->l4), 0);
}

/* Does the CPU of a vCPU know this page? */
bool pv_remembers(struct memcore_vcpu *v, unsigned long va)
{
	u64 pte;

	return memcore_tlb_lookup(v, va, 0, &pte);
}

/* Let the CPUs of all vCPUs know this page, as some frame. */
void pv_remember(struct memcore_domain *d, unsigned long va,
		 unsigned long mfn)
{
	unsigned int i;
	u64 pte;

	for (i = 0; i < d->nr_vcpus; i++) {
		memcore_tlb_lookup(&d->vcpus[i], va, 0, &pte);
		memcore_tlb_insert(&d->vcpus[i], va, pv_pte(mfn, PV_WRITE));
	}
}

static int edge_init(struct kunit_resource *res, void *context)
{
	res->data = vmalloc(PAGE_SIZE);
	return res->data ? 0 : -ENOMEM;
}

static void edge_free(struct kunit_resource *res)
{
	vfree(res->data);
}

/* So many bytes, behind which there is no memory. */
void *pv_last_bytes(struct kunit *test, size_t len)
{
	void *page = kunit_alloc_resource(test, edge_init, edge_free,
					  GFP_KERNEL, NULL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page + PAGE_SIZE - len;
}
