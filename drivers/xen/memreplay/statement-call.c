// SPDX-License-Identifier: GPL-2.0
/*
 * Statements for any call, and what holds statements together.
 */
#include <linux/bits.h>

#include <xen/interface/xen.h>

#include "names.h"
#include "parse.h"
#include "random.h"
#include "statement.h"
#include "value.h"
#include "words.h"

/*
 * What changes nothing that the guest stands on. All others are either numbers
 * that Xen does not know, or need a script whose domain is thrown away.
 */
static bool is_harmless(u64 nr)
{
	switch (nr) {
	case __HYPERVISOR_memory_op:
	case __HYPERVISOR_mmu_update:
	case __HYPERVISOR_mmuext_op:
	case __HYPERVISOR_multicall:
	case __HYPERVISOR_set_gdt:
	case __HYPERVISOR_stack_switch:
	case __HYPERVISOR_update_descriptor:
	case __HYPERVISOR_update_va_mapping:
	case __HYPERVISOR_update_va_mapping_otherdomain:
	case __HYPERVISOR_vm_assist:
	case __HYPERVISOR_xen_version:
	case __HYPERVISOR_grant_table_op:
	case __HYPERVISOR_tmem_op:
		return true;
	}
	return nr == 11 || nr > __HYPERVISOR_arch_0 ||
	       (nr > __HYPERVISOR_dm_op && nr < __HYPERVISOR_arch_0);
}

static bool parse_hypercall(struct replay_parser *p,
			    struct replay_statement *st)
{
	struct replay_item *item;
	u64 nr;
	u32 at;

	if (!replay_has_word(p, 1))
		return false;
	if (!replay_parse_named(replay_hypercalls, p->words[1], &nr) ||
	    nr > 255)
		return replay_fail(p, "no such hypercall");
	if (!p->script->throwaway && !is_harmless(nr))
		return replay_fail(p, "only in a 'domain throwaway'");
	st->number = nr;
	for (at = 2; at < p->nr_words && at < 7; at++) {
		item = replay_add_item(p, st);
		if (!item || !replay_argument_at(p, at, &item->at) ||
		    !replay_is_open(p, &item->at))
			return false;
	}
	return at == p->nr_words || replay_fail(p, "too many words");
}

static bool parse_multicall(struct replay_parser *p,
			    struct replay_statement *st)
{
	return replay_opens_block(p, 1);
}

static bool parse_repeat(struct replay_parser *p, struct replay_statement *st)
{
	return replay_count_at(p, 1, 1000000, &st->number) &&
	       replay_opens_block(p, 2);
}

static bool parse_destroy(struct replay_parser *p, struct replay_statement *st)
{
	struct replay_item *item = replay_add_item(p, st);

	if (!item || !replay_has_word(p, 1))
		return false;
	return ((replay_parse_domain(p->script, p->words[1], &item->at) &&
		 item->at.kind == REPLAY_GUEST) ||
		replay_fail(p, "not a domain of this script")) &&
	       replay_words_end(p, 2);
}

const struct replay_syntax replay_call_syntaxes[] = {
	{ "hypercall", REPLAY_HYPERCALL, 0, parse_hypercall },
	{ "multicall", REPLAY_MULTICALL, REPLAY_OPTS_LIST, parse_multicall },
	{ "destroy", REPLAY_DESTROY, 0, parse_destroy },
	{ "repeat", REPLAY_REPEAT, 0, parse_repeat },
	{ "}", REPLAY_END, 0, replay_parse_nothing },
	{ "seed", REPLAY_RANDOM, 0, replay_random_parse },
	{}
};
