// SPDX-License-Identifier: GPL-2.0
/*
 * From lines to a script.
 *
 * Twice over the text: first for what counts from the start wherever it is
 * written, then for the rest. Nothing runs unless all of it is right.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <memreplay/kunit.h>

#include "arena.h"
#include "lex.h"
#include "parse.h"
#include "statement.h"

/**
 * replay_fail() - say what is wrong with a line
 * @p: the parser; keeps the first complaint
 * @error: what
 *
 * Return: false.
 */
bool replay_fail(struct replay_parser *p, const char *error)
{
	if (!p->error)
		p->error = error;
	return false;
}

static int option_of(const char *word, const char *equals)
{
	size_t len = equals - word;
	int i;

	for (i = 0; i < REPLAY_NR_OPTIONS; i++)
		if (strlen(replay_option_names[i]) == len &&
		    !strncmp(replay_option_names[i], word, len))
			return i;
	return -1;
}

/* An option, unless it is a word on its own. */
static bool take_word(struct replay_parser *p, char *word)
{
	char *equals = strchr(word, '=');
	int option;

	if (!equals || !word[1]) {
		if (p->nr_words == REPLAY_MAX_WORDS)
			return replay_fail(p, "too many words");
		p->words[p->nr_words++] = word;
		return true;
	}
	option = option_of(word, equals);
	if (option < 0)
		return replay_fail(p, "no such option, or no blanks around '='");
	if (p->options[option])
		return replay_fail(p, "an option twice");
	p->options[option] = equals + 1;
	return true;
}

static bool cut_line(struct replay_parser *p, char *line)
{
	struct replay_words words = { .at = line };
	char *word;

	p->nr_words = 0;
	memset(p->options, 0, sizeof(p->options));
	while ((word = replay_word(&words)))
		if (!take_word(p, word))
			return false;
	return p->nr_words || replay_fail(p, "only options");
}

static bool keep_text(struct replay_parser *p, struct replay_statement *st,
		      const char *line)
{
	size_t len = strlen(line) + 1;
	char *text;

	st->text = p->script->text.nr;
	text = replay_pool_add(&p->script->text, len);
	if (!text)
		return replay_fail(p, "out of memory");
	memcpy(text, line, len);
	return true;
}

static struct replay_statement *open_block(struct replay_parser *p)
{
	if (!p->nr_blocks)
		return NULL;
	return replay_statement(p->script, p->blocks[p->nr_blocks - 1]);
}

static bool in_multicall(struct replay_parser *p)
{
	struct replay_statement *block = open_block(p);

	return block && block->op == REPLAY_MULTICALL;
}

/* Inside a multicall there are only calls, and not more than fit. */
static bool check_place(struct replay_parser *p,
			const struct replay_statement *st)
{
	struct replay_statement *block = open_block(p);

	if (!in_multicall(p) || st->op == REPLAY_END)
		return true;
	if (!replay_op_calls(st->op) || st->op == REPLAY_SEGMENT_BASE ||
	    st->op == REPLAY_DESTROY)
		return replay_fail(p, "not inside a multicall");
	if (++block->number > REPLAY_MAX_LIST)
		return replay_fail(p, "too many calls in a multicall");
	return true;
}

/* The outermost statement has to fit into the arena with all inside it. */
static bool check_cost(struct replay_parser *p)
{
	return p->cost <= REPLAY_ARENA_SIZE / 2 ||
	       replay_fail(p, "too much for one statement");
}

static bool begin_block(struct replay_parser *p, u32 index)
{
	if (p->nr_blocks == REPLAY_MAX_NESTING)
		return replay_fail(p, "blocks are nested too deep");
	p->blocks[p->nr_blocks++] = index;
	return true;
}

/* What follows a list in memory may be a call that takes the guest down. */
static bool list_suffices(struct replay_parser *p,
			  const struct replay_statement *block)
{
	const struct replay_value *count;

	if (block->op != REPLAY_MULTICALL)
		return true;
	count = replay_option(p->script, block, REPLAY_OPT_COUNT);
	return !count || count->number <= block->number ||
	       replay_option(p->script, block, REPLAY_OPT_LIST) ||
	       replay_fail(p, "more calls than there are");
}

static bool end_block(struct replay_parser *p, u32 index)
{
	struct replay_statement *st = replay_statement(p->script, index);
	struct replay_statement *block = open_block(p);

	if (!block)
		return replay_fail(p, "'}' without '{'");
	if (!list_suffices(p, block))
		return false;
	st->end = p->blocks[--p->nr_blocks];
	st->depth = block->depth;
	block->end = index;
	return true;
}

/* The prefix says that the line is the other domain's. */
static bool take_side(struct replay_parser *p)
{
	bool peer = p->nr_words > 1 && !strcmp(p->words[0], "peer");

	if (in_multicall(p)) {
		p->script->side = open_block(p)->side;
		return !peer || replay_fail(p, "not inside a multicall");
	}
	p->script->side = peer;
	p->script->peer |= peer;
	if (peer)
		memmove(p->words, p->words + 1,
			--p->nr_words * sizeof(*p->words));
	return true;
}

