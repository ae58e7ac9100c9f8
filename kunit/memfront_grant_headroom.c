// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of the room that is left for grants, when it is told, and the files
 * that show it.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/static_call.h>
#include <linux/vmalloc.h>
#include <memcore/memcore.h>
#include <memfront/grant.h>

#include "grant-headroom.h"
#include "hypercall.h"
#include "memfront_fixture.h"
#include "memfront_granter.h"
#include "memfront_grants.h"

/*
 * A table of any size
 * @answer: to GNTTABOP_query_size; 0 or an errno
 * @status: in it
 * @frames: in it
 * @max_frames: in it
 * @asked: how often
 */
static struct {
	long answer;
	s16 status;
	unsigned int frames;
	unsigned int max_frames;
	unsigned int asked;
} told;

static long telling_call(unsigned int nr, unsigned long a1, unsigned long a2,
			 unsigned long a3, unsigned long a4, unsigned long a5)
{
	struct gnttab_query_size *op = (void *)a2;

	if (nr != __HYPERVISOR_grant_table_op || a1 != GNTTABOP_query_size)
		return memcore_hypercall(nr, a1, a2, a3, a4, a5);
	told.asked++;
	op->nr_frames = told.frames;
	op->max_nr_frames = told.max_frames;
	op->status = told.status;
	return told.answer;
}

/* From now on the table is said to have so many frames. */
static void tell_frames(unsigned int frames, unsigned int max_frames)
{
	told.answer = 0;
	told.status = GNTST_okay;
	told.frames = frames;
	told.max_frames = max_frames;
	static_call_update(memfront_hypercall, telling_call);
}

static unsigned long warnings(void)
{
	return atomic_long_read(&grant_headroom_stats.warnings);
}

static struct grant_room room_now(struct kunit *test)
{
	struct grant_room room;

	KUNIT_EXPECT_EQ(test, grant_headroom_read(&room), 0);
	return room;
}

static struct page **same_page(struct kunit *test, unsigned int nr)
{
	struct page **pages = vmalloc(nr * sizeof(*pages));
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	KUNIT_ASSERT_NOT_NULL(test, page);
	for (i = 0; i < nr; i++)
		pages[i] = page;
	return pages;
}

static void free_same_page(struct kunit *test, struct page **pages)
{
	KUNIT_EXPECT_EQ(test, page_count(pages[0]), 1);
	__free_page(pages[0]);
	vfree(pages);
}

