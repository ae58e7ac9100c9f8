// SPDX-License-Identifier: GPL-2.0
/* mmuext_op: pins, roots, flushes, pages. */
#include <kunit/test.h>
#include "memcore_pv.h"
#include "pv/descriptor.h"

#define UNKNOWN_DOMID	77
#define XEN_ADDRESS	0xffff800000000000UL

static struct pv_space *space(struct kunit *test)
{
	struct pv_space *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, s);
	pv_space_make(test, s, f->pv);
	return s;
}

static bool is_pinned(struct pv_space *s, unsigned long mfn)
{
	return atomic64_read(&pv_frame(s->d, mfn)->type) & MC_PGT_PINNED;
}

static void each_level_is_pinned_as_what_it_is(struct kunit *test)
{
	struct pv_space *s = space(test);
	const unsigned long level[] = { s->l1, s->l2, s->l3, s->l4 };
	unsigned int i;

	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test,
				pv_ext(s->d, MMUEXT_PIN_L1_TABLE + i, level[i]),
				0);
		KUNIT_EXPECT_TRUE(test, is_pinned(s, level[i]));
		KUNIT_EXPECT_EQ(test, pv_type(s->d, level[i]), MC_TYPE_L1 + i);
		KUNIT_EXPECT_EQ(test, pv_type_count(s->d, level[i]), 1);
		KUNIT_EXPECT_EQ(test, pv_count(s->d, level[i]), 2);
		expect_audit(test, s->d->machine);
	}
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_UNPIN_TABLE,
					     level[3 - i]), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l1), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->page[0]), 0);
	expect_audit(test, s->d->machine);
}

static void pinned_twice(struct kunit *test)
{
	struct pv_space *s = space(test);

	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L1_TABLE, s->l1), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L1_TABLE, s->l1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L4_TABLE, s->l4), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L4_TABLE, s->l4),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 1);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l4), 2);
	KUNIT_EXPECT_TRUE(test, is_pinned(s, s->l4));
	expect_audit(test, s->d->machine);
}

static void pinned_as_something_else(struct kunit *test)
{
	struct pv_space *s = space(test);

	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L1_TABLE, s->l1), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L2_TABLE, s->l1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L3_TABLE, s->l2),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L1_TABLE, s->page[0]),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l2), 0);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l2), 1);
	expect_audit(test, s->d->machine);
}

static void unpinned_without_a_pin(struct kunit *test)
{
	struct pv_space *s = space(test);

	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_UNPIN_TABLE, s->l1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L2_TABLE, s->l2), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_UNPIN_TABLE, s->l1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_UNPIN_TABLE, s->l2), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_UNPIN_TABLE, s->l2),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l2), 1);
	expect_audit(test, s->d->machine);
}

static void frames_that_are_not_ones_own(struct kunit *test)
{
	static const unsigned int cmds[] = {
		MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L2_TABLE, MMUEXT_PIN_L3_TABLE,
		MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE, MMUEXT_NEW_BASEPTR,
		MMUEXT_NEW_USER_BASEPTR, MMUEXT_CLEAR_PAGE,
	};
	struct pv_space *s = space(test);
	struct fixture *f = test->priv;
	unsigned int i;

	fixture_populate(test, f->dom0, 0, 1);
	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		KUNIT_EXPECT_EQ(test, pv_ext(s->d, cmds[i], f->list[0]),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, pv_ext(s->d, cmds[i], ~0UL), -EINVAL);
		KUNIT_EXPECT_EQ(test, pv_ext(s->d, cmds[i], 1), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, pv_count(s->d, f->list[0]), 1);
	expect_audit(test, f->machine);
}

/* Origin: XSA-58. */
static void a_pin_that_fails_half_way_leaves_nothing(struct kunit *test)
{
	struct pv_space *s = space(test);
	unsigned int at;

	/* The last entry of the lowest table is what is wrong. */
	pv_update(s->d, pv_ptr(s->l1, 511), pv_pte(s->l4, PV_WRITE));
	for (at = 0; at < 20; at++) {
		memcore_preempt_set(&s->d->machine->preempt, at);
		KUNIT_EXPECT_LT(test,
				pv_ext(s->d, MMUEXT_PIN_L4_TABLE, s->l4), 0);
		KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 0);
		KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l1), 0);
		KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->page[0]), 0);
		KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l3), 1);
		expect_audit(test, s->d->machine);
	}
}

