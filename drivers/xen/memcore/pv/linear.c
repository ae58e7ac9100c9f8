// SPDX-License-Identifier: GPL-2.0
/*
 * Linear page tables: entries that name a table of their own table's level.
 *
 * As in Xen they are read-only, a table is either one that has such entries or
 * one that such entries name, and one that names itself counts as neither and
 * needs no reference. The other must be validated already: to wait for that
 * here could be to wait for oneself.
 */
#include <memcore/kunit.h>
#include "../machine.h"
#include "../vcpu.h"
#include "linear.h"
#include "pte.h"

/* Away from zero by one step of @by, unless it is on the other side of it. */
static bool step_away(struct memcore_frame *frame, s16 by)
{
	s16 old = READ_ONCE(frame->linear), next;

	do {
		next = old + by;
		if (by > 0 ? next <= 0 : next >= 0)
			return false;
	} while (!try_cmpxchg(&frame->linear, &old, next));
	return true;
}

static void step_back(struct memcore_frame *frame, s16 by)
{
	s16 old = READ_ONCE(frame->linear);

	while (!try_cmpxchg(&frame->linear, &old, (s16)(old - by)))
		;
}

static bool count_entry(struct memcore_frame *table, struct memcore_frame *used)
{
	if (!step_away(table, 1))
		return false;
	if (step_away(used, -1))
		return true;
	step_back(table, 1);
	return false;
}

/* Only a table that is validated, and without waiting until it is. */
static bool get_validated(struct memcore_machine *machine,
			  struct memcore_frame *frame, enum mc_type type)
{
	s64 word = atomic64_read(&frame->type);

	do {
		if (!((word + 1) & machine->type_mask) ||
		    memcore_type_of(word) != type ||
		    !(word & MC_PGT_VALIDATED))
			return false;
	} while (!atomic64_try_cmpxchg(&frame->type, &word, word + 1));
	return true;
}

static bool get_other(struct memcore_machine *machine,
		      struct memcore_frame *table, struct memcore_frame *used)
{
	enum mc_type type = memcore_type_of(atomic64_read(&table->type));

	if (!count_entry(table, used))
		return false;
	if (get_validated(machine, used, type))
		return true;
	memcore_linear_put(table, used);
	return false;
}

/**
 * memcore_linear_get() - take the references of a linear entry
 * @v: the vCPU that acts, locked
 * @table: the table that is to have the entry
 * @pte: the entry
 * @d: the domain that must own both
 *
 * Return: false if this cannot be one.
 */
bool memcore_linear_get(struct memcore_vcpu *v, struct memcore_frame *table,
			u64 pte, struct memcore_domain *d)
{
	struct memcore_machine *machine = v->d->machine;
	struct mc_mfn self = memcore_frame_mfn(&machine->frames, table);
	struct memcore_frame *used;

	if (pte & MC_PTE_RW)
		return false;
	if (mc_mfn_eq(mc_pte_mfn(pte), self))
		return true;
	if (READ_ONCE(table->owner) != d->config.domid)
		return false;
	used = memcore_frame_get(d, mc_pte_mfn(pte));
	if (!used)
		return false;
	if (get_other(machine, table, used))
		return true;
	memcore_frame_put(machine, used);
	return false;
}

/**
 * memcore_linear_put() - one linear entry less
 * @table: the table that had it
 * @used: another table of its level, which it named
 *
 * The references are the caller's to drop.
 */
void memcore_linear_put(struct memcore_frame *table,
			struct memcore_frame *used)
{
	step_back(used, -1);
	step_back(table, 1);
}
