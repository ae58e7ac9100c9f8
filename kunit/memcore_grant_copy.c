// SPDX-License-Identifier: GPL-2.0
/* GNTTABOP_copy: frames and grants, parts, at second hand; and a naive one. */
#include <linux/prandom.h>
#include <linux/string.h>
#include "memcore_grant.h"
#include "memcore_pv.h"

#define REF	9

/**
 * struct copy_side - what is named as source or destination
 * @domid: as it is named
 * @gref: it is a grant
 * @name: grant or frame
 * @offset: where in the frame
 */
struct copy_side {
	domid_t domid;
	bool gref;
	unsigned long name;
	u16 offset;
};

static struct gnttab_copy copy_of(const struct copy_side *from,
				  const struct copy_side *to, u16 len)
{
	struct gnttab_copy op = {
		.source.domid = from->domid,
		.source.offset = from->offset,
		.dest.domid = to->domid,
		.dest.offset = to->offset,
		.len = len,
		.flags = (from->gref ? GNTCOPY_source_gref : 0) |
			 (to->gref ? GNTCOPY_dest_gref : 0),
		.status = 1,
	};

	if (from->gref)
		op.source.u.ref = from->name;
	else
		op.source.u.gmfn = from->name;
	if (to->gref)
		op.dest.u.ref = to->name;
	else
		op.dest.u.gmfn = to->name;
	return op;
}

static s16 copy(struct memcore_domain *d, const struct copy_side *from,
		const struct copy_side *to, u16 len)
{
	struct gnttab_copy op = copy_of(from, to, len);
	long ret = grant_op(d, GNTTABOP_copy, &op, 1);

	return ret ?: op.status;
}

static struct copy_side frame(unsigned long gfn, u16 offset)
{
	return (struct copy_side){ DOMID_SELF, false, gfn, offset };
}

static struct copy_side grant(domid_t domid, u32 ref, u16 offset)
{
	return (struct copy_side){ domid, true, ref, offset };
}

static void write_text(struct kunit *test, struct memcore_domain *d,
		       unsigned long gfn, unsigned int offset, const char *text)
{
	memcpy(grant_bytes(test, d, gfn) + offset, text, strlen(text));
}

static void expect_text(struct kunit *test, struct memcore_domain *d,
			unsigned long gfn, unsigned int offset,
			const char *text)
{
	const u8 *bytes = memcore_content(grant_frame_at(d, gfn));

	KUNIT_EXPECT_EQ(test, memcmp(bytes + offset, text, strlen(text)), 0);
}

static void frames_of_ones_own_are_copied(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->hvm, 4);
	struct copy_side from = frame(a, 10), to = frame(b, 4091);

	write_text(test, f->hvm, a, 10, "hello");
	KUNIT_EXPECT_EQ(test, copy(f->hvm, &from, &to, 5), GNTST_okay);
	expect_text(test, f->hvm, b, 4091, "hello");
	KUNIT_EXPECT_EQ(test, copy(f->hvm, &from, &to, 0), GNTST_okay);
	KUNIT_EXPECT_EQ(test, copy(f->hvm, &from, &to, 6), GNTST_bad_copy_arg);
	from.offset = 4092;
	to.offset = 0;
	KUNIT_EXPECT_EQ(test, copy(f->hvm, &from, &to, 5), GNTST_bad_copy_arg);
}

static void only_ones_own_frames_can_be_named(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->pv, 0);
	struct copy_side from = frame(a, 0), to = frame(a, 64);

	from.domid = 2;
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 4),
			GNTST_permission_denied);
	/* The domains are found first, then the source, then the destination. */
	to.domid = 99;
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 4), GNTST_bad_domain);
	to.domid = 2;
	from = frame(77, 0);
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 4), GNTST_bad_page);
	from.domid = 2;
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 4),
			GNTST_permission_denied);
	to = frame(a, 64);
	from.domid = 99;
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 4), GNTST_bad_domain);
	from.gref = true;
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 4), GNTST_bad_domain);
	from = frame(a, 0);
	to.domid = 1;
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 4),
			GNTST_permission_denied);
	to = frame(77, 0);
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 4), GNTST_bad_page);
}

