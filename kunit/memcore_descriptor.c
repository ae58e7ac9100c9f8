// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/prandom.h>
#include "memcore_pv.h"
#include "pv/descriptor.h"

#define NR_RANDOM	20000
#define MAX_ENTRIES	7168

/* Descriptors, as two words, the higher first, which is how they are read. */
#define DESC(b, a)	((u64)(b) << 32 | (a))

#define TSS		DESC(0x00008900, 0x00000067)
#define KERNEL_CODE_64	DESC(0x00af9b00, 0x0000ffff)
#define USER_CODE_64	DESC(0x00affb00, 0x0000ffff)
#define USER_DATA	DESC(0x00cff300, 0x0000ffff)

/**
 * struct example - a descriptor, and what becomes of it
 * @before: what the guest wants
 * @after: what it gets; 0: nothing
 */
struct example {
	u64 before;
	u64 after;
};

/* The same for 64-bit and 32-bit guests. */
static const struct example both[] = {
	{ USER_DATA, USER_DATA },
	/* Not present: nothing is looked at. */
	{ DESC(0x00000900, 0x67), DESC(0x00000900, 0x67) },
	/* Type 0 does nothing, so its privilege does not matter. */
	{ DESC(0x00008000, 0), DESC(0x00008000, 0) },
	/* TSS, LDT, interrupt, trap and task gate, 16-bit call gate. */
	{ TSS, 0 },
	{ DESC(0x0000e200, 0), 0 },
	{ DESC(0x0000ee00, 0), 0 },
	{ DESC(0x0000ef00, 0), 0 },
	{ DESC(0x0000e500, 0), 0 },
	{ DESC(0x0000e400, 0), 0 },
	/* Call gates: into Xen's part of the GDT, or the guest's, or an LDT. */
	{ DESC(0x0000ec00, 0xe0080000), 0 },
	{ DESC(0x0000ec00, 0xe0000000), 0 },
	{ DESC(0x1234ec00, 0xdff81234), DESC(0x12348c00, 0xdffb1234) },
	{ DESC(0x1234ec00, 0xe0041234), DESC(0x12348c00, 0xe0071234) },
	{ DESC(0x1234ec80, 0xdff81234), 0 },
};

static const struct example only_64[] = {
	{ USER_CODE_64, USER_CODE_64 },
	{ KERNEL_CODE_64, USER_CODE_64 },
	{ DESC(0x00cf9300, 0xffff), USER_DATA },
	{ DESC(0x00cfb300, 0xffff), USER_DATA },
	/* Its kernel's segment in Xen's part. */
	{ DESC(0x00008c00, 0xe0330000), DESC(0x00008c00, 0xe0330000) },
	{ DESC(0x00008c00, 0xe0190000), 0 },
	/* Reserved: the number of parameters. */
	{ DESC(0x0000ec01, 0x00080000), 0 },
	/* A flat segment that ends inside Xen's part is left alone. */
	{ DESC(0x00cff300 - 0x00080000, 0xffff),
	  DESC(0x00cff300 - 0x00080000, 0xffff) },
};

static const struct example only_32[] = {
	{ USER_CODE_64, 0 },
	/* The kernel runs in ring 1. */
	{ DESC(0x00cf9b00, 0xffff), DESC(0x00cfbb00, 0xffff) },
	{ DESC(0x00cfbb00, 0xffff), DESC(0x00cfbb00, 0xffff) },
	{ DESC(0x0000ac00, 0xe0190000), DESC(0x00008c00, 0xe0190000) },
	{ DESC(0x0000ac00, 0xe0330000), 0 },
	{ DESC(0x0000ec1f, 0x00080000), DESC(0x00008c1f, 0x000b0000) },
	{ DESC(0x0000ec20, 0x00080000), 0 },
	/* Flat up to 0xf57fffff, and a page more: to the end of all. */
	{ DESC(0x00cff300, 0x57ff), DESC(0x00cff300, 0x57ff) },
	{ DESC(0x00cff300, 0x5800), DESC(0x00cff300, 0xffff) },
	/* The same limit, but in bytes; and from elsewhere. */
	{ DESC(0x004ff300, 0x5800), DESC(0x004ff300, 0x5800) },
	{ DESC(0x00cff300, 0x00015800), DESC(0x00cff300, 0x00015800) },
	{ DESC(0x01cff300, 0x5800), DESC(0x01cff300, 0x5800) },
};

