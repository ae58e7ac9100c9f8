// SPDX-License-Identifier: GPL-2.0
/* Grant tables: size, frames, versions; and all of it against a naive table. */
#include <linux/prandom.h>
#include <linux/string.h>
#include "memcore_grant.h"
#include "memcore_pv.h"

#define NR_FRAMES	(MC_MAX_GRANT_FRAMES + 1)

static int query(struct memcore_domain *d, domid_t domid, unsigned int *nr,
		 unsigned int *max)
{
	struct gnttab_query_size op = { .dom = domid, .nr_frames = 77 };
	long ret = grant_op(d, GNTTABOP_query_size, &op, 1);

	*nr = op.nr_frames;
	*max = op.max_nr_frames;
	return ret ?: op.status;
}

static long get_version(struct memcore_domain *d, domid_t domid)
{
	struct gnttab_get_version op = { .dom = domid };
	long ret = grant_op(d, GNTTABOP_get_version, &op, 1);

	return ret ?: op.version;
}

static void expect_size(struct kunit *test, struct memcore_domain *d,
			unsigned int wanted)
{
	unsigned int nr, max;

	KUNIT_EXPECT_EQ(test, query(d, DOMID_SELF, &nr, &max), GNTST_okay);
	KUNIT_EXPECT_EQ(test, nr, wanted);
	KUNIT_EXPECT_EQ(test, max, MC_MAX_GRANT_FRAMES);
}

static void a_table_costs_nothing_until_it_is_asked_for(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_pfn_t frame;

	expect_size(test, f->pv, 1);
	KUNIT_EXPECT_EQ(test, get_version(f->pv, DOMID_SELF), 1);
	KUNIT_EXPECT_EQ(test, grant_setup(f->pv, DOMID_SELF, 0, NULL),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames, FIXTURE_FRAMES);
	KUNIT_EXPECT_EQ(test, grant_setup(f->pv, DOMID_SELF, 1, &frame),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames,
			FIXTURE_FRAMES - 1);
	KUNIT_EXPECT_EQ(test, f->pv->tot_pages, 0);
	KUNIT_EXPECT_EQ(test, pv_type(f->pv, frame), MC_TYPE_WRITABLE);
	expect_size(test, f->pv, 1);
}

static void a_table_grows_and_keeps_its_frames(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_pfn_t *frames = f->list, first;

	KUNIT_ASSERT_EQ(test, grant_setup(f->pv, DOMID_SELF, 1, &first),
			GNTST_okay);
	KUNIT_ASSERT_EQ(test,
			grant_setup(f->pv, DOMID_SELF, MC_MAX_GRANT_FRAMES,
				    frames), GNTST_okay);
	KUNIT_EXPECT_EQ(test, frames[0], first);
	expect_size(test, f->pv, MC_MAX_GRANT_FRAMES);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, grant_setup(f->pv, DOMID_SELF, 2, frames),
			GNTST_okay);
	expect_size(test, f->pv, MC_MAX_GRANT_FRAMES);
	KUNIT_EXPECT_EQ(test,
			grant_setup(f->pv, DOMID_SELF, MC_MAX_GRANT_FRAMES + 1,
				    frames), GNTST_general_error);
}

static void a_translated_domain_is_told_where_it_has_a_frame(struct kunit *test)
{
	struct fixture *f = test->priv;
	xen_pfn_t frame = 0;

	KUNIT_ASSERT_EQ(test, grant_setup(f->hvm, DOMID_SELF, 1, &frame),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, frame, MC_INVALID);
}

static void tables_of_others_are_for_a_control_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr, max;
	xen_pfn_t frame;
	u64 status;

	KUNIT_EXPECT_EQ(test, grant_setup(f->pv, 1, 1, &frame),
			GNTST_permission_denied);
	KUNIT_EXPECT_EQ(test, grant_status_frames(f->pv, 1, 0, &status),
			GNTST_permission_denied);
	KUNIT_EXPECT_EQ(test, query(f->pv, 1, &nr, &max),
			GNTST_permission_denied);
	KUNIT_EXPECT_EQ(test, nr, 77);
	KUNIT_EXPECT_EQ(test, get_version(f->pv, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, grant_setup(f->dom0, 2, 2, f->list), GNTST_okay);
	KUNIT_EXPECT_EQ(test, query(f->dom0, 2, &nr, &max), GNTST_okay);
	KUNIT_EXPECT_EQ(test, nr, 2);
	KUNIT_EXPECT_EQ(test, get_version(f->dom0, 2), 1);
}