static void grants_are_copied_at_both_ends(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->pv, 0);
	struct copy_side from = grant(1, REF, 0), to = grant(2, REF, 8);

	grant_start(test, f->hvm, 1);
	grant_start(test, f->pv, 2);
	grant_write(f->hvm, REF, GTF_permit_access | GTF_readonly, 0, a);
	grant_write(f->pv, REF, GTF_permit_access, 0, b);
	write_text(test, f->hvm, a, 0, "across");
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 6), GNTST_okay);
	expect_text(test, f->pv, b, 8, "across");
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), 0);
	KUNIT_EXPECT_EQ(test, grant_use(f->pv, REF), 0);
	/* Neither back, nor by somebody else. */
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &to, &from, 6),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 6), GNTST_general_error);
	from.name = 512;
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 6), GNTST_bad_gntref);
	expect_audit(test, f->machine);
}

static void a_table_is_no_destination(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct pv_space s;
	struct copy_side from, to;

	pv_space_make(test, &s, f->pv);
	pv_space_load(test, &s);
	from = frame(s.page[0], 0);
	to = frame(s.l1, 0);
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 8), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, copy(f->pv, &to, &from, 8), GNTST_okay);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, pv_ext(f->pv, MMUEXT_UNPIN_TABLE, s.l4), 0);
}

static void parts_have_bounds(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->dom0, 0);
	struct copy_side from = grant(1, REF, 100), to = frame(b, 0);

	grant_start(test, f->hvm, 2);
	grant_write_part(f->hvm, REF, GTF_permit_access, 0, a, 100, 50);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 50), GNTST_okay);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 51),
			GNTST_general_error);
	from.offset = 99;
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 1),
			GNTST_general_error);
	from.offset = 150;
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 0), GNTST_okay);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 1),
			GNTST_general_error);
	/* More than the frame has is not more than that. */
	grant_write_part(f->hvm, REF, GTF_permit_access, 0, a, 4000, U16_MAX);
	from.offset = 4000;
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 96), GNTST_okay);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 97),
			GNTST_bad_copy_arg);
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), 0);
}

/* Xen keeps 15 bits of it. */
static void a_part_starts_with_15_bits_quirk(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->dom0, 0);
	struct copy_side from = grant(1, REF, 16), to = frame(b, 0);

	grant_start(test, f->hvm, 2);
	grant_write_part(f->hvm, REF, GTF_permit_access, 0, a, 0x8000 | 16, 8);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 8), GNTST_okay);
}

static void a_grant_goes_on_once(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->pv, 0);
	unsigned long b = grant_new_frame(test, f->dom0, 0);
	struct copy_side from = grant(1, REF, 40), to = frame(b, 0);

	grant_start(test, f->pv, 2);
	grant_start(test, f->hvm, 2);
	grant_write_part(f->pv, REF + 1, GTF_permit_access, 1, a, 32, 16);
	grant_write_transitive(f->hvm, REF, 0, 2, REF + 1);
	write_text(test, f->pv, a, 40, "far");
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 3), GNTST_okay);
	expect_text(test, f->dom0, b, 0, "far");
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 9),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), 0);
	KUNIT_EXPECT_EQ(test, grant_use(f->pv, REF + 1), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->hvm, 1), 0);
}

/* Xen would try for ever. */
static void a_grant_in_use_cannot_be_made_to_go_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->pv, 0);
	unsigned long own = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->dom0, 0);
	struct copy_side from = grant(1, REF, 0), to = frame(b, 0);
	struct memcore_frame *mapped;

	grant_start(test, f->pv, 2);
	grant_start(test, f->hvm, 2);
	grant_write(f->hvm, REF, GTF_permit_access, 0, own);
	grant_write_part(f->pv, REF, GTF_permit_access, 1, a, 0, 16);
	KUNIT_ASSERT_EQ(test,
			grant_pin(f->hvm, REF, 0, MC_PIN_HOST_READ, &mapped),
			GNTST_okay);
	grant_write_transitive(f->hvm, REF, 0, 2, REF);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 4),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grant_use(f->pv, REF), 0);
	grant_unpin(f->hvm, REF, MC_PIN_HOST_READ, mapped);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 4), GNTST_okay);
}

