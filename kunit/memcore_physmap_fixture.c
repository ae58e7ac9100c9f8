// SPDX-License-Identifier: GPL-2.0
#include "memcore_physmap_fixture.h"

static struct memcore_domain *make(struct memcore_machine *machine, u16 domid,
				   bool control)
{
	const struct memcore_domain_config config = {
		.domid = domid,
		.max_pages = UINT_MAX,
		.translated = true,
		.control = control,
		.hardware = true,
	};

	return memcore_domain_create(machine, &config);
}

int physmap_fixture_init(struct kunit *test)
{
	struct physmap_fixture *p;
	int err = fixture_init(test);

	if (err)
		return err;
	p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	p->f = *(struct fixture *)test->priv;
	test->priv = &p->f;
	p->pvh0 = make(p->f.machine, PVH0_DOMID, true);
	p->driver = make(p->f.machine, DRIVER_DOMID, false);
	KUNIT_ASSERT_NOT_NULL(test, p->pvh0);
	KUNIT_ASSERT_NOT_NULL(test, p->driver);
	return 0;
}

/* Who may have others' frames goes first: then nothing keeps any. */
void physmap_fixture_exit(struct kunit *test)
{
	struct physmap_fixture *p = physmap_of(test);

	if (!test->priv)
		return;
	expect_audit(test, p->f.machine);
	if (p->pvh0)
		KUNIT_EXPECT_EQ(test, memcore_domain_destroy(p->pvh0), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(p->driver), 0);
	fixture_exit(test);
}

struct physmap_fixture *physmap_of(struct kunit *test)
{
	return container_of((struct fixture *)test->priv,
			    struct physmap_fixture, f);
}

static long memory_op(struct memcore_domain *caller, unsigned long cmd,
		      const void *arg)
{
	return memcore_call(caller, __HYPERVISOR_memory_op, cmd,
			    (unsigned long)arg, 0, 0, 0);
}

long physmap_add(struct memcore_domain *caller, u16 domid, unsigned int space,
		 unsigned long idx, unsigned long gpfn)
{
	struct xen_add_to_physmap arg = {
		.domid = domid,
		.space = space,
		.idx = idx,
		.gpfn = gpfn,
	};

	return memory_op(caller, XENMEM_add_to_physmap, &arg);
}

long physmap_add_range(struct memcore_domain *caller, unsigned long start,
		       unsigned long idx, unsigned long gpfn, u16 size)
{
	struct xen_add_to_physmap arg = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_gmfn_range,
		.size = size,
		.idx = idx,
		.gpfn = gpfn,
	};

	return memory_op(caller, XENMEM_add_to_physmap | start << 6, &arg);
}

/* The first @nr entries of the fixture's lists. */
long physmap_add_batch(struct kunit *test, struct memcore_domain *caller,
		       u16 domid, unsigned int space, u16 foreign,
		       unsigned int nr)
{
	struct physmap_fixture *p = physmap_of(test);
	struct xen_add_to_physmap_batch arg = {
		.domid = domid,
		.space = space,
		.size = nr,
		.u.foreign_domid = foreign,
	};

	set_xen_guest_handle(arg.idxs, p->idxs);
	set_xen_guest_handle(arg.gpfns, p->gpfns);
	set_xen_guest_handle(arg.errs, p->errs);
	return memory_op(caller, XENMEM_add_to_physmap_batch, &arg);
}

/* One foreign frame for the caller. Return: what the entry says. */
int physmap_add_foreign(struct kunit *test, struct memcore_domain *caller,
			u16 from, unsigned long idx, unsigned long gpfn)
{
	struct physmap_fixture *p = physmap_of(test);

	p->idxs[0] = idx;
	p->gpfns[0] = gpfn;
	p->errs[0] = 1;
	KUNIT_EXPECT_EQ(test,
			physmap_add_batch(test, caller, DOMID_SELF,
					  XENMAPSPACE_gmfn_foreign, from, 1),
			0);
	return p->errs[0];
}

long physmap_remove(struct memcore_domain *caller, u16 domid,
		    unsigned long gpfn)
{
	struct xen_remove_from_physmap arg = {
		.domid = domid,
		.gpfn = gpfn,
	};

	return memory_op(caller, XENMEM_remove_from_physmap, &arg);
}

unsigned long mfn_at(struct memcore_domain *d, unsigned long gfn)
{
	return memcore_p2m_get(&d->p2m, mc_gfn(gfn), NULL).nr;
}

enum mc_p2m_type type_at(struct memcore_domain *d, unsigned long gfn)
{
	enum mc_p2m_type type;

	memcore_p2m_lookup(&d->p2m, mc_gfn(gfn), &type);
	return type;
}

unsigned long gfn_of(struct memcore_domain *d, unsigned long mfn)
{
	return memcore_m2p_get(&d->machine->frames, mc_mfn(mfn)).nr;
}