static void expect_examples(struct kunit *test, bool (*fix)(u64 *desc),
			    const struct example *e, unsigned int nr)
{
	u64 desc;
	bool ok;

	for (; nr--; e++) {
		desc = e->before;
		ok = fix(&desc);
		KUNIT_EXPECT_EQ_MSG(test, ok, !!e->after, "%llx", e->before);
		KUNIT_EXPECT_EQ(test, desc, e->after ?: e->before);
	}
}

static void each_kind_in_64_bits(struct kunit *test)
{
	expect_examples(test, memcore_descriptor_fix, both, ARRAY_SIZE(both));
	expect_examples(test, memcore_descriptor_fix, only_64,
			ARRAY_SIZE(only_64));
}

static void each_kind_in_32_bits(struct kunit *test)
{
	expect_examples(test, memcore_compat_descriptor_fix, both,
			ARRAY_SIZE(both));
	expect_examples(test, memcore_compat_descriptor_fix, only_32,
			ARRAY_SIZE(only_32));
}

/* Whatever is let through: no privilege, no gate, and it is let through again. */
static void nothing_dangerous_let_through(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i, let = 0;
	u64 desc, again;

	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < NR_RANDOM; i++) {
		desc = DESC(prandom_u32_state(&rnd) | 0x8000,
			    prandom_u32_state(&rnd));
		if (!memcore_descriptor_fix(&desc))
			continue;
		let++;
		again = desc;
		if (desc >> 44 & 1)
			KUNIT_EXPECT_EQ(test, desc >> 45 & 3, 3);
		else if (desc >> 40 & 15)
			KUNIT_EXPECT_EQ(test, desc >> 40 & 0x7f, 0xc);
		KUNIT_EXPECT_TRUE(test, memcore_descriptor_fix(&again));
		KUNIT_EXPECT_EQ(test, again, desc);
	}
	KUNIT_EXPECT_GT(test, let, NR_RANDOM / 4);
}

/**
 * struct desc_test - what a case starts with
 * @f: the fixture
 * @s: tables of its PV domain, loaded; the pages at the odd addresses are
 *     mapped read-only
 * @v: the domain's vCPU
 */
struct desc_test {
	struct fixture *f;
	struct pv_space s;
	struct memcore_vcpu *v;
};

static int desc_test_init(struct kunit *test)
{
	struct desc_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	int err = fixture_init(test);
	unsigned int i;

	if (err)
		return err;
	KUNIT_ASSERT_NOT_NULL(test, t);
	t->f = test->priv;
	pv_space_make(test, &t->s, t->f->pv);
	pv_space_load(test, &t->s);
	for (i = 1; i < PV_PAGES; i += 2)
		KUNIT_ASSERT_EQ(test,
				pv_update(t->s.d, pv_ptr(t->s.l1, i),
					  pv_pte(t->s.page[i], PV_READ)),
				0);
	t->v = &t->f->pv->vcpus[0];
	test->priv = t;
	return 0;
}

static void desc_test_exit(struct kunit *test)
{
	struct desc_test *t = test->priv;

	if (!t)
		return;
	test->priv = t->f;
	fixture_exit(test);
}

static long set_gdt(struct desc_test *t, const unsigned long *frames,
		    unsigned int entries)
{
	return memcore_call(t->s.d, __HYPERVISOR_set_gdt,
			    (unsigned long)frames, entries, 0, 0, 0);
}

static long update(struct desc_test *t, u64 addr, u64 desc)
{
	return memcore_call(t->s.d, __HYPERVISOR_update_descriptor, addr, desc,
			    0, 0, 0);
}

static void expect_use(struct kunit *test, unsigned long mfn, enum mc_type type,
		       unsigned long nr)
{
	struct desc_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, pv_type(t->s.d, mfn), type);
	KUNIT_EXPECT_EQ(test, pv_type_count(t->s.d, mfn), nr);
	expect_audit(test, t->f->machine);
}