/* Case of XSA-226: transitive grants are bounded, and balanced. */
static void a_grant_does_not_go_on_twice(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long b = grant_new_frame(test, f->dom0, 0);
	struct copy_side from = grant(1, REF, 0), to = frame(b, 0);
	unsigned int i;
	const struct {
		domid_t domid;
		u32 ref;
		s16 status;
	} cases[] = {
		{ 2, REF, GNTST_general_error }, /* transitive, too */
		{ 1, REF, GNTST_general_error }, /* its own */
		{ 99, REF, GNTST_general_error },
		{ DOMID_SELF, REF, GNTST_general_error },
		{ 2, 256, GNTST_bad_gntref },
		{ 2, REF + 1, GNTST_general_error }, /* to somebody else */
		{ 2, REF + 2, GNTST_bad_page },
	};

	grant_start(test, f->pv, 2);
	grant_start(test, f->hvm, 2);
	grant_write_transitive(f->pv, REF, 1, 1, REF);
	grant_write(f->pv, REF + 1, GTF_permit_access, 0, b);
	grant_write(f->pv, REF + 2, GTF_permit_access, 1, 77);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		grant_write_transitive(f->hvm, REF, 0, cases[i].domid,
				       cases[i].ref);
		KUNIT_EXPECT_EQ_MSG(test, copy(f->dom0, &from, &to, 1),
				    cases[i].status, "case %u", i);
		KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), 0);
		KUNIT_EXPECT_EQ(test, grant_use(f->pv, REF), 0);
		expect_audit(test, f->machine);
	}
}

/* A copy keeps its ends from one operation to the next. */
static void a_list_of_copies_is_done_as_one(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->dom0, 0);
	struct copy_side from = grant(1, REF, 0), to = frame(b, 0);
	struct gnttab_copy ops[4];
	unsigned int i;

	grant_start(test, f->hvm, 1);
	grant_write(f->hvm, REF, GTF_permit_access, 0, a);
	write_text(test, f->hvm, a, 0, "abcd");
	for (i = 0; i < 4; i++) {
		from.offset = i;
		to.offset = 3 - i;
		ops[i] = copy_of(&from, &to, 1);
	}
	ops[2].len = 4096;
	KUNIT_EXPECT_EQ(test, grant_op(f->dom0, GNTTABOP_copy, ops, 4), 0);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, ops[i].status,
				i == 2 ? GNTST_bad_copy_arg : GNTST_okay);
	expect_text(test, f->dom0, b, 2, "ba");
	expect_text(test, f->dom0, b, 0, "d");
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), 0);
	expect_audit(test, f->machine);
}

static long copy_two(struct memcore_domain *d, const struct copy_side *first,
		     const struct copy_side *second, const struct copy_side *to,
		     s16 *status)
{
	struct gnttab_copy ops[2] = {
		copy_of(first, to, 4), copy_of(second, to, 4),
	};
	long ret = grant_op(d, GNTTABOP_copy, ops, 2);

	*status = ops[1].status;
	return ret ?: ops[0].status;
}

/* Who was let in by a grant is not let in without one. */
static void frames_of_others_are_refused_in_a_list_too(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->pv, 3);
	unsigned long b = grant_new_frame(test, f->pv, 4);
	struct copy_side first = grant(2, REF, 0), second = frame(b, 0);
	struct copy_side to = frame(grant_new_frame(test, f->pv, 5), 0);
	s16 status;

	second.domid = 2;
	grant_start(test, f->pv, 1);
	grant_write(f->pv, REF, GTF_permit_access, 2, a);
	write_text(test, f->pv, a, 0, "1111");
	write_text(test, f->pv, b, 0, "2222");
	KUNIT_EXPECT_EQ(test, copy_two(f->pv, &first, &second, &to, &status),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, status, GNTST_permission_denied);
	second.name = REF;
	KUNIT_EXPECT_EQ(test, copy_two(f->pv, &first, &second, &to, &status),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, status, GNTST_permission_denied);
	/* A frame that has the number of the grant is another thing. */
	first.domid = DOMID_SELF;
	second.domid = DOMID_SELF;
	KUNIT_EXPECT_EQ(test, copy_two(f->pv, &first, &second, &to, &status),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, status, GNTST_bad_page);
	expect_text(test, f->pv, to.name, 0, "1111");
}

