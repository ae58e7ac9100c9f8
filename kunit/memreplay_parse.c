// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/xen.h>

#include "memreplay_fixture.h"

static void reads_every_statement(struct kunit *test)
{
	static const struct {
		const char *line;
		enum replay_op op;
	} lines[] = {
		{ "A[3] = B|pwu", REPLAY_MMU_UPDATE },
		{ "mmu_update A[3] = B|p ; A[0..511]:2 = 0", REPLAY_MMU_UPDATE },
		{ "mmu_update raw 0xa0001 = 5 count=3", REPLAY_MMU_UPDATE },
		{ "mmu_update", REPLAY_MMU_UPDATE },
		{ "va window+0x1000 = A|p flush=tlb:all", REPLAY_VA },
		{ "mmuext PIN_L1_TABLE A ; 99 7 8 dom=own", REPLAY_MMUEXT },
		{ "mmuext NEW_BASEPTR home", REPLAY_MMUEXT },
		{ "multicall {\n}", REPLAY_MULTICALL },
		{ "set_gdt A B entries=7", REPLAY_SET_GDT },
		{ "update_descriptor A[3]:4 = 5", REPLAY_DESCRIPTOR },
		{ "stack_switch 1 2", REPLAY_STACK },
		{ "set_segment_base gs_kernel 0", REPLAY_SEGMENT_BASE },
		{ "vm_assist enable m2p_strict", REPLAY_ASSIST },
		{ "decrease A none order=19", REPLAY_DECREASE },
		{ "populate A list=@xen", REPLAY_POPULATE },
		{ "increase E", REPLAY_INCREASE },
		{ "exchange A to B in_nr=1", REPLAY_EXCHANGE },
		{ "reservation dom=absent", REPLAY_RESERVATION },
		{ "maximum_reservation", REPLAY_MAX_RESERVATION },
		{ "hypercall 99 1 2 3 4 5", REPLAY_HYPERCALL },
		{ "hypercall memory_op 63 @null", REPLAY_HYPERCALL },
		{ "write A 3 4", REPLAY_WRITE },
		{ "fill A 0 511 B|pwu", REPLAY_FILL },
		{ "read A 3", REPLAY_READ },
		{ "dump A", REPLAY_DUMP },
		{ "root A", REPLAY_ROOT },
		{ "access r 8 window+8", REPLAY_ACCESS },
		{ "access w 1 @A+4095 7", REPLAY_ACCESS },
		{ "repeat 3 {\n}", REPLAY_REPEAT },
		{ "seed 1 random 0", REPLAY_RANDOM },
		{ "watch on", REPLAY_WATCH },
	};
	struct replay_case *c = test->priv;
	char text[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(text, sizeof(text), "frame A\nframe B\nempty E\n%s\n",
			 lines[i].line);
		KUNIT_EXPECT_EQ_MSG(test, read_script(test, text), 0, "%s: %s",
				    lines[i].line, c->parser.error);
		KUNIT_EXPECT_EQ(test, nth(test, 0)->op, lines[i].op);
		KUNIT_EXPECT_EQ(test, nth(test, 0)->line, 4U);
	}
}

