// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include "memcore_fixture.h"
#include "vcpu.h"

static struct mc_mfn alloc(struct memcore_domain *d, unsigned int order)
{
	struct mc_mfn mfn;

	spin_lock_irq(&d->lock);
	mfn = memcore_domain_alloc(d, order);
	spin_unlock_irq(&d->lock);
	return mfn;
}

static int map(struct memcore_domain *d, unsigned long gfn, struct mc_mfn mfn)
{
	int err;

	spin_lock_irq(&d->lock);
	err = memcore_domain_map(d, mc_gfn(gfn), mfn, 0, GFP_NOWAIT);
	spin_unlock_irq(&d->lock);
	return err;
}

static int remove(struct memcore_domain *d, unsigned long gfn)
{
	int err;

	spin_lock_irq(&d->lock);
	err = memcore_domain_remove_page(d, mc_gfn(gfn));
	spin_unlock_irq(&d->lock);
	return err;
}

static void found_by_number_and_self(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_domain *d;

	d = memcore_domain_get(f->hvm, DOMID_SELF);
	KUNIT_EXPECT_PTR_EQ(test, d, f->hvm);
	memcore_domain_put(d);
	d = memcore_domain_get(f->hvm, 2);
	KUNIT_EXPECT_PTR_EQ(test, d, f->pv);
	memcore_domain_put(d);
	KUNIT_EXPECT_NULL(test, memcore_domain_get(f->hvm, 77));
	KUNIT_EXPECT_NULL(test, memcore_domain_get(f->hvm, DOMID_INVALID));
}

static void number_taken_or_reserved(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_domain_config config = { .domid = 1 };

	KUNIT_EXPECT_NULL(test, memcore_domain_create(f->machine, &config));
	config.domid = DOMID_FIRST_RESERVED;
	KUNIT_EXPECT_NULL(test, memcore_domain_create(f->machine, &config));
	expect_audit(test, f->machine);
}

static void as_many_as_the_audit_can_lock(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_domain_config config = { };
	struct memcore_domain *d[MC_MAX_DOMAINS] = { };
	unsigned int i;

	for (i = 3; i < MC_MAX_DOMAINS; i++) {
		config.domid = i;
		d[i] = memcore_domain_create(f->machine, &config);
		KUNIT_EXPECT_NOT_NULL(test, d[i]);
	}
	config.domid = i;
	KUNIT_EXPECT_NULL(test, memcore_domain_create(f->machine, &config));
	expect_audit(test, f->machine);
	for (i = 3; i < MC_MAX_DOMAINS; i++)
		KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d[i]), 0);
}

static void creation_fails_without_memory(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_domain_config config = { .domid = 9 };
	struct memcore_domain *d;
	unsigned int at;

	for (at = 1; at < 10; at++) {
		atomic_set(&f->machine->failpoint.left, at);
		d = memcore_domain_create(f->machine, &config);
		if (d)
			break;
		expect_audit(test, f->machine);
	}
	atomic_set(&f->machine->failpoint.left, 0);
	KUNIT_EXPECT_GT(test, at, 2);
	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static void vcpus_as_many_as_cpus(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_domain_config config = {
		.domid = 9,
		.nr_vcpus = MC_MAX_VCPUS,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_EXPECT_EQ(test, d->nr_vcpus, MC_MAX_VCPUS);
	KUNIT_EXPECT_EQ(test, f->pv->nr_vcpus, 1);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
	config.nr_vcpus++;
	KUNIT_EXPECT_NULL(test, memcore_domain_create(f->machine, &config));
	expect_audit(test, f->machine);
}

static void order_limit_by_privilege(struct kunit *test)
{
	struct memcore_domain d = { };

	KUNIT_EXPECT_EQ(test, memcore_domain_max_order(&d), 9);
	d.config.hardware = true;
	KUNIT_EXPECT_EQ(test, memcore_domain_max_order(&d), 12);
	d.config.control = true;
	KUNIT_EXPECT_EQ(test, memcore_domain_max_order(&d), 18);
}

static void only_control_acts_on_others(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_TRUE(test, memcore_domain_may_target(f->hvm, f->hvm));
	KUNIT_EXPECT_FALSE(test, memcore_domain_may_target(f->hvm, f->pv));
	KUNIT_EXPECT_TRUE(test, memcore_domain_may_target(f->dom0, f->pv));
}

static void max_pages_is_a_ratchet(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn a = alloc(f->pv, 2);

	memcore_domain_set_max_pages(f->pv, 2);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 4);
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(alloc(f->pv, 0)));
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr), 0);
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr + 1), 0);
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(alloc(f->pv, 0)));
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr + 2), 0);
	KUNIT_EXPECT_TRUE(test, mc_mfn_ok(alloc(f->pv, 0)));
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(alloc(f->pv, 0)));
}