static struct memfront_grant_map *map_some(struct kunit *test, unsigned int nr)
{
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	map = memfront_grant_map(s->g->peer.domid, s->refs, nr, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	return map;
}

static void what_is_shared_is_counted(struct kunit *test)
{
	struct page **pages = same_page(test, NR);
	unsigned long before = room_now(test).entries;
	struct memfront_share *share;

	share = memfront_grant_share(2, pages, NR, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(share));
	KUNIT_EXPECT_EQ(test, room_now(test).entries, before + NR);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	KUNIT_EXPECT_EQ(test, room_now(test).entries, before);
	free_same_page(test, pages);
}

/* Whatever fails on the way, nothing is counted that is not there. */
static void what_is_not_shared_is_not_counted(struct kunit *test)
{
	struct page **pages = same_page(test, 3);
	unsigned long before = room_now(test).entries;
	struct memfront_share *share = ERR_PTR(-ENOMEM);
	unsigned int nth;

	for (nth = 1; IS_ERR(share); nth++) {
		fail_at(nth);
		share = memfront_grant_share(2, pages, 3, 0);
		no_faults();
		KUNIT_EXPECT_EQ(test, room_now(test).entries,
				before + (IS_ERR(share) ? 0 : 3));
	}
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	KUNIT_EXPECT_EQ(test, room_now(test).entries, before);
	free_same_page(test, pages);
}

static void what_is_mapped_is_counted(struct kunit *test)
{
	unsigned long before = room_now(test).mapped;
	struct grants *s = test->priv;
	struct memfront_grant_map *map;

	s->refs[1] = ~0U;
	map = memfront_grant_map(s->g->peer.domid, s->refs, NR, 0, s->errs);
	KUNIT_ASSERT_FALSE(test, IS_ERR(map));
	KUNIT_EXPECT_EQ(test, room_now(test).mapped, before + NR - 1);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
	KUNIT_EXPECT_EQ(test, room_now(test).mapped, before);
	/* One is bad: none is left. */
	map = memfront_grant_map(s->g->peer.domid, s->refs, NR, 0, NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(map), -EINVAL);
	KUNIT_EXPECT_EQ(test, room_now(test).mapped, before);
}

static void the_table_is_as_the_hypervisor_tells(struct kunit *test)
{
	struct gnttab_query_size op = { .dom = DOMID_SELF };
	struct grant_room room = room_now(test);

	KUNIT_EXPECT_EQ(test, grants_core_op(GNTTABOP_query_size, &op), 0);
	KUNIT_EXPECT_EQ(test, room.frames, op.nr_frames);
	KUNIT_EXPECT_EQ(test, room.max_frames, op.max_nr_frames);
	KUNIT_EXPECT_EQ(test, room.version, 1U);
	KUNIT_EXPECT_EQ(test, room.max_entries,
			op.max_nr_frames * (unsigned long)GRANTER_REFS);
	tell_frames(7, 8);
	told.status = GNTST_permission_denied;
	KUNIT_EXPECT_EQ(test, grant_headroom_read(&room), -EPERM);
	told.answer = -EINVAL;
	KUNIT_EXPECT_EQ(test, grant_headroom_read(&room), -EINVAL);
}

static void version_2_has_half_the_entries(struct kunit *test)
{
	struct page **pages = same_page(test, TABLE_REFS(2));
	struct memfront_share *share;
	struct grant_room room;

	KUNIT_ASSERT_EQ(test, grants_set_version(2), 0);
	room = room_now(test);
	KUNIT_EXPECT_EQ(test, room.version, 2U);
	KUNIT_EXPECT_EQ(test, room.max_entries,
			room.max_frames * (unsigned long)GRANTER_REFS / 2);
	share = memfront_grant_share(2, pages, TABLE_REFS(2), 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(share));
	KUNIT_EXPECT_EQ(test,
			PTR_ERR_OR_ZERO(memfront_grant_share(2, pages, 1, 0)),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	KUNIT_EXPECT_EQ(test, grants_set_version(1), 0);
	free_same_page(test, pages);
}

static void many_mapped_are_told_once(struct kunit *test)
{
	unsigned long mark = room_now(test).mapped + 10, before = warnings();
	struct memfront_grant_map *five = map_some(test, 5), *ten, *more;

	grant_headroom_set_mapped_warn(mark);
	KUNIT_EXPECT_EQ(test, warnings(), before);
	ten = map_some(test, 10);
	KUNIT_EXPECT_EQ(test, warnings(), before + 1);
	more = map_some(test, NR);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(more), 0);
	KUNIT_EXPECT_EQ(test, warnings(), before + 1);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(ten), 0);
	KUNIT_EXPECT_EQ(test, warnings(), before + 1);
	ten = map_some(test, 10);
	KUNIT_EXPECT_EQ(test, warnings(), before + 2);
	grant_headroom_set_mapped_warn(0);
	grant_headroom_set_mapped_warn(mark);
	KUNIT_EXPECT_EQ(test, warnings(), before + 3);
	grant_headroom_set_mapped_warn(ULONG_MAX);
	KUNIT_EXPECT_EQ(test, warnings(), before + 3);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(ten), 0);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(five), 0);
}

static void expect_warnings(struct kunit *test, unsigned int frames,
			    unsigned int max_frames, unsigned long nr)
{
	struct grant_room room;

	tell_frames(frames, max_frames);
	KUNIT_EXPECT_EQ(test, grant_headroom_read(&room), 0);
	KUNIT_EXPECT_EQ_MSG(test, warnings(), nr, "%u of %u", frames,
			    max_frames);
}

static void many_frames_are_told_once(struct kunit *test)
{
	unsigned long before;

	tell_frames(0, 64);
	KUNIT_EXPECT_EQ(test, grant_headroom_set_frames_warn(90), 0);
	before = warnings();
	expect_warnings(test, 57, 64, before);
	expect_warnings(test, 58, 64, before + 1);
	expect_warnings(test, 64, 64, before + 1);
	expect_warnings(test, 57, 64, before + 1);
	expect_warnings(test, 64, 64, before + 2);
	expect_warnings(test, UINT_MAX, UINT_MAX, before + 2);
	KUNIT_EXPECT_EQ(test, grant_headroom_set_frames_warn(0), 0);
	expect_warnings(test, 64, 64, before + 2);
	KUNIT_EXPECT_EQ(test, grant_headroom_set_frames_warn(101), -ERANGE);
	KUNIT_EXPECT_EQ(test, grant_headroom_frames_warn(), 0U);
	KUNIT_EXPECT_EQ(test, grant_headroom_set_frames_warn(100), 0);
	KUNIT_EXPECT_EQ(test, warnings(), before + 3);
}

static void share_and_revoke(struct kunit *test, struct page **pages,
			     unsigned int nr)
{
	struct memfront_share *share = memfront_grant_share(2, pages, nr, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR(share));
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
}

