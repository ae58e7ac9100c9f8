// SPDX-License-Identifier: GPL-2.0
/* vm_assist, stack_switch and set_segment_base. */
#include <kunit/test.h>
#include "memcore_pv.h"

static long assist(struct memcore_domain *d, unsigned long cmd,
		   unsigned long type)
{
	return memcore_call(d, __HYPERVISOR_vm_assist, cmd, type, 0, 0, 0);
}

static bool pv_has(unsigned int type)
{
	return type <= VMASST_TYPE_runstate_update_flag ||
	       type == VMASST_TYPE_m2p_strict;
}

static void each_type_is_turned_on_and_off(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int type;

	for (type = 0; type < 70; type++) {
		KUNIT_EXPECT_EQ(test, assist(f->pv, VMASST_CMD_enable, type),
				pv_has(type) ? 0 : -EINVAL);
		KUNIT_EXPECT_EQ(test, f->pv->vm_assist,
				pv_has(type) ? BIT(type) : 0);
		KUNIT_EXPECT_EQ(test, assist(f->pv, VMASST_CMD_disable, type),
				pv_has(type) ? 0 : -EINVAL);
		KUNIT_EXPECT_EQ(test, f->pv->vm_assist, 0);
	}
}

static void types_do_not_disturb_each_other(struct kunit *test)
{
	struct fixture *f = test->priv;

	assist(f->pv, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables);
	assist(f->pv, VMASST_CMD_enable, VMASST_TYPE_m2p_strict);
	assist(f->pv, VMASST_CMD_disable, VMASST_TYPE_m2p_strict);
	KUNIT_EXPECT_EQ(test, f->pv->vm_assist,
			BIT(VMASST_TYPE_writable_pagetables));
	KUNIT_EXPECT_EQ(test, f->dom0->vm_assist, 0);
}

static void a_translated_domain_has_one_type(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int type;

	for (type = 0; type < 70; type++)
		KUNIT_EXPECT_EQ(test, assist(f->hvm, VMASST_CMD_enable, type),
				type == VMASST_TYPE_runstate_update_flag ?
				0 : -EINVAL);
	KUNIT_EXPECT_EQ(test, f->hvm->vm_assist,
			BIT(VMASST_TYPE_runstate_update_flag));
}

/* The type is looked at first, and both have 32 bits. */
static void unknown_commands(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, assist(f->pv, 2, 2), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, assist(f->pv, 2, 6), -EINVAL);
	KUNIT_EXPECT_EQ(test, assist(f->pv, UINT_MAX, 2), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, assist(f->pv, 1UL << 32, 1UL << 32 | 2), 0);
	KUNIT_EXPECT_EQ(test, f->pv->vm_assist, BIT(2));
}

static void the_stack_is_of_ring_3(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_vcpu *v = f->pv->vcpus;
	unsigned int rpl;

	for (rpl = 0; rpl < 4; rpl++) {
		KUNIT_EXPECT_EQ(test,
				memcore_call(f->pv, __HYPERVISOR_stack_switch,
					     0xe028 | rpl, 0x1230 + rpl, 0, 0,
					     0), 0);
		KUNIT_EXPECT_EQ(test, v->kernel_ss, 0xe02b);
		KUNIT_EXPECT_EQ(test, v->kernel_sp, 0x1230 + rpl);
	}
}

static long set_base(struct memcore_domain *d, unsigned long which,
		     unsigned long base)
{
	return memcore_call(d, __HYPERVISOR_set_segment_base, which, base, 0,
			    0, 0);
}

static void bases_are_canonical(struct kunit *test)
{
	static const unsigned long good[] = {
		0, 1, 0x7fffffffffffUL, 0xffff800000000000UL, ~0UL,
	};
	struct fixture *f = test->priv;
	struct memcore_vcpu *v = f->pv->vcpus;
	unsigned long *base[] = {
		&v->fs_base, &v->gs_base_user, &v->gs_base_kernel,
	};
	unsigned int which, i;

	for (which = SEGBASE_FS; which <= SEGBASE_GS_KERNEL; which++) {
		for (i = 0; i < ARRAY_SIZE(good); i++) {
			KUNIT_EXPECT_EQ(test, set_base(f->pv, which, good[i]),
					0);
			KUNIT_EXPECT_EQ(test, *base[which], good[i]);
		}
		KUNIT_EXPECT_EQ(test, set_base(f->pv, which, 1UL << 47),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, *base[which], ~0UL);
	}
	KUNIT_EXPECT_EQ(test, set_base(f->pv, 4, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_base(f->pv, UINT_MAX, 0), -EINVAL);
}

/* Base 0x12345678, with these bits of the access byte and the flags. */
#define DESC(bits)	(0x1200003456780000ULL | (u64)(bits) << 40)
#define DESC_BASE	0x12345678UL
#define DATA		0xf2
#define ACCESSED	BIT_ULL(40)

/**
 * struct load_case - a descriptor, and whether it can be loaded
 * @desc: the descriptor
 * @ok: it can
 */
struct load_case {
	u64 desc;
	bool ok;
};

static const struct load_case load_cases[] = {
	{ DESC(0xf0), true }, /* data, read only */
	{ DESC(0xf2), true }, /* data */
	{ DESC(0xfa), true }, /* code, readable */
	{ DESC(0xf8), false }, /* code, not readable */
	{ DESC(0xfe), true }, /* conforming code, readable */
	{ DESC(0x72), false }, /* not present */
	{ 0, false },
};

static void make_gdt(struct kunit *test, struct pv_space *s)
{
	unsigned long frame = s->spare[0];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(load_cases); i++)
		KUNIT_ASSERT_EQ(test,
				pv_update(s->d, pv_ptr(frame, 8 + i),
					  load_cases[i].desc), 0);
	KUNIT_ASSERT_EQ(test,
			memcore_call(s->d, __HYPERVISOR_set_gdt,
				     (unsigned long)&frame, 9, 0, 0, 0), 0);
}

