// SPDX-License-Identifier: GPL-2.0
/*
 * Types of frames, as in Xen: what a frame may be used as changes only while
 * nothing uses it, and page tables and descriptor tables are used only after
 * their content was found to be harmless.
 *
 * Nothing here takes a lock. A frame whose type count is 1, with neither
 * MC_PGT_VALIDATED nor MC_PGT_PARTIAL, belongs to the CPU that made it so, and
 * others wait: not for long, because a vCPU is never interrupted in the core.
 *
 * A table that was interrupted while it was (de)validated is partial. It keeps
 * the type reference that it was interrupted with, and a general one.
 */
#include <linux/processor.h>
#include <memcore/kunit.h>
#include "../machine.h"
#include "../vcpu.h"
#include "descriptor.h"
#include "linear.h"
#include "pte.h"

static struct memcore_machine *machine_of(const struct memcore_vcpu *v)
{
	return v->d->machine;
}

static bool is_table(enum mc_type type)
{
	return type >= MC_TYPE_L1 && type <= MC_TYPE_L4;
}

/* Those two may hold anything. */
static bool needs_no_check(enum mc_type type)
{
	return type == MC_TYPE_WRITABLE || type == MC_TYPE_SHARED;
}

static u64 retyped(u64 word, enum mc_type type)
{
	if (memcore_type_of(word) == type)
		return word;
	word &= ~(MC_PGT_TYPE_MASK | MC_PGT_VALIDATED);
	return word | (u64)type << MC_PGT_TYPE_SHIFT;
}

/*
 * The word with one more reference of @type. To take a partial table is to go
 * on with it, with the reference that it has.
 *
 * Return: -EINVAL if there cannot be one, -EAGAIN if somebody is validating.
 */
static int word_with_one_more(struct memcore_machine *machine, u64 word,
			      enum mc_type type, u64 *next)
{
	if (!((word + 1) & machine->type_mask))
		return -EINVAL;
	if (!(word & MC_PGT_COUNT_MASK))
		*next = retyped(word + 1, type);
	else if (memcore_type_of(word) != type)
		return -EINVAL;
	else if (word & MC_PGT_VALIDATED)
		*next = word + 1;
	else if (word & MC_PGT_PARTIAL)
		*next = word & ~MC_PGT_PARTIAL;
	else
		return -EAGAIN;
	return 0;
}

/* On success @old and @next are the word before and after. */
static int acquire(struct memcore_machine *machine, struct memcore_frame *frame,
		   enum mc_type type, bool preemptible, s64 *old, u64 *next)
{
	int err;

	*old = atomic64_read(&frame->type);
	for (;;) {
		err = word_with_one_more(machine, *old, type, next);
		if (err == -EINVAL)
			return err;
		if (!err && atomic64_try_cmpxchg(&frame->type, old, *next))
			return 0;
		if (preemptible && memcore_preempt_check(&machine->preempt))
			return -EINTR;
		cpu_relax();
		*old = atomic64_read(&frame->type);
	}
}

static int check(struct memcore_vcpu *v, struct memcore_frame *frame,
		 enum mc_type type)
{
	if (type == MC_TYPE_SEG)
		return memcore_descriptors_validate(v, frame);
	return memcore_table_promote(v, frame, type);
}

/* The frame is this CPU's. What failed half-way is left to the old table. */
static int validate(struct memcore_vcpu *v, struct memcore_frame *frame,
		    enum mc_type type)
{
	int err = check(v, frame, type);

	if (!err) {
		atomic64_fetch_or(MC_PGT_VALIDATED, &frame->type);
	} else if (err == -EINTR) {
		atomic64_fetch_andnot(MC_PGT_COUNT_MASK, &frame->type);
	} else if (err == -ERESTART || frame == v->old_table) {
		memcore_frame_get_more(frame);
		atomic64_fetch_or(MC_PGT_PARTIAL, &frame->type);
	} else {
		atomic64_xchg(&frame->type, 0);
	}
	return err;
}

/*
 * What TLBs remember of the old use must be gone, and only now can nothing new
 * get there: after the exchange, before the check. Origin: XSA-401.
 */
static void flush_old_use(struct memcore_vcpu *v, struct memcore_frame *frame,
			  u64 old, enum mc_type type)
{
	if (old & MC_PGT_COUNT_MASK || memcore_type_of(old) == type)
		return;
	memcore_tlb_flush_for_type(memcore_frame_owner(machine_of(v), frame),
				   frame);
}

static void start_from_nothing(struct memcore_frame *frame)
{
	frame->nr_validated = 0;
	frame->partial = 0;
	frame->linear = 0;
}