static void domains_that_there_are_not_have_no_tables(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr, max;
	xen_pfn_t frame;
	u64 status;

	KUNIT_EXPECT_EQ(test, grant_setup(f->dom0, 99, 1, &frame),
			GNTST_bad_domain);
	KUNIT_EXPECT_EQ(test, grant_status_frames(f->dom0, 99, 0, &status),
			GNTST_bad_domain);
	KUNIT_EXPECT_EQ(test, query(f->dom0, 99, &nr, &max), GNTST_bad_domain);
	KUNIT_EXPECT_EQ(test, get_version(f->dom0, 99), -ESRCH);
}

static void structures_that_cannot_be_read_are_faults(struct kunit *test)
{
	static const unsigned int cmds[] = {
		GNTTABOP_setup_table, GNTTABOP_query_size,
		GNTTABOP_get_status_frames, GNTTABOP_set_version,
		GNTTABOP_get_version,
	};
	struct fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		KUNIT_EXPECT_EQ(test, grant_op(f->pv, cmds[i], (void *)8, 1),
				-EFAULT);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, grant_op(f->pv, cmds[i], (void *)8, 0),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, grant_op(f->pv, cmds[i], (void *)8, 2),
				-EINVAL);
	}
}

static void a_list_that_cannot_be_written_is_told(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, grant_setup(f->pv, DOMID_SELF, 1, (void *)8),
			GNTST_bad_virt_addr);
	/* Where Xen is, it looks beforehand. */
	KUNIT_EXPECT_EQ(test,
			grant_setup(f->pv, DOMID_SELF, 1,
				    (void *)0xffff800000000000), -EFAULT);
	expect_size(test, f->pv, 1);
}

static void growth_that_fails_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct snapshot before, after;
	unsigned int at;
	s16 rc;

	KUNIT_ASSERT_EQ(test, grant_set_version(f->pv, 2), 0);
	fixture_snapshot(f->pv, &before);
	for (at = 1; ; at++) {
		atomic_set(&f->machine->failpoint.left, at);
		rc = grant_setup(f->pv, DOMID_SELF, 2, f->list);
		if (rc == GNTST_okay)
			break;
		KUNIT_ASSERT_EQ(test, rc, GNTST_general_error);
		fixture_snapshot(f->pv, &after);
		expect_same(test, &before, &after);
		expect_size(test, f->pv, 1);
		expect_audit(test, f->machine);
	}
	KUNIT_EXPECT_GT(test, atomic_read(&f->machine->failpoint.left), 0);
	atomic_set(&f->machine->failpoint.left, 0);
	/* Chunks of entries and three frames: the arrays stay. */
	KUNIT_EXPECT_EQ(test, at, 16 + 3 + 1);
	expect_audit(test, f->machine);
}

static void growth_without_free_frames_fails(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int left;

	KUNIT_ASSERT_EQ(test, grant_set_version(f->pv, 2), 0);
	for (left = 0; left < 3; left++) {
		memcore_heap_withhold(&f->machine->heap, FIXTURE_FRAMES - left);
		KUNIT_EXPECT_EQ(test,
				grant_setup(f->pv, DOMID_SELF, 2, f->list),
				GNTST_general_error);
		expect_audit(test, f->machine);
	}
	memcore_heap_withhold(&f->machine->heap, FIXTURE_FRAMES - 3);
	KUNIT_EXPECT_EQ(test, grant_setup(f->pv, DOMID_SELF, 2, f->list),
			GNTST_okay);
	memcore_heap_withhold(&f->machine->heap, 0);
}

static void versions_that_there_are_not_are_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct gnttab_set_version op = { .version = 3 };

	KUNIT_EXPECT_EQ(test, grant_op(f->pv, GNTTABOP_set_version, &op, 1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, op.version, 1);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 0), -EINVAL);
	f->pv->grants.max_version = 1;
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 2), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, get_version(f->pv, DOMID_SELF), 1);
}