static void what_overlaps_is_copied_upwards(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->pv, 0);
	struct copy_side from = frame(a, 0), to = frame(a, 1);

	write_text(test, f->pv, a, 0, "0123456789abcdefghijklmn");
	/* Words first, each read whole before it is written. */
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 18), GNTST_okay);
	expect_text(test, f->pv, a, 0, "0012345677");
	to.offset = 0;
	from.offset = 3;
	write_text(test, f->pv, a, 0, "0123456789abcdef");
	KUNIT_EXPECT_EQ(test, copy(f->pv, &from, &to, 10), GNTST_okay);
	expect_text(test, f->pv, a, 0, "3456789abc");
}

static void faults_stop_the_list(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->pv, 0);
	struct copy_side from = frame(a, 0), to = frame(a, 64);
	struct gnttab_copy *ops = pv_last_bytes(test, sizeof(*ops));

	*ops = copy_of(&from, &to, 8);
	KUNIT_EXPECT_EQ(test, grant_op(f->pv, GNTTABOP_copy, ops, 2), -EFAULT);
	KUNIT_EXPECT_EQ(test, ops->status, GNTST_okay);
	expect_audit(test, f->machine);
}

/* Case of XSA-318: preempted anywhere, all statuses are there. */
static void preempted_copies_have_their_status(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->dom0, 0);
	struct copy_side from = grant(1, REF, 0), to = frame(b, 0);
	struct gnttab_copy ops[5];
	unsigned int at, i;

	grant_start(test, f->hvm, 1);
	grant_write(f->hvm, REF, GTF_permit_access, 0, a);
	for (at = 1; at < 6; at++) {
		for (i = 0; i < 5; i++) {
			from.name = REF + (i == 3);
			ops[i] = copy_of(&from, &to, 1);
		}
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test, grant_op(f->dom0, GNTTABOP_copy, ops, 5),
				0);
		for (i = 0; i < 5; i++)
			KUNIT_EXPECT_EQ(test, ops[i].status,
					i == 3 ? GNTST_general_error :
						 GNTST_okay);
		KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), 0);
	}
	memcore_preempt_set(&f->machine->preempt, 0);
	expect_audit(test, f->machine);
}

static void a_copy_without_memory_fails_wholly(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->hvm, 4);
	struct copy_side from = frame(a, 0), to = grant(1, REF, 0);

	grant_start(test, f->hvm, 1);
	grant_write(f->hvm, REF, GTF_permit_access, 1, b);
	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, copy(f->hvm, &from, &to, 8), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, atomic_read(&f->machine->failpoint.left), 0);
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, copy(f->hvm, &from, &to, 8), GNTST_okay);
}

/* Case of XSA-230: who copies does not end who maps. */
static void a_copy_leaves_the_uses_of_others(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	unsigned long b = grant_new_frame(test, f->dom0, 0);
	struct copy_side from = frame(b, 0), to = grant(1, REF, 0);
	struct memcore_frame *mapped;

	grant_start(test, f->hvm, 1);
	grant_write(f->hvm, REF, GTF_permit_access, 0, a);
	KUNIT_ASSERT_EQ(test,
			grant_pin(f->hvm, REF, 0, MC_PIN_DEV_WRITE, &mapped),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &from, &to, 8), GNTST_okay);
	KUNIT_EXPECT_EQ(test, copy(f->dom0, &to, &from, 8), GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), GRANT_PIN_MASK);
	KUNIT_EXPECT_EQ(test, memcore_grant_entry(&f->hvm->grants, REF)->pin,
			MC_PIN_DEV_WRITE);
	grant_unpin(f->hvm, REF, MC_PIN_DEV_WRITE, mapped);
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, REF), 0);
}

