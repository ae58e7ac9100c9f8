// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "frames.h"
#include "memreplay_fixture.h"

#define TRANSCRIPT_SIZE	SZ_1M
#define AUDIT_TEXT	512

static unsigned int seed;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of the random cases (0: a new one each time)");

int replay_case_init(struct kunit *test)
{
	struct replay_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	if (!c)
		return -ENOMEM;
	test->priv = c;
	return replay_transcript_init(&c->out, TRANSCRIPT_SIZE);
}

static void forget_script(struct replay_case *c)
{
	if (c->parsed)
		replay_script_free(&c->script);
	c->parsed = false;
}

void replay_case_exit(struct kunit *test)
{
	struct replay_case *c = test->priv;

	if (!c)
		return;
	forget_script(c);
	replay_transcript_exit(&c->out);
}

int read_script(struct kunit *test, const char *text)
{
	struct replay_case *c = test->priv;

	forget_script(c);
	c->parsed = true;
	return replay_parse(&c->script, text, strlen(text), &c->parser);
}

struct replay_statement *nth(struct kunit *test, u32 index)
{
	struct replay_case *c = test->priv;

	KUNIT_ASSERT_LT(test, index, c->script.statements.nr);
	return replay_statement(&c->script, index);
}

/* Without its first and last line, which are always the same. */
static const char *trim(struct kunit *test, struct replay_transcript *out)
{
	static const char first[] = "# xen-memreplay 1\n", last[] = "# end\n";
	size_t head = strlen(first), tail = strlen(last);

	KUNIT_ASSERT_GE(test, out->used, head + tail);
	KUNIT_EXPECT_EQ(test, memcmp(out->text, first, head), 0);
	KUNIT_EXPECT_EQ(test, memcmp(out->text + out->used - tail, last, tail),
			0);
	out->text[out->used - tail] = '\0';
	return out->text + head;
}

const char *run_text(struct kunit *test, const char *text)
{
	struct replay_case *c = test->priv;
	const char *why = NULL;

	KUNIT_ASSERT_EQ_MSG(test, read_script(test, text), 0, "line %u: %s",
			    c->parser.line, c->parser.error);
	replay_transcript_reset(&c->out, false);
	KUNIT_ASSERT_EQ_MSG(test, replay_run(&c->script, &c->out, &why), 0,
			    "%s: %s", text, why);
	KUNIT_ASSERT_NULL(test, why);
	return trim(test, &c->out);
}

void expect_transcript(struct kunit *test, const char *text,
		       const char *wanted)
{
	KUNIT_EXPECT_STREQ(test, run_text(test, text), wanted);
}

/* The core has what it had. */
void expect_nothing_lost(struct kunit *test,
			 const struct memcore_status *before)
{
	char *text = kunit_kzalloc(test, AUDIT_TEXT, GFP_KERNEL);
	struct memcore_status now;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_EXPECT_EQ_MSG(test, memcore_tool_audit(text, AUDIT_TEXT), 0,
			    "%s", text);
	memcore_tool_status(&now);
	KUNIT_EXPECT_EQ(test, now.tot_pages, before->tot_pages);
	KUNIT_EXPECT_EQ(test, now.free_frames, before->free_frames);
	KUNIT_EXPECT_EQ(test, replay_frames_leaked(), 0UL);
}

/* And the kernel's pages have frames behind them as before. */
void expect_undone(struct kunit *test, const struct memcore_status *before)
{
	struct memcore_status now;

	expect_nothing_lost(test, before);
	memcore_tool_status(&now);
	KUNIT_EXPECT_EQ(test, now.holes, before->holes);
}

void expect_undone_after(struct kunit *test, const char *text,
			 const char *wanted)
{
	struct memcore_status before;

	memcore_tool_status(&before);
	expect_transcript(test, text, wanted);
	expect_undone(test, &before);
}

/* Page tables there are only for a PV guest. */
void need_core(struct kunit *test)
{
	if (!replay_backend_present() || replay_backend.translated)
		kunit_skip(test, "no hypervisor that has direct paging");
}

void need_translated(struct kunit *test)
{
	if (!replay_backend_present() || !replay_backend.translated)
		kunit_skip(test, "no translated guest");
}

u32 replay_seed(struct kunit *test)
{
	u32 chosen = seed ?: get_random_u32();

	kunit_info(test, "seed %u", chosen);
	return chosen;
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suites of xen-memreplay");
MODULE_IMPORT_NS(MEMREPLAY_KUNIT);
MODULE_IMPORT_NS(MEMCORE_KUNIT);