/* A word comes before the table is full, and a hypercall not with every page. */
static void sharing_looks_at_the_table_now_and_then(struct kunit *test)
{
	struct page **pages = same_page(test, GRANT_HEADROOM_STEP);
	unsigned long start, before = warnings();
	struct memfront_share *share;
	unsigned int i;

	/* With this the table stays: who opens it asks, too. */
	share = memfront_grant_share(2, pages, 1, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(share));
	KUNIT_EXPECT_EQ(test, grant_headroom_set_frames_warn(90), 0);
	tell_frames(1, 64);
	share_and_revoke(test, pages, GRANT_HEADROOM_STEP);
	told.asked = 0;
	start = jiffies;
	for (i = 0; i < GRANT_HEADROOM_STEP - 1; i++)
		share_and_revoke(test, pages, 1);
	KUNIT_EXPECT_LE(test, (unsigned long)told.asked,
			(jiffies - start) / HZ + 1);
	tell_frames(60, 64);
	share_and_revoke(test, pages, GRANT_HEADROOM_STEP);
	KUNIT_EXPECT_EQ(test, warnings(), before + 1);
	KUNIT_EXPECT_EQ(test, memfront_grant_revoke(share), 0);
	free_same_page(test, pages);
}

static void a_full_table_is_told_and_counted(struct kunit *test)
{
	long before = atomic_long_read(&grant_headroom_stats.share_refused);
	struct page **pages = same_page(test, TABLE_REFS(1) + 1);
	unsigned long entries = room_now(test).entries;

	KUNIT_EXPECT_EQ(test,
			PTR_ERR_OR_ZERO(memfront_grant_share(2, pages,
							     TABLE_REFS(1) + 1,
							     0)), -ENOSPC);
	KUNIT_EXPECT_EQ(test,
			atomic_long_read(&grant_headroom_stats.share_refused),
			before + 1);
	KUNIT_EXPECT_EQ(test, room_now(test).entries, entries);
	KUNIT_EXPECT_EQ(test, room_now(test).frames,
			room_now(test).max_frames);
	free_same_page(test, pages);
}

static void refuse_one_map(struct kunit *test)
{
	struct grants *s = test->priv;

	layer.ref = s->refs[2];
	layer.status = GNTST_no_device_space;
	layer.times = 1;
	KUNIT_EXPECT_EQ(test,
			PTR_ERR_OR_ZERO(memfront_grant_map(s->g->peer.domid,
							   s->refs, 3, 0,
							   NULL)), -ENOSPC);
}

static void no_room_for_a_mapping_is_told_and_counted(struct kunit *test)
{
	long before = atomic_long_read(&grant_headroom_stats.map_refused);
	struct memfront_grant_map *map = map_some(test, NR);
	long mapped = room_now(test).mapped;

	atomic_long_set(&grant_headroom_stats.mapped_then, 0);
	refuse_one_map(test);
	KUNIT_EXPECT_EQ(test,
			atomic_long_read(&grant_headroom_stats.map_refused),
			before + 1);
	KUNIT_EXPECT_EQ(test, room_now(test).mapped, (unsigned long)mapped);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
	refuse_one_map(test);
	KUNIT_EXPECT_EQ(test,
			atomic_long_read(&grant_headroom_stats.map_refused),
			before + 2);
	/* What was mapped the first time, at least that. */
	KUNIT_EXPECT_GE(test,
			atomic_long_read(&grant_headroom_stats.mapped_then),
			mapped);
}

static struct device_attribute *attr_of(struct kunit *test, const char *name)
{
	struct attribute **attr;

	for (attr = grant_headroom_group.attrs; *attr; attr++)
		if (!strcmp((*attr)->name, name))
			return container_of(*attr, struct device_attribute,
					    attr);
	KUNIT_FAIL(test, "there is no %s", name);
	return NULL;
}

static ssize_t read_file(struct kunit *test, const char *name, char *page)
{
	struct device_attribute *attr = attr_of(test, name);

	return attr ? attr->show(NULL, attr, page) : -ENOENT;
}

static ssize_t write_file(struct kunit *test, const char *name,
			  const char *text)
{
	struct device_attribute *attr = attr_of(test, name);

	return attr ? attr->store(NULL, attr, text, strlen(text)) : -ENOENT;
}

static void expect_file(struct kunit *test, const char *name,
			unsigned long value)
{
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	unsigned long found = ~value;

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_GT(test, read_file(test, name, page), (ssize_t)1);
	KUNIT_EXPECT_EQ(test, kstrtoul(page, 10, &found), 0);
	KUNIT_EXPECT_EQ_MSG(test, found, value, "%s", name);
	free_page((unsigned long)page);
}

