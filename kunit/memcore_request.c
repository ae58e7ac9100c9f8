// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of requests. The reference for a list is what it says it is: its
 * requests made one by one, never preempted, until one fails. Both are done, at
 * random, to two domains that look the same, and afterwards they still must.
 *
 * As Xen 4.17 does it, one thing may differ: what it loses of a root that was
 * preempted (MC_QUIRK_LOSES_TABLES). Those references are counted by
 * themselves, and without that quirk there are none.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_pv.h"
#include "pv/request.h"

/* Frames that tend to be L1 tables, L2 ... and those that tend to be none. */
#define NR_GROUPS	5
#define GROUP_SIZE	4
#define NR_FRAMES	(NR_GROUPS * GROUP_SIZE)
#define NR_STEPS	1000
#define MAX_BATCH	8
#define NOWHERE		NR_FRAMES
#define TWIN_DOMID	9

/* The hypervisor's slots of a root, and their neighbours. */
static const unsigned int slots[] = { 0, 1, 2, 255, 256, 271, 272, 511 };

/* Enough zeros that a frame which can be no table does not stay so for long. */
static const u64 flags[] = {
	0, 0, 0, 0, 0, 0, 0, PV_TABLE, PV_TABLE, PV_TABLE, PV_TABLE,
	PV_TABLE & ~MC_PTE_RW, PV_READ, PV_WRITE, PV_WRITE & ~MC_PTE_USER,
	PV_TABLE | MC_PTE_PSE,
};

/**
 * struct twin - a domain, and a list of requests in its frame numbers
 * @d: the domain
 * @mfn: its frames
 * @update: for mmu_update
 * @ext: for mmuext_op
 */
struct twin {
	struct memcore_domain *d;
	unsigned long mfn[NR_FRAMES + 1];
	struct mmu_update update[MAX_BATCH];
	struct mmuext_op ext[MAX_BATCH];
};

/**
 * struct twins - both, and what is done to them
 * @whole: gets each list as it is, preempted
 * @parts: gets each request alone
 * @rnd: decides
 * @nr: requests in the list
 * @at: at which check the list is preempted; 0: never
 * @lost: references that @whole has lost so far, and @parts has not
 */
struct twins {
	struct twin whole;
	struct twin parts;
	struct rnd_state rnd;
	unsigned int nr;
	unsigned int at;
	unsigned int lost;
};

static void twin_init(struct kunit *test, struct twin *t,
		      struct memcore_domain *d)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, d);
	t->d = d;
	fixture_populate(test, d, 0, NR_FRAMES);
	memcpy(t->mfn, f->list, NR_FRAMES * sizeof(t->mfn[0]));
	t->mfn[NOWHERE] = 5;
}

static u32 below(struct twins *t, u32 limit)
{
	return prandom_u32_state(&t->rnd) % limit;
}

static unsigned int any_frame(struct twins *t, unsigned int group)
{
	if (!below(t, 12))
		return below(t, NR_FRAMES + 1);
	return group * GROUP_SIZE + below(t, GROUP_SIZE);
}

static void any_update(struct twins *t, unsigned int i)
{
	unsigned int group = below(t, NR_GROUPS), table = any_frame(t, group);
	unsigned int page = any_frame(t, group ? group - 1 : NR_GROUPS - 1);
	unsigned int slot = slots[below(t, ARRAY_SIZE(slots))];
	u64 bits = flags[below(t, ARRAY_SIZE(flags))];
	unsigned int cmd = below(t, 3) ? 0 : below(t, 16) ? 2 : 4;
	struct twin *both[] = { &t->whole, &t->parts };
	unsigned int k;

	for (k = 0; k < 2; k++) {
		both[k]->update[i].ptr = pv_ptr(both[k]->mfn[table], slot) |
					 cmd;
		both[k]->update[i].val = bits ?
			pv_pte(both[k]->mfn[page], bits) : 0;
	}
}

static void any_ext(struct twins *t, unsigned int i)
{
	static const unsigned int cmds[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE, MMUEXT_PIN_L3_TABLE,
		MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE, MMUEXT_UNPIN_TABLE,
		MMUEXT_NEW_BASEPTR, MMUEXT_NEW_USER_BASEPTR,
		MMUEXT_TLB_FLUSH_ALL, MMUEXT_CLEAR_PAGE, MMUEXT_CLEAR_PAGE,
		MMUEXT_CLEAR_PAGE, MMUEXT_COPY_PAGE,
	};
	unsigned int cmd = cmds[below(t, ARRAY_SIZE(cmds))];
	unsigned int group = cmd < 4 ? cmd : below(t, NR_GROUPS);
	unsigned int page = any_frame(t, group);
	unsigned int src = any_frame(t, below(t, NR_GROUPS)), k;
	struct twin *both[] = { &t->whole, &t->parts };

	for (k = 0; k < 2; k++) {
		both[k]->ext[i].cmd = cmd;
		both[k]->ext[i].arg1.mfn = both[k]->mfn[page];
		both[k]->ext[i].arg2.src_mfn = both[k]->mfn[src];
	}
}