static void a_root_is_loaded_and_replaced(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct memcore_vcpu *v = s->d->vcpus;

	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_BASEPTR, s->l4), 0);
	KUNIT_EXPECT_PTR_EQ(test, v->guest_table, pv_frame(s->d, s->l4));
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 1);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l4), 2);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_BASEPTR, s->l4), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 1);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_BASEPTR, s->spare[0]),
			0);
	KUNIT_EXPECT_PTR_EQ(test, v->guest_table, pv_frame(s->d, s->spare[0]));
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 0);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l4), 1);
	expect_audit(test, s->d->machine);
}

static void a_bad_root_changes_nothing(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct memcore_vcpu *v = s->d->vcpus;

	pv_space_load(test, s);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_BASEPTR, s->l3),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_BASEPTR, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_USER_BASEPTR, s->l3),
			-EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, v->guest_table, pv_frame(s->d, s->l4));
	KUNIT_EXPECT_PTR_EQ(test, v->guest_table_user, NULL);
	expect_audit(test, s->d->machine);
}

static void a_user_root_comes_and_goes(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct memcore_vcpu *v = s->d->vcpus;

	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_USER_BASEPTR, 0), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_USER_BASEPTR, s->l4), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_USER_BASEPTR, s->l4), 0);
	KUNIT_EXPECT_PTR_EQ(test, v->guest_table_user, pv_frame(s->d, s->l4));
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 1);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_BASEPTR, s->l4), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 2);
	expect_audit(test, s->d->machine);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_USER_BASEPTR, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, v->guest_table_user, NULL);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 1);
	expect_audit(test, s->d->machine);
}

static void loading_a_root_flushes(struct kunit *test)
{
	static const unsigned int cmds[] = {
		MMUEXT_NEW_BASEPTR, MMUEXT_NEW_BASEPTR, MMUEXT_NEW_USER_BASEPTR,
	};
	struct pv_space *s = space(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		pv_remember(s->d, pv_va(0), s->page[0]);
		KUNIT_EXPECT_TRUE(test, pv_remembers(s->d->vcpus, pv_va(0)));
		KUNIT_EXPECT_EQ(test, pv_ext(s->d, cmds[i], s->l4), 0);
		KUNIT_EXPECT_FALSE(test, pv_remembers(s->d->vcpus, pv_va(0)));
	}
}

static void loading_a_root_drops_the_ldt(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct memcore_vcpu *v = s->d->vcpus;
	const struct mmuext_op op = {
		.cmd = MMUEXT_SET_LDT,
		.arg1.linear_addr = pv_va(9),
		.arg2.nr_ents = 8,
	};
	unsigned long flags;

	pv_update(s->d, pv_ptr(s->l1, 9), pv_pte(s->spare[1], PV_READ));
	pv_space_load(test, s);
	KUNIT_ASSERT_EQ(test, pv_exts(s->d, &op, 1, NULL, DOMID_SELF), 0);
	spin_lock_irqsave(&v->lock, flags);
	memcore_ldt_fault(v, 0);
	spin_unlock_irqrestore(&v->lock, flags);
	KUNIT_EXPECT_EQ(test, pv_type(s->d, s->spare[1]), MC_TYPE_SEG);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->spare[1]), 1);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_NEW_BASEPTR, s->spare[0]),
			0);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->spare[1]), 0);
	KUNIT_EXPECT_EQ(test, v->ldt_entries, 8);
	expect_audit(test, s->d->machine);
}

static long set_ldt_to(struct memcore_domain *d, unsigned long base,
		       unsigned int entries, unsigned int domain)
{
	const struct mmuext_op op = {
		.cmd = MMUEXT_SET_LDT,
		.arg1.linear_addr = base,
		.arg2.nr_ents = entries,
	};

	return pv_exts(d, &op, 1, NULL, domain);
}

static void an_ldt_that_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, set_ldt_to(f->pv, 0x1000, 8193, DOMID_SELF),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, set_ldt_to(f->pv, 0x1008, 8, DOMID_SELF),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, set_ldt_to(f->pv, XEN_ADDRESS, 8, DOMID_SELF),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, set_ldt_to(f->pv, 0x1000, 8192, DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, f->pv->vcpus->ldt_entries, 8192);
	KUNIT_EXPECT_EQ(test, set_ldt_to(f->pv, 0x1008, 0, DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, f->pv->vcpus->ldt_entries, 0);
}

