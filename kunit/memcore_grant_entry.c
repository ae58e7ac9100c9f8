// SPDX-License-Identifier: GPL-2.0
/* Entries of grant tables: who is let in, what is told, and who is counted. */
#include <linux/prandom.h>
#include "memcore_grant.h"
#include "memcore_pv.h"

#define REF	9
#define DOM	1
#define OTHER	0

struct grant_fixture {
	struct memcore_domain *d;
	unsigned long gfn;
};

static struct grant_fixture start(struct kunit *test, bool translated,
				  u32 version)
{
	struct fixture *f = test->priv;
	struct grant_fixture g = { .d = translated ? f->hvm : f->pv };

	g.gfn = grant_new_frame(test, g.d, 3);
	grant_start(test, g.d, version);
	return g;
}

/* Pin, and give up again at once. Return: the status. */
static int try_pin(struct memcore_domain *d, u32 ref, domid_t domid, u32 more)
{
	struct memcore_frame *frame;
	int rc = grant_pin(d, ref, domid, more, &frame);

	if (rc == GNTST_okay)
		grant_unpin(d, ref, more, frame);
	return rc;
}

/* By the book: what must the flags be for a mapping? */
static bool lets_map(u16 flags, bool readonly)
{
	return (flags & GTF_type_mask) == GTF_permit_access &&
	       !(flags & GTF_sub_page) && (readonly || !(flags & GTF_readonly));
}

static void all_flags(struct kunit *test, u32 version)
{
	struct grant_fixture g = start(test, version == 1, version);
	unsigned int flags;
	bool readonly;
	int rc;

	for (flags = 0; flags < 2 * (GTF_sub_page << 1); flags++) {
		readonly = flags & 1;
		grant_write(g.d, REF, flags >> 1, DOM, g.gfn);
		rc = try_pin(g.d, REF, DOM,
			     readonly ? MC_PIN_HOST_READ : MC_PIN_HOST_WRITE);
		KUNIT_ASSERT_EQ_MSG(test, rc,
				    lets_map(flags >> 1, readonly) ?
				    GNTST_okay : GNTST_general_error,
				    "flags %x", flags);
	}
}

static void every_flag_counts_in_version_1(struct kunit *test)
{
	all_flags(test, 1);
}

static void every_flag_counts_in_version_2(struct kunit *test)
{
	all_flags(test, 2);
}

static void only_the_grantee_is_let_in(struct kunit *test)
{
	struct grant_fixture g = start(test, true, 1);

	grant_write(g.d, REF, GTF_permit_access, OTHER, g.gfn);
	KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, DOM, MC_PIN_HOST_READ),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), 0);
	KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, OTHER, MC_PIN_HOST_READ),
			GNTST_okay);
}

static void entries_that_there_are_not_are_told_apart(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* Of a table that was never used. */
	KUNIT_EXPECT_EQ(test, try_pin(f->dom0, 511, DOM, MC_PIN_HOST_READ),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, try_pin(f->dom0, 512, DOM, MC_PIN_HOST_READ),
			GNTST_bad_gntref);
	grant_start(test, f->dom0, 2);
	KUNIT_EXPECT_EQ(test, try_pin(f->dom0, 255, DOM, MC_PIN_HOST_READ),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, try_pin(f->dom0, 256, DOM, MC_PIN_HOST_READ),
			GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, try_pin(f->dom0, U32_MAX, DOM, MC_PIN_HOST_READ),
			GNTST_bad_gntref);
}

static void bad_frames(struct kunit *test, struct memcore_domain *d)
{
	struct fixture *f = test->priv;
	const u64 bad[] = { 0, 77, FIXTURE_BASE + FIXTURE_FRAMES, U32_MAX };
	unsigned int i;

	grant_start(test, d, 1);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		grant_write(d, REF, GTF_permit_access, DOM, bad[i]);
		KUNIT_EXPECT_EQ(test, try_pin(d, REF, DOM, MC_PIN_HOST_WRITE),
				GNTST_bad_page);
		KUNIT_EXPECT_EQ(test, grant_use(d, REF), 0);
	}
	fixture_populate(test, f->dom0, 1, 1);
	grant_write(d, REF, GTF_permit_access, DOM, f->list[0]);
	KUNIT_EXPECT_EQ(test, try_pin(d, REF, DOM, MC_PIN_HOST_WRITE),
			GNTST_bad_page);
}

