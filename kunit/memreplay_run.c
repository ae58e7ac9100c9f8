// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/string.h>

#include "frames.h"
#include "memreplay_fixture.h"

static void reads_back_what_it_wrote(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A\n"
			    "read A 3\n"
			    "write A 3 5\n"
			    "read A 3\n"
			    "fill A 4 5 A|pu\n"
			    "dump A\n",
			    "2: read A 3 -> 0x0\n"
			    "3: write A 3 5 -> ok\n"
			    "4: read A 3 -> 0x5\n"
			    "5: fill A 4 5 A|pu -> ok\n"
			    "6: dump A -> 3\n"
			    "    A[3] = 0x5\n"
			    "    A[4] = A|pu\n"
			    "    A[5] = A|pu\n");
}

static void tables_are_pinned_and_unpinned(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A 2\n"
			    "mmuext PIN_L1_TABLE A0\n"
			    "mmuext PIN_L1_TABLE A0\n"
			    "A0[1] = A1|p\n"
			    "write A0 0 5\n"
			    "mmuext UNPIN_TABLE A0\n"
			    "mmuext UNPIN_TABLE A0\n"
			    "mmuext 99 A0\n",
			    "2: mmuext PIN_L1_TABLE A0 -> 0 done 1\n"
			    "3: mmuext PIN_L1_TABLE A0 -> -EINVAL done 0\n"
			    "4: A0[1] = A1|p -> 0 done 1\n"
			    "5: write A0 0 5 -> -EBUSY\n"
			    "6: mmuext UNPIN_TABLE A0 -> 0 done 1\n"
			    "7: mmuext UNPIN_TABLE A0 -> -EINVAL done 0\n"
			    "8: mmuext 99 A0 -> -ENOSYS done 0\n");
}

static void window_shows_what_it_maps(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame D\nframe L1\nframe L2\n"
			    "write D 2 77\n"
			    "window = L2|pwu\n"
			    "access r 8 window+16\n"
			    "L2[0] = L1|pwu\n"
			    "va window = D|p flush=invlpg\n"
			    "access r 8 window+16\n"
			    "access r 1 window+16\n"
			    "access w 8 window+16 5\n"
			    "va window = D|pw flush=invlpg\n"
			    "access w 8 window+16 5\n"
			    "read D 2\n",
			    "4: write D 2 77 -> ok\n"
			    "5: window = L2|pwu -> 0 done 1\n"
			    "6: access r 8 window+16 -> fault\n"
			    "7: L2[0] = L1|pwu -> 0 done 1\n"
			    "8: va window = D|p flush=invlpg -> 0\n"
			    "9: access r 8 window+16 -> 0x4d\n"
			    "10: access r 1 window+16 -> 0x4d\n"
			    "11: access w 8 window+16 5 -> fault\n"
			    "12: va window = D|pw flush=invlpg -> 0\n"
			    "13: access w 8 window+16 5 -> ok\n"
			    "14: read D 2 -> 0x5\n");
}

static void root_that_lacks_the_kernel_is_refused(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A\nframe B\n"
			    "mmuext NEW_BASEPTR A\n"
			    "mmuext PIN_L1_TABLE B\n"
			    "mmuext NEW_BASEPTR B\n"
			    "mmuext UNPIN_TABLE B ; NEW_BASEPTR B\n"
			    "mmuext NEW_BASEPTR none\n",
			    "3: mmuext NEW_BASEPTR A -> refused\n"
			    "4: mmuext PIN_L1_TABLE B -> 0 done 1\n"
			    "5: mmuext NEW_BASEPTR B -> -EINVAL done 0\n"
			    "6: mmuext UNPIN_TABLE B ; NEW_BASEPTR B -> refused\n"
			    "7: mmuext NEW_BASEPTR none -> -EINVAL done 0\n");
}