#define OTHER_VA	0x5000UL

/**
 * struct flush_case - a kind of flush, and what is left of two translations
 * @cmd: what is asked for
 * @self_page: is the named page remembered on the vCPU that asks
 * @self_other: is another page
 * @else_page: is the named page on another vCPU
 * @else_other: is another page there
 */
struct flush_case {
	unsigned int cmd;
	bool self_page;
	bool self_other;
	bool else_page;
	bool else_other;
};

/* The mask of the multi forms has the second vCPU, and others that are not. */
static const struct flush_case flush_cases[] = {
	{ MMUEXT_TLB_FLUSH_LOCAL, false, false, true, true },
	{ MMUEXT_TLB_FLUSH_MULTI, true, true, false, false },
	{ MMUEXT_TLB_FLUSH_ALL, false, false, false, false },
	{ MMUEXT_INVLPG_LOCAL, false, true, true, true },
	{ MMUEXT_INVLPG_MULTI, true, true, false, true },
	{ MMUEXT_INVLPG_ALL, false, true, false, true },
};

static struct memcore_domain *make_smp(struct kunit *test)
{
	const struct memcore_domain_config config = {
		.domid = 9,
		.max_pages = UINT_MAX,
		.nr_vcpus = 2,
	};
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	return d;
}

static long flush_on_first(struct memcore_domain *d, unsigned int cmd,
			   unsigned long va, const void *mask)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.linear_addr = va };

	set_xen_guest_handle(op.arg2.vcpumask, mask);
	pv_remember(d, pv_va(0), FIXTURE_BASE);
	pv_remember(d, OTHER_VA, FIXTURE_BASE);
	return memcore_vcpu_call(d->vcpus, __HYPERVISOR_mmuext_op,
				 (unsigned long)&op, 1, 0, DOMID_SELF, 0);
}

static void expect_left(struct kunit *test, struct memcore_domain *d,
			const struct flush_case *c)
{
	KUNIT_EXPECT_EQ(test, pv_remembers(&d->vcpus[0], pv_va(0)), c->self_page);
	KUNIT_EXPECT_EQ(test, pv_remembers(&d->vcpus[0], OTHER_VA),
			c->self_other);
	KUNIT_EXPECT_EQ(test, pv_remembers(&d->vcpus[1], pv_va(0)), c->else_page);
	KUNIT_EXPECT_EQ(test, pv_remembers(&d->vcpus[1], OTHER_VA),
			c->else_other);
}

static void flushes_what_it_is_told(struct kunit *test)
{
	struct memcore_domain *d = make_smp(test);
	u64 mask = ~1ULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flush_cases); i++) {
		KUNIT_EXPECT_EQ(test,
				flush_on_first(d, flush_cases[i].cmd, pv_va(0),
					       &mask), 0);
		expect_left(test, d, &flush_cases[i]);
	}
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static void addresses_that_nobody_has_are_fine(struct kunit *test)
{
	static const unsigned int cmds[] = {
		MMUEXT_INVLPG_LOCAL, MMUEXT_INVLPG_MULTI, MMUEXT_INVLPG_ALL,
	};
	struct memcore_domain *d = make_smp(test);
	u64 mask = ~0ULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		KUNIT_EXPECT_EQ(test,
				flush_on_first(d, cmds[i], 1UL << 63, &mask),
				0);
		KUNIT_EXPECT_EQ(test,
				flush_on_first(d, cmds[i], XEN_ADDRESS, &mask),
				0);
	}
	KUNIT_EXPECT_TRUE(test, pv_remembers(d->vcpus, pv_va(0)));
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

