// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of grant tables.
 *
 * The guest writes what it grants into its shared frames, and may change it at
 * any time. Xen notes there, or in the status words of version 2, whether the
 * grant is read or written now, and keeps in an active entry of its own what
 * the first user found: those after it get the same.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - In version 1 flags are set by compare-exchange, five times at most, so that
 *   a guest that changes them all the time keeps nobody. In version 2 the
 *   status is set first, and then the flags are looked at once more.
 * - Type and grantee are asked of the first user only. Who wants to write asks
 *   again whether it is read-only if nobody else writes.
 * - A flag for part of a page only means something in version 2, but keeps a
 *   page from being mapped in version 1, too.
 */
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <memcore/kunit.h>
#include <xen-public/grant_table.h>
#include "../content.h"
#include "../machine.h"
#include "entry.h"
#include "grant.h"

/* Tries to change what a guest may change, too. */
#define MAX_TRIES	5

/* The two words that an entry of either version starts with, at once. */
#define FLAGS(word)	((u16)(word))
#define DOMID(word)	((u16)((word) >> 16))

/**
 * memcore_grant_entry() - the active entry of a grant
 * @gt: the table, locked, with frames
 * @ref: below memcore_grant_nr_entries()
 *
 * Return: the entry, not locked.
 */
struct memcore_grant_entry *memcore_grant_entry(struct memcore_grant_table *gt,
						u32 ref)
{
	return &gt->active[ref / MC_ACTIVE_PER_CHUNK]
			  [ref % MC_ACTIVE_PER_CHUNK];
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry);

/**
 * memcore_grant_shared() - what the guest has written of a grant
 * @gt: the table, locked, with frames
 * @ref: below memcore_grant_nr_entries()
 *
 * Return: an entry of the table's version, which the guest may change.
 */
void *memcore_grant_shared(struct memcore_grant_table *gt, u32 ref)
{
	u32 per_frame = memcore_grants_per_frame(gt);
	struct memcore_frame *frame = gt->shared[ref / per_frame];
	size_t size = PAGE_SIZE / per_frame;

	return (void *)memcore_content(frame) + ref % per_frame * size;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_shared);

static u32 read_word(struct memcore_grant_table *gt, u32 ref)
{
	return READ_ONCE(*(u32 *)memcore_grant_shared(gt, ref));
}

/**
 * memcore_grant_status() - where the guest is told how a grant is used
 * @gt: the table, locked
 * @ref: any number at all
 *
 * Return: the status word, in version 1 the flags; NULL if there is none such.
 */
u16 *memcore_grant_status(struct memcore_grant_table *gt, u32 ref)
{
	struct memcore_frame *frame;

	if (ref >= memcore_grant_nr_entries(gt) || !gt->nr_frames)
		return NULL;
	if (gt->version == 1)
		return memcore_grant_shared(gt, ref);
	frame = gt->status[ref / MC_STATUS_PER_FRAME];
	return (u16 *)memcore_content(frame) + ref % MC_STATUS_PER_FRAME;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_status);

/* Half of an aligned word: nothing else in it is touched. */
static void change_flags(u16 *flags, u16 set, u16 clear)
{
	unsigned long addr = (unsigned long)flags;
	unsigned int shift = addr % sizeof(u32) * BITS_PER_BYTE;
	atomic_t *word = (atomic_t *)(addr - addr % sizeof(u32));

	if (set)
		atomic_or((u32)set << shift, word);
	if (clear)
		atomic_andnot((u32)clear << shift, word);
}

/**
 * memcore_grant_entry_acquire() - lock an entry
 * @gt: the table, locked to read
 * @ref: any number at all
 * @entry: where to put the entry
 *
 * Return: GNTST_okay; without an entry GNTST_bad_gntref if the table has none
 * such, GNTST_general_error if none of the table was ever used.
 */
int memcore_grant_entry_acquire(struct memcore_grant_table *gt, u32 ref,
				struct memcore_grant_entry **entry)
{
	struct memcore_grant_entry *e;

	if (ref >= memcore_grant_nr_entries(gt))
		return GNTST_bad_gntref;
	if (!gt->nr_frames)
		return GNTST_general_error;
	e = memcore_grant_entry(gt, ref);
	spin_lock(&e->lock);
	/* Sparse cannot tell the answers apart: let nothing have happened. */
	__release(&e->lock);
	*entry = e;
	return GNTST_okay;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_acquire);

/**
 * memcore_grant_entry_release() - unlock an entry
 * @entry: the entry
 */