static void gdt_takes_and_drops_its_frames(struct kunit *test)
{
	struct desc_test *t = test->priv;
	unsigned long list[14] = { t->s.spare[0], t->s.spare[1],
				   t->s.spare[0] };

	KUNIT_EXPECT_EQ(test, set_gdt(t, list, 3 * 512), 0);
	KUNIT_EXPECT_EQ(test, t->v->gdt_entries, 3 * 512);
	expect_use(test, list[0], MC_TYPE_SEG, 2);
	expect_use(test, list[1], MC_TYPE_SEG, 1);
	/* One entry needs the whole frame, and the others are dropped. */
	KUNIT_EXPECT_EQ(test, set_gdt(t, list + 1, 1), 0);
	expect_use(test, list[0], MC_TYPE_SEG, 0);
	expect_use(test, list[1], MC_TYPE_SEG, 1);
	KUNIT_EXPECT_EQ(test, set_gdt(t, NULL, 0), 0);
	expect_use(test, list[1], MC_TYPE_SEG, 0);
	KUNIT_EXPECT_EQ(test, t->v->gdt_entries, 0);
}

static void gdt_of_every_length(struct kunit *test)
{
	struct desc_test *t = test->priv;
	unsigned long list[15];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list); i++)
		list[i] = t->s.spare[0];
	for (i = 0; i <= MAX_ENTRIES; i += 256) {
		KUNIT_EXPECT_EQ(test, set_gdt(t, list, i), 0);
		KUNIT_EXPECT_EQ(test, pv_type_count(t->s.d, list[0]),
				DIV_ROUND_UP(i, 512));
	}
	KUNIT_EXPECT_EQ(test, set_gdt(t, list, MAX_ENTRIES + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_gdt(t, list, ~0U), -EINVAL);
	expect_use(test, list[0], MC_TYPE_SEG, 14);
}

static unsigned long free_frame(struct desc_test *t)
{
	unsigned long mfn = FIXTURE_BASE;

	while (pv_frame(t->s.d, mfn)->state == MC_FRAME_USED)
		mfn++;
	return mfn;
}

static void refused_gdt_leaves_the_old(struct kunit *test)
{
	struct desc_test *t = test->priv;
	unsigned long list[3] = { t->s.spare[0], t->s.spare[1] };
	const unsigned long bad[] = {
		0, MC_INVALID, FIXTURE_BASE + FIXTURE_FRAMES,
		/* Free; mapped writable; in use as a table. */
		free_frame(t), t->s.page[0], t->s.l1, t->s.l4,
	};
	unsigned int i;

	KUNIT_EXPECT_EQ(test, set_gdt(t, list, 512), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		list[2] = bad[i];
		KUNIT_EXPECT_EQ(test, set_gdt(t, list, 3 * 512), -EINVAL);
		expect_use(test, list[0], MC_TYPE_SEG, 1);
		expect_use(test, list[1], MC_TYPE_SEG, 0);
	}
	KUNIT_EXPECT_EQ(test, t->v->gdt_entries, 512);
	KUNIT_EXPECT_EQ(test, set_gdt(t, NULL, 512), -EFAULT);
	KUNIT_EXPECT_EQ(test, t->v->gdt_entries, 512);
}

/* All new references come before an old one goes. */
static void same_gdt_again_while_in_last_use(struct kunit *test)
{
	struct desc_test *t = test->priv;
	unsigned long list[1] = { t->s.spare[0] };

	KUNIT_EXPECT_EQ(test, set_gdt(t, list, 512), 0);
	/* Released: only the GDT keeps it now. */
	KUNIT_EXPECT_EQ(test,
			fixture_move(t->s.d, XENMEM_decrease_reservation, list,
				     1, 0),
			1);
	KUNIT_EXPECT_EQ(test, set_gdt(t, list, 512), 0);
	expect_use(test, list[0], MC_TYPE_SEG, 1);
	KUNIT_EXPECT_EQ(test, set_gdt(t, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, set_gdt(t, list, 512), -EINVAL);
	expect_audit(test, t->f->machine);
}

static void gdt_flushes_the_tlb(struct kunit *test)
{
	struct desc_test *t = test->priv;
	u64 generation = t->v->tlb->generation;

	KUNIT_EXPECT_EQ(test, set_gdt(t, NULL, MAX_ENTRIES + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, t->v->tlb->generation, generation);
	KUNIT_EXPECT_EQ(test, set_gdt(t, NULL, 0), 0);
	KUNIT_EXPECT_NE(test, t->v->tlb->generation, generation);
}

/* What is in a frame is made harmless where it is, as in Xen. */
static void frame_corrected_in_place(struct kunit *test)
{
	struct desc_test *t = test->priv;
	unsigned long mfn = t->s.spare[0];

	KUNIT_ASSERT_EQ(test, update(t, pv_ptr(mfn, 3), USER_CODE_64), 0);
	memcore_content_write(t->f->machine, pv_frame(t->s.d, mfn), 3,
			      KERNEL_CODE_64);
	KUNIT_EXPECT_EQ(test, set_gdt(t, &mfn, 512), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, mfn, 3), USER_CODE_64);
}

static void bad_frame_corrected_in_part_quirk(struct kunit *test)
{
	struct desc_test *t = test->priv;
	unsigned long mfn = t->s.spare[0];
	struct memcore_frame *frame = pv_frame(t->s.d, mfn);

	memcore_content_write(t->f->machine, frame, 3, KERNEL_CODE_64);
	memcore_content_write(t->f->machine, frame, 5, TSS);
	memcore_content_write(t->f->machine, frame, 511, KERNEL_CODE_64);
	KUNIT_EXPECT_EQ(test, set_gdt(t, &mfn, 512), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, mfn, 3), USER_CODE_64);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, mfn, 5), TSS);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, mfn, 511), KERNEL_CODE_64);
	expect_audit(test, t->f->machine);
}