static void reserved_entries_outlive_a_version(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int i;

	grant_start(test, f->pv, 1);
	for (i = 0; i < 9; i++)
		grant_write(f->pv, i, GTF_permit_access | GTF_reading, i,
			    i + 100);
	KUNIT_ASSERT_EQ(test, grant_set_version(f->pv, 2), 0);
	for (i = 0; i < 8; i++) {
		KUNIT_EXPECT_EQ(test, grant_flags(f->pv, i), GTF_permit_access);
		KUNIT_EXPECT_EQ(test, grant_use(f->pv, i), GTF_reading);
		KUNIT_EXPECT_EQ(test, grant_frame(f->pv, i), i + 100);
	}
	KUNIT_EXPECT_EQ(test, grant_flags(f->pv, 8), 0);
	grant_write(f->pv, 3, GTF_accept_transfer, 1, 5);
	grant_write(f->pv, 8, GTF_permit_access, 1, 5);
	KUNIT_ASSERT_EQ(test, grant_set_version(f->pv, 1), 0);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, grant_flags(f->pv, i),
				i == 3 ? 0 : GTF_permit_access | GTF_reading);
	KUNIT_EXPECT_EQ(test, grant_flags(f->pv, 8), 0);
	KUNIT_EXPECT_EQ(test, grant_frame(f->pv, 7), 107);
	KUNIT_EXPECT_EQ(test, grant_frame(f->pv, 3), 0);
}

static void entries_without_a_form_keep_version_2(struct kunit *test)
{
	struct fixture *f = test->priv;

	grant_start(test, f->pv, 2);
	grant_write(f->pv, 7, GTF_permit_access, 1, 1UL << 32);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 1), -ERANGE);
	grant_write_transitive(f->pv, 7, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 1), -ERANGE);
	grant_write(f->pv, 7, GTF_accept_transfer, 1, 1UL << 32);
	grant_write(f->pv, 8, GTF_permit_access, 1, 1UL << 32);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 1), 0);
	KUNIT_EXPECT_EQ(test, grant_frame(f->pv, 7), 0);
}

static void a_table_in_use_keeps_its_version(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long gfn = grant_new_frame(test, f->pv, 0);
	struct memcore_frame *frame;

	grant_start(test, f->pv, 1);
	grant_write(f->pv, 8, GTF_permit_access, 1, gfn);
	KUNIT_ASSERT_EQ(test,
			grant_pin(f->pv, 8, 1, MC_PIN_HOST_READ, &frame),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 2), -EBUSY);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 1), 0);
	KUNIT_EXPECT_EQ(test, get_version(f->pv, DOMID_SELF), 1);
	KUNIT_EXPECT_EQ(test, grant_use(f->pv, 8), GTF_reading);
	grant_unpin(f->pv, 8, MC_PIN_HOST_READ, frame);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 2), 0);
}

static void a_reserved_entry_in_use_changes_with_the_version(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned long gfn = grant_new_frame(test, f->hvm, 5);
	struct memcore_frame *frame;

	grant_start(test, f->hvm, 1);
	grant_write(f->hvm, 1, GTF_permit_access, 0, gfn);
	KUNIT_ASSERT_EQ(test,
			grant_pin(f->hvm, 1, 0, MC_PIN_HOST_WRITE, &frame),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->hvm, 2), 0);
	KUNIT_EXPECT_EQ(test, grant_flags(f->hvm, 1), GTF_permit_access);
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, 1), GRANT_PIN_MASK);
	grant_unpin(f->hvm, 1, MC_PIN_HOST_WRITE, frame);
	KUNIT_EXPECT_EQ(test, grant_use(f->hvm, 1), 0);
}