void memcore_grant_entry_release(struct memcore_grant_entry *entry)
{
	__acquire(&entry->lock);
	spin_unlock(&entry->lock);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_release);

/**
 * memcore_grant_entry_flags() - what the guest says of an entry now
 * @gt: the table, locked
 * @ref: the entry, acquired
 *
 * Return: GTF_*.
 */
u16 memcore_grant_entry_flags(struct memcore_grant_table *gt, u32 ref)
{
	return FLAGS(read_word(gt, ref));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_flags);

/**
 * memcore_grant_entry_gfn() - which frame does the guest grant now?
 * @gt: the table, locked
 * @ref: the entry, acquired
 *
 * Return: what is written there: a gfn; of a PV domain, an mfn.
 */
u64 memcore_grant_entry_gfn(struct memcore_grant_table *gt, u32 ref)
{
	const union grant_entry_v2 *v2;
	const struct grant_entry_v1 *v1;

	if (gt->version == 1) {
		v1 = memcore_grant_shared(gt, ref);
		return READ_ONCE(v1->frame);
	}
	v2 = memcore_grant_shared(gt, ref);
	return READ_ONCE(v2->full_page.frame);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_gfn);

/**
 * memcore_grant_entry_set_gfn() - tell the guest which frame it is
 * @gt: the table, locked
 * @ref: the entry, acquired
 * @gfn: the number; version 1 has room for 32 bits
 */
void memcore_grant_entry_set_gfn(struct memcore_grant_table *gt, u32 ref,
				 u64 gfn)
{
	union grant_entry_v2 *v2;
	struct grant_entry_v1 *v1;

	if (gt->version == 1) {
		v1 = memcore_grant_shared(gt, ref);
		WRITE_ONCE(v1->frame, gfn);
		return;
	}
	v2 = memcore_grant_shared(gt, ref);
	WRITE_ONCE(v2->full_page.frame, gfn);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_set_gfn);

/**
 * memcore_grant_entry_set_flags() - set flags in what the guest wrote
 * @gt: the table, locked
 * @ref: the entry, acquired
 * @flags: GTF_*
 */
void memcore_grant_entry_set_flags(struct memcore_grant_table *gt, u32 ref,
				   u16 flags)
{
	change_flags(memcore_grant_shared(gt, ref), flags, 0);
}

/* Does a guest's word let @domid in? */
static bool lets_in(const struct memcore_grant_table *gt, u32 word, u16 domid,
		    bool map)
{
	u16 type = FLAGS(word) & (GTF_type_mask | (map ? GTF_sub_page : 0));

	if (DOMID(word) != domid)
		return false;
	return type == GTF_permit_access ||
	       (gt->version == 2 && !map && type == GTF_transitive);
}

/* Tests let the guest be faster, so many times. */
static bool exchange(struct memcore_grant_table *gt, u32 *at, u32 *old, u32 new)
{
	if (atomic_add_unless(&gt->d->machine->unstable_grants, -1, 0)) {
		*old = READ_ONCE(*at);
		return false;
	}
	return try_cmpxchg(at, old, new);
}

/**
 * memcore_grant_entry_change() - change the first word of an entry
 * @gt: the table, locked to read
 * @ref: the entry, which exists
 * @change: says what comes in place of a word; false: nothing
 * @data: passed on
 *
 * The guest may change it, too: this gives up after a few tries.
 *
 * Return: true if it was changed.
 */
bool memcore_grant_entry_change(struct memcore_grant_table *gt, u32 ref,
				bool (*change)(u32 *word, const void *data),
				const void *data)
{
	u32 *at = memcore_grant_shared(gt, ref), old = READ_ONCE(*at), new;
	unsigned int tries;

	for (tries = 0; tries < MAX_TRIES; tries++) {
		new = old;
		if (!change(&new, data))
			return false;
		if (exchange(gt, at, &old, new))
			return true;
	}
	return false;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_change);

/**
 * struct claim - somebody is about to use a grant
 * @gt: of this table
 * @entry: the active entry, locked
 * @domid: who
 * @readonly: does not write
 * @map: maps it
 */
struct claim {
	const struct memcore_grant_table *gt;
	const struct memcore_grant_entry *entry;
	u16 domid;
	bool readonly;
	bool map;
};

static bool claim_v1(u32 *word, const void *data)
{
	const struct claim *c = data;

	if (!c->entry->pin && !lets_in(c->gt, *word, c->domid, c->map))
		return false;
	if (!c->readonly && *word & GTF_readonly)
		return false;
	*word |= GTF_reading | (c->readonly ? 0 : GTF_writing);
	return true;
}