static long whole_list(struct twins *t, bool ext, unsigned int *done)
{
	struct memcore_domain *d = t->whole.d;
	long ret;

	t->at = below(t, 40);
	memcore_preempt_set(&d->machine->preempt, t->at);
	if (ext)
		ret = pv_exts(d, t->whole.ext, t->nr, done, DOMID_SELF);
	else
		ret = pv_updates(d, t->whole.update, t->nr, done, DOMID_SELF);
	memcore_preempt_set(&d->machine->preempt, 0);
	return ret;
}

static long one_by_one(struct twins *t, bool ext, unsigned int *done)
{
	struct twin *p = &t->parts;
	long ret = 0;

	for (*done = 0; *done < t->nr && !ret; *done += !ret)
		if (ext)
			ret = pv_exts(p->d, &p->ext[*done], 1, NULL,
				      DOMID_SELF);
		else
			ret = pv_updates(p->d, &p->update[*done], 1, NULL,
					 DOMID_SELF);
	return ret;
}

/* An entry, with the number of its frame in the pool instead of the machine. */
static u64 normal(const struct twin *t, u64 pte)
{
	unsigned int i;

	for (i = 0; i <= NR_FRAMES; i++)
		if (pte & MC_PTE_PRESENT && mc_pte_mfn(pte).nr == t->mfn[i])
			return pv_pte(i, pte & ~MC_PTE_MFN_MASK);
	return pte;
}

/* What a frame was before nobody used it any more may differ. */
static u64 use_of(const struct twin *t, unsigned int i)
{
	u64 word = atomic64_read(&pv_frame(t->d, t->mfn[i])->type);

	return word & MC_PGT_COUNT_MASK ? word : 0;
}

/* The general references that somebody has. */
static unsigned long count_of(const struct twin *t, unsigned int i)
{
	return pv_count(t->d, t->mfn[i]) - pv_frame(t->d, t->mfn[i])->lost;
}

static unsigned int nr_lost(const struct twin *t)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR_FRAMES; i++)
		nr += pv_frame(t->d, t->mfn[i])->lost;
	return nr;
}

static unsigned int nr_differences(const struct twins *t)
{
	const struct twin *a = &t->whole, *b = &t->parts;
	unsigned int i, j, nr = 0;

	for (i = 0; i < NR_FRAMES; i++) {
		nr += use_of(a, i) != use_of(b, i);
		nr += count_of(a, i) != count_of(b, i);
		for (j = 0; j < ARRAY_SIZE(slots); j++)
			nr += normal(a, pv_read(a->d, a->mfn[i], slots[j])) !=
			      normal(b, pv_read(b->d, b->mfn[i], slots[j]));
	}
	return nr;
}

/* Did the list end with a root that was refused, and may have been preempted? */
static bool ends_with_bad_root(const struct twins *t, bool ext, long ret,
			       unsigned int done)
{
	unsigned int cmd = t->whole.ext[done % MAX_BATCH].cmd;

	return ext && ret && t->at &&
	       (cmd == MMUEXT_PIN_L4_TABLE || cmd == MMUEXT_NEW_BASEPTR ||
		cmd == MMUEXT_NEW_USER_BASEPTR);
}

/* With the quirk, such a list may have lost one reference more. */
static bool lost_alike(struct twins *t, bool bad_root)
{
	unsigned int whole = nr_lost(&t->whole), parts = nr_lost(&t->parts);

	if (!(t->whole.d->machine->quirks & MC_QUIRK_LOSES_TABLES))
		return !whole && !parts;
	t->lost += bad_root && whole == parts + t->lost + 1;
	return whole == parts + t->lost;
}

static bool step(struct kunit *test, struct twins *t)
{
	unsigned int i, done_whole = 99, done_parts;
	bool ext = below(t, 2), alike;
	long whole, parts;

	t->nr = 1 + below(t, MAX_BATCH);
	for (i = 0; i < t->nr; i++) {
		if (ext)
			any_ext(t, i);
		else
			any_update(t, i);
	}
	whole = whole_list(t, ext, &done_whole);
	parts = one_by_one(t, ext, &done_parts);
	KUNIT_EXPECT_EQ(test, whole, parts);
	KUNIT_EXPECT_EQ(test, done_whole, done_parts);
	KUNIT_EXPECT_EQ(test, nr_differences(t), 0);
	alike = lost_alike(t, ends_with_bad_root(t, ext, whole, done_whole));
	KUNIT_EXPECT_TRUE(test, alike);
	return whole == parts && done_whole == done_parts &&
	       !nr_differences(t) && alike;
}