/* The length of the GDT is 9: what is behind is looked at all the same. */
static void the_users_gs_is_loaded_from_the_gdt(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_vcpu *v = f->pv->vcpus;
	struct pv_space s;
	unsigned int i;
	u64 desc;

	pv_space_make(test, &s, f->pv);
	make_gdt(test, &s);
	for (i = 0; i < ARRAY_SIZE(load_cases); i++) {
		KUNIT_EXPECT_EQ(test,
				set_base(f->pv, SEGBASE_GS_USER_SEL,
					 0xab0000 | (8 + i) << 3), 0);
		KUNIT_EXPECT_EQ_MSG(test, v->gs_base_user,
				    load_cases[i].ok ? DESC_BASE : 0,
				    "case %u", i);
		desc = pv_read(f->pv, s.spare[0], 8 + i);
		KUNIT_EXPECT_EQ(test, !!(desc & ACCESSED), load_cases[i].ok);
	}
	expect_audit(test, f->machine);
}

static void the_users_gs_is_loaded_from_the_ldt(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_vcpu *v = f->pv->vcpus;
	struct mmuext_op op = { .cmd = MMUEXT_SET_LDT, .arg2.nr_ents = 10 };
	struct pv_space s;

	pv_space_make(test, &s, f->pv);
	pv_update(f->pv, pv_ptr(s.spare[0], 9), DESC(DATA));
	pv_update(f->pv, pv_ptr(s.spare[0], 10), DESC(DATA));
	pv_update(f->pv, pv_ptr(s.l1, 9), pv_pte(s.spare[0], PV_READ));
	pv_space_load(test, &s);
	op.arg1.linear_addr = pv_va(9);
	KUNIT_ASSERT_EQ(test, pv_exts(f->pv, &op, 1, NULL, DOMID_SELF), 0);
	KUNIT_EXPECT_EQ(test, set_base(f->pv, SEGBASE_GS_USER_SEL, 9 << 3 | 4),
			0);
	KUNIT_EXPECT_EQ(test, v->gs_base_user, DESC_BASE);
	KUNIT_EXPECT_EQ(test, set_base(f->pv, SEGBASE_GS_USER_SEL, 10 << 3 | 4),
			0);
	KUNIT_EXPECT_EQ(test, v->gs_base_user, 0);
	expect_audit(test, f->machine);
}

static void selectors_of_nothing(struct kunit *test)
{
	static const unsigned long sel[] = {
		0, 1, 2, 3, 4, 8, 0xe02b, 0xffff, 0xfffb,
	};
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sel); i++) {
		set_base(f->pv, SEGBASE_GS_USER, 5);
		KUNIT_EXPECT_EQ(test,
				set_base(f->pv, SEGBASE_GS_USER_SEL, sel[i]),
				0);
		KUNIT_EXPECT_EQ(test, f->pv->vcpus->gs_base_user, 0);
	}
}

static struct kunit_case assist_cases[] = {
	KUNIT_CASE(each_type_is_turned_on_and_off),
	KUNIT_CASE(types_do_not_disturb_each_other),
	KUNIT_CASE(a_translated_domain_has_one_type),
	KUNIT_CASE(unknown_commands),
	KUNIT_CASE(the_stack_is_of_ring_3),
	KUNIT_CASE(bases_are_canonical),
	KUNIT_CASE(the_users_gs_is_loaded_from_the_gdt),
	KUNIT_CASE(the_users_gs_is_loaded_from_the_ldt),
	KUNIT_CASE(selectors_of_nothing),
	{ }
};

static struct kunit_suite assist_suite = {
	.name = "memcore_assist",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = assist_cases,
};

kunit_test_suite(assist_suite);