/* Not -EFAULT, as it is for update_va_mapping. */
static void a_mask_that_cannot_be_read_quirk(struct kunit *test)
{
	struct memcore_domain *d = make_smp(test);

	KUNIT_EXPECT_EQ(test,
			flush_on_first(d, MMUEXT_TLB_FLUSH_MULTI, 0, NULL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			flush_on_first(d, MMUEXT_INVLPG_MULTI, pv_va(0), NULL),
			-EINVAL);
	KUNIT_EXPECT_TRUE(test, pv_remembers(d->vcpus, pv_va(0)));
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

static void who_may_flush_caches(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_FLUSH_CACHE, 0), -EACCES);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_FLUSH_CACHE_GLOBAL, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, pv_ext(f->dom0, MMUEXT_FLUSH_CACHE, 0), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(f->dom0, MMUEXT_FLUSH_CACHE_GLOBAL, 0),
			0);
}

static long copy_to(struct memcore_domain *d, unsigned long dst,
		    unsigned long src)
{
	const struct mmuext_op op = {
		.cmd = MMUEXT_COPY_PAGE,
		.arg1.mfn = dst,
		.arg2.src_mfn = src,
	};

	return pv_exts(d, &op, 1, NULL, DOMID_SELF);
}

static void pages_are_cleared_and_copied(struct kunit *test)
{
	struct pv_space *s = space(test);
	unsigned long a = s->spare[0], b = s->spare[1];
	unsigned int i;

	for (i = 0; i < MC_TABLE_ENTRIES; i++)
		pv_update(s->d, pv_ptr(a, i), i * 3 + 1);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, b, a), 0);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_CLEAR_PAGE, a), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(memcore_content(pv_frame(s->d, a)),
					   0, PAGE_SIZE));
	for (i = 0; i < MC_TABLE_ENTRIES; i++)
		KUNIT_EXPECT_EQ(test, pv_read(s->d, b, i), i * 3 + 1);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, b, a), 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(memcore_content(pv_frame(s->d, b)),
					   0, PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, pv_count(s->d, a), 1);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, b), 1);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, b), 0);
	expect_audit(test, s->d->machine);
}

static void tables_are_neither_cleared_nor_written(struct kunit *test)
{
	struct pv_space *s = space(test);

	pv_space_load(test, s);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_CLEAR_PAGE, s->l1), -EINVAL);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, s->l1, s->spare[0]), -EINVAL);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, s->spare[0], 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, 1, s->spare[0]), -EINVAL);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, s->spare[0], s->l1), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->spare[0], 0),
			pv_read(s->d, s->l1, 0));
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l1), 2);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->spare[0]), 1);
	expect_audit(test, s->d->machine);
}

static void no_memory_is_the_answer(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct memcore_failpoint *fp = &s->d->machine->failpoint;

	atomic_set(&fp->left, 1);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_CLEAR_PAGE, s->spare[0]), 0);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, s->spare[0], s->spare[1]), 0);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, s->spare[0], s->l1), -ENOMEM);
	expect_audit(test, s->d->machine);
	KUNIT_EXPECT_EQ(test, copy_to(s->d, s->spare[0], s->l1), 0);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->spare[0]), 1);
}

static void what_is_not_there(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_MARK_SUPER, 0),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_UNMARK_SUPER, 0),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, 14, 0), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, 21, 0), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, UINT_MAX, 0), -XEN_ENOSYS);
}

static long ext_as(struct memcore_domain *d, unsigned int cmd,
		   unsigned long arg, unsigned int domain, unsigned int *done)
{
	const struct mmuext_op op = { .cmd = cmd, .arg1.mfn = arg };

	return pv_exts(d, &op, 1, done, domain);
}

/* Refused before the list is looked at, and done is not told. */
static void owners_that_are_refused(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct fixture *f = test->priv;
	unsigned int done = 9;

	KUNIT_EXPECT_EQ(test, ext_as(f->pv, 14, 0, 2, &done), -ESRCH);
	KUNIT_EXPECT_EQ(test, ext_as(f->pv, 14, 0, UNKNOWN_DOMID, &done),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, ext_as(f->pv, 14, 0, 0, &done), -EPERM);
	KUNIT_EXPECT_EQ(test, ext_as(f->pv, 14, 0, DOMID_IO, &done), -EPERM);
	KUNIT_EXPECT_EQ(test, ext_as(f->pv, 14, 0, DOMID_XEN, &done), -EPERM);
	KUNIT_EXPECT_EQ(test, ext_as(f->pv, 14, 0, 1, &done), -EINVAL);
	KUNIT_EXPECT_EQ(test, ext_as(f->dom0, 14, 0, 1, &done), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_exts(f->pv, NULL, 0, &done, DOMID_XEN),
			-EPERM);
	KUNIT_EXPECT_EQ(test, done, 9);
	KUNIT_EXPECT_EQ(test,
			ext_as(f->dom0, MMUEXT_PIN_L1_TABLE, s->l1, DOMID_XEN,
			       &done), -EINVAL);
	KUNIT_EXPECT_EQ(test, done, 0);
	/* Only sixteen bits count. */
	KUNIT_EXPECT_EQ(test, ext_as(f->pv, MMUEXT_TLB_FLUSH_LOCAL, 0,
				     0x30000 | DOMID_SELF, &done), 0);
	KUNIT_EXPECT_EQ(test, done, 1);
}