static int make_valid(struct memcore_vcpu *v, struct memcore_frame *frame,
		      enum mc_type type, u64 old)
{
	flush_old_use(v, frame, old, type);
	if (needs_no_check(type)) {
		atomic64_fetch_or(MC_PGT_VALIDATED, &frame->type);
		return 0;
	}
	if (!(old & MC_PGT_PARTIAL))
		start_from_nothing(frame);
	return validate(v, frame, type);
}

/**
 * memcore_type_get() - take a type reference
 * @v: the vCPU that acts, locked
 * @frame: the frame, with a general reference
 * @type: what it is to be used as
 * @preemptible: may be interrupted; must be true for tables above L1
 *
 * Return: 0; -EINVAL if the frame is used as something else, has all its
 * references or holds what it must not; any other error of an entry of it;
 * -EINTR if preempted with nothing changed, -ERESTART if preempted with the
 * frame partial. On failure @v's old_table may be set.
 */
int memcore_type_get(struct memcore_vcpu *v, struct memcore_frame *frame,
		     enum mc_type type, bool preemptible)
{
	struct memcore_machine *machine = machine_of(v);
	s64 old;
	u64 next;
	int err;

	err = acquire(machine, frame, type, preemptible, &old, &next);
	if (err || next & MC_PGT_VALIDATED)
		return err;
	err = make_valid(v, frame, type, old);
	/* The partial table's own; if it is partial again, it has another. */
	if (old & MC_PGT_PARTIAL)
		memcore_frame_put(machine, frame);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_type_get);

/**
 * memcore_devalidate() - take the entries of a table back
 * @v: the vCPU that acts, locked
 * @frame: the table, that is this CPU's now
 * @word: what its type word was
 *
 * Return: 0; -EINTR if preempted with nothing changed, -ERESTART if preempted
 * with the frame partial. A partial frame is never left as it was validated.
 */
int memcore_devalidate(struct memcore_vcpu *v, struct memcore_frame *frame,
		       u64 word)
{
	int err;

	if (!(word & MC_PGT_PARTIAL)) {
		frame->nr_validated = MC_TABLE_ENTRIES;
		frame->partial = 0;
	}
	err = memcore_table_demote(v, frame, memcore_type_of(word));
	if (err == -EINTR && word & MC_PGT_PARTIAL)
		return -ERESTART;
	return err;
}

static bool same_type(u64 word, const struct memcore_frame *table)
{
	return table && memcore_type_of(word) ==
			memcore_type_of(atomic64_read(&table->type));
}

/* The frame is this CPU's, its last type reference is to go. */
static int put_last(struct memcore_vcpu *v, struct memcore_frame *frame,
		    u64 word, struct memcore_frame *table)
{
	struct memcore_machine *machine = machine_of(v);
	int err = memcore_devalidate(v, frame, word);

	if (err != -EINTR && word & MC_PGT_VALIDATED && same_type(word, table))
		memcore_linear_put(table, frame);
	if (!err) {
		memcore_tlb_stamp(machine, frame);
		atomic64_fetch_dec(&frame->type);
	} else if (err == -EINTR) {
		atomic64_fetch_or(MC_PGT_VALIDATED, &frame->type);
	} else {
		memcore_frame_get_more(frame);
		atomic64_fetch_or(MC_PGT_PARTIAL, &frame->type);
	}
	if (word & MC_PGT_PARTIAL)
		memcore_frame_put(machine, frame);
	return err;
}

static bool is_last_of_table(u64 word)
{
	return (word & (MC_PGT_COUNT_MASK | MC_PGT_LOCKED)) == 1 &&
	       is_table(memcore_type_of(word)) &&
	       word & (MC_PGT_VALIDATED | MC_PGT_PARTIAL);
}

/* The lock has a reference, and whoever unlocks must not find it the last. */
static bool is_last_but_lock(u64 word)
{
	return (word & (MC_PGT_COUNT_MASK | MC_PGT_LOCKED)) ==
	       (MC_PGT_LOCKED | 2);
}

/* Return: true if the reference is gone, false to look again at @word. */
static bool put_one(struct memcore_machine *machine,
		    struct memcore_frame *frame, s64 *word,
		    struct memcore_frame *table)
{
	if (is_last_but_lock(*word)) {
		cpu_relax();
		*word = atomic64_read(&frame->type);
		return false;
	}
	if ((*word & MC_PGT_COUNT_MASK) == 1)
		memcore_tlb_stamp(machine, frame);
	if (!atomic64_try_cmpxchg(&frame->type, word, *word - 1))
		return false;
	if (same_type(*word, table))
		memcore_linear_put(table, frame);
	return true;
}

/**
 * memcore_type_put() - drop a type reference
 * @v: the vCPU that acts, locked
 * @frame: the frame, with a general reference that is not dropped
 * @flags: MC_PTF_PARTIAL_SET: only finish what was interrupted;
 *         MC_PTF_PREEMPTIBLE: may be interrupted, necessary above L1
 * @table: the table that had @frame as an entry, or NULL
 *
 * Return: 0; -EINTR if preempted with nothing changed, -ERESTART if preempted
 * with the frame partial: the reference is the caller's no more then, and is
 * finished with MC_PTF_PARTIAL_SET.
 */