static void what_is_not_all_of_a_page_is_not_mapped(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long a = grant_new_frame(test, f->hvm, 3);
	struct memcore_frame *mapped;

	grant_start(test, f->hvm, 2);
	grant_write_part(f->hvm, REF, GTF_permit_access, 0, a, 0, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test,
			grant_pin(f->hvm, REF, 0, MC_PIN_HOST_READ, &mapped),
			GNTST_general_error);
	grant_write_transitive(f->hvm, REF, 0, 2, REF);
	KUNIT_EXPECT_EQ(test,
			grant_pin(f->hvm, REF, 0, MC_PIN_HOST_READ, &mapped),
			GNTST_general_error);
}

#define NR_DOMAINS	3
#define NR_PAGES	3
#define NR_GRANTS	6
#define NR_OPS		12

/**
 * struct ref_grant - a grant as it was written
 * @type: GTF_permit_access or GTF_transitive; 0: none
 * @readonly: not to be written
 * @to: index of the domain that may use it
 * @page: which of the granter's, or NR_PAGES for none
 * @start: where the part starts
 * @length: and how long it is
 * @third: index of the domain whose grant it is really
 * @ref: and which
 */
struct ref_grant {
	u16 type;
	bool readonly;
	unsigned int to;
	unsigned int page;
	unsigned int start;
	unsigned int length;
	unsigned int third;
	unsigned int ref;
};

/**
 * struct ref_domain - a domain that grants and copies
 * @d: the real one
 * @domid: its number
 * @version: of its table
 * @gfn: what its pages are called
 * @page: what should be in them
 * @grants: from REF on
 */
struct ref_domain {
	struct memcore_domain *d;
	domid_t domid;
	u32 version;
	unsigned long gfn[NR_PAGES];
	u8 (*page)[PAGE_SIZE];
	struct ref_grant grants[NR_GRANTS];
};

static u32 pick(struct rnd_state *rnd, u32 n)
{
	return prandom_u32_state(rnd) % n;
}

static void write_grant(struct ref_domain *doms, unsigned int i, u32 ref)
{
	struct ref_domain *rd = &doms[i];
	const struct ref_grant *g = &rd->grants[ref];
	u16 flags = g->type | (g->readonly ? GTF_readonly : 0);
	u64 gfn = g->page < NR_PAGES ? rd->gfn[g->page] : 0xfffff;

	if (g->type == GTF_transitive)
		grant_write_transitive(rd->d, REF + ref, doms[g->to].domid,
				       doms[g->third].domid, REF + g->ref);
	else if (g->start || g->length != PAGE_SIZE)
		grant_write_part(rd->d, REF + ref, flags, doms[g->to].domid,
				 gfn, g->start, g->length);
	else
		grant_write(rd->d, REF + ref, flags, doms[g->to].domid, gfn);
}

static void some_grant(struct ref_domain *doms, unsigned int i,
		       struct rnd_state *rnd)
{
	u32 ref = pick(rnd, NR_GRANTS);
	struct ref_grant *g = &doms[i].grants[ref];

	*g = (struct ref_grant){
		.type = pick(rnd, 8) ? GTF_permit_access : GTF_invalid,
		.readonly = !pick(rnd, 4),
		.to = pick(rnd, NR_DOMAINS),
		.page = pick(rnd, 10) ? pick(rnd, NR_PAGES) : NR_PAGES,
		.length = PAGE_SIZE,
	};
	if (doms[i].version == 2 && !pick(rnd, 3)) {
		g->start = pick(rnd, PAGE_SIZE);
		g->length = pick(rnd, PAGE_SIZE - g->start) + 1;
	} else if (doms[i].version == 2 && !pick(rnd, 3)) {
		g->type = GTF_transitive;
		g->readonly = false;
		g->third = pick(rnd, NR_DOMAINS);
		g->ref = pick(rnd, NR_GRANTS);
	}
	write_grant(doms, i, ref);
}

