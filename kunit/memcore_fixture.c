// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "memcore_fixture.h"
#include "parameter.h"

static struct memcore_domain *make(struct memcore_machine *machine, u16 domid,
				   bool translated, bool privileged)
{
	const struct memcore_domain_config config = {
		.domid = domid,
		.max_pages = UINT_MAX,
		.nr_pfns = FIXTURE_FRAMES,
		.translated = translated,
		.control = privileged,
		.hardware = privileged,
	};

	return memcore_domain_create(machine, &config);
}

int fixture_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->list = kunit_kcalloc(test, FIXTURE_LIST, sizeof(*f->list),
				GFP_KERNEL);
	f->machine = memcore_machine_create(mc_mfn(FIXTURE_BASE),
					    FIXTURE_FRAMES);
	KUNIT_ASSERT_NOT_NULL(test, f->list);
	KUNIT_ASSERT_NOT_NULL(test, f->machine);
	f->hvm = make(f->machine, 1, true, false);
	f->pv = make(f->machine, 2, false, false);
	f->dom0 = make(f->machine, 0, false, true);
	KUNIT_ASSERT_NOT_NULL(test, f->hvm);
	KUNIT_ASSERT_NOT_NULL(test, f->pv);
	KUNIT_ASSERT_NOT_NULL(test, f->dom0);
	test->priv = f;
	return 0;
}

/* Nothing leaks: with the domains gone, every frame is free again. */
void fixture_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->hvm), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->pv), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(f->dom0), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
	memcore_machine_destroy(f->machine);
}

void expect_audit(struct kunit *test, struct memcore_machine *machine)
{
	char msg[256];

	KUNIT_EXPECT_EQ_MSG(test, memcore_audit(machine, msg, sizeof(msg)), 0,
			    "%s", msg);
}

long fixture_reserve(struct memcore_domain *caller, unsigned long cmd,
		     struct xen_memory_reservation *r)
{
	return memcore_call(caller, __HYPERVISOR_memory_op, cmd,
			    (unsigned long)r, 0, 0, 0);
}

/* The plain form: one's own memory, from the start of the list. */
long fixture_move(struct memcore_domain *caller, unsigned int op,
		  xen_pfn_t *list, unsigned long nr, unsigned int order)
{
	struct xen_memory_reservation r = {
		.nr_extents = nr,
		.extent_order = order,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(r.extent_start, list);
	return fixture_reserve(caller, op, &r);
}

long fixture_ask(struct memcore_domain *caller, unsigned long cmd,
		 domid_t domid)
{
	struct xen_memory_domain arg = { .domid = domid };

	return memcore_call(caller, __HYPERVISOR_memory_op, cmd,
			    (unsigned long)&arg, 0, 0, 0);
}

/* Single pages at @nr gfns from @gfn; leaves what came back in the list. */
void fixture_populate(struct kunit *test, struct memcore_domain *d,
		      unsigned long gfn, unsigned long nr)
{
	struct fixture *f = test->priv;
	unsigned long i;

	for (i = 0; i < nr; i++)
		f->list[i] = gfn + i;
	KUNIT_ASSERT_EQ(test,
			fixture_move(d, XENMEM_populate_physmap, f->list, nr,
				     0),
			nr);
}

static int sum_entry(struct mc_gfn gfn, struct mc_mfn mfn,
		     enum mc_p2m_type type, void *data)
{
	*(unsigned long *)data += gfn.nr * 31 + mfn.nr;
	return 0;
}

void fixture_snapshot(struct memcore_domain *d, struct snapshot *s)
{
	struct memcore_frametable *ft = &d->machine->frames;
	unsigned long i;

	*s = (struct snapshot){
		.tot_pages = d->tot_pages,
		.free_frames = d->machine->heap.free_frames,
	};
	memcore_p2m_for_each(&d->p2m, sum_entry, &s->mapped);
	for (i = 0; i < ft->nr; i++)
		s->m2p += memcore_m2p_get(ft, mc_mfn_add(ft->base, i)).nr * i;
}

void expect_same(struct kunit *test, const struct snapshot *a,
		 const struct snapshot *b)
{
	KUNIT_EXPECT_EQ(test, a->tot_pages, b->tot_pages);
	KUNIT_EXPECT_EQ(test, a->free_frames, b->free_frames);
	KUNIT_EXPECT_EQ(test, a->mapped, b->mapped);
	KUNIT_EXPECT_EQ(test, a->m2p, b->m2p);
}

static unsigned int seed;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of the random sequences; 0: a new one each time");

/* A new one each run, told, so that a failure can be had again. */
u32 fixture_seed(struct kunit *test)
{
	u32 chosen = fixture_parameter(test, "seed", seed) ?: get_random_u32();

	kunit_info(test, "seed %u", chosen);
	return chosen;
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suites of xen-memcore");
MODULE_IMPORT_NS(MEMCORE_KUNIT);