static void a_pv_domain_grants_its_own_frames(struct kunit *test)
{
	bad_frames(test, ((struct fixture *)test->priv)->pv);
}

static void a_translated_domain_grants_what_it_has(struct kunit *test)
{
	bad_frames(test, ((struct fixture *)test->priv)->hvm);
}

static void what_is_mapped_of_others_is_not_granted_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	struct mc_mfn mfn;

	grant_start(test, f->hvm, 1);
	fixture_populate(test, f->pv, 0, 1);
	mfn = mc_mfn(f->list[0]);
	frame = memcore_frame_get(f->pv, mfn);
	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_ASSERT_EQ(test,
			memcore_p2m_prepare(&f->hvm->p2m, mc_gfn(7), 0,
					    GFP_KERNEL), 0);
	memcore_p2m_set_page(&f->hvm->p2m, mc_gfn(7), mfn, MC_P2M_FOREIGN);
	grant_write(f->hvm, REF, GTF_permit_access, DOM, 7);
	KUNIT_EXPECT_EQ(test, try_pin(f->hvm, REF, DOM, MC_PIN_HOST_READ),
			GNTST_bad_page);
	memcore_p2m_set_page(&f->hvm->p2m, mc_gfn(7), mc_mfn(MC_INVALID),
			     MC_P2M_RAM);
	memcore_frame_put(f->machine, frame);
}

static void five_times(struct kunit *test, unsigned int nr, int wanted)
{
	struct fixture *f = test->priv;
	struct grant_fixture g = start(test, true, 1);

	grant_write(g.d, REF, GTF_permit_access, DOM, g.gfn);
	atomic_set(&f->machine->unstable_grants, nr);
	KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, DOM, MC_PIN_HOST_READ), wanted);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->machine->unstable_grants), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), 0);
}

static void a_fifth_try_may_succeed(struct kunit *test)
{
	five_times(test, 4, GNTST_okay);
}

static void there_is_no_sixth_try(struct kunit *test)
{
	five_times(test, 5, GNTST_general_error);
}

static void uses_are_told(struct kunit *test, u32 version)
{
	struct grant_fixture g = start(test, true, version);
	struct memcore_frame *r, *w;

	grant_write(g.d, REF, GTF_permit_access, DOM, g.gfn);
	KUNIT_ASSERT_EQ(test, grant_pin(g.d, REF, DOM, MC_PIN_HOST_READ, &r),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), GTF_reading);
	KUNIT_ASSERT_EQ(test, grant_pin(g.d, REF, DOM,
					MC_PIN_HOST_WRITE | MC_PIN_DEV_WRITE,
					&w), GNTST_okay);
	KUNIT_EXPECT_PTR_EQ(test, r, w);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), GRANT_PIN_MASK);
	KUNIT_EXPECT_EQ(test, grant_flags(g.d, REF) & ~GRANT_PIN_MASK,
			GTF_permit_access);
	memcore_frame_get_more(w);
	grant_unpin(g.d, REF, MC_PIN_HOST_WRITE, w);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), GRANT_PIN_MASK);
	grant_unpin(g.d, REF, MC_PIN_DEV_WRITE, w);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), GTF_reading);
	grant_unpin(g.d, REF, MC_PIN_HOST_READ, r);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), 0);
}

static void uses_are_told_in_version_1(struct kunit *test)
{
	uses_are_told(test, 1);
}

static void uses_are_told_in_version_2(struct kunit *test)
{
	uses_are_told(test, 2);
}