/* One bad line among good ones: it is named, and nothing else is. */
static void names_the_bad_line(struct kunit *test)
{
	static const char * const bad[] = {
		"nonsense", "=", "A[3] =", "A[3] = B|p more", "A[3]=B", "A[3] B",
		"A[3] = 0x1234", "A[3] = 0x5001", "A[3] = B|p count=x",
		"A[3] = B|p order=1", "A[3] = B|p count=1 count=2",
		"A[3] = B|p list=@A", "mmu_update A[1] = 0 A[2] = 0",
		"mmu_update raw 0x5000 = 0", "mmu_update raw A = 0",
		"count=5", "va = 0", "va window 0", "mmuext NONSENSE",
		"mmuext PIN_L1_TABLE 5", "mmuext PIN_L1_TABLE home",
		"mmuext PIN_L1_TABLE A B C", "multicall", "multicall { {", "}",
		"set_gdt 5", "update_descriptor A[1..2] = 0", "stack_switch 1",
		"set_segment_base es 0", "vm_assist enable", "vm_assist on 1",
		"decrease A order=9", "decrease 17", "populate E", "populate none",
		"populate A order=1", "increase A", "exchange A B", "exchange A to E",
		"hypercall nonsense", "hypercall iret", "hypercall 23",
		"hypercall 256", "hypercall 99 1 2 3 4 5 6", "hypercall 99 @A",
		"write A 512 0", "write E 0 0", "write none 0 0", "fill A 0 0",
		"read A", "dump C", "dump window", "root", "access x 8 window",
		"access r 3 window", "access r 8 @xen", "access r 8 @A+4089",
		"access r 8 window+0x7ffffffff9", "access w 8 window", "repeat 0 {",
		"repeat 2", "repeat 2 {", "seed 1 random", "seed 1 random 3 nothing",
		"watch", "watch maybe", "domain other", "caller other",
		"frame A", "frame a", "frame", "frame C 0", "frame C 3000",
		"frame Abcdefghijklmnop", "frame top", "empty B",
		"populate A nr=2", "increase E nr=2", "exchange A to B in_nr=2 out_nr=2",
		"hypercall 99 &0x1000",
	};
	struct replay_case *c = test->priv;
	char text[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text),
			 "frame A\nframe B\nempty E\ndump A\n%s\ndump B\n",
			 bad[i]);
		KUNIT_EXPECT_NE_MSG(test, read_script(test, text), 0, "%s",
				    bad[i]);
		KUNIT_EXPECT_NOT_NULL(test, c->parser.error);
		/* A block that never ends is told of at the end. */
		if (!strchr(bad[i], '{'))
			KUNIT_EXPECT_EQ_MSG(test, c->parser.line, 5U, "%s",
					    bad[i]);
	}
}

static void directives_count_from_the_start(struct kunit *test)
{
	struct replay_case *c = test->priv;

	KUNIT_ASSERT_EQ(test, read_script(test, "dump B1\n"
						"hypercall iret\n"
						"frame B 2\n"
						"caller control\n"
						"domain throwaway"), 0);
	KUNIT_EXPECT_EQ(test, c->script.statements.nr, 2U);
	KUNIT_EXPECT_EQ(test, c->script.nr_frames, 2U);
	KUNIT_EXPECT_TRUE(test, c->script.control);
	KUNIT_EXPECT_TRUE(test, c->script.throwaway);
}

static void blocks_know_their_ends(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, read_script(test, "repeat 2 {\n"
						"multicall {\n"
						"vm_assist 0 0\n"
						"multicall {\n"
						"}\n"
						"}\n"
						"}\n"), 0);
	KUNIT_EXPECT_EQ(test, nth(test, 0)->end, 6U);
	KUNIT_EXPECT_EQ(test, nth(test, 1)->end, 5U);
	KUNIT_EXPECT_EQ(test, nth(test, 1)->number, 2U);
	KUNIT_EXPECT_EQ(test, nth(test, 3)->end, 4U);
	KUNIT_EXPECT_EQ(test, nth(test, 6)->end, 0U);
	KUNIT_EXPECT_EQ(test, nth(test, 1)->depth, 0);
	KUNIT_EXPECT_EQ(test, nth(test, 2)->depth, 1);
	KUNIT_EXPECT_EQ(test, nth(test, 4)->depth, 1);
	KUNIT_EXPECT_EQ(test, nth(test, 5)->depth, 0);
}

static void multicalls_hold_calls_only(struct kunit *test)
{
	static const char * const bad[] = {
		"dump A", "repeat 2 {\n}", "write A 0 0", "watch on",
		"seed 1 random 2", "set_segment_base fs 0",
	};
	char text[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text), "frame A\nmulticall {\n%s\n}\n",
			 bad[i]);
		KUNIT_EXPECT_NE_MSG(test, read_script(test, text), 0, "%s",
				    bad[i]);
	}
}