int memcore_type_put(struct memcore_vcpu *v, struct memcore_frame *frame,
		     unsigned int flags, struct memcore_frame *table)
{
	struct memcore_machine *machine = machine_of(v);
	const u64 valid = MC_PGT_VALIDATED | MC_PGT_PARTIAL;
	s64 word = atomic64_read(&frame->type);

	for (;;) {
		if (flags & MC_PTF_PARTIAL_SET && !(word & MC_PGT_PARTIAL))
			return 0;
		if (!is_last_of_table(word)) {
			if (put_one(machine, frame, &word, table))
				return 0;
		} else if (atomic64_try_cmpxchg(&frame->type, &word,
						word & ~valid)) {
			return put_last(v, frame, word, table);
		}
		if (flags & MC_PTF_PREEMPTIBLE &&
		    memcore_preempt_check(&machine->preempt))
			return -EINTR;
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_type_put);

/**
 * memcore_page_lock() - keep others from changing what is in a table
 * @frame: the frame, with a general reference
 *
 * Takes a type reference too. At most one frame may be locked at a time.
 *
 * Return: false if the frame is not in use as what it was validated for, or
 * has all its references.
 */
bool memcore_page_lock(struct memcore_frame *frame)
{
	s64 word = atomic64_read(&frame->type);

	for (;;) {
		if (word & MC_PGT_LOCKED) {
			cpu_relax();
			word = atomic64_read(&frame->type);
			continue;
		}
		if (!(word & MC_PGT_VALIDATED) ||
		    !(word & MC_PGT_COUNT_MASK) ||
		    !((word + 1) & MC_PGT_COUNT_MASK))
			return false;
		if (atomic64_try_cmpxchg(&frame->type, &word,
					 (word + 1) | MC_PGT_LOCKED))
			return true;
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_page_lock);

/**
 * memcore_page_unlock() - undo memcore_page_lock()
 * @frame: the frame
 */
void memcore_page_unlock(struct memcore_frame *frame)
{
	atomic64_fetch_sub(MC_PGT_LOCKED | 1, &frame->type);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_page_unlock);

/**
 * memcore_frame_and_type_get() - take a reference of each kind
 * @v: the vCPU that acts, locked
 * @d: the domain that must own the frame
 * @mfn: any number at all
 * @type: what it is to be used as; no table above L1
 *
 * Return: the frame, or NULL.
 */
struct memcore_frame *
memcore_frame_and_type_get(struct memcore_vcpu *v, struct memcore_domain *d,
			   struct mc_mfn mfn, enum mc_type type)
{
	struct memcore_frame *frame = memcore_frame_get(d, mfn);

	if (!frame)
		return NULL;
	if (!memcore_type_get(v, frame, type, false))
		return frame;
	memcore_frame_put(machine_of(v), frame);
	return NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_and_type_get);

/**
 * memcore_frame_and_type_put() - drop a reference of each kind
 * @v: the vCPU that acts, locked
 * @frame: the frame, used as no table above L1
 */
void memcore_frame_and_type_put(struct memcore_vcpu *v,
				struct memcore_frame *frame)
{
	memcore_type_put(v, frame, 0, NULL);
	memcore_frame_put(machine_of(v), frame);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_and_type_put);

/**
 * memcore_frame_and_type_put_preemptible() - drop a reference of each kind
 * @v: the vCPU that acts, locked
 * @frame: the frame
 *
 * Return: 0, or what memcore_type_put() returned: then the general reference
 * was not dropped.
 */
int memcore_frame_and_type_put_preemptible(struct memcore_vcpu *v,
					   struct memcore_frame *frame)
{
	int err = memcore_type_put(v, frame, MC_PTF_PREEMPTIBLE, NULL);

	if (!err)
		memcore_frame_put(machine_of(v), frame);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_frame_and_type_put_preemptible);

/**
 * memcore_put_old_table() - drop what an earlier operation left behind
 * @v: the vCPU, locked
 *
 * To be called before anything else is done with types.
 *
 * Return: 0, or -ERESTART if preempted.
 */
int memcore_put_old_table(struct memcore_vcpu *v)
{
	unsigned int flags = MC_PTF_PREEMPTIBLE;
	int err;

	if (!v->old_table)
		return 0;
	if (v->old_partial)
		flags |= MC_PTF_PARTIAL_SET;
	err = memcore_type_put(v, v->old_table, flags, NULL);
	if (err) {
		v->old_partial |= err == -ERESTART;
		return -ERESTART;
	}
	memcore_frame_put(machine_of(v), v->old_table);
	v->old_table = NULL;
	v->old_partial = false;
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_put_old_table);
