// SPDX-License-Identifier: GPL-2.0
#include "memcore_grants.h"
#include "vcpu.h"

static void populate(struct grants *g)
{
	struct fixture *f = g->test->priv;
	unsigned int i;

	fixture_populate(g->test, g->granter, 1000, GRANTS_PAGES);
	for (i = 0; i < GRANTS_PAGES; i++) {
		g->gfn[i] = g->granter->config.translated ? 1000 + i :
							    f->list[i];
		g->mfn[i] = g->granter->config.translated ?
			memcore_p2m_get(&g->granter->p2m, mc_gfn(1000 + i),
					NULL).nr : f->list[i];
	}
}

/* A test may go on at another CPU, and so as another vCPU. */
static void load_everywhere(struct grants *g)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_NEW_BASEPTR,
		.arg1.mfn = g->space.l4,
	};
	unsigned int i;

	for (i = 0; i < g->mapper->nr_vcpus; i++)
		KUNIT_ASSERT_EQ(g->test,
				memcore_vcpu_call(&g->mapper->vcpus[i],
						  __HYPERVISOR_mmuext_op,
						  (unsigned long)&op, 1, 0,
						  DOMID_SELF, 0), 0);
}

/* @granter has a table of one frame; @mapper has an address space. */
void grants_make(struct kunit *test, struct grants *g,
		 struct memcore_domain *granter, struct memcore_domain *mapper)
{
	g->test = test;
	g->granter = granter;
	g->mapper = mapper;
	populate(g);
	grant_start(test, granter, 1);
	if (mapper->config.translated)
		return;
	pv_space_make(test, &g->space, mapper);
	pv_space_load(test, &g->space);
	load_everywhere(g);
}

void grants_offer_as(struct grants *g, u32 ref, unsigned long gfn, u16 flags,
		     u16 domid)
{
	grant_write(g->granter, ref, flags, domid, gfn);
}

void grants_offer(struct grants *g, u32 ref, unsigned int page, u16 flags)
{
	grants_offer_as(g, ref, g->gfn[page], GTF_permit_access | flags,
			g->mapper->config.domid);
}

u32 grants_pin(struct grants *g, u32 ref)
{
	return memcore_grant_entry(&g->granter->grants, ref)->pin;
}

u64 grants_addr(struct grants *g, unsigned int slot)
{
	return g->mapper->config.translated ?
		(u64)(GRANTS_HOLE + slot) << PAGE_SHIFT : pv_va(slot);
}

u64 grants_dev_addr(struct grants *g, unsigned int page)
{
	return (u64)g->mfn[page] << PAGE_SHIFT;
}

/* The frame that is mapped at a slot, or MC_INVALID. */
unsigned long grants_at(struct grants *g, unsigned int slot)
{
	u64 pte;

	if (g->mapper->config.translated)
		return memcore_p2m_get(&g->mapper->p2m,
				       mc_gfn(GRANTS_HOLE + slot), NULL).nr;
	pte = pv_read(g->mapper, g->space.l1, slot);
	return pte & MC_PTE_PRESENT ? mc_pte_mfn(pte).nr : MC_INVALID;
}

void grants_prepare(struct grants *g, struct gnttab_map_grant_ref *op,
		    unsigned int slot, u32 ref, unsigned int flags)
{
	*op = (struct gnttab_map_grant_ref){
		.host_addr = grants_addr(g, slot),
		.flags = flags,
		.ref = ref,
		.dom = g->granter->config.domid,
		.status = 77,
	};
	if (flags & GNTMAP_contains_pte)
		op->host_addr = pv_ptr(g->space.l1, slot);
}

int grants_map(struct grants *g, unsigned int slot, u32 ref,
	       unsigned int flags, u32 *handle)
{
	struct gnttab_map_grant_ref op;

	grants_prepare(g, &op, slot, ref, flags);
	KUNIT_EXPECT_EQ(g->test,
			grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1),
			0);
	if (handle)
		*handle = op.handle;
	return op.status;
}

int grants_unmap(struct grants *g, u64 addr, u64 dev_addr, u32 handle)
{
	struct gnttab_unmap_grant_ref op = {
		.host_addr = addr,
		.dev_bus_addr = dev_addr,
		.handle = handle,
		.status = 77,
	};

	KUNIT_EXPECT_EQ(g->test,
			grant_op(g->mapper, GNTTABOP_unmap_grant_ref, &op, 1),
			0);
	return op.status;
}

int grants_replace(struct grants *g, u64 addr, u64 new_addr, u32 handle)
{
	struct gnttab_unmap_and_replace op = {
		.host_addr = addr,
		.new_addr = new_addr,
		.handle = handle,
		.status = 77,
	};

	KUNIT_EXPECT_EQ(g->test,
			grant_op(g->mapper, GNTTABOP_unmap_and_replace, &op,
				 1), 0);
	return op.status;
}

/* Does a mapping that writes use the frame as writable? */
bool grants_takes_type(struct grants *g)
{
	return g->granter == g->mapper || !g->granter->config.translated;
}

void grants_audit(struct grants *g)
{
	expect_audit(g->test, g->granter->machine);
}

/* The end of a case with fixture_init(): dom0 may have mapped what others grant. */
void grants_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->dom0), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->pv), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
	memcore_machine_destroy(f->machine);
}
