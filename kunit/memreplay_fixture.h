/* SPDX-License-Identifier: GPL-2.0 */
/* Scripts as text, read and run by a case. */
#ifndef MEMREPLAY_FIXTURE_H
#define MEMREPLAY_FIXTURE_H

#include <kunit/test.h>
#include <memcore/tools.h>

#include "parse.h"
#include "run.h"

/**
 * struct replay_case - what a case has
 * @script: the script that was read last
 * @parser: what was wrong with it
 * @out: what came of running it
 * @parsed: there is one
 */
struct replay_case {
	struct replay_script script;
	struct replay_parser parser;
	struct replay_transcript out;
	bool parsed;
};

int replay_case_init(struct kunit *test);
void replay_case_exit(struct kunit *test);
int read_script(struct kunit *test, const char *text);
struct replay_statement *nth(struct kunit *test, u32 index);
const char *run_text(struct kunit *test, const char *text);
void expect_transcript(struct kunit *test, const char *text,
		       const char *wanted);
void expect_nothing_lost(struct kunit *test,
			 const struct memcore_status *before);
void expect_undone(struct kunit *test, const struct memcore_status *before);
void expect_undone_after(struct kunit *test, const char *text,
			 const char *wanted);
void need_core(struct kunit *test);
void need_translated(struct kunit *test);
u32 replay_seed(struct kunit *test);

#endif