static bool is_fine(const struct claim *c, u32 word)
{
	return (c->entry->pin || lets_in(c->gt, word, c->domid, c->map)) &&
	       (c->readonly || !(word & GTF_readonly));
}

static bool claim_v2(struct memcore_grant_table *gt, u32 ref,
		     const struct claim *c)
{
	u16 *status = memcore_grant_status(gt, ref);

	if (!is_fine(c, read_word(gt, ref)))
		return false;
	change_flags(status, GTF_reading | (c->readonly ? 0 : GTF_writing), 0);
	/* The guest sees this, or its change is seen here. */
	smp_mb();
	if (is_fine(c, read_word(gt, ref)))
		return true;
	change_flags(status, 0, GTF_writing | (c->entry->pin ? 0 : GTF_reading));
	return false;
}

/**
 * memcore_grant_entry_claim() - tell the guest that an entry will be used
 * @gt: the table, locked to read
 * @ref: the entry
 * @entry: the active entry, acquired
 * @domid: who will use it
 * @readonly: not to write
 * @map: it will be mapped, not copied
 *
 * To be called by the first user, and by the first that writes.
 *
 * Return: GNTST_okay, or GNTST_general_error if the guest does not grant this.
 */
int memcore_grant_entry_claim(struct memcore_grant_table *gt, u32 ref,
			      const struct memcore_grant_entry *entry,
			      u16 domid, bool readonly, bool map)
{
	const struct claim c = {
		.gt = gt,
		.entry = entry,
		.domid = domid,
		.readonly = readonly,
		.map = map,
	};
	bool ok;

	ok = gt->version == 1 ?
		memcore_grant_entry_change(gt, ref, claim_v1, &c) :
		claim_v2(gt, ref, &c);
	return ok ? GNTST_okay : GNTST_general_error;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_claim);

/**
 * memcore_grant_entry_reduce() - tell the guest who does not use an entry now
 * @gt: the table, locked to read
 * @ref: the entry
 * @entry: the active entry, acquired; its pins are what they are now
 * @readonly: who used it did not write
 */
void memcore_grant_entry_reduce(struct memcore_grant_table *gt, u32 ref,
				const struct memcore_grant_entry *entry,
				bool readonly)
{
	u16 *status = memcore_grant_status(gt, ref);
	u16 clear = entry->pin ? 0 : GTF_reading;

	if (!readonly && !(entry->pin & MC_PIN_WRITE_MASK))
		clear |= GTF_writing;
	if (status && clear)
		change_flags(status, 0, clear);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_reduce);

/**
 * memcore_grant_entry_unpin() - somebody does not use an entry any more
 * @gt: the table, locked to read
 * @ref: the entry
 * @entry: the active entry, acquired
 * @less: what to take from its counters: a sum of MC_PIN_*
 */
void memcore_grant_entry_unpin(struct memcore_grant_table *gt, u32 ref,
			       struct memcore_grant_entry *entry, u32 less)
{
	WARN_ON_ONCE(entry->pin < less);
	entry->pin -= less;
	memcore_grant_entry_reduce(gt, ref, entry,
				   !(less & MC_PIN_WRITE_MASK));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_entry_unpin);

/* Domain locked: whoever owns a frame then is who does. */
static struct memcore_frame *get_locked(struct memcore_domain *d, u64 gfn)
{
	struct mc_mfn mfn = memcore_p2m_get(&d->p2m, mc_gfn(gfn), NULL);
	struct memcore_frame *frame = memcore_frame(&d->machine->frames, mfn);

	if (!frame || READ_ONCE(frame->owner) != d->config.domid ||
	    !memcore_frame_get_any(d->machine, frame))
		return NULL;
	return frame;
}

static struct memcore_frame *get_translated(struct memcore_domain *d, u64 gfn)
{
	struct memcore_frame *frame;
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	frame = get_locked(d, gfn);
	spin_unlock_irqrestore(&d->lock, flags);
	return frame;
}

/**
 * memcore_grant_frame_get() - take a reference to a frame that is granted
 * @d: who grants
 * @gfn: any number at all; of a PV domain, an mfn
 * @frame: where to put the frame
 *
 * What a translated domain has mapped of others is not its to grant.
 *
 * Return: GNTST_okay, or GNTST_bad_page.
 */
int memcore_grant_frame_get(struct memcore_domain *d, u64 gfn,
			    struct memcore_frame **frame)
{
	*frame = d->config.translated ? get_translated(d, gfn) :
					memcore_frame_get(d, mc_mfn(gfn));
	return *frame ? GNTST_okay : GNTST_bad_page;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_frame_get);