/* A frame that something still uses outlives its release; origin: XSA-252. */
static void referenced_frame_freed_at_last_put(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn a = alloc(f->pv, 0);
	struct memcore_frame *frame = memcore_frame_get(f->pv, a);

	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr), 0);
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr), 0);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&frame->count), 1);
	memcore_frame_put(f->machine, frame);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr), -ENXIO);
}

static void reference_only_to_ones_own(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn a = alloc(f->pv, 0);

	KUNIT_EXPECT_NULL(test, memcore_frame_get(f->hvm, a));
	KUNIT_EXPECT_NULL(test, memcore_frame_get(f->pv, mc_mfn(0)));
	KUNIT_EXPECT_NULL(test, memcore_frame_get(f->pv, mc_mfn(MC_INVALID)));
	KUNIT_EXPECT_NULL(test,
			  memcore_frame_get(f->pv, mc_mfn(FIXTURE_BASE + 99)));
	expect_audit(test, f->machine);
}

/* Of 8 values none may come back to 0, and one is held in reserve. */
static void reference_count_does_not_overflow(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn a = alloc(f->pv, 0);
	struct memcore_frame *frame = memcore_frame(&f->machine->frames, a);
	unsigned int i;

	f->machine->count_mask = 7;
	for (i = 2; i <= 6; i++)
		KUNIT_EXPECT_PTR_EQ(test, memcore_frame_get(f->pv, a), frame);
	KUNIT_EXPECT_NULL(test, memcore_frame_get(f->pv, a));
	KUNIT_EXPECT_NULL(test, memcore_frame_get(f->hvm, a));
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr), -ENXIO);
	KUNIT_EXPECT_EQ(test, atomic64_read(&frame->count),
			MC_PGC_ALLOCATED | 6);
	while (--i > 1)
		memcore_frame_put(f->machine, frame);
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr), 0);
	expect_audit(test, f->machine);
}

static void removal_says_what_was_wrong(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn a = alloc(f->hvm, 0);

	KUNIT_EXPECT_EQ(test, remove(f->hvm, 5), -ENOENT);
	KUNIT_EXPECT_EQ(test, remove(f->pv, 5), -EINVAL);
	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr), -ENXIO);
}

static void replaced_frame_stays_owned_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn a = alloc(f->hvm, 0), b = alloc(f->hvm, 0);

	KUNIT_EXPECT_EQ(test, map(f->hvm, 7, a), 0);
	KUNIT_EXPECT_EQ(test, map(f->hvm, 7, b), 0);
	KUNIT_EXPECT_EQ(test, f->hvm->tot_pages, 2);
	KUNIT_EXPECT_FALSE(test,
			   mc_gfn_ok(memcore_m2p_get(&f->machine->frames, a)));
	expect_audit(test, f->machine);
}

static void dying_domain_keeps_referenced_frames(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_domain_config config = { .domid = 9, .max_pages = 8 };
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	struct mc_mfn a = alloc(d, 0), b = alloc(d, 0);

	KUNIT_ASSERT_PTR_EQ(test, memcore_frame_get(d, a),
			    memcore_frame(&f->machine->frames, a));
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), -EBUSY);
	KUNIT_EXPECT_EQ(test, d->tot_pages, 1);
	KUNIT_EXPECT_FALSE(test, mc_mfn_ok(alloc(d, 0)));
	KUNIT_EXPECT_TRUE(test,
			  memcore_frame(&f->machine->frames, b)->need_scrub);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), -EBUSY);
	memcore_frame_put(f->machine, memcore_frame(&f->machine->frames, a));
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static void living_guest_frees_unscrubbed_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn a = alloc(f->pv, 0);

	KUNIT_EXPECT_EQ(test, remove(f->pv, a.nr), 0);
	KUNIT_EXPECT_FALSE(test,
			   memcore_frame(&f->machine->frames, a)->need_scrub);
}

static struct kunit_case domain_cases[] = {
	KUNIT_CASE(found_by_number_and_self),
	KUNIT_CASE(number_taken_or_reserved),
	KUNIT_CASE(as_many_as_the_audit_can_lock),
	KUNIT_CASE(creation_fails_without_memory),
	KUNIT_CASE(vcpus_as_many_as_cpus),
	KUNIT_CASE(order_limit_by_privilege),
	KUNIT_CASE(only_control_acts_on_others),
	KUNIT_CASE(max_pages_is_a_ratchet),
	KUNIT_CASE(referenced_frame_freed_at_last_put),
	KUNIT_CASE(reference_only_to_ones_own),
	KUNIT_CASE(reference_count_does_not_overflow),
	KUNIT_CASE(removal_says_what_was_wrong),
	KUNIT_CASE(replaced_frame_stays_owned_quirk),
	KUNIT_CASE(dying_domain_keeps_referenced_frames),
	KUNIT_CASE(living_guest_frees_unscrubbed_quirk),
	{ }
};

static struct kunit_suite domain_suite = {
	.name = "memcore_domain",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = domain_cases,
};

kunit_test_suite(domain_suite);