static void ranges_are_requests_each(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, read_script(test,
					  "frame A\n"
					  "mmu_update A[0..511] = 0 ; A = 0\n"),
			0);
	KUNIT_EXPECT_EQ(test, nth(test, 0)->number, 513U);
	KUNIT_EXPECT_EQ(test, nth(test, 0)->nr_items, 2U);
	KUNIT_EXPECT_NE(test, read_script(test,
					  "frame A\n"
					  "mmu_update A[0..511] = 0 ; A[0..511] = 0 ; A = 0\n"),
			0);
}

static void options_are_found_by_name(struct kunit *test)
{
	struct replay_case *c = test->priv;
	const struct replay_statement *st;

	KUNIT_ASSERT_EQ(test, read_script(test,
					  "frame A\n"
					  "in=6 A = 0 dom=own count=5\n"), 0);
	st = nth(test, 0);
	KUNIT_EXPECT_EQ(test, replay_option(&c->script, st,
					    REPLAY_OPT_COUNT)->number, 5ULL);
	KUNIT_EXPECT_EQ(test, replay_option(&c->script, st,
					    REPLAY_OPT_IN)->number, 6ULL);
	KUNIT_EXPECT_EQ(test, replay_option(&c->script, st,
					    REPLAY_OPT_DOM)->kind, REPLAY_OWN);
	KUNIT_EXPECT_NULL(test, replay_option(&c->script, st,
					      REPLAY_OPT_LIST));
}

static void keeps_words_as_written(struct kunit *test)
{
	struct replay_case *c = test->priv;

	KUNIT_ASSERT_EQ(test, read_script(test, "frame A\n"
						" A[3]   = 0\tcount=1 # x"), 0);
	KUNIT_EXPECT_STREQ(test, replay_text(&c->script, nth(test, 0)),
			   "A[3] = 0 count=1");
}

static void refuses_what_is_not_text(struct kunit *test)
{
	struct replay_case *c = test->priv;

	replay_script_init(&c->script);
	c->parsed = true;
	KUNIT_EXPECT_NE(test, replay_parse(&c->script, "\0\n", 2, &c->parser),
			0);
}

static void refuses_endless_lines(struct kunit *test)
{
	char *text = kunit_kzalloc(test, 70000, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, ' ', 69999);
	KUNIT_EXPECT_NE(test, read_script(test, text), 0);
	text[60000] = '\n';
	KUNIT_EXPECT_EQ(test, read_script(test, text), 0);
}

static void refuses_too_much_in_a_multicall(struct kunit *test)
{
	char *text = kunit_kzalloc(test, 16384, GFP_KERNEL);
	u32 i, len;

	KUNIT_ASSERT_NOT_NULL(test, text);
	len = sprintf(text, "frame A\nmulticall {\n");
	for (i = 0; i < REPLAY_MAX_LIST; i++)
		len += sprintf(text + len, "vm_assist 7 1\n");
	sprintf(text + len, "}\n");
	KUNIT_EXPECT_EQ(test, read_script(test, text), 0);
	sprintf(text + len, "vm_assist 7 1\n}\n");
	KUNIT_EXPECT_NE(test, read_script(test, text), 0);

	len = sprintf(text, "frame A\nmulticall {\n");
	for (i = 0; i < 20; i++)
		len += sprintf(text + len, "A[0..511] = 0\n");
	sprintf(text + len, "}\n");
	KUNIT_EXPECT_NE(test, read_script(test, text), 0);
}

static struct kunit_case parse_cases[] = {
	KUNIT_CASE(reads_every_statement),
	KUNIT_CASE(names_the_bad_line),
	KUNIT_CASE(directives_count_from_the_start),
	KUNIT_CASE(blocks_know_their_ends),
	KUNIT_CASE(multicalls_hold_calls_only),
	KUNIT_CASE(ranges_are_requests_each),
	KUNIT_CASE(options_are_found_by_name),
	KUNIT_CASE(keeps_words_as_written),
	KUNIT_CASE(refuses_what_is_not_text),
	KUNIT_CASE(refuses_endless_lines),
	KUNIT_CASE(refuses_too_much_in_a_multicall),
	{}
};

static struct kunit_suite parse_suite = {
	.name = "memreplay_parse",
	.init = replay_case_init,
	.exit = replay_case_exit,
	.test_cases = parse_cases,
};

kunit_test_suite(parse_suite);