/* Case of XSA-382. */
static void no_more_status_frames_than_there_are(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 frames[2] = {};

	KUNIT_EXPECT_EQ(test, grant_status_frames(f->pv, DOMID_SELF, 1, frames),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grant_status_frames(f->pv, DOMID_SELF, 0, frames),
			GNTST_okay);
	KUNIT_ASSERT_EQ(test, grant_set_version(f->pv, 2), 0);
	KUNIT_EXPECT_EQ(test, grant_status_frames(f->pv, DOMID_SELF, 2, frames),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, frames[0], 0);
	KUNIT_EXPECT_EQ(test, grant_status_frames(f->pv, DOMID_SELF, 1, frames),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, pv_type(f->pv, frames[0]), MC_TYPE_WRITABLE);
	KUNIT_ASSERT_EQ(test, grant_setup(f->pv, DOMID_SELF, 9, f->list),
			GNTST_okay);
	KUNIT_EXPECT_EQ(test, grant_status_frames(f->pv, DOMID_SELF, 2, frames),
			GNTST_okay);
	KUNIT_EXPECT_NE(test, frames[0], frames[1]);
}

/* Case of XSA-26 and 255. */
static void a_status_frame_in_use_keeps_version_2(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	u64 frames[2];

	KUNIT_ASSERT_EQ(test, grant_setup(f->pv, DOMID_SELF, 9, f->list),
			GNTST_okay);
	KUNIT_ASSERT_EQ(test, grant_set_version(f->pv, 2), 0);
	KUNIT_ASSERT_EQ(test,
			grant_status_frames(f->pv, DOMID_SELF, 2, frames),
			GNTST_okay);
	grant_write(f->pv, 1, GTF_permit_access, 1, 5);
	frame = memcore_frame_get(f->pv, mc_mfn(frames[1]));
	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, get_version(f->pv, DOMID_SELF), 2);
	KUNIT_EXPECT_EQ(test, grant_frame(f->pv, 1), 5);
	KUNIT_EXPECT_EQ(test, pv_count(f->pv, frames[0]), 1);
	memcore_frame_put(f->machine, frame);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 1), 0);
	KUNIT_EXPECT_EQ(test, pv_frame(f->pv, frames[0])->owner, MC_NO_OWNER);
}

/* A guest may give the frame back: it is Xen's all the same. */
static void a_status_frame_given_back_goes_with_the_version(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 frame;

	grant_start(test, f->pv, 2);
	KUNIT_ASSERT_EQ(test,
			grant_status_frames(f->pv, DOMID_SELF, 1, &frame),
			GNTST_okay);
	f->list[0] = frame;
	KUNIT_EXPECT_EQ(test,
			fixture_move(f->pv, XENMEM_decrease_reservation,
				     f->list, 1, 0), 1);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->pv, 1), 0);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, pv_frame(f->pv, frame)->owner, MC_NO_OWNER);
}

static void place(struct kunit *test, struct memcore_domain *d,
		  unsigned long idx, unsigned long gfn)
{
	struct memcore_frame *frame;
	unsigned long flags;

	KUNIT_ASSERT_EQ(test, memcore_grant_frame_begin(d, idx, &frame, &flags),
			0);
	spin_lock(&d->lock);
	KUNIT_EXPECT_EQ(test,
			memcore_domain_map(d, mc_gfn(gfn),
					   memcore_frame_mfn(&d->machine->frames,
							     frame),
					   0, GFP_ATOMIC), 0);
	spin_unlock(&d->lock);
	memcore_grant_frame_end(d, frame, flags);
}

/* Case of XSA-379, 384 and 486. */
static void a_mapped_status_frame_goes_from_the_p2m(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;

	grant_start(test, f->hvm, 2);
	place(test, f->hvm, XENMAPIDX_grant_table_status, 9);
	expect_audit(test, f->machine);
	frame = memcore_frame_get(f->hvm, memcore_p2m_get(&f->hvm->p2m,
							  mc_gfn(9), NULL));
	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->hvm, 1), -EBUSY);
	KUNIT_EXPECT_TRUE(test, f->hvm->crashed);
	memcore_frame_put(f->machine, frame);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, grant_set_version(f->hvm, 1), 0);
	KUNIT_EXPECT_FALSE(test,
			   mc_mfn_ok(memcore_p2m_get(&f->hvm->p2m, mc_gfn(9),
						     NULL)));
	expect_audit(test, f->machine);
}