/**
 * struct ref_end - what a side of a copy comes to
 * @status: or why not
 * @page: the page
 * @start: first byte that may be used
 * @end: behind the last
 */
struct ref_end {
	s16 status;
	u8 *page;
	unsigned int start;
	unsigned int end;
};

static struct ref_end ref_resolve(struct ref_domain *doms, unsigned int i,
				  u32 ref, unsigned int who, bool readonly,
				  bool again)
{
	const struct ref_grant *g = &doms[i].grants[ref];
	struct ref_end e = { .status = GNTST_general_error };

	if (!g->type || g->to != who || (g->readonly && !readonly))
		return e;
	if (g->type == GTF_transitive)
		return again && g->third != i ?
			ref_resolve(doms, g->third, g->ref, i, readonly,
				    false) : e;
	e.status = g->page < NR_PAGES ? GNTST_okay : GNTST_bad_page;
	e.page = doms[i].page[g->page % NR_PAGES];
	e.start = g->start;
	e.end = g->start + g->length;
	return e;
}

/**
 * struct ref_side - a side of a random copy
 * @gref: it is a grant
 * @dom: index of the domain
 * @name: which grant, or which page
 * @offset: where
 */
struct ref_side {
	bool gref;
	unsigned int dom;
	u32 name;
	u16 offset;
};

static struct ref_side some_side(unsigned int who, struct rnd_state *rnd)
{
	bool gref = pick(rnd, 4);

	return (struct ref_side){
		.gref = gref,
		.dom = gref ? pick(rnd, NR_DOMAINS) : who,
		.name = pick(rnd, gref ? NR_GRANTS : NR_PAGES),
		.offset = pick(rnd, PAGE_SIZE),
	};
}

static struct copy_side real_side(struct ref_domain *doms,
				  const struct ref_side *s)
{
	if (s->gref)
		return grant(doms[s->dom].domid, REF + s->name, s->offset);
	return frame(doms[s->dom].gfn[s->name], s->offset);
}

static struct ref_end end_of(struct ref_domain *doms, unsigned int who,
			     const struct ref_side *s, bool readonly)
{
	if (s->gref)
		return ref_resolve(doms, s->dom, s->name, who, readonly, true);
	return (struct ref_end){ .page = doms[s->dom].page[s->name],
				 .end = PAGE_SIZE };
}

static bool outside(const struct ref_end *e, unsigned int offset,
		    unsigned int len)
{
	return offset < e->start || offset + len > e->end;
}

static void ref_move(u8 *to, const u8 *from, unsigned int len)
{
	u64 word;

	for (; len >= 8; len -= 8, to += 8, from += 8) {
		memcpy(&word, from, 8);
		memcpy(to, &word, 8);
	}
	while (len--)
		*to++ = *from++;
}

static s16 ref_copy(struct ref_domain *doms, unsigned int who,
		    const struct ref_side *from, const struct ref_side *to,
		    unsigned int len)
{
	struct ref_end a = end_of(doms, who, from, true);
	struct ref_end b = end_of(doms, who, to, false);

	if (a.status)
		return a.status;
	if (b.status)
		return b.status;
	if (from->offset + len > PAGE_SIZE || to->offset + len > PAGE_SIZE)
		return GNTST_bad_copy_arg;
	if (outside(&a, from->offset, len) || outside(&b, to->offset, len))
		return GNTST_general_error;
	ref_move(b.page + to->offset, a.page + from->offset, len);
	return GNTST_okay;
}

static void random_list(struct kunit *test, struct ref_domain *doms,
			struct rnd_state *rnd)
{
	unsigned int who = pick(rnd, NR_DOMAINS), nr = 1 + pick(rnd, NR_OPS), i;
	struct gnttab_copy ops[NR_OPS];
	struct copy_side from, to;
	struct ref_side a, b;
	s16 wanted[NR_OPS];
	u16 len;