static void only_for_oneself(struct kunit *test)
{
	static const unsigned int cmds[] = {
		MMUEXT_NEW_BASEPTR, MMUEXT_NEW_USER_BASEPTR,
		MMUEXT_TLB_FLUSH_LOCAL, MMUEXT_TLB_FLUSH_MULTI,
		MMUEXT_TLB_FLUSH_ALL, MMUEXT_INVLPG_LOCAL, MMUEXT_INVLPG_MULTI,
		MMUEXT_INVLPG_ALL, MMUEXT_FLUSH_CACHE,
		MMUEXT_FLUSH_CACHE_GLOBAL, MMUEXT_SET_LDT,
	};
	struct fixture *f = test->priv;
	unsigned int i, done = 9;

	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		KUNIT_EXPECT_EQ(test, ext_as(f->dom0, cmds[i], 0, 2, &done),
				-EPERM);
	KUNIT_EXPECT_EQ(test, done, 0);
}

static void a_control_domain_pins_for_others(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct fixture *f = test->priv;
	unsigned int done;

	KUNIT_EXPECT_EQ(test, ext_as(f->dom0, MMUEXT_PIN_L4_TABLE, s->l4, 2,
				     &done), 0);
	KUNIT_EXPECT_TRUE(test, is_pinned(s, s->l4));
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, ext_as(f->dom0, MMUEXT_UNPIN_TABLE, s->l4, 2,
				     &done), 0);
	KUNIT_EXPECT_EQ(test, ext_as(f->dom0, MMUEXT_CLEAR_PAGE, s->l4, 2,
				     &done), 0);
	KUNIT_EXPECT_EQ(test, pv_read(s->d, s->l4, PV_L4_SLOT), 0);
	expect_audit(test, f->machine);
}

/* It is being taken apart: a pin would not be found any more. */
static void a_dying_domain_gets_no_pin(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct fixture *f = test->priv;
	unsigned int done;

	f->pv->dying = true;
	KUNIT_EXPECT_EQ(test, ext_as(f->dom0, MMUEXT_PIN_L4_TABLE, s->l4, 2,
				     &done), 0);
	KUNIT_EXPECT_FALSE(test, is_pinned(s, s->l4));
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 0);
	KUNIT_EXPECT_EQ(test, ext_as(f->dom0, MMUEXT_PIN_L1_TABLE, s->l1, 2,
				     &done), 0);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l1), 1);
	f->pv->dying = false;
	expect_audit(test, f->machine);
}

