// SPDX-License-Identifier: GPL-2.0
/*
 * Random sequences over an ordinary translated domain, a translated control domain
 * and a PV domain, each step held against a naive physmap.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include "memcore_physmap_fixture.h"
#include "ref_physmap.h"

#define STEPS	1500
#define NO_GFN	BIT(40)

enum {
	HVM,
	PVH0,
	PV,
};

/**
 * struct random - a sequence under way
 * @test: the case
 * @p: its domains
 * @ref: what there should be
 * @rnd: what decides
 * @step: how far it has come
 */
struct random {
	struct kunit *test;
	struct physmap_fixture *p;
	struct ref_physmap *ref;
	struct rnd_state rnd;
	unsigned int step;
};

static unsigned int pick(struct random *r, unsigned int nr)
{
	return prandom_u32_state(&r->rnd) % nr;
}

static struct memcore_domain *domain(struct random *r, unsigned int d)
{
	return d == HVM ? r->p->f.hvm : d == PVH0 ? r->p->pvh0 : r->p->f.pv;
}

/* Three superpages, so that regions differ, and what no guest can have. */
static unsigned long real_gfn(unsigned int gfn)
{
	return gfn == REF_NO_GFN ? NO_GFN : gfn * 61UL;
}

static void expect(struct random *r, long got, long wanted, const char *what)
{
	KUNIT_EXPECT_EQ_MSG(r->test, got, wanted, "step %u: %s", r->step, what);
}

/* Of a PV domain a gfn is an index into its frames. */
static void fill(struct random *r, unsigned int d, unsigned int gfn)
{
	xen_pfn_t list = real_gfn(gfn);
	bool ok;
	long got;

	if (r->ref->nr_frames == REF_FRAMES ||
	    (d == PV && r->ref->at[d][gfn].frame))
		return;
	got = fixture_move(domain(r, d), XENMEM_populate_physmap, &list, 1, 0);
	if (d != PV)
		list = mfn_at(domain(r, d), real_gfn(gfn));
	ok = ref_fill(r->ref, d, gfn, list);
	expect(r, got, ok, "fill");
}

static void take(struct random *r, unsigned int d, unsigned int gfn)
{
	struct ref_entry *e = &r->ref->at[d][gfn];
	xen_pfn_t list = real_gfn(gfn);

	if (d == PV)
		list = e->frame ? e->frame->mfn : 0;
	expect(r,
	       fixture_move(domain(r, d), XENMEM_decrease_reservation, &list, 1,
			    0),
	       !ref_take(r->ref, d, gfn), "take");
}

static void move(struct random *r, unsigned int d, unsigned int from,
		 unsigned int to)
{
	expect(r,
	       physmap_add(domain(r, d), DOMID_SELF, XENMAPSPACE_gmfn,
			   real_gfn(from), real_gfn(to)),
	       ref_move(r->ref, d, from, to), "move");
}

static void share(struct random *r, unsigned int d, unsigned int to)
{
	expect(r,
	       physmap_add(domain(r, d), DOMID_SELF, XENMAPSPACE_shared_info,
			   0, real_gfn(to)),
	       ref_share(r->ref, d, to), "shared info");
}

static void remove(struct random *r, unsigned int d, unsigned int gfn)
{
	expect(r, physmap_remove(domain(r, d), DOMID_SELF, real_gfn(gfn)),
	       ref_remove(r->ref, d, gfn), "remove");
}

static void foreign(struct random *r, unsigned int from, unsigned int idx,
		    unsigned int to)
{
	struct ref_entry *e = &r->ref->at[from][idx];
	unsigned long at = real_gfn(idx);

	if (from == PV)
		at = e->frame ? e->frame->mfn : 0;
	expect(r,
	       physmap_add_foreign(r->test, r->p->pvh0,
				   domain(r, from)->config.domid, at,
				   real_gfn(to)),
	       ref_foreign(r->ref, PVH0, from, idx, to), "foreign");
}

/* As acquire_resource would, of whatever has a frame. */
static void acquire(struct random *r, unsigned int from, unsigned int idx,
		    unsigned int to)
{
	struct ref_frame *frame = r->ref->at[from][idx].frame;

	if (!frame || r->ref->at[from][idx].foreign || to == REF_NO_GFN)
		return;
	expect(r,
	       memcore_physmap_set_foreign(r->p->pvh0,
					   memcore_frame(&r->p->f.machine->frames,
							 mc_mfn(frame->mfn)),
					   mc_gfn(real_gfn(to))),
	       ref_acquire(r->ref, PVH0, frame, to), "acquire");
}

static void step(struct random *r)
{
	unsigned int d = pick(r, 2), gfn = pick(r, REF_GFNS);
	unsigned int to = pick(r, 16) ? pick(r, REF_GFNS) : REF_NO_GFN;

	switch (pick(r, 12)) {
	case 0 ... 2:
		fill(r, pick(r, REF_DOMAINS), gfn);
		break;
	case 3:
		take(r, pick(r, REF_DOMAINS), gfn);
		break;
	case 4 ... 5:
		move(r, d, gfn, to);
		break;
	case 6:
		share(r, d, to);
		break;
	case 7:
		remove(r, d, gfn);
		break;
	case 8:
		acquire(r, pick(r, 2) ? HVM : PV, gfn, to);
		break;
	default:
		foreign(r, pick(r, 2) ? HVM : PV, gfn, to);
	}
}

static void check_gfn(struct random *r, unsigned int d, unsigned int gfn)
{
	const struct ref_entry *e = &r->ref->at[d][gfn];
	unsigned long at = real_gfn(gfn);

	expect(r, mfn_at(domain(r, d), at),
	       e->frame ? e->frame->mfn : MC_INVALID, "mfn");
	expect(r, type_at(domain(r, d), at),
	       e->foreign ? MC_P2M_FOREIGN : MC_P2M_RAM, "type");
}

static void check_all(struct random *r)
{
	unsigned int d, gfn;

	for (d = 0; d < REF_DOMAINS; d++) {
		expect(r, domain(r, d)->tot_pages, r->ref->tot_pages[d],
		       "tot_pages");
		for (gfn = 0; d != PV && gfn < REF_GFNS; gfn++)
			check_gfn(r, d, gfn);
	}
	expect_audit(r->test, r->p->f.machine);
}

static void note_shared(struct random *r, unsigned int d)
{
	struct memcore_frame *frame;

	KUNIT_ASSERT_EQ(r->test,
			memcore_domain_shared_info(domain(r, d), &frame), 0);
	ref_frame_new(r->ref, d,
		      memcore_frame_mfn(&r->p->f.machine->frames, frame).nr,
		      true);
}

static void random_against_arrays(struct kunit *test)
{
	struct random r = { .test = test, .p = physmap_of(test) };

	r.ref = kunit_kzalloc(test, sizeof(*r.ref), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, r.ref);
	prandom_seed_state(&r.rnd, fixture_seed(test));
	note_shared(&r, HVM);
	note_shared(&r, PVH0);
	for (r.step = 0; r.step < STEPS; r.step++) {
		step(&r);
		check_all(&r);
	}
}

static struct kunit_case physmap_random_cases[] = {
	KUNIT_CASE(random_against_arrays),
	{ }
};

static struct kunit_suite physmap_random_suite = {
	.name = "memcore_physmap_random",
	.init = physmap_fixture_init,
	.exit = physmap_fixture_exit,
	.test_cases = physmap_random_cases,
};

kunit_test_suite(physmap_random_suite);