static void copy_of_the_root_can_be_loaded(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A\n"
			    "root A\n"
			    "mmuext NEW_BASEPTR A\n"
			    "A[511] = 0\n"
			    "A[3] = 0\n"
			    "access r 8 window\n"
			    "mmuext CLEAR_PAGE A ; NEW_BASEPTR A\n"
			    "mmuext NEW_BASEPTR home\n"
			    "A[511] = 0\n",
			    "2: root A -> ok\n"
			    "3: mmuext NEW_BASEPTR A -> 0 done 1\n"
			    "4: A[511] = 0 -> refused\n"
			    "5: A[3] = 0 -> 0 done 1\n"
			    "6: access r 8 window -> fault\n"
			    "7: mmuext CLEAR_PAGE A ; NEW_BASEPTR A -> refused\n"
			    "8: mmuext NEW_BASEPTR home -> 0 done 1\n"
			    "9: A[511] = 0 -> 0 done 1\n");
}

/* Left loaded, pinned, mapped, given back: the end has to cope. */
static void end_undoes_what_is_left(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A 6\n"
			    "root A0\n"
			    "mmuext NEW_BASEPTR A0 ; NEW_USER_BASEPTR A0\n"
			    "mmuext PIN_L1_TABLE A1 ; PIN_L2_TABLE A2\n"
			    "window = A2|pwu\n"
			    "A2[0] = A1|pwu\n"
			    "A1[0] = A3|pw\n"
			    "mmu_update A3:1 = 5\n"
			    "va @A4 = 0\n"
			    "decrease A4 A5\n"
			    "set_gdt A3 entries=1\n"
			    "top = 0\n",
			    "2: root A0 -> ok\n"
			    "3: mmuext NEW_BASEPTR A0 ; NEW_USER_BASEPTR A0 -> 0 done 2\n"
			    "4: mmuext PIN_L1_TABLE A1 ; PIN_L2_TABLE A2 -> 0 done 2\n"
			    "5: window = A2|pwu -> 0 done 1\n"
			    "6: A2[0] = A1|pwu -> 0 done 1\n"
			    "7: A1[0] = A3|pw -> 0 done 1\n"
			    "8: mmu_update A3:1 = 5 -> 0 done 1\n"
			    "9: va @A4 = 0 -> 0\n"
			    "10: decrease A4 A5 -> 2\n"
			    "11: set_gdt A3 entries=1 -> -EINVAL\n"
			    "12: top = 0 -> 0 done 1\n");
}

static void frames_come_and_go(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A 2\nempty E 2\n"
			    "va @A0 = 0\nva @A1 = 0\n"
			    "decrease A0 A1\n"
			    "reservation\n"
			    "increase E0 E1\n"
			    "reservation\n"
			    "decrease E0\n"
			    "populate A0\n"
			    "reservation\n",
			    "3: va @A0 = 0 -> 0\n"
			    "4: va @A1 = 0 -> 0\n"
			    "5: decrease A0 A1 -> 2\n"
			    "6: reservation -> -2\n"
			    "7: increase E0 E1 -> 2\n"
			    "8: reservation -> +0\n"
			    "9: decrease E0 -> 1\n"
			    "10: populate A0 -> 1\n"
			    "11: reservation -> +0\n");
}

static void multicalls_answer_for_each(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A\n"
			    "multicall {\n"
			    "mmuext PIN_L1_TABLE A\n"
			    "multicall {\n"
			    "vm_assist 9 2\n"
			    "}\n"
			    "A[1] = A|p\n"
			    "vm_assist 9 2\n"
			    "}\n"
			    "multicall count=1 {\n"
			    "vm_assist 9 2\n"
			    "vm_assist 9 2\n"
			    "}\n",
			    "2: multicall {\n"
			    "  3: mmuext PIN_L1_TABLE A -> 0 done 1\n"
			    "  4: multicall { -> -EINVAL\n"
			    "  7: A[1] = A|p -> 0 done 1\n"
			    "  8: vm_assist 9 2 -> -ENOSYS\n"
			    "9: } -> 0\n"
			    "10: multicall count=1 {\n"
			    "  11: vm_assist 9 2 -> -ENOSYS\n"
			    "  12: vm_assist 9 2 -> -\n"
			    "13: } -> 0\n");
}