static void stops_at_the_first_that_fails(struct kunit *test)
{
	struct pv_space *s = space(test);
	const struct mmuext_op list[] = {
		{ .cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = s->l1 },
		{ .cmd = MMUEXT_TLB_FLUSH_LOCAL },
		{ .cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = s->l1 },
		{ .cmd = MMUEXT_PIN_L2_TABLE, .arg1.mfn = s->l2 },
	};
	unsigned int done = 9;

	KUNIT_EXPECT_EQ(test, pv_exts(s->d, list, 4, &done, DOMID_SELF),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, done, 2);
	KUNIT_EXPECT_FALSE(test, is_pinned(s, s->l2));
	KUNIT_EXPECT_EQ(test,
			pv_exts(s->d, &list[1], 1 | PV_PREEMPTED, &done,
				DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, done, 3);
}

static void lists_that_cannot_be_read(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mmuext_op *list = pv_last_bytes(test, sizeof(*list));
	unsigned int done = 9;

	KUNIT_EXPECT_EQ(test, pv_exts(f->pv, (void *)XEN_ADDRESS, 0, &done,
				      DOMID_SELF), -EFAULT);
	KUNIT_EXPECT_EQ(test, done, 9);
	list->cmd = MMUEXT_TLB_FLUSH_LOCAL;
	KUNIT_EXPECT_EQ(test, pv_exts(f->pv, list, 2, &done, DOMID_SELF),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, done, 1);
	KUNIT_EXPECT_EQ(test, pv_exts(f->pv, NULL, 0, &done, DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, done, 0);
}

static struct memcore_domain *make_hvm_control(struct kunit *test)
{
	const struct memcore_domain_config config = {
		.domid = 9,
		.translated = true,
		.control = true,
	};
	struct fixture *f = test->priv;
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	return d;
}

static void a_translated_domain_may_only_pin(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct memcore_domain *d = make_hvm_control(test);
	unsigned int done = 9;

	KUNIT_EXPECT_EQ(test, ext_as(d, MMUEXT_TLB_FLUSH_LOCAL, 0, DOMID_SELF,
				     &done), -EINVAL);
	KUNIT_EXPECT_EQ(test, done, 9);
	KUNIT_EXPECT_EQ(test, ext_as(d, MMUEXT_TLB_FLUSH_LOCAL, 0, 2, &done),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, ext_as(d, 14, 0, 2, &done), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, ext_as(d, MMUEXT_CLEAR_PAGE, s->spare[0], 2,
				     &done), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, done, 0);
	KUNIT_EXPECT_EQ(test, ext_as(d, MMUEXT_PIN_L4_TABLE, s->l4, 2, &done),
			0);
	KUNIT_EXPECT_EQ(test, done, 1);
	KUNIT_EXPECT_EQ(test, ext_as(d, MMUEXT_UNPIN_TABLE, s->l4, 2, &done),
			0);
	expect_audit(test, d->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

/* A whole life in one batch, so that each request may follow a preempted one. */
static void life(struct kunit *test, struct pv_space *s, unsigned int at)
{
	const struct mmuext_op list[] = {
		{ .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = s->l4 },
		{ .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = s->l4 },
		{ .cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = s->l4 },
		{ .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = s->l4 },
		{ .cmd = MMUEXT_NEW_BASEPTR, .arg1.mfn = s->spare[7] },
		{ .cmd = MMUEXT_NEW_USER_BASEPTR, .arg1.mfn = 0 },
		{ .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = s->l4 },
		{ .cmd = MMUEXT_UNPIN_TABLE, .arg1.mfn = s->l4 },
		{ .cmd = MMUEXT_CLEAR_PAGE, .arg1.mfn = s->spare[6] },
		{ .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = s->l4 },
		{ .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = s->l4 },
	};
	unsigned int done = 99;

	memcore_preempt_set(&s->d->machine->preempt, at);
	KUNIT_EXPECT_EQ(test, pv_exts(s->d, list, 11, &done, DOMID_SELF),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, done, 10);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l4), 1);
	KUNIT_EXPECT_EQ(test, pv_count(s->d, s->l4), 2);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l1), 1);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->page[7]), 1);
	KUNIT_EXPECT_PTR_EQ(test, s->d->vcpus->old_table, NULL);
	expect_audit(test, s->d->machine);
	KUNIT_EXPECT_EQ(test, pv_ext(s->d, MMUEXT_UNPIN_TABLE, s->l4), 0);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->page[7]), 0);
}

/* Origin: XSA-299. */
static void preempted_at_every_check(struct kunit *test)
{
	struct pv_space *s = space(test);
	unsigned int at;

	for (at = 0; at <= 60; at++)
		life(test, s, at);
}

static long enter(struct memcore_call *call)
{
	unsigned long flags;
	long ret;

	call->again = false;
	spin_lock_irqsave(&call->vcpu->lock, flags);
	ret = memcore_do_mmuext_op(call);
	spin_unlock_irqrestore(&call->vcpu->lock, flags);
	return ret;
}

