// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>

#include "memreplay_fixture.h"

/* The frames of the hypervisor's own that scripts use stay once they are there. */
static void make_special_frames(struct kunit *test)
{
	need_translated(test);
	run_text(test,
		 "caller translated\n"
		 "empty E\n"
		 "add_to_physmap shared_info 0 E\n"
		 "add_to_physmap grant_table 4 E\n");
}

static void reads_back_what_it_wrote(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "write A 3 5\n"
			    "read A 3\n"
			    "access r 8 @A+24\n"
			    "dump A\n",
			    "3: write A 3 5 -> ok\n"
			    "4: read A 3 -> 0x5\n"
			    "5: access r 8 @A+24 -> 0x5\n"
			    "6: dump A -> 1\n"
			    "    A[3] = 0x5\n");
}

static void hole_has_all_bits_set(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "decrease A\n"
			    "reservation\n"
			    "access r 8 @A\n"
			    "access w 8 @A 5\n"
			    "access r 2 @A\n"
			    "decrease A\n",
			    "3: decrease A -> 1\n"
			    "4: reservation -> -1\n"
			    "5: access r 8 @A -> 0xffffffffffffffff\n"
			    "6: access w 8 @A 5 -> ok\n"
			    "7: access r 2 @A -> 0xffff\n"
			    "8: decrease A -> 0\n");
}

static void what_comes_is_all_zeros(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "write A 0 5\n"
			    "decrease A\n"
			    "populate A\n"
			    "dump A\n",
			    "3: write A 0 5 -> ok\n"
			    "4: decrease A -> 1\n"
			    "5: populate A -> 1\n"
			    "6: dump A -> 0\n");
}

static void content_moves_with_its_frame(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "frame B\n"
			    "write A 0 5\n"
			    "add_to_physmap gmfn A B\n"
			    "dump B\n"
			    "read A 0\n"
			    "reservation\n",
			    "4: write A 0 5 -> ok\n"
			    "5: add_to_physmap gmfn A B -> 0\n"
			    "6: dump B -> 1\n"
			    "    B[0] = 0x5\n"
			    "7: read A 0 -> fault\n"
			    "8: reservation -> -1\n");
}

static void range_moves_as_far_as_there_are_frames(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "block A 2\n"
			    "empty E 4\n"
			    "decrease A2\n"
			    "add_to_physmap gmfn_range A0 E0 size=4\n"
			    "decrease E0 E1 E2\n"
			    "decrease A3\n",
			    "4: decrease A2 -> 1\n"
			    "5: add_to_physmap gmfn_range A0 E0 size=4 -> -EINVAL\n"
			    "6: decrease E0 E1 E2 -> 2\n"
			    "7: decrease A3 -> 1\n");
}

static void orders_need_a_block(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "block A 3\n"
			    "decrease A0 order=3\n"
			    "reservation\n"
			    "populate A4 order=2\n"
			    "decrease A0 order=3\n"
			    "decrease A5 order=1\n",
			    "3: decrease A0 order=3 -> 1\n"
			    "4: reservation -> -8\n"
			    "5: populate A4 order=2 -> 1\n"
			    "6: decrease A0 order=3 -> 0\n"
			    "7: decrease A5 order=1 -> 1\n");
}

/* A frame of the hypervisor's is followed on its way. */
static void special_frames_can_be_moved(struct kunit *test)
{
	make_special_frames(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "frame B\n"
			    "frame C\n"
			    "add_to_physmap grant_table 3 A\n"
			    "add_to_physmap gmfn A B\n"
			    "add_to_physmap grant_table 3 C\n"
			    "add_to_physmap gmfn_range B A size=1\n",
			    "5: add_to_physmap grant_table 3 A -> 0\n"
			    "6: add_to_physmap gmfn A B -> 0\n"
			    "7: add_to_physmap grant_table 3 C -> 0\n"
			    "8: add_to_physmap gmfn_range B A size=1 -> -EINVAL\n");
}

/* What went is known, or the call is not made. */
static void extents_go_in_part(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "block A 2\n"
			    "decrease A2\n"
			    "decrease A0 order=2 flags=bits:64\n"
			    "decrease A0 order=2\n"
			    "reservation\n",
			    "3: decrease A2 -> 1\n"
			    "4: decrease A0 order=2 flags=bits:64 -> refused\n"
			    "5: decrease A0 order=2 -> 0\n"
			    "6: reservation -> -3\n");
}