/* What the first user finds is what all get. */
static int pin_first(struct memcore_domain *d, u32 ref, u16 domid,
		     struct memcore_grant_entry *entry,
		     struct memcore_frame **frame)
{
	u64 gfn = memcore_grant_entry_gfn(&d->grants, ref);
	int rc = memcore_grant_frame_get(d, gfn, frame);

	if (rc != GNTST_okay)
		return rc;
	entry->domid = domid;
	entry->mfn = memcore_frame_mfn(&d->machine->frames, *frame);
	entry->start = 0;
	entry->length = PAGE_SIZE;
	entry->is_sub_page = false;
	entry->trans_domain = d;
	entry->trans_ref = ref;
	return GNTST_okay;
}

static int pin_claimed(struct memcore_domain *d, u32 ref, u16 domid,
		       struct memcore_grant_entry *entry, bool readonly,
		       struct memcore_frame **frame)
{
	struct memcore_grant_table *gt = &d->grants;
	int rc;

	if (entry->pin && (readonly || entry->pin & MC_PIN_WRITE_MASK))
		return GNTST_okay;
	rc = memcore_grant_entry_claim(gt, ref, entry, domid, readonly, true);
	if (rc != GNTST_okay || entry->pin)
		return rc;
	rc = pin_first(d, ref, domid, entry, frame);
	if (rc != GNTST_okay)
		memcore_grant_entry_reduce(gt, ref, entry, readonly);
	return rc;
}

static int pin_acquired(struct memcore_domain *d, u32 ref, u16 domid, u32 more,
			struct memcore_grant_entry *entry,
			struct memcore_frame **frame)
{
	bool readonly = !(more & MC_PIN_WRITE_MASK);
	int rc;

	if (entry->pin && (entry->domid != domid || entry->is_sub_page ||
			   memcore_grant_pin_is_full(entry->pin, more)))
		return GNTST_general_error;
	rc = pin_claimed(d, ref, domid, entry, readonly, frame);
	if (rc == GNTST_okay)
		entry->pin += more;
	return rc;
}

static int pin_locked(struct memcore_domain *d, u32 ref, u16 domid, u32 more,
		      struct mc_mfn *mfn, struct memcore_frame **frame)
{
	struct memcore_grant_entry *entry;
	int rc = memcore_grant_entry_acquire(&d->grants, ref, &entry);

	if (rc != GNTST_okay)
		return rc;
	rc = pin_acquired(d, ref, domid, more, entry, frame);
	*mfn = entry->mfn;
	memcore_grant_entry_release(entry);
	return rc;
}

/**
 * memcore_grant_pin() - begin to use a grant as a mapping does
 * @d: who grants
 * @ref: any number at all
 * @domid: who will use it
 * @more: how: what to add to the counters, a sum of MC_PIN_*, either reading
 *        or writing
 * @frame: where to put the frame, to which the caller gets a reference
 *
 * Context: a vCPU's call, without locks of tables or entries.
 * Return: GNTST_okay, to be undone by memcore_grant_unpin(); or another status.
 */
int memcore_grant_pin(struct memcore_domain *d, u32 ref, u16 domid, u32 more,
		      struct memcore_frame **frame)
{
	struct mc_mfn mfn;
	int rc;

	*frame = NULL;
	memcore_grant_read_lock(&d->grants);
	rc = pin_locked(d, ref, domid, more, &mfn, frame);
	memcore_grant_read_unlock(&d->grants);
	if (rc != GNTST_okay || *frame)
		return rc;
	/* Who comes later gets its own. */
	*frame = memcore_frame_get(d, mfn);
	if (*frame)
		return GNTST_okay;
	memcore_grant_unpin(d, ref, more);
	return GNTST_general_error;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_pin);

/**
 * memcore_grant_unpin() - a grant is not used any more
 * @d: who granted
 * @ref: what memcore_grant_pin() was told
 * @less: likewise
 *
 * The reference to the frame is the caller's to drop.
 */
void memcore_grant_unpin(struct memcore_domain *d, u32 ref, u32 less)
{
	struct memcore_grant_table *gt = &d->grants;
	struct memcore_grant_entry *entry;

	memcore_grant_read_lock(gt);
	if (memcore_grant_entry_acquire(gt, ref, &entry) == GNTST_okay) {
		memcore_grant_entry_unpin(gt, ref, entry, less);
		memcore_grant_entry_release(entry);
	}
	memcore_grant_read_unlock(gt);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_grant_unpin);