/* The old table of an unpin: the answer is 0, and so is the rest's. */
static void the_encoding_of_an_answer(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct mmuext_op op = {
		.cmd = MMUEXT_UNPIN_TABLE,
		.arg1.mfn = s->l4,
	};
	struct memcore_call call = {
		.caller = s->d,
		.vcpu = s->d->vcpus,
		.arg = { (unsigned long)&op, 1, 0, DOMID_SELF },
	};
	unsigned int times = 0;

	KUNIT_ASSERT_EQ(test, pv_ext(s->d, MMUEXT_PIN_L4_TABLE, s->l4), 0);
	memcore_preempt_set(&s->d->machine->preempt, 64);
	enter(&call);
	while (call.again && ++times < 1000) {
		KUNIT_EXPECT_EQ(test, call.arg[0], 0);
		KUNIT_EXPECT_EQ(test, call.arg[1], PV_PREEMPTED);
		KUNIT_EXPECT_EQ(test, call.arg[3], 0);
		expect_audit(test, s->d->machine);
		if (!enter(&call) && !call.again)
			break;
	}
	KUNIT_EXPECT_GT(test, times, 1);
	KUNIT_EXPECT_PTR_EQ(test, s->d->vcpus->old_table, NULL);
	KUNIT_EXPECT_EQ(test, pv_type_count(s->d, s->l1), 0);
}

/* A pin that finds the table pinned has it as old table, and -EINVAL to say. */
static void the_encoding_of_an_error(struct kunit *test)
{
	struct pv_space *s = space(test);
	struct mmuext_op op = {
		.cmd = MMUEXT_PIN_L4_TABLE,
		.arg1.mfn = s->l4,
	};
	struct memcore_call call = {
		.caller = s->d,
		.vcpu = s->d->vcpus,
		.arg = { (unsigned long)&op, 1, 0, DOMID_SELF },
	};

	enter(&call);
	KUNIT_EXPECT_FALSE(test, call.again);
	enter(&call);
	KUNIT_EXPECT_TRUE(test, call.again);
	KUNIT_EXPECT_EQ(test, call.arg[0], 0);
	KUNIT_EXPECT_EQ(test, call.arg[1], PV_PREEMPTED);
	KUNIT_EXPECT_EQ(test, call.arg[3], (unsigned int)-EINVAL);
	KUNIT_EXPECT_EQ(test, enter(&call), -EINVAL);
	KUNIT_EXPECT_FALSE(test, call.again);
	expect_audit(test, s->d->machine);
}

static struct kunit_case mmuext_cases[] = {
	KUNIT_CASE(each_level_is_pinned_as_what_it_is),
	KUNIT_CASE(pinned_twice),
	KUNIT_CASE(pinned_as_something_else),
	KUNIT_CASE(unpinned_without_a_pin),
	KUNIT_CASE(frames_that_are_not_ones_own),
	KUNIT_CASE(a_pin_that_fails_half_way_leaves_nothing),
	KUNIT_CASE(a_root_is_loaded_and_replaced),
	KUNIT_CASE(a_bad_root_changes_nothing),
	KUNIT_CASE(a_user_root_comes_and_goes),
	KUNIT_CASE(loading_a_root_flushes),
	KUNIT_CASE(loading_a_root_drops_the_ldt),
	KUNIT_CASE(an_ldt_that_is_refused),
	KUNIT_CASE(flushes_what_it_is_told),
	KUNIT_CASE(addresses_that_nobody_has_are_fine),
	KUNIT_CASE(a_mask_that_cannot_be_read_quirk),
	KUNIT_CASE(who_may_flush_caches),
	KUNIT_CASE(pages_are_cleared_and_copied),
	KUNIT_CASE(tables_are_neither_cleared_nor_written),
	KUNIT_CASE(no_memory_is_the_answer),
	KUNIT_CASE(what_is_not_there),
	KUNIT_CASE(owners_that_are_refused),
	KUNIT_CASE(only_for_oneself),
	KUNIT_CASE(a_control_domain_pins_for_others),
	KUNIT_CASE(a_dying_domain_gets_no_pin),
	KUNIT_CASE(stops_at_the_first_that_fails),
	KUNIT_CASE(lists_that_cannot_be_read),
	KUNIT_CASE(a_translated_domain_may_only_pin),
	KUNIT_CASE(preempted_at_every_check),
	KUNIT_CASE(the_encoding_of_an_answer),
	KUNIT_CASE(the_encoding_of_an_error),
	{ }
};

static struct kunit_suite mmuext_suite = {
	.name = "memcore_mmuext",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = mmuext_cases,
};

kunit_test_suite(mmuext_suite);