static void a_version_that_fails_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct snapshot before, after;
	unsigned int at;
	long ret;

	KUNIT_ASSERT_EQ(test, grant_setup(f->pv, DOMID_SELF, 17, f->list),
			GNTST_okay);
	grant_write(f->pv, 20, GTF_permit_access, 1, 5);
	fixture_snapshot(f->pv, &before);
	for (at = 1; ; at++) {
		atomic_set(&f->machine->failpoint.left, at);
		ret = grant_set_version(f->pv, 2);
		if (!ret)
			break;
		KUNIT_ASSERT_EQ(test, ret, -ENOMEM);
		fixture_snapshot(f->pv, &after);
		expect_same(test, &before, &after);
		KUNIT_EXPECT_EQ(test, grant_frame(f->pv, 20), 5);
		expect_audit(test, f->machine);
	}
	atomic_set(&f->machine->failpoint.left, 0);
	KUNIT_EXPECT_EQ(test, at, 4);
}

static int begin_end(struct memcore_domain *d, unsigned long idx, u64 *mfn)
{
	struct memcore_frame *frame;
	unsigned long flags;
	int err = memcore_grant_frame_begin(d, idx, &frame, &flags);

	if (err)
		return err;
	*mfn = memcore_frame_mfn(&d->machine->frames, frame).nr;
	memcore_grant_frame_end(d, frame, flags);
	return 0;
}

static void a_frame_to_be_mapped_makes_the_table_grow(struct kunit *test)
{
	const unsigned long status = XENMAPIDX_grant_table_status;
	struct fixture *f = test->priv;
	u64 mfn, other;

	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, 3, &mfn), 0);
	expect_size(test, f->hvm, 4);
	/* As on Xen, of the index only 32 bits are looked at. */
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, 3 | 1UL << 32, &other), 0);
	KUNIT_EXPECT_EQ(test, mfn, other);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, MC_MAX_GRANT_FRAMES, &mfn),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, status, &mfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, U32_MAX, &mfn), -EINVAL);
	KUNIT_ASSERT_EQ(test, grant_set_version(f->hvm, 2), 0);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, status, &mfn), 0);
	expect_size(test, f->hvm, 4);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, status | 1, &mfn), 0);
	expect_size(test, f->hvm, 16);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, status | 8, &mfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, U32_MAX, &mfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, U32_MAX - 1, &mfn), -EINVAL);
}

static void a_frame_without_references_left_is_busy(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 mfn;

	KUNIT_ASSERT_EQ(test, begin_end(f->hvm, 0, &mfn), 0);
	f->machine->count_mask = 3;
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, 0, &mfn), 0);
	memcore_frame_get_more(f->hvm->grants.shared[0]);
	KUNIT_EXPECT_EQ(test, begin_end(f->hvm, 0, &mfn), -EBUSY);
	memcore_frame_put(f->machine, f->hvm->grants.shared[0]);
	f->machine->count_mask = MC_PGC_COUNT_MASK;
}

static void a_resource_is_the_frames_of_a_table(struct kunit *test)
{
	const unsigned int shared = XENMEM_resource_grant_table_id_shared;
	const unsigned int status = XENMEM_resource_grant_table_id_status;
	struct fixture *f = test->priv;
	u64 mfns[3], again;

	KUNIT_EXPECT_EQ(test, memcore_grant_resource_max(f->pv, shared), 64);
	KUNIT_EXPECT_EQ(test, memcore_grant_resource_max(f->pv, status), 8);
	KUNIT_EXPECT_EQ(test, memcore_grant_resource_max(f->pv, 2), 0);
	KUNIT_EXPECT_EQ(test, memcore_grant_resource(f->pv, shared, 1, 3, mfns),
			3);
	expect_size(test, f->pv, 4);
	KUNIT_EXPECT_EQ(test,
			memcore_grant_resource(f->pv, shared, 2, 1, &again), 1);
	KUNIT_EXPECT_EQ(test, mfns[1], again);
	KUNIT_EXPECT_EQ(test, memcore_grant_resource(f->pv, shared, 0, 0, mfns),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memcore_grant_resource(f->pv, shared, 63, 2, mfns),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memcore_grant_resource(f->pv, 7, 0, 1, mfns),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, memcore_grant_resource(f->pv, status, 0, 1, mfns),
			-EINVAL);
	KUNIT_ASSERT_EQ(test, grant_set_version(f->pv, 2), 0);
	KUNIT_EXPECT_EQ(test, memcore_grant_resource(f->pv, status, 1, 1, mfns),
			1);
	expect_size(test, f->pv, 16);
}

