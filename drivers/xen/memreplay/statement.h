/* SPDX-License-Identifier: GPL-2.0 */
/* What each kind of statement looks like. */
#ifndef _MEMREPLAY_STATEMENT_H
#define _MEMREPLAY_STATEMENT_H

#include <linux/bits.h>
#include <linux/types.h>

#include "script.h"

struct replay_parser;

/**
 * struct replay_syntax - how a statement is written
 * @name: its first word
 * @op: what it is
 * @options: which options it may have, a bit for each
 * @parse: reads its words from the second on
 */
struct replay_syntax {
	const char *name;
	enum replay_op op;
	u64 options;
	bool (*parse)(struct replay_parser *p, struct replay_statement *st);
};

extern const char * const replay_option_names[REPLAY_NR_OPTIONS];

/* By sort; each table ends with an entry without a name. */
extern const struct replay_syntax replay_mmu_syntaxes[];
extern const struct replay_syntax replay_memory_syntaxes[];
extern const struct replay_syntax replay_physmap_syntaxes[];
extern const struct replay_syntax replay_call_syntaxes[];
extern const struct replay_syntax replay_grant_syntaxes[];
extern const struct replay_syntax replay_direct_syntaxes[];
extern const struct replay_syntax replay_directive_syntaxes[];
/* How A[3] = B is written. */
extern const struct replay_syntax replay_assignment_syntax;

/* Options of calls that take a list. */
#define REPLAY_OPTS_LIST	(BIT(REPLAY_OPT_COUNT) | BIT(REPLAY_OPT_LIST))

const struct replay_syntax *replay_syntax_find(const char *name);
bool replay_parse_options(struct replay_parser *p,
			  struct replay_statement *st);

#endif /* _MEMREPLAY_STATEMENT_H */
