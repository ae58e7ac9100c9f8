// SPDX-License-Identifier: GPL-2.0
/*
 * Random maps, unmaps and replacements against a naive reference, with the audit
 * after each: every status, every count, and what is at each address.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_grants.h"
#include "ref_grants.h"

#define NR_STEPS	500
#define NR_PAGES	6
#define MAPPER_DOMID	9
#define FIRST_SLOT	32U

/**
 * struct mix - what meets what
 * @name: in words
 * @granter_translated: who grants
 * @mapper_translated: who maps
 * @version: of the grant table
 */
struct mix {
	const char *name;
	bool granter_translated;
	bool mapper_translated;
	unsigned int version;
};

static const struct mix mixes[] = {
	{ "PV to PV, version 1", false, false, 1 },
	{ "PV to PV, version 2", false, false, 2 },
	{ "PV to translated, version 1", false, true, 1 },
	{ "PV to translated, version 2", false, true, 2 },
	{ "translated to PV, version 1", true, false, 1 },
	{ "translated to PV, version 2", true, false, 2 },
	{ "translated to translated, version 1", true, true, 1 },
	{ "translated to translated, version 2", true, true, 2 },
};

static void mix_name(const struct mix *m, char *desc)
{
	strscpy(desc, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mix, mixes, mix_name);

/**
 * struct walk - a random sequence
 * @g: the domains
 * @ref: what should be
 * @rnd: what is done next
 * @handle: a handle that there was once
 */
struct walk {
	struct grants g;
	struct ref_grants ref;
	struct rnd_state rnd;
	u32 handle;
};

static u32 below(struct walk *w, u32 limit)
{
	return prandom_u32_state(&w->rnd) % limit;
}

static u32 real_ref(u32 ref)
{
	return ref < REF_GRANTS_REFS ? GRANTS_REF + ref : 10000 + ref;
}

static void offer(struct walk *w, u32 ref)
{
	struct ref_offer *o = &w->ref.offer[ref];
	u16 flags = GTF_permit_access;

	o->page = below(w, 12) ? below(w, NR_PAGES) : -1;
	o->readonly = !below(w, 4);
	o->valid = below(w, 10);
	if (o->readonly)
		flags |= GTF_readonly;
	grants_offer_as(&w->g, GRANTS_REF + ref,
			o->page < 0 ? 0xffffff : w->g.gfn[o->page], flags,
			MAPPER_DOMID + !o->valid);
}

static void step_offer(struct walk *w)
{
	offer(w, below(w, REF_GRANTS_REFS));
}

static unsigned int random_flags(struct walk *w)
{
	unsigned int flags = below(w, 8) ? GNTMAP_host_map : 0;

	if (!below(w, 3) && !w->ref.mapper_translated)
		flags |= GNTMAP_device_map;
	if (!below(w, 3))
		flags |= GNTMAP_readonly;
	if (!below(w, 4))
		flags |= GNTMAP_contains_pte;
	return flags;
}

static void step_map(struct walk *w)
{
	u32 ref = below(w, REF_GRANTS_REFS + 1);
	unsigned int flags = random_flags(w), slot = below(w, REF_GRANTS_SLOTS);
	u32 handle = 0;
	int status;

	if (list_empty(&w->ref.unused))
		return;
	status = grants_map(&w->g, FIRST_SLOT + slot, real_ref(ref), flags,
			    &handle);
	KUNIT_EXPECT_EQ(w->g.test, status,
			ref_grants_map(&w->ref, handle, slot, ref, flags));
	if (status == GNTST_okay)
		w->handle = handle;
}

static u32 some_handle(struct walk *w)
{
	struct ref_map *m;
	unsigned int skip = below(w, 16);

	list_for_each_entry(m, &w->ref.maps, link)
		if (!skip--)
			return m->handle;
	return w->handle;
}

/* Mostly where it really is. */
static int some_slot(struct walk *w, const struct ref_map *m)
{
	unsigned int i;

	for (i = 0; m && i < REF_GRANTS_SLOTS && below(w, 20); i++)
		if (w->ref.slot[i].page == m->page && below(w, 3))
			return i;
	return (int)below(w, REF_GRANTS_SLOTS + 1) - 1;
}

static u64 addr_of(struct walk *w, const struct ref_map *m, int slot)
{
	if (slot < 0)
		return 0;
	if (m && m->flags & GNTMAP_contains_pte)
		return pv_ptr(w->g.space.l1, FIRST_SLOT + slot);
	return grants_addr(&w->g, FIRST_SLOT + slot);
}

static u64 dev_addr_of(struct walk *w, const struct ref_map *m,
		       enum ref_device device)
{
	if (device == REF_DEVICE_NONE)
		return 0;
	return grants_dev_addr(&w->g, m ? m->page : 0) +
	       (device == REF_DEVICE_WRONG ? PAGE_SIZE : 0);
}

static void step_unmap(struct walk *w)
{
	u32 handle = some_handle(w);
	struct ref_map *m = ref_grants_find(&w->ref, handle);
	enum ref_device device = below(w, 8) ? below(w, 2) : REF_DEVICE_WRONG;
	int slot = some_slot(w, m), status;

	status = grants_unmap(&w->g, addr_of(w, m, slot),
			      dev_addr_of(w, m, device), handle);
	KUNIT_EXPECT_EQ(w->g.test, status,
			ref_grants_unmap(&w->ref, handle, slot, -1, device));
}

/* Translated domains cannot. */
static void step_replace(struct walk *w)
{
	u32 handle = some_handle(w);
	struct ref_map *m = ref_grants_find(&w->ref, handle);
	int slot = some_slot(w, m), status;
	int new_slot = below(w, REF_GRANTS_SLOTS);

	if (w->ref.mapper_translated)
		return;
	status = grants_replace(&w->g, addr_of(w, m, slot),
				grants_addr(&w->g, FIRST_SLOT + new_slot),
				handle);
	KUNIT_EXPECT_EQ(w->g.test, status,
			ref_grants_unmap(&w->ref, handle, slot, new_slot,
					 REF_DEVICE_NONE));
}

/* A PV domain may do with its entries what it likes. */
static void step_overwrite(struct walk *w)
{
	unsigned int slot = below(w, REF_GRANTS_SLOTS);

	if (w->ref.mapper_translated)
		return;
	KUNIT_EXPECT_EQ(w->g.test,
			pv_update_va(w->g.mapper, pv_va(FIRST_SLOT + slot), 0,
				     0), 0);
	ref_grants_clear(&w->ref, slot);
}

static void check(struct walk *w)
{
	struct kunit *test = w->g.test;
	unsigned int i;

	for (i = 0; i < REF_GRANTS_REFS; i++) {
		KUNIT_ASSERT_EQ(test, grants_pin(&w->g, GRANTS_REF + i),
				ref_grants_pin(&w->ref, i));
		if (!ref_grants_pin(&w->ref, i))
			KUNIT_ASSERT_EQ(test,
					grant_use(w->g.granter, GRANTS_REF + i), 0);
	}
	for (i = 0; i < NR_PAGES; i++) {
		KUNIT_ASSERT_EQ(test, pv_count(w->g.granter, w->g.mfn[i]),
				ref_grants_count(&w->ref, i));
		KUNIT_ASSERT_EQ(test, pv_type_count(w->g.granter, w->g.mfn[i]),
				ref_grants_type(&w->ref, i));
	}
	for (i = 0; i < REF_GRANTS_SLOTS; i++)
		KUNIT_ASSERT_EQ(test, grants_at(&w->g, FIRST_SLOT + i),
				w->ref.slot[i].page < 0 ? MC_INVALID :
				w->g.mfn[w->ref.slot[i].page]);
	grants_audit(&w->g);
}

static struct memcore_domain *mapper_new(struct kunit *test, bool translated)
{
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = MAPPER_DOMID,
		.max_pages = UINT_MAX,
		.nr_vcpus = 2,
		.translated = translated,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	return d;
}

static struct walk *begin(struct kunit *test)
{
	const struct mix *mix = test->param_value;
	struct fixture *f = test->priv;
	struct walk *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	prandom_seed_state(&w->rnd, fixture_seed(test));
	grants_make(test, &w->g, mix->granter_translated ? f->hvm : f->pv,
		    mapper_new(test, mix->mapper_translated));
	KUNIT_ASSERT_EQ(test,
			grant_set_version(w->g.granter, mix->version), 0);
	ref_grants_init(&w->ref);
	w->ref.granter_translated = mix->granter_translated;
	w->ref.mapper_translated = mix->mapper_translated;
	w->ref.table = mix->granter_translated ? -1 : NR_PAGES - 1;
	if (!mix->granter_translated)
		KUNIT_ASSERT_EQ(test,
				pv_ext(f->pv, MMUEXT_PIN_L1_TABLE,
				       w->g.mfn[NR_PAGES - 1]), 0);
	for (i = 0; i < REF_GRANTS_REFS; i++)
		offer(w, i);
	return w;
}

static void random_against_reference(struct kunit *test)
{
	static void (*const steps[])(struct walk *w) = {
		step_map, step_map, step_map, step_map, step_unmap, step_unmap,
		step_unmap, step_replace, step_overwrite, step_offer,
	};
	struct walk *w = begin(test);
	unsigned int i;

	for (i = 0; i < NR_STEPS; i++) {
		steps[below(w, ARRAY_SIZE(steps))](w);
		check(w);
	}
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(w->g.mapper), 0);
	for (i = 0; i < NR_PAGES; i++)
		KUNIT_EXPECT_EQ(test, pv_count(w->g.granter, w->g.mfn[i]),
				1 + ((int)i == w->ref.table));
}

static struct kunit_case grant_map_random_cases[] = {
	KUNIT_CASE_PARAM(random_against_reference, mix_gen_params),
	{ }
};

static struct kunit_suite grant_map_random_suite = {
	.name = "memcore_grant_map_random",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = grant_map_random_cases,
};

kunit_test_suite(grant_map_random_suite);