	for (i = 0; i < nr; i++) {
		a = some_side(who, rnd);
		b = some_side(who, rnd);
		len = pick(rnd, pick(rnd, 3) ? 64 : PAGE_SIZE + 2);
		from = real_side(doms, &a);
		to = real_side(doms, &b);
		ops[i] = copy_of(&from, &to, len);
		wanted[i] = ref_copy(doms, who, &a, &b, len);
	}
	KUNIT_EXPECT_EQ(test,
			grant_op(doms[who].d, GNTTABOP_copy, ops, nr), 0);
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ_MSG(test, ops[i].status, wanted[i],
				    "operation %u of %u", i, nr);
}

static void expect_pages(struct kunit *test, struct ref_domain *rd)
{
	const void *page;
	unsigned int i;

	for (i = 0; i < NR_PAGES; i++) {
		page = memcore_content(grant_frame_at(rd->d, rd->gfn[i]));
		KUNIT_ASSERT_EQ(test, memcmp(page, rd->page[i], PAGE_SIZE), 0);
	}
	for (i = 0; i < NR_GRANTS; i++)
		KUNIT_EXPECT_EQ(test, grant_use(rd->d, REF + i), 0);
}

static void make_domain(struct kunit *test, struct ref_domain *rd,
			struct memcore_domain *d, u32 version,
			struct rnd_state *rnd)
{
	unsigned int i;

	rd->d = d;
	rd->domid = d->config.domid;
	rd->version = version;
	rd->page = kunit_kcalloc(test, NR_PAGES, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rd->page);
	grant_start(test, d, version);
	for (i = 0; i < NR_PAGES; i++) {
		rd->gfn[i] = grant_new_frame(test, d, 20 + i);
		prandom_bytes_state(rnd, rd->page[i], PAGE_SIZE);
		memcpy(grant_bytes(test, d, rd->gfn[i]), rd->page[i],
		       PAGE_SIZE);
	}
}

/* With a naive copy that knows no pins, batches or preemption. */
static void random_copies_agree_with_naive_ones(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct ref_domain *doms;
	struct rnd_state rnd;
	unsigned int i, j;

	doms = kunit_kcalloc(test, NR_DOMAINS, sizeof(*doms), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, doms);
	prandom_seed_state(&rnd, fixture_seed(test));
	make_domain(test, &doms[0], f->hvm, 2, &rnd);
	make_domain(test, &doms[1], f->pv, 1, &rnd);
	make_domain(test, &doms[2], f->dom0, 2, &rnd);
	for (i = 0; i < 600; i++) {
		some_grant(doms, pick(&rnd, NR_DOMAINS), &rnd);
		memcore_preempt_set(&f->machine->preempt, pick(&rnd, 4));
		random_list(test, doms, &rnd);
		memcore_preempt_set(&f->machine->preempt, 0);
		for (j = 0; j < NR_DOMAINS; j++)
			expect_pages(test, &doms[j]);
		if (!(i % 16))
			expect_audit(test, f->machine);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(frames_of_ones_own_are_copied),
	KUNIT_CASE(only_ones_own_frames_can_be_named),
	KUNIT_CASE(grants_are_copied_at_both_ends),
	KUNIT_CASE(a_table_is_no_destination),
	KUNIT_CASE(parts_have_bounds),
	KUNIT_CASE(a_part_starts_with_15_bits_quirk),
	KUNIT_CASE(a_grant_goes_on_once),
	KUNIT_CASE(a_grant_in_use_cannot_be_made_to_go_on),
	KUNIT_CASE(a_grant_does_not_go_on_twice),
	KUNIT_CASE(a_list_of_copies_is_done_as_one),
	KUNIT_CASE(frames_of_others_are_refused_in_a_list_too),
	KUNIT_CASE(what_overlaps_is_copied_upwards),
	KUNIT_CASE(faults_stop_the_list),
	KUNIT_CASE(preempted_copies_have_their_status),
	KUNIT_CASE(a_copy_without_memory_fails_wholly),
	KUNIT_CASE(a_copy_leaves_the_uses_of_others),
	KUNIT_CASE(what_is_not_all_of_a_page_is_not_mapped),
	KUNIT_CASE(random_copies_agree_with_naive_ones),
	{}
};

static struct kunit_suite suite = {
	.name = "memcore_grant_copy",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