static void a_frame_that_others_have_outlives_its_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = 5, .max_pages = 4, .max_grant_frames = 2,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);
	struct memcore_frame *frame;
	unsigned int nr, max;

	KUNIT_ASSERT_NOT_NULL(test, d);
	KUNIT_ASSERT_EQ(test, query(d, DOMID_SELF, &nr, &max), GNTST_okay);
	KUNIT_EXPECT_EQ(test, max, 2);
	KUNIT_EXPECT_EQ(test, grant_setup(d, DOMID_SELF, 3, f->list),
			GNTST_general_error);
	KUNIT_ASSERT_EQ(test, grant_setup(d, DOMID_SELF, 2, f->list),
			GNTST_okay);
	frame = memcore_frame_get(d, mc_mfn(f->list[1]));
	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), -EBUSY);
	KUNIT_EXPECT_EQ(test, f->machine->heap.free_frames,
			FIXTURE_FRAMES - 1);
	memcore_frame_put(f->machine, frame);
	expect_audit(test, f->machine);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(d), 0);
}

/**
 * struct ref_table - a grant table as simple as can be
 * @d: the domain that has the real one
 * @version: as it should be
 * @nr: shared frames
 * @flags: of the entries that are looked at, with what is told of their use
 * @frame: their frames
 */
struct ref_table {
	struct memcore_domain *d;
	u32 version;
	unsigned int nr;
	u16 flags[12];
	u64 frame[12];
};

static void ref_version(struct ref_table *t, u32 version)
{
	unsigned int i;

	if (t->version == version)
		return;
	for (i = 0; i < ARRAY_SIZE(t->flags); i++)
		if (i >= 8 || (version == 1 && (t->flags[i] & GTF_type_mask) !=
					       GTF_permit_access)) {
			t->flags[i] = 0;
			t->frame[i] = 0;
		}
	t->version = version;
}

static bool ref_has_v1_form(const struct ref_table *t)
{
	unsigned int i;
	u16 type;

	for (i = 0; i < 8; i++) {
		type = t->flags[i] & GTF_type_mask;
		if (type == GTF_transitive ||
		    (type == GTF_permit_access && t->frame[i] >> 32))
			return false;
	}
	return true;
}

static void step_version(struct kunit *test, struct ref_table *t,
			 struct rnd_state *rnd)
{
	u32 version = 1 + prandom_u32_state(rnd) % 2;
	long wanted = 0;

	if (version == 1 && t->version == 2 && !ref_has_v1_form(t))
		wanted = -ERANGE;
	KUNIT_EXPECT_EQ(test, grant_set_version(t->d, version), wanted);
	if (!wanted)
		ref_version(t, version);
}

static void step_size(struct kunit *test, struct ref_table *t,
		      struct rnd_state *rnd)
{
	struct fixture *f = test->priv;
	unsigned int nr = prandom_u32_state(rnd) % (NR_FRAMES + 1);

	if (prandom_u32_state(rnd) % 3)
		nr %= 12;
	KUNIT_EXPECT_EQ(test, grant_setup(t->d, DOMID_SELF, nr, f->list),
			nr > MC_MAX_GRANT_FRAMES ? GNTST_general_error :
						   GNTST_okay);
	if (nr <= MC_MAX_GRANT_FRAMES)
		t->nr = max(t->nr, nr);
}

static void step_write(struct ref_table *t, struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd), i = r % ARRAY_SIZE(t->flags);

	if (!t->d->grants.nr_frames)
		return;
	t->flags[i] = r >> 16 & (GTF_type_mask | GTF_readonly);
	t->frame[i] = prandom_u32_state(rnd);
	if (t->version == 2 && !(r >> 8 & 7))
		t->frame[i] |= 1UL << 32;
	grant_write(t->d, i, t->flags[i], 1, t->frame[i]);
}