static void what_the_first_user_found_counts(struct kunit *test)
{
	struct grant_fixture g = start(test, false, 1);
	unsigned long other = grant_new_frame(test, g.d, 4);
	struct memcore_frame *a, *b;

	grant_write(g.d, REF, GTF_permit_access, DOM, g.gfn);
	KUNIT_ASSERT_EQ(test, grant_pin(g.d, REF, DOM, MC_PIN_HOST_READ, &a),
			GNTST_okay);
	/* Neither frame nor grantee nor type are asked again. */
	grant_write(g.d, REF, GTF_invalid, OTHER, other);
	KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, OTHER, MC_PIN_HOST_READ),
			GNTST_general_error);
	KUNIT_ASSERT_EQ(test, grant_pin(g.d, REF, DOM, MC_PIN_HOST_WRITE, &b),
			GNTST_okay);
	KUNIT_EXPECT_PTR_EQ(test, a, b);
	grant_unpin(g.d, REF, MC_PIN_HOST_WRITE, b);
	grant_write(g.d, REF, GTF_readonly, OTHER, other);
	KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, DOM, MC_PIN_HOST_WRITE),
			GNTST_general_error);
	grant_unpin(g.d, REF, MC_PIN_HOST_READ, a);
}

static void a_counter_is_full_at_128(struct kunit *test)
{
	const u32 pins[] = {
		MC_PIN_HOST_READ, MC_PIN_HOST_WRITE, MC_PIN_DEV_READ,
		MC_PIN_DEV_WRITE,
	};
	struct grant_fixture g = start(test, true, 1);
	struct memcore_frame *frame;
	unsigned int i, n;

	grant_write(g.d, REF, GTF_permit_access, DOM, g.gfn);
	for (i = 0; i < ARRAY_SIZE(pins); i++) {
		for (n = 0; n < 128; n++)
			KUNIT_ASSERT_EQ(test, grant_pin(g.d, REF, DOM, pins[i],
							&frame), GNTST_okay);
		KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, DOM, pins[i]),
				GNTST_general_error);
	}
	KUNIT_EXPECT_EQ(test, memcore_grant_entry(&g.d->grants, REF)->pin,
			0x80808080);
	for (i = 0; i < ARRAY_SIZE(pins); i++)
		for (n = 0; n < 128; n++)
			grant_unpin(g.d, REF, pins[i], frame);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), 0);
}

static void a_frame_without_references_left_is_not_pinned(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grant_fixture g = start(test, false, 1);
	struct memcore_frame *frame;

	grant_write(g.d, REF, GTF_permit_access, DOM, g.gfn);
	KUNIT_ASSERT_EQ(test,
			grant_pin(g.d, REF, DOM, MC_PIN_HOST_READ, &frame),
			GNTST_okay);
	f->machine->count_mask = 3;
	KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, DOM, MC_PIN_HOST_WRITE),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), GTF_reading);
	grant_unpin(g.d, REF, MC_PIN_HOST_READ, frame);
	memcore_frame_get_more(frame);
	KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, DOM, MC_PIN_HOST_WRITE),
			GNTST_bad_page);
	KUNIT_EXPECT_EQ(test, grant_use(g.d, REF), 0);
	memcore_frame_put(f->machine, frame);
	f->machine->count_mask = MC_PGC_COUNT_MASK;
}

static void a_neighbours_status_is_left_alone(struct kunit *test)
{
	struct grant_fixture g = start(test, true, 2);
	u16 *status = memcore_grant_status(&g.d->grants, REF);

	status[-1] = 0xabcd;
	status[1] = 0x1234;
	grant_write(g.d, REF, GTF_permit_access, DOM, g.gfn);
	KUNIT_EXPECT_EQ(test, try_pin(g.d, REF, DOM, MC_PIN_HOST_WRITE),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, status[-1], 0xabcd);
	KUNIT_EXPECT_EQ(test, status[1], 0x1234);
	status[-1] = 0;
	status[1] = 0;
}

#define NR_USERS	40
#define NR_REFS		4

/**
 * struct ref_user - somebody who uses a grant, in a list as naive as can be
 * @frame: the frame; NULL: it is nobody
 * @ref: the grant
 * @pin: how it is used
 */
struct ref_user {
	struct memcore_frame *frame;
	u32 ref;
	u32 pin;
};

static u16 ref_use(const struct ref_user *users, u32 ref)
{
	u16 use = 0;
	unsigned int i;

	for (i = 0; i < NR_USERS; i++) {
		if (!users[i].frame || users[i].ref != ref)
			continue;
		use |= GTF_reading;
		if (users[i].pin & MC_PIN_WRITE_MASK)
			use |= GTF_writing;
	}
	return use;
}

