// SPDX-License-Identifier: GPL-2.0
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "memreplay_fixture.h"

#define MAX_TEXT	SZ_512K

static void make(struct kunit *test, u32 seed, const char *rest)
{
	struct replay_case *c = test->priv;
	char text[128];

	snprintf(text, sizeof(text), "frame F 12\nseed %u random %s\n", seed,
		 rest);
	KUNIT_ASSERT_EQ_MSG(test, read_script(test, text), 0, "%s",
			    c->parser.error);
}

/* All that a seed has made, as a script. */
static char *made(struct kunit *test, u32 seed, const char *rest)
{
	struct replay_case *c = test->priv;
	char *text = kunit_kzalloc(test, MAX_TEXT, GFP_KERNEL);
	u32 i, len;

	KUNIT_ASSERT_NOT_NULL(test, text);
	make(test, seed, rest);
	len = scnprintf(text, MAX_TEXT, "frame F 12\n");
	for (i = 1; i < c->script.statements.nr; i++)
		len += scnprintf(text + len, MAX_TEXT - len, "%s\n",
				 replay_text(&c->script, nth(test, i)));
	return text;
}

static void seed_decides(struct kunit *test)
{
	u32 seed = replay_seed(test);
	char *one = made(test, seed, "500"), *two = made(test, seed, "500");
	char *other = made(test, seed + 1, "500");

	KUNIT_EXPECT_STREQ(test, one, two);
	KUNIT_EXPECT_STRNEQ(test, one, other);
}

/* What was made can be written down and read again. */
static void lines_are_a_script(struct kunit *test)
{
	struct replay_case *c = test->priv;
	u32 seed = replay_seed(test), nr, i;
	char *text = made(test, seed, "500");

	nr = c->script.statements.nr;
	KUNIT_ASSERT_EQ_MSG(test, read_script(test, text), 0, "line %u: %s",
			    c->parser.line, c->parser.error);
	KUNIT_ASSERT_EQ(test, c->script.statements.nr, nr - 1);
	for (i = 0; i < nr - 1; i++)
		KUNIT_EXPECT_EQ(test, nth(test, i)->line, i + 2);
}

static bool all_are(struct kunit *test, enum replay_op op)
{
	struct replay_case *c = test->priv;
	u32 i;

	for (i = 1; i < c->script.statements.nr; i++)
		if (nth(test, i)->op != op)
			return false;
	return true;
}

static void kinds_keep_to_themselves(struct kunit *test)
{
	u32 seed = replay_seed(test);

	make(test, seed, "200 l1 l2 l3 l4 batch");
	KUNIT_EXPECT_TRUE(test, all_are(test, REPLAY_MMU_UPDATE));
	make(test, seed, "200 pin flush page");
	KUNIT_EXPECT_TRUE(test, all_are(test, REPLAY_MMUEXT));
	make(test, seed, "200 va");
	KUNIT_EXPECT_TRUE(test, all_are(test, REPLAY_VA));
	make(test, seed, "200 raw");
	KUNIT_EXPECT_TRUE(test, all_are(test, REPLAY_WRITE));
}

static void without_kinds_there_are_all(struct kunit *test)
{
	struct replay_case *c = test->priv;
	bool seen[U8_MAX] = {};
	u32 i;

	make(test, replay_seed(test), "3000");
	for (i = 0; i < c->script.statements.nr; i++)
		seen[nth(test, i)->op] = true;
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_MMU_UPDATE]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_MMUEXT]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_VA]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_SET_GDT]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_DESCRIPTOR]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_MULTICALL]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_RESERVATION]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_WRITE]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_ACCESS]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_ROOT]);
}

static void memory_kinds_move_memory(struct kunit *test)
{
	struct replay_case *c = test->priv;
	bool seen[U8_MAX] = {};
	u32 i;

	make(test, replay_seed(test), "2000 reserve exchange physmap ask");
	for (i = 0; i < c->script.statements.nr; i++)
		seen[nth(test, i)->op] = true;
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_DECREASE]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_POPULATE]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_INCREASE]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_EXCHANGE]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_ADD_TO_PHYSMAP]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_ADD_TO_PHYSMAP_BATCH]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_REMOVE_FROM_PHYSMAP]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_CLAIM]);
	KUNIT_EXPECT_TRUE(test, seen[REPLAY_GET_VNUMAINFO]);
	KUNIT_EXPECT_FALSE(test, seen[REPLAY_MMU_UPDATE]);
}

static void steps_are_counted(struct kunit *test)
{
	struct replay_case *c = test->priv;
	u32 i;

	make(test, replay_seed(test), "100");
	KUNIT_EXPECT_GT(test, c->script.statements.nr, 100U);
	for (i = 0; i < c->script.statements.nr; i++) {
		KUNIT_EXPECT_EQ(test, nth(test, i)->step, i);
		KUNIT_EXPECT_EQ(test, nth(test, i)->line, 2U);
	}
}

static void needs_a_frame(struct kunit *test)
{
	KUNIT_EXPECT_NE(test, read_script(test, "seed 1 random 1\n"), 0);
	KUNIT_EXPECT_NE(test, read_script(test, "empty E\nseed 1 random 1\n"),
			0);
}

static struct kunit_case random_cases[] = {
	KUNIT_CASE(seed_decides),
	KUNIT_CASE(lines_are_a_script),
	KUNIT_CASE(kinds_keep_to_themselves),
	KUNIT_CASE(without_kinds_there_are_all),
	KUNIT_CASE(memory_kinds_move_memory),
	KUNIT_CASE(steps_are_counted),
	KUNIT_CASE(needs_a_frame),
	{}
};

static struct kunit_suite random_suite = {
	.name = "memreplay_random",
	.init = replay_case_init,
	.exit = replay_case_exit,
	.test_cases = random_cases,
};

kunit_test_suite(random_suite);