static void step_swap(struct kunit *test, struct ref_table *t,
		      struct rnd_state *rnd)
{
	u32 a = prandom_u32_state(rnd) % ARRAY_SIZE(t->flags);
	u32 b = prandom_u32_state(rnd) % ARRAY_SIZE(t->flags);
	struct gnttab_swap_grant_ref op = { .ref_a = a, .ref_b = b };

	KUNIT_EXPECT_EQ(test,
			grant_op(t->d, GNTTABOP_swap_grant_ref, &op, 1), 0);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_okay);
	swap(t->flags[a], t->flags[b]);
	swap(t->frame[a], t->frame[b]);
}

static void expect_table(struct kunit *test, const struct ref_table *t)
{
	unsigned int i;

	expect_size(test, t->d, max(t->nr, 1U));
	KUNIT_EXPECT_EQ(test, get_version(t->d, DOMID_SELF), t->version);
	KUNIT_EXPECT_EQ(test, memcore_grant_nr_entries(&t->d->grants),
			max(t->nr, 1U) * (t->version == 1 ? 512 : 256));
	for (i = 0; t->d->grants.nr_frames && i < ARRAY_SIZE(t->flags); i++) {
		KUNIT_EXPECT_EQ(test, grant_flags(t->d, i), t->flags[i]);
		KUNIT_EXPECT_EQ(test, grant_frame(t->d, i), t->frame[i]);
	}
}

static void random_steps_agree_with_a_naive_table(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct ref_table tables[3] = {
		{ .d = f->pv, .version = 1 },
		{ .d = f->hvm, .version = 1 },
		{ .d = f->dom0, .version = 1 },
	}, *t;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, fixture_seed(test));
	for (i = 0; i < 1000; i++) {
		t = &tables[prandom_u32_state(&rnd) % ARRAY_SIZE(tables)];
		switch (prandom_u32_state(&rnd) % 8) {
		case 0:
			step_version(test, t, &rnd);
			break;
		case 1:
			step_size(test, t, &rnd);
			break;
		case 2:
		case 3:
			step_swap(test, t, &rnd);
			break;
		default:
			step_write(t, &rnd);
		}
		expect_table(test, t);
		if (!(i % 16))
			expect_audit(test, f->machine);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_table_costs_nothing_until_it_is_asked_for),
	KUNIT_CASE(a_table_grows_and_keeps_its_frames),
	KUNIT_CASE(a_translated_domain_is_told_where_it_has_a_frame),
	KUNIT_CASE(tables_of_others_are_for_a_control_domain),
	KUNIT_CASE(domains_that_there_are_not_have_no_tables),
	KUNIT_CASE(structures_that_cannot_be_read_are_faults),
	KUNIT_CASE(a_list_that_cannot_be_written_is_told),
	KUNIT_CASE(growth_that_fails_changes_nothing),
	KUNIT_CASE(growth_without_free_frames_fails),
	KUNIT_CASE(versions_that_there_are_not_are_refused),
	KUNIT_CASE(reserved_entries_outlive_a_version),
	KUNIT_CASE(entries_without_a_form_keep_version_2),
	KUNIT_CASE(a_table_in_use_keeps_its_version),
	KUNIT_CASE(a_reserved_entry_in_use_changes_with_the_version),
	KUNIT_CASE(no_more_status_frames_than_there_are),
	KUNIT_CASE(a_status_frame_in_use_keeps_version_2),
	KUNIT_CASE(a_status_frame_given_back_goes_with_the_version),
	KUNIT_CASE(a_mapped_status_frame_goes_from_the_p2m),
	KUNIT_CASE(a_version_that_fails_changes_nothing),
	KUNIT_CASE(a_frame_to_be_mapped_makes_the_table_grow),
	KUNIT_CASE(a_frame_without_references_left_is_busy),
	KUNIT_CASE(a_resource_is_the_frames_of_a_table),
	KUNIT_CASE(a_frame_that_others_have_outlives_its_domain),
	KUNIT_CASE(random_steps_agree_with_a_naive_table),
	{}
};

static struct kunit_suite suite = {
	.name = "memcore_grant_table",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