static unsigned int nr_of_type(const struct twin *t, enum mc_type type)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR_FRAMES; i++)
		nr += memcore_type_of(use_of(t, i)) == type;
	return nr;
}

static u64 continuations(const struct fixture *f)
{
	return memcore_stat_read(f->machine, MEMCORE_STAT_CONTINUATIONS);
}

static struct twins *twins_make(struct kunit *test)
{
	const struct memcore_domain_config config = {
		.domid = TWIN_DOMID,
		.max_pages = UINT_MAX,
	};
	struct twins *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, t);
	twin_init(test, &t->whole, f->pv);
	twin_init(test, &t->parts, memcore_domain_create(f->machine, &config));
	return t;
}

static void many_lists(struct kunit *test)
{
	struct twins *t = twins_make(test);
	struct fixture *f = test->priv;
	unsigned int i, type, nr[MC_TYPE_WRITABLE + 1] = { };
	u64 before = continuations(f);

	prandom_seed_state(&t->rnd, fixture_seed(test));
	for (i = 0; i < NR_STEPS && step(test, t); i++) {
		for (type = MC_TYPE_L1; type <= MC_TYPE_WRITABLE; type++)
			nr[type] += nr_of_type(&t->whole, type);
		if (!(i % 16))
			expect_audit(test, f->machine);
	}
	KUNIT_EXPECT_EQ(test, i, NR_STEPS);
	/* Otherwise this has shown little. */
	for (type = MC_TYPE_L1; type <= MC_TYPE_L4; type++)
		KUNIT_EXPECT_GT(test, nr[type], NR_STEPS / 100);
	KUNIT_EXPECT_GT(test, continuations(f) - before,
			NR_STEPS / 100);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(t->parts.d), 0);
}

static void a_list_is_its_requests_one_by_one(struct kunit *test)
{
	many_lists(test);
}

static void without_quirks_no_list_loses_anything(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->machine->quirks = 0;
	many_lists(test);
}

static void where_a_list_may_start(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frametable *ft = &f->machine->frames;

	KUNIT_EXPECT_TRUE(test, memcore_list_ok(f->pv, 0));
	KUNIT_EXPECT_TRUE(test, memcore_list_ok(f->pv, (1UL << 47) - 1));
	KUNIT_EXPECT_TRUE(test, memcore_list_ok(f->pv, ~0UL));
	KUNIT_EXPECT_TRUE(test, memcore_list_ok(f->pv, (unsigned long)&ft));
	KUNIT_EXPECT_FALSE(test, memcore_list_ok(f->pv, 1UL << 47));
	KUNIT_EXPECT_FALSE(test,
			   memcore_list_ok(f->pv, 0xffff800000000000UL));
	KUNIT_EXPECT_FALSE(test,
			   memcore_list_ok(f->pv, 0xffff87ffffffffffUL));
	KUNIT_EXPECT_FALSE(test, memcore_list_ok(f->pv,
						 (unsigned long)ft->frames));
	KUNIT_EXPECT_TRUE(test,
			  memcore_list_ok(f->hvm, 0xffff800000000000UL));
}

static void expect_owner(struct kunit *test, unsigned int domid,
			 const struct memcore_domain *owner)
{
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_pg_owner_get(f->pv, domid);

	KUNIT_EXPECT_PTR_EQ(test, (const struct memcore_domain *)d, owner);
	if (d)
		memcore_domain_put(d);
}

static void owners_by_number(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_machine *machine = f->machine;

	expect_owner(test, DOMID_SELF, f->pv);
	expect_owner(test, 0, f->dom0);
	expect_owner(test, 1, f->hvm);
	expect_owner(test, DOMID_IO, &machine->io);
	expect_owner(test, DOMID_XEN, &machine->xen);
	expect_owner(test, f->pv->config.domid, NULL);
	expect_owner(test, TWIN_DOMID, NULL);
	expect_owner(test, DOMID_COW, NULL);
	expect_owner(test, DOMID_INVALID, NULL);
	expect_owner(test, DOMID_IDLE, NULL);
	KUNIT_EXPECT_EQ(test, kref_read(&machine->io.ref), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&machine->xen.ref), 1);
}

static struct kunit_case request_cases[] = {
	KUNIT_CASE(a_list_is_its_requests_one_by_one),
	KUNIT_CASE(without_quirks_no_list_loses_anything),
	KUNIT_CASE(where_a_list_may_start),
	KUNIT_CASE(owners_by_number),
	{ }
};

static struct kunit_suite request_suite = {
	.name = "memcore_request",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = request_cases,
};

kunit_test_suite(request_suite);