static bool link_blocks(struct replay_parser *p, u32 index)
{
	switch (replay_statement(p->script, index)->op) {
	case REPLAY_MULTICALL:
	case REPLAY_REPEAT:
		return begin_block(p, index);
	case REPLAY_END:
		return end_block(p, index);
	default:
		return true;
	}
}

static bool keep_statement(struct replay_parser *p,
			   const struct replay_statement *st)
{
	struct replay_statement *kept;
	u32 index = p->script->statements.nr;

	if (index == REPLAY_MAX_STATEMENTS)
		return replay_fail(p, "too many statements");
	kept = replay_pool_add(&p->script->statements, 1);
	if (!kept)
		return replay_fail(p, "out of memory");
	*kept = *st;
	return link_blocks(p, index);
}

static const struct replay_syntax *find_syntax(struct replay_parser *p)
{
	if (p->nr_words > 1 && !strcmp(p->words[1], "="))
		return &replay_assignment_syntax;
	return replay_syntax_find(p->words[0]);
}

static bool check_options(struct replay_parser *p,
			  const struct replay_syntax *syntax)
{
	unsigned int i;

	for (i = 0; i < REPLAY_NR_OPTIONS; i++)
		if (p->options[i] && !(syntax->options & BIT(i)))
			return replay_fail(p, "not an option of this statement");
	return true;
}

static bool is_directive(const struct replay_syntax *syntax)
{
	return syntax && syntax->op >= REPLAY_DOMAIN;
}

static bool parse_statement(struct replay_parser *p,
			    const struct replay_syntax *syntax,
			    struct replay_statement *st)
{
	st->op = syntax->op;
	st->line = p->line;
	st->step = p->step;
	st->side = p->script->side;
	st->depth = in_multicall(p) ? open_block(p)->depth + 1 : !!p->step;
	st->first_item = p->script->items.nr;
	if (!in_multicall(p))
		p->cost = 0;
	p->cost += 256;
	if (!check_options(p, syntax) || !check_place(p, st))
		return false;
	/* What is made at random comes after the statement that asks for it. */
	if (syntax->op == REPLAY_RANDOM)
		return keep_statement(p, st) && syntax->parse(p, st);
	return syntax->parse(p, st) && replay_parse_options(p, st) &&
	       check_cost(p) && keep_statement(p, st);
}

/**
 * replay_parse_line() - one line
 * @p: the parser
 * @line: the line; cut up
 *
 * Return: false if it is wrong; the parser says how.
 */
bool replay_parse_line(struct replay_parser *p, char *line)
{
	const struct replay_syntax *syntax;
	struct replay_statement st = {};

	replay_line_clean(line);
	if (!*line)
		return true;
	if (!p->directives && !keep_text(p, &st, line))
		return false;
	if (!cut_line(p, line))
		return p->directives;
	if (!take_side(p))
		return false;
	syntax = find_syntax(p);
	if (is_directive(syntax))
		return !p->directives || syntax->parse(p, &st);
	if (p->directives)
		return true;
	if (!syntax)
		return replay_fail(p, "no such statement");
	return parse_statement(p, syntax, &st);
}

#define MAX_LINE	65536

static bool parse_lines(struct replay_parser *p, const char *text, size_t len,
			char *line)
{
	const char *end = text + len, *next;
	size_t part;

	for (p->line = 1; text < end; text = next + 1, p->line++) {
		next = memchr(text, '\n', end - text) ?: end;
		part = next - text;
		if (part >= MAX_LINE || memchr(text, '\0', part))
			return replay_fail(p, "not a line of text");
		memcpy(line, text, part);
		line[part] = '\0';
		if (!replay_parse_line(p, line))
			return false;
		p->error = NULL;
	}
	return true;
}

static bool parse_twice(struct replay_parser *p, const char *text, size_t len,
			char *line)
{
	p->directives = true;
	if (!parse_lines(p, text, len, line))
		return false;
	p->directives = false;
	if (!p->script->callers)
		p->script->callers = REPLAY_CALLER_PV;
	if (!parse_lines(p, text, len, line))
		return false;
	return !p->nr_blocks || replay_fail(p, "'}' is missing");
}

/**
 * replay_parse() - read a script
 * @script: filled in; to be freed in any case
 * @text: what was written
 * @len: how much
 * @p: what is wrong is told here, with the number of the line
 *
 * Context: may sleep.
 * Return: 0, -EINVAL, or -ENOMEM.
 */
int replay_parse(struct replay_script *script, const char *text, size_t len,
		 struct replay_parser *p)
{
	char *line = kvmalloc(MAX_LINE, GFP_KERNEL);
	bool good;

	memset(p, 0, sizeof(*p));
	replay_script_init(script);
	p->script = script;
	p->words = kvmalloc_array(REPLAY_MAX_WORDS, sizeof(*p->words),
				  GFP_KERNEL);
	good = line && p->words && parse_twice(p, text, len, line);
	if (!good)
		replay_fail(p, "out of memory");
	kvfree(p->words);
	kvfree(line);
	return good ? 0 : -EINVAL;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_parse);