static void update_where_it_may_be(struct kunit *test)
{
	struct desc_test *t = test->priv;
	unsigned long mfn = t->s.spare[0];

	/* Nothing in particular, mapped writable, and part of the GDT. */
	KUNIT_EXPECT_EQ(test, update(t, pv_ptr(mfn, 7), KERNEL_CODE_64), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, mfn, 7), USER_CODE_64);
	expect_use(test, mfn, MC_TYPE_WRITABLE, 0);
	KUNIT_EXPECT_EQ(test, update(t, pv_ptr(t->s.page[0], 0), USER_DATA), 0);
	expect_use(test, t->s.page[0], MC_TYPE_WRITABLE, 1);
	KUNIT_EXPECT_EQ(test, set_gdt(t, &mfn, 512), 0);
	KUNIT_EXPECT_EQ(test, update(t, pv_ptr(mfn, 511), USER_DATA), 0);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, mfn, 511), USER_DATA);
	expect_use(test, mfn, MC_TYPE_SEG, 1);
}

static void update_refused(struct kunit *test)
{
	struct desc_test *t = test->priv;
	u64 good = pv_ptr(t->s.spare[0], 0);
	u64 entry = pv_read(t->s.d, t->s.l1, 0);

	KUNIT_EXPECT_EQ(test, update(t, good, USER_DATA), 0);
	KUNIT_EXPECT_EQ(test, update(t, good, TSS), -EINVAL);
	KUNIT_EXPECT_EQ(test, update(t, good + 4, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, update(t, good + 1, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, update(t, pv_ptr(MC_INVALID >> 12, 0), 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, update(t, pv_ptr(FIXTURE_BASE - 1, 0), 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, update(t, pv_ptr(t->s.l1, 0), 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, update(t, pv_ptr(t->s.l4, 0), 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.spare[0], 0), USER_DATA);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.l1, 0), entry);
	expect_audit(test, t->f->machine);
}

static void update_without_memory(struct kunit *test)
{
	struct desc_test *t = test->priv;

	atomic_set(&t->f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, update(t, pv_ptr(t->s.spare[0], 0), USER_DATA),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, pv_read(t->s.d, t->s.spare[0], 0), 0);
	expect_use(test, t->s.spare[0], MC_TYPE_WRITABLE, 0);
}

static int change_ldt(struct desc_test *t, unsigned long base,
		      unsigned int entries)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_SET_LDT,
		.arg1.linear_addr = base,
		.arg2.nr_ents = entries,
	};

	return pv_exts(t->s.d, &op, 1, NULL, DOMID_SELF);
}

static int ldt_fault(struct desc_test *t, unsigned int offset)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&t->v->lock, flags);
	err = memcore_ldt_fault(t->v, offset);
	spin_unlock_irqrestore(&t->v->lock, flags);
	return err;
}

