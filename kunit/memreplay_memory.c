// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>

#include "memreplay_fixture.h"

/*
 * A page that is filled while its old frame is still mapped has another content
 * than the kernel's own page from then on: the core counts that as a hole.
 */
static void expect_good(struct kunit *test, const char *text,
			const char *wanted)
{
	struct memcore_status before;

	memcore_tool_status(&before);
	expect_transcript(test, text, wanted);
	expect_nothing_lost(test, &before);
}

static void pages_become_a_piece(struct kunit *test)
{
	need_core(test);
	expect_good(test,
		    "block A 2\n"
		    "decrease A0 order=2\n"
		    "exchange A0 A1 A2 A3 to A0 out_order=2\n"
		    "decrease A0 A1 A2 A3\n"
		    "populate A0 order=2\n"
		    "decrease A0 order=2\n"
		    "reservation\n"
		    "populate A0 order=2\n"
		    "decrease A2 order=1\n"
		    "decrease A0 order=2\n",
		    "2: decrease A0 order=2 -> refused\n"
		    "3: exchange A0 A1 A2 A3 to A0 out_order=2 -> -EINVAL exchanged 0\n"
		    "4: decrease A0 A1 A2 A3 -> 4\n"
		    "5: populate A0 order=2 -> 1\n"
		    "6: decrease A0 order=2 -> 1\n"
		    "7: reservation -> +0\n"
		    "8: populate A0 order=2 -> 1\n"
		    "9: decrease A2 order=1 -> 1\n"
		    "10: decrease A0 order=2 -> refused\n");
}

static void pieces_are_exchanged_for_pages(struct kunit *test)
{
	need_core(test);
	expect_good(test,
		    "block A 1\n"
		    "frame B 2\n"
		    "decrease A0 A1 B0 B1\n"
		    "populate A0 order=1\n"
		    "exchange A0 to B0 B1 in_order=1\n"
		    "exchange B0 B1 to A0 out_order=1\n"
		    "decrease A0 order=1\n",
		    "3: decrease A0 A1 B0 B1 -> 4\n"
		    "4: populate A0 order=1 -> 1\n"
		    "5: exchange A0 to B0 B1 in_order=1 -> 0 exchanged 1\n"
		    "6: exchange B0 B1 to A0 out_order=1 -> 0 exchanged 2\n"
		    "7: decrease A0 order=1 -> 1\n");
}

static void how_memory_is_wanted_matters(struct kunit *test)
{
	need_core(test);
	expect_good(test,
		    "frame A\n"
		    "decrease A\n"
		    "populate A flags=bits:12\n"
		    "populate A flags=exact+node:0\n"
		    "populate A flags=pod\n"
		    "populate A flags=node:200\n",
		    "2: decrease A -> 1\n"
		    "3: populate A flags=bits:12 -> 0\n"
		    "4: populate A flags=exact+node:0 -> 0\n"
		    "5: populate A flags=pod -> 0\n"
		    "6: populate A flags=node:200 -> 1\n");
}

static void pv_domain_has_no_physmap(struct kunit *test)
{
	need_core(test);
	expect_good(test,
		    "frame A\n"
		    "add_to_physmap gmfn A A\n"
		    "add_to_physmap gmfn_foreign A A\n"
		    "add_to_physmap_batch gmfn A A ; A A\n"
		    "add_to_physmap_batch gmfn_range\n"
		    "remove_from_physmap A\n",
		    "2: add_to_physmap gmfn A A -> -EACCES\n"
		    "3: add_to_physmap gmfn_foreign A A -> -ENOSYS\n"
		    "4: add_to_physmap_batch gmfn A A ; A A -> -EACCES each - -\n"
		    "5: add_to_physmap_batch gmfn_range -> -EOPNOTSUPP\n"
		    "6: remove_from_physmap A -> -EACCES\n");
}

static void memory_map_is_the_scripts_until_it_ends(struct kunit *test)
{
	need_core(test);
	expect_good(test,
		    "set_memory_map nr=3\n"
		    "memory_map nr=3\n"
		    "memory_map nr=4\n"
		    "memory_map nr=0\n",
		    "1: set_memory_map nr=3 -> 0\n"
		    "2: memory_map nr=3 -> 0 all\n"
		    "3: memory_map nr=4 -> 0 fewer\n"
		    "4: memory_map nr=0 -> 0 all\n");
}

static void expect_error(struct kunit *test, const char *text,
			 const char *error)
{
	struct replay_case *c = test->priv;

	KUNIT_EXPECT_NE(test, read_script(test, text), 0);
	KUNIT_EXPECT_STREQ(test, c->parser.error, error);
}

static void scripts_keep_to_their_frames(struct kunit *test)
{
	expect_error(test, "frame A 2\ndecrease A0 order=1\n",
		     "an order needs a block of pages");
	expect_error(test, "block A 1\npopulate A1 order=1\n",
		     "an order needs a block of pages");
	expect_error(test, "block A 10\n", "the number is out of range");
	expect_error(test, "caller translated\ndecrease 0\n", "not a frame");
	expect_error(test, "add_to_physmap gmfn 5 5\n", "not a frame");
	expect_error(test, "memory_map nr=257\n",
		     "more than there is room for");
	expect_error(test, "frame A\npopulate A flags=wet\n", "a bad option");
}

static void callers_are_named(struct kunit *test)
{
	struct replay_case *c = test->priv;

	KUNIT_EXPECT_EQ(test, read_script(test, "frame A\n"), 0);
	KUNIT_EXPECT_EQ(test, c->script.callers, REPLAY_CALLER_PV);
	KUNIT_EXPECT_EQ(test, read_script(test, "caller translated\n"), 0);
	KUNIT_EXPECT_EQ(test, c->script.callers, REPLAY_CALLER_TRANSLATED);
	KUNIT_EXPECT_EQ(test, read_script(test, "caller pv translated\n"), 0);
	KUNIT_EXPECT_EQ(test, c->script.callers,
			REPLAY_CALLER_PV | REPLAY_CALLER_TRANSLATED);
	KUNIT_EXPECT_EQ(test, read_script(test, "caller pv control\n"), 0);
	KUNIT_EXPECT_TRUE(test, c->script.control);
	expect_error(test, "caller nobody\n",
		     "callers are pv, translated and control");
}

static void any_seed_is_undone(struct kunit *test)
{
	struct memcore_status before;
	u32 seed = replay_seed(test), i;
	char text[128];

	need_core(test);
	memcore_tool_status(&before);
	for (i = 0; i < 10; i++) {
		snprintf(text, sizeof(text),
			 "frame F 6\nblock L 4\nempty E 4\n"
			 "seed %u random 200 reserve exchange physmap ask\n",
			 seed + i);
		run_text(test, text);
		expect_nothing_lost(test, &before);
	}
}

static struct kunit_case memory_cases[] = {
	KUNIT_CASE(pages_become_a_piece),
	KUNIT_CASE(pieces_are_exchanged_for_pages),
	KUNIT_CASE(how_memory_is_wanted_matters),
	KUNIT_CASE(pv_domain_has_no_physmap),
	KUNIT_CASE(memory_map_is_the_scripts_until_it_ends),
	KUNIT_CASE(scripts_keep_to_their_frames),
	KUNIT_CASE(callers_are_named),
	KUNIT_CASE(any_seed_is_undone),
	{}
};

static struct kunit_suite memory_suite = {
	.name = "memreplay_memory",
	.init = replay_case_init,
	.exit = replay_case_exit,
	.test_cases = memory_cases,
};

kunit_test_suite(memory_suite);