static void each_file_tells_its_figure(struct kunit *test)
{
	struct memfront_grant_map *map = map_some(test, 3);
	const struct {
		const char *name;
		unsigned long value;
	} files[] = {
		{ "version", 1 }, { "frames", 5 }, { "max_frames", 9 },
		{ "entries", room_now(test).entries },
		{ "max_entries", 9 * GRANTER_REFS },
		{ "mapped", room_now(test).mapped },
		{ "shares_refused",
		  atomic_long_read(&grant_headroom_stats.share_refused) },
		{ "maps_refused",
		  atomic_long_read(&grant_headroom_stats.map_refused) },
		{ "mapped_when_refused",
		  atomic_long_read(&grant_headroom_stats.mapped_then) },
		{ "warnings", warnings() },
		{ "frames_warn_percent", grant_headroom_frames_warn() },
		{ "mapped_warn", grant_headroom_mapped_warn() },
	};
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, page);
	tell_frames(5, 9);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		expect_file(test, files[i].name, files[i].value);
	told.answer = -EINVAL;
	KUNIT_EXPECT_EQ(test, read_file(test, "frames", page),
			(ssize_t)-EINVAL);
	free_page((unsigned long)page);
	KUNIT_EXPECT_EQ(test, memfront_grant_unmap(map), 0);
}

static void watermarks_are_checked(struct kunit *test)
{
	static const char *const wrong[] = {
		"", "\n", "x", "-1", "1x", "0x10", "1 2", "1.5",
		"99999999999999999999999",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		KUNIT_EXPECT_LT(test, write_file(test, "mapped_warn", wrong[i]),
				(ssize_t)0);
		KUNIT_EXPECT_LT(test, write_file(test, "frames_warn_percent",
						 wrong[i]), (ssize_t)0);
	}
	KUNIT_EXPECT_EQ(test, write_file(test, "frames_warn_percent", "101"),
			(ssize_t)-ERANGE);
	expect_file(test, "mapped_warn", GRANT_HEADROOM_MAPPED);
	expect_file(test, "frames_warn_percent", GRANT_HEADROOM_FRAMES);
	KUNIT_EXPECT_EQ(test, write_file(test, "frames_warn_percent", "55\n"),
			(ssize_t)3);
	KUNIT_EXPECT_EQ(test, write_file(test, "mapped_warn", "1000"),
			(ssize_t)4);
	expect_file(test, "mapped_warn", 1000);
	expect_file(test, "frames_warn_percent", 55);
}

static void who_may_not_sets_nothing(struct kunit *test)
{
	struct cred *cred = prepare_creds();
	const struct cred *before;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_lower(cred->cap_effective, CAP_SYS_ADMIN);
	before = override_creds(cred);
	KUNIT_EXPECT_EQ(test, write_file(test, "frames_warn_percent", "1"),
			(ssize_t)-EPERM);
	KUNIT_EXPECT_EQ(test, write_file(test, "mapped_warn", "1"),
			(ssize_t)-EPERM);
	revert_creds(before);
	put_cred(cred);
	expect_file(test, "mapped_warn", GRANT_HEADROOM_MAPPED);
	expect_file(test, "frames_warn_percent", GRANT_HEADROOM_FRAMES);
}

/* The files are changed by name only: the watermarks are the module's. */
static void headroom_exit(struct kunit *test)
{
	grant_headroom_set_mapped_warn(GRANT_HEADROOM_MAPPED);
	grant_headroom_set_frames_warn(GRANT_HEADROOM_FRAMES);
	grants_exit(test);
}

static struct kunit_case headroom_cases[] = {
	KUNIT_CASE(what_is_shared_is_counted),
	KUNIT_CASE(what_is_not_shared_is_not_counted),
	KUNIT_CASE(what_is_mapped_is_counted),
	KUNIT_CASE(the_table_is_as_the_hypervisor_tells),
	KUNIT_CASE(version_2_has_half_the_entries),
	KUNIT_CASE(many_mapped_are_told_once),
	KUNIT_CASE(many_frames_are_told_once),
	KUNIT_CASE(sharing_looks_at_the_table_now_and_then),
	KUNIT_CASE(a_full_table_is_told_and_counted),
	KUNIT_CASE(no_room_for_a_mapping_is_told_and_counted),
	KUNIT_CASE(each_file_tells_its_figure),
	KUNIT_CASE(watermarks_are_checked),
	KUNIT_CASE(who_may_not_sets_nothing),
	{ }
};

static struct kunit_suite headroom_suite = {
	.name = "memfront_grant_headroom",
	.init = grants_init,
	.exit = headroom_exit,
	.test_cases = headroom_cases,
};

kunit_test_suite(headroom_suite);