static void ldt_limits(struct kunit *test)
{
	struct desc_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1), 8192), 0);
	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1), 8193), -EINVAL);
	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1) + 8, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, change_ldt(t, 0xffff800000000000, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, change_ldt(t, 1UL << 47, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, t->v->ldt_base, pv_va(1));
	KUNIT_EXPECT_EQ(test, t->v->ldt_entries, 8192);
	/* An address that is not used is not looked at. */
	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1) + 8, 0), 0);
	KUNIT_EXPECT_EQ(test, t->v->ldt_entries, 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 0), -EINVAL);
}

static void ldt_pages_come_when_needed(struct kunit *test)
{
	struct desc_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1), 3 * 512), 0);
	expect_use(test, t->s.page[1], MC_TYPE_WRITABLE, 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 8), 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 4095), 0);
	expect_use(test, t->s.page[1], MC_TYPE_SEG, 1);
	/* Mapped writable; the next is fine again, and then it is too far. */
	KUNIT_EXPECT_EQ(test, ldt_fault(t, PAGE_SIZE), -EFAULT);
	expect_use(test, t->s.page[2], MC_TYPE_WRITABLE, 1);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 2 * PAGE_SIZE), 0);
	expect_use(test, t->s.page[3], MC_TYPE_SEG, 1);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 3 * PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, ~0U), -EINVAL);
}

static void ldt_without_a_page(struct kunit *test)
{
	struct desc_test *t = test->priv;
	struct memcore_frame *frame = pv_frame(t->s.d, t->s.page[1]);

	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(PV_PAGES), 1), 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, change_ldt(t, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 0), -EFAULT);
	memcore_content_write(t->f->machine, frame, 0, TSS);
	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1), 1), 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 0), -EFAULT);
	expect_audit(test, t->f->machine);
}

static void ldt_kept_until_set_again(struct kunit *test)
{
	struct desc_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1), 512), 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 0), 0);
	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1), 512), 0);
	expect_use(test, t->s.page[1], MC_TYPE_SEG, 1);
	/* Something else is mapped there now, which it does not notice. */
	KUNIT_EXPECT_EQ(test,
			pv_update(t->s.d, pv_ptr(t->s.l1, 1),
				  pv_pte(t->s.spare[1], PV_READ)),
			0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 0), 0);
	expect_use(test, t->s.page[1], MC_TYPE_SEG, 1);
	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1), 511), 0);
	expect_use(test, t->s.page[1], MC_TYPE_SEG, 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 0), 0);
	expect_use(test, t->s.spare[1], MC_TYPE_SEG, 1);
}

/* The domain's end drops what is left: fixture_exit() finds no frame missing. */
static void tables_go_with_the_domain(struct kunit *test)
{
	struct desc_test *t = test->priv;
	unsigned long list[2] = { t->s.spare[0], t->s.spare[1] };

	KUNIT_EXPECT_EQ(test, set_gdt(t, list, 1024), 0);
	KUNIT_EXPECT_EQ(test, change_ldt(t, pv_va(1), 512), 0);
	KUNIT_EXPECT_EQ(test, ldt_fault(t, 0), 0);
	expect_audit(test, t->f->machine);
}

static struct kunit_case descriptor_cases[] = {
	KUNIT_CASE(each_kind_in_64_bits),
	KUNIT_CASE(each_kind_in_32_bits),
	KUNIT_CASE(nothing_dangerous_let_through),
	KUNIT_CASE(gdt_takes_and_drops_its_frames),
	KUNIT_CASE(gdt_of_every_length),
	KUNIT_CASE(refused_gdt_leaves_the_old),
	KUNIT_CASE(same_gdt_again_while_in_last_use),
	KUNIT_CASE(gdt_flushes_the_tlb),
	KUNIT_CASE(frame_corrected_in_place),
	KUNIT_CASE(bad_frame_corrected_in_part_quirk),
	KUNIT_CASE(update_where_it_may_be),
	KUNIT_CASE(update_refused),
	KUNIT_CASE(update_without_memory),
	KUNIT_CASE(ldt_limits),
	KUNIT_CASE(ldt_pages_come_when_needed),
	KUNIT_CASE(ldt_without_a_page),
	KUNIT_CASE(ldt_kept_until_set_again),
	KUNIT_CASE(tables_go_with_the_domain),
	{ }
};

static struct kunit_suite descriptor_suite = {
	.name = "memcore_descriptor",
	.init = desc_test_init,
	.exit = desc_test_exit,
	.test_cases = descriptor_cases,
};

kunit_test_suite(descriptor_suite);