static void special_frames_are_taken_away_again(struct kunit *test)
{
	make_special_frames(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "frame B\n"
			    "add_to_physmap shared_info 0 A\n"
			    "add_to_physmap shared_info 0 B\n"
			    "read A 0\n"
			    "access r 8 @B\n"
			    "reservation\n",
			    "4: add_to_physmap shared_info 0 A -> 0\n"
			    "5: add_to_physmap shared_info 0 B -> 0\n"
			    "6: read A 0 -> fault\n"
			    "7: access r 8 @B -> refused\n"
			    "8: reservation -> -2\n");
}

/* They are gone from where they were, though the call is an error. */
static void special_frames_can_leave(struct kunit *test)
{
	make_special_frames(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "frame B\n"
			    "frame C\n"
			    "add_to_physmap shared_info 0 A\n"
			    "add_to_physmap shared_info 0 none\n"
			    "add_to_physmap gmfn_range A B size=1\n"
			    "add_to_physmap grant_table 3 A\n"
			    "add_to_physmap grant_table 3 none\n"
			    "add_to_physmap gmfn_range A C size=1\n"
			    "reservation\n",
			    "5: add_to_physmap shared_info 0 A -> 0\n"
			    "6: add_to_physmap shared_info 0 none -> -ENOENT\n"
			    "7: add_to_physmap gmfn_range A B size=1 -> -EINVAL\n"
			    "8: add_to_physmap grant_table 3 A -> 0\n"
			    "9: add_to_physmap grant_table 3 none -> -ENOENT\n"
			    "10: add_to_physmap gmfn_range A C size=1 -> -EINVAL\n"
			    "11: reservation -> -1\n");
}

static void nothing_is_lost_for_good(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "frame B\n"
			    "populate A\n"
			    "remove_from_physmap A\n"
			    "add_to_physmap gmfn A none\n"
			    "add_to_physmap grant_table 0 A\n"
			    "populate A list=&5\n"
			    "memory_op 15 &2032\n"
			    "multicall {\n"
			    "decrease A\n"
			    "populate B\n"
			    "}\n",
			    "4: populate A -> refused\n"
			    "5: remove_from_physmap A -> refused\n"
			    "6: add_to_physmap gmfn A none -> refused\n"
			    "7: add_to_physmap grant_table 0 A -> refused\n"
			    "8: populate A list=&5 -> refused\n"
			    "9: memory_op 15 &2032 -> refused\n"
			    "10: multicall { -> refused\n");
}

static void memory_map_is_restored(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "set_memory_map nr=0\n"
			    "memory_map\n",
			    "2: set_memory_map nr=0 -> 0\n"
			    "3: memory_map -> -ENOSYS\n");
	expect_undone_after(test,
			    "caller translated\n"
			    "memory_map nr=1\n",
			    "2: memory_map nr=1 -> 0 all\n");
}

static void direct_paging_is_not_for_it(struct kunit *test)
{
	need_translated(test);
	expect_undone_after(test,
			    "caller translated\n"
			    "frame A\n"
			    "A[0] = A\n"
			    "va @A = 0\n",
			    "3: A[0] = A -> -ENOSYS done -\n"
			    "4: va @A = 0 -> -ENOSYS\n");
}

static void any_seed_is_undone(struct kunit *test)
{
	struct memcore_status before;
	u32 seed = replay_seed(test), i;
	char text[128];

	make_special_frames(test);
	memcore_tool_status(&before);
	for (i = 0; i < 10; i++) {
		snprintf(text, sizeof(text),
			 "caller translated\nframe F 8\nblock B 3\nempty E 4\n"
			 "seed %u random 200\n", seed + i);
		run_text(test, text);
		expect_undone(test, &before);
	}
}

static struct kunit_case translated_cases[] = {
	KUNIT_CASE(reads_back_what_it_wrote),
	KUNIT_CASE(hole_has_all_bits_set),
	KUNIT_CASE(what_comes_is_all_zeros),
	KUNIT_CASE(content_moves_with_its_frame),
	KUNIT_CASE(range_moves_as_far_as_there_are_frames),
	KUNIT_CASE(orders_need_a_block),
	KUNIT_CASE(special_frames_can_be_moved),
	KUNIT_CASE(extents_go_in_part),
	KUNIT_CASE(special_frames_are_taken_away_again),
	KUNIT_CASE(special_frames_can_leave),
	KUNIT_CASE(nothing_is_lost_for_good),
	KUNIT_CASE(memory_map_is_restored),
	KUNIT_CASE(direct_paging_is_not_for_it),
	KUNIT_CASE(any_seed_is_undone),
	{}
};

static struct kunit_suite translated_suite = {
	.name = "memreplay_translated",
	.init = replay_case_init,
	.exit = replay_case_exit,
	.test_cases = translated_cases,
};

kunit_test_suite(translated_suite);