static u32 ref_pin(const struct ref_user *users, u32 ref)
{
	u32 pin = 0;
	unsigned int i;

	for (i = 0; i < NR_USERS; i++)
		if (users[i].frame && users[i].ref == ref)
			pin += users[i].pin;
	return pin;
}

static u32 some_pin(struct rnd_state *rnd)
{
	static const u32 pins[] = {
		MC_PIN_HOST_READ, MC_PIN_HOST_WRITE, MC_PIN_DEV_READ,
		MC_PIN_DEV_WRITE, MC_PIN_HOST_READ | MC_PIN_DEV_READ,
		MC_PIN_HOST_WRITE | MC_PIN_DEV_WRITE,
	};

	return pins[prandom_u32_state(rnd) % ARRAY_SIZE(pins)];
}

/* The last of the grants is read-only. */
static void step(struct kunit *test, struct memcore_domain *d,
		 struct ref_user *u, struct rnd_state *rnd)
{
	int rc;

	if (u->frame) {
		grant_unpin(d, REF + u->ref, u->pin, u->frame);
		u->frame = NULL;
		return;
	}
	u->ref = prandom_u32_state(rnd) % NR_REFS;
	u->pin = some_pin(rnd);
	rc = grant_pin(d, REF + u->ref, DOM, u->pin, &u->frame);
	KUNIT_EXPECT_EQ(test, rc,
			u->ref == NR_REFS - 1 && u->pin & MC_PIN_WRITE_MASK ?
			GNTST_general_error : GNTST_okay);
	if (rc != GNTST_okay)
		u->frame = NULL;
}

static void expect_uses(struct kunit *test, struct memcore_domain *d,
			const struct ref_user *users)
{
	u32 ref;

	for (ref = 0; ref < NR_REFS; ref++) {
		KUNIT_EXPECT_EQ(test, grant_use(d, REF + ref),
				ref_use(users, ref));
		KUNIT_EXPECT_EQ(test,
				memcore_grant_entry(&d->grants, REF + ref)->pin,
				ref_pin(users, ref));
	}
}

static void random_users(struct kunit *test, struct memcore_domain *d,
			 u32 version, struct rnd_state *rnd)
{
	struct fixture *f = test->priv;
	struct ref_user users[NR_USERS] = {};
	unsigned int i;

	grant_start(test, d, version);
	for (i = 0; i < NR_REFS; i++)
		grant_write(d, REF + i, GTF_permit_access |
			    (i == NR_REFS - 1 ? GTF_readonly : 0), DOM,
			    grant_new_frame(test, d, 10 + i));
	for (i = 0; i < 2000; i++) {
		step(test, d, &users[prandom_u32_state(rnd) % NR_USERS], rnd);
		expect_uses(test, d, users);
	}
	for (i = 0; i < NR_USERS; i++)
		if (users[i].frame)
			grant_unpin(d, REF + users[i].ref, users[i].pin,
				    users[i].frame);
	expect_audit(test, f->machine);
}

static void random_users_agree_with_a_naive_list(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, fixture_seed(test));
	random_users(test, f->pv, 1, &rnd);
	random_users(test, f->hvm, 2, &rnd);
	random_users(test, f->dom0, 2, &rnd);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_flag_counts_in_version_1),
	KUNIT_CASE(every_flag_counts_in_version_2),
	KUNIT_CASE(only_the_grantee_is_let_in),
	KUNIT_CASE(entries_that_there_are_not_are_told_apart),
	KUNIT_CASE(a_pv_domain_grants_its_own_frames),
	KUNIT_CASE(a_translated_domain_grants_what_it_has),
	KUNIT_CASE(what_is_mapped_of_others_is_not_granted_on),
	KUNIT_CASE(a_fifth_try_may_succeed),
	KUNIT_CASE(there_is_no_sixth_try),
	KUNIT_CASE(uses_are_told_in_version_1),
	KUNIT_CASE(uses_are_told_in_version_2),
	KUNIT_CASE(what_the_first_user_found_counts),
	KUNIT_CASE(a_counter_is_full_at_128),
	KUNIT_CASE(a_frame_without_references_left_is_not_pinned),
	KUNIT_CASE(a_neighbours_status_is_left_alone),
	KUNIT_CASE(random_users_agree_with_a_naive_list),
	{}
};

static struct kunit_suite suite = {
	.name = "memcore_grant_entry",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
