// SPDX-License-Identifier: GPL-2.0
/*
 * How often each hypercall was run, and each thing that it can do.
 *
 * Only one script runs at a time, so plain numbers do.
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include <xen/interface/xen.h>

#include "call.h"
#include "counts.h"
#include "names.h"
#include "run.h"

static struct {
	u64 calls[256];
	u64 updates[8];
	u64 commands[32];
	u64 memory[64];
	u64 grants[16];
	u64 accesses[2];
} counts;

static void count_items(struct replay_run *run,
			const struct replay_statement *st)
{
	const struct replay_item *item;
	u32 i;

	for (i = 0; i < st->nr_items; i++) {
		item = replay_item(run->script, st, i);
		if (st->op == REPLAY_MMU_UPDATE)
			counts.updates[item->low & 7] +=
				item->last - item->first + 1;
		if (st->op == REPLAY_MMUEXT && item->cmd < 32)
			counts.commands[item->cmd]++;
	}
}

/**
 * replay_count_call() - a call was run
 * @run: the run
 * @call: the call
 */
void replay_count_call(struct replay_run *run, const struct replay_call *call)
{
	counts.calls[call->nr & 255]++;
	if (call->nr == __HYPERVISOR_memory_op)
		counts.memory[call->arg[0] & 63]++;
	if (call->nr == __HYPERVISOR_grant_table_op)
		counts.grants[call->arg[0] & 15]++;
	count_items(run, call->st);
}

/**
 * replay_count_access() - the CPU was made to access memory
 * @write: it wrote
 */
void replay_count_access(bool write)
{
	counts.accesses[write]++;
}

static void show_count(struct seq_file *m, const char *group,
		       const struct replay_name *names, u64 number, u64 count)
{
	const char *name = replay_name_of(names, number);

	if (!count)
		return;
	if (name)
		seq_printf(m, "%s%s %llu\n", group, name, count);
	else
		seq_printf(m, "%s%llu %llu\n", group, number, count);
}

/**
 * replay_counts_show() - all that were run at least once, a line each
 * @m: where to
 */
void replay_counts_show(struct seq_file *m)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts.calls); i++)
		show_count(m, "", replay_hypercalls, i, counts.calls[i]);
	for (i = 0; i < ARRAY_SIZE(counts.updates); i++)
		show_count(m, "mmu_update:", replay_mmu_commands, i,
			   counts.updates[i]);
	for (i = 0; i < ARRAY_SIZE(counts.commands); i++)
		show_count(m, "mmuext_op:", replay_mmuext_commands, i,
			   counts.commands[i]);
	for (i = 0; i < ARRAY_SIZE(counts.memory); i++)
		show_count(m, "memory_op:", replay_memory_commands, i,
			   counts.memory[i]);
	for (i = 0; i < ARRAY_SIZE(counts.grants); i++)
		show_count(m, "grant_table_op:", replay_grant_commands, i,
			   counts.grants[i]);
	seq_printf(m, "access:r %llu\naccess:w %llu\n", counts.accesses[0],
		   counts.accesses[1]);
}