static void blocks_repeat(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A\n"
			    "repeat 2 {\n"
			    "repeat 2 {\n"
			    "read A 0\n"
			    "}\n"
			    "write A 0 1\n"
			    "}\n",
			    "4: read A 0 -> 0x0\n"
			    "4: read A 0 -> 0x0\n"
			    "6: write A 0 1 -> ok\n"
			    "4: read A 0 -> 0x1\n"
			    "4: read A 0 -> 0x1\n"
			    "6: write A 0 1 -> ok\n");
}

static void watch_lists_what_changed(struct kunit *test)
{
	need_core(test);
	expect_undone_after(test,
			    "frame A 2\n"
			    "write A0 1 5\n"
			    "watch on\n"
			    "write A0 1 6\n"
			    "A0[2] = A1|p\n"
			    "mmuext COPY_PAGE A1 A0\n"
			    "watch off\n"
			    "write A0 1 7\n",
			    "2: write A0 1 5 -> ok\n"
			    "4: write A0 1 6 -> ok\n"
			    "    A0[1] = 0x6\n"
			    "5: A0[2] = A1|p -> 0 done 1\n"
			    "    A0[2] = A1|p\n"
			    "6: mmuext COPY_PAGE A1 A0 -> 0 done 1\n"
			    "    A1[1] = 0x6\n"
			    "    A1[2] = A1|p\n"
			    "8: write A0 1 7 -> ok\n");
}

/* Whatever was done: the same again, and nothing left of it. */
static void random_runs_are_alike(struct kunit *test)
{
	u32 seed = replay_seed(test), round;
	struct memcore_status before;
	char text[64], *first;

	need_core(test);
	memcore_tool_status(&before);
	for (round = 0; round < 8; round++) {
		snprintf(text, sizeof(text), "frame F 11\nseed %u random 400\n",
			 seed + round);
		first = kunit_kzalloc(test, 1 << 20, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, first);
		strscpy(first, run_text(test, text), 1 << 20);
		KUNIT_EXPECT_STREQ(test, run_text(test, text), first);
		kunit_kfree(test, first);
		expect_undone(test, &before);
	}
}

/* Without memory the core may refuse anything; the end must still be good. */
static void survives_want_of_memory(struct kunit *test)
{
	struct replay_case *c = test->priv;
	struct memcore_faults faults = {};
	const char *why = NULL;
	u32 nth_failure;

	need_core(test);
	for (nth_failure = 1; nth_failure < 40; nth_failure++) {
		KUNIT_ASSERT_EQ(test, read_script(test,
						  "frame A 4\n"
						  "A0[0] = A1|pu\n"
						  "mmuext PIN_L2_TABLE A0\n"
						  "window = A0|pwu\n"
						  "va window = A2|pw\n"
						  "write A3 0 5\n"), 0);
		faults.fail_alloc_at = nth_failure;
		memcore_tool_set_faults(&faults);
		replay_transcript_reset(&c->out, false);
		replay_run(&c->script, &c->out, &why);
		faults.fail_alloc_at = 0;
		memcore_tool_set_faults(&faults);
		KUNIT_EXPECT_EQ(test, replay_frames_leaked(), 0UL);
	}
}

static struct kunit_case run_cases[] = {
	KUNIT_CASE(reads_back_what_it_wrote),
	KUNIT_CASE(tables_are_pinned_and_unpinned),
	KUNIT_CASE(window_shows_what_it_maps),
	KUNIT_CASE(root_that_lacks_the_kernel_is_refused),
	KUNIT_CASE(copy_of_the_root_can_be_loaded),
	KUNIT_CASE(end_undoes_what_is_left),
	KUNIT_CASE(frames_come_and_go),
	KUNIT_CASE(multicalls_answer_for_each),
	KUNIT_CASE(blocks_repeat),
	KUNIT_CASE(watch_lists_what_changed),
	KUNIT_CASE(random_runs_are_alike),
	KUNIT_CASE(survives_want_of_memory),
	{}
};

static struct kunit_suite run_suite = {
	.name = "memreplay_run",
	.init = replay_case_init,
	.exit = replay_case_exit,
	.test_cases = run_cases,
};

kunit_test_suite(run_suite);
