// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/string.h>
#include <memcore/tools.h>

#include "memreplay_fixture.h"

#define TWO_DOMAINS	"frame A 3\n"		\
			"peer frame B 3\n"	\
			"grants R 3\n"		\
			"peer grants S 3\n"

/* Frames of a grant table stay once they are there. */
static void make_table(struct kunit *test)
{
	if (!replay_backend_present())
		kunit_skip(test, "no hypervisor");
	run_text(test, TWO_DOMAINS "set_version 2\npeer set_version 2\n");
}

static void what_is_granted_is_mapped(struct kunit *test)
{
	make_table(test);
	expect_undone_after(test,
			    TWO_DOMAINS
			    "peer write B0 5 0x77\n"
			    "peer grant S0 = access other B0\n"
			    "vacate A0\n"
			    "map h0 = S0 host @A0\n"
			    "access r 8 @A0+40\n"
			    "access w 8 @A0+48 0x88\n"
			    "peer entry S0\n"
			    "peer read B0 6\n"
			    "unmap h0\n"
			    "unmap h0\n",
			    "# turn 1\n"
			    "5: peer write B0 5 0x77 -> ok\n"
			    "6: peer grant S0 = access other B0 -> ok\n"
			    "# turn 2\n"
			    "7: vacate A0 -> 0\n"
			    "8: map h0 = S0 host @A0 -> 0 okay\n"
			    "9: access r 8 @A0+40 -> 0x77\n"
			    "10: access w 8 @A0+48 0x88 -> ok\n"
			    "# turn 3\n"
			    "11: peer entry S0 -> access|reading|writing other B0\n"
			    "12: peer read B0 6 -> 0x88\n"
			    "# turn 4\n"
			    "13: unmap h0 -> 0 okay\n"
			    "14: unmap h0 -> 0 bad_handle\n");
}

/* The end undoes it, in whatever state the script leaves it. */
static void what_is_left_mapped_is_undone(struct kunit *test)
{
	make_table(test);
	expect_undone_after(test,
			    TWO_DOMAINS
			    "set_version 2\n"
			    "grant R0 = access other A0\n"
			    "peer vacate B0\n"
			    "peer map h3 = R0 host|ro @B0\n"
			    "peer map h4 = R0 host @B0\n"
			    "entry R0\n"
			    "set_version 1\n",
			    "5: set_version 2 -> 0 version 2\n"
			    "6: grant R0 = access other A0 -> ok\n"
			    "# turn 1\n"
			    "7: peer vacate B0 -> 0\n"
			    "8: peer map h3 = R0 host|ro @B0 -> 0 okay\n"
			    "9: peer map h4 = R0 host @B0 -> refused\n"
			    "# turn 2\n"
			    "10: entry R0 -> access other A0 status reading\n"
			    "11: set_version 1 -> -EBUSY version 2\n");
}

static void mappings_of_a_frame_change_places(struct kunit *test)
{
	struct memcore_status before;

	make_table(test);
	memcore_tool_status(&before);
	run_text(test,
		 TWO_DOMAINS
		 "grant R0 = access other A0\n"
		 "peer vacate B0\n"
		 "peer vacate B1\n"
		 "peer map h0 = R0 host @B0\n"
		 "peer map h1 = R0 host @B1\n"
		 "peer unmap h0 @B1\n"
		 "peer map h0 = R0 device|ro\n");
	expect_undone(test, &before);
}

static void a_frame_changes_hands(struct kunit *test)
{
	need_core(test);
	make_table(test);
	expect_undone_after(test,
			    TWO_DOMAINS
			    "peer empty E\n"
			    "write A0 1 0x99\n"
			    "va @A0 = 0\n"
			    "peer grant S1 = accept other 0\n"
			    "transfer A0 to S1\n"
			    "reservation\n"
			    "peer take E from S1\n"
			    "peer take E from S1\n"
			    "peer reservation\n",
			    "6: write A0 1 0x99 -> ok\n"
			    "7: va @A0 = 0 -> 0\n"
			    "# turn 1\n"
			    "8: peer grant S1 = accept other 0 -> ok\n"
			    "# turn 2\n"
			    "9: transfer A0 to S1 -> 0 okay\n"
			    "10: reservation -> -1\n"
			    "# turn 3\n"
			    "11: peer take E from S1 -> ok\n"
			    "12: peer take E from S1 -> none\n"
			    "13: peer reservation -> +1\n");
}

static void wrong_lines_are_named(struct kunit *test)
{
	static const char * const lines[] = {
		"map h64 = S0 host @A0",
		"map h0 = 5 host @A0",
		"map h0 = S9 host @A0",
		"map h0 = S0 host",
		"map h0 = S0 sky @A0",
		"map h0 = S0 host 0xffff888000000000",
		"map h0 = S0 host @A0 count=2",
		"unmap 7",
		"grant S0 = access other A0",
		"peer grant R0 = access other B0",
		"grant R0 = transitive other",
		"copy self A0 0 to self A1 0",
		"copy self A0 65536 to self A1 0 8",
		"setup_table 65",
		"grant_op 5",
		"write B0 0 5",
		"peer read A0 5",
		"access r 8 @B0",
		"vacate B0",
		"grants Q 33",
		"grants A 3",
		"grants T 3",
		"multicall {\npeer reservation\n}",
	};
	struct replay_case *c = test->priv;
	char text[192];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(text, sizeof(text), TWO_DOMAINS "%s\n", lines[i]);
		KUNIT_EXPECT_NE_MSG(test, read_script(test, text), 0, "%s",
				    lines[i]);
		KUNIT_EXPECT_GE(test, c->parser.line, 5U);
	}
}

static void other_needs_two_domains(struct kunit *test)
{
	KUNIT_EXPECT_NE(test, read_script(test, "frame A\n"
					  "grants R 1\n"
					  "grant R0 = access other A\n"), 0);
}

static void blocks_are_of_both(struct kunit *test)
{
	make_table(test);
	expect_transcript(test,
			  TWO_DOMAINS
			  "repeat 2 {\n"
			  "get_version\n"
			  "peer get_version\n"
			  "}\n",
			  "6: get_version -> 0 version 1\n"
			  "# turn 1\n"
			  "7: peer get_version -> 0 version 1\n"
			  "# turn 2\n"
			  "6: get_version -> 0 version 1\n"
			  "# turn 3\n"
			  "7: peer get_version -> 0 version 1\n"
			  "# turn 4\n");
}

/* What two domains do at random is undone, too. */
static void random_grants_are_undone(struct kunit *test)
{
	u32 seed = replay_seed(test), i;
	struct memcore_status before;
	char text[256];

	make_table(test);
	memcore_tool_status(&before);
	for (i = 0; i < 20; i++) {
		snprintf(text, sizeof(text),
			 TWO_DOMAINS "seed %u random 200\n", seed + i);
		run_text(test, text);
		expect_undone(test, &before);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_is_granted_is_mapped),
	KUNIT_CASE(what_is_left_mapped_is_undone),
	KUNIT_CASE(mappings_of_a_frame_change_places),
	KUNIT_CASE(a_frame_changes_hands),
	KUNIT_CASE(wrong_lines_are_named),
	KUNIT_CASE(other_needs_two_domains),
	KUNIT_CASE(blocks_are_of_both),
	KUNIT_CASE(random_grants_are_undone),
	{}
};

static struct kunit_suite suite = {
	.name = "memreplay_grant",
	.init = replay_case_init,
	.exit = replay_case_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
