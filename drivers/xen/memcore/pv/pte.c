// SPDX-License-Identifier: GPL-2.0
/*
 * Page-table entries: what each level may hold, the references that entries
 * have, and tables as a whole.
 *
 * As in Xen an entry of an L1 table has a general reference to its frame, and
 * a type reference as writable if it is; any other entry has one of each to
 * the table below. All but the entries of L1 tables can be preempted half-way:
 * then the table keeps how many entries are validated, and whether the next is
 * a partial table itself, to which it has a general reference.
 *
 * Superpages are refused, and so are frames that the machine does not have:
 * not modelled is memory-mapped I/O. Errors are those of Xen.
 */
#include <linux/types.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "../content.h"
#include "../machine.h"
#include "../vcpu.h"
#include "layout.h"
#include "linear.h"
#include "pte.h"

/* What no table may hold, nor any but an L1 table. */
#define L1_FORBIDDEN		MC_PTE_CACHE
#define TABLE_FORBIDDEN		(MC_PTE_PWT | MC_PTE_PCD | MC_PTE_PSE | \
				 MC_PTE_GLOBAL)

/* Changing only these needs no new look at the frame. */
#define HARMLESS		(MC_PTE_NX | MC_PTE_AVAIL_HIGH | \
				 MC_PTE_AVAIL | MC_PTE_GLOBAL | \
				 MC_PTE_DIRTY | MC_PTE_ACCESSED | MC_PTE_USER)

/* All ones: where Xen sees that a guest means no frame at all. */
#define NO_FRAME		(MC_PTE_MFN_MASK >> 12)

/**
 * struct table - a page table at work
 * @v: the vCPU that acts
 * @d: the table's owner
 * @frame: the table
 * @type: what it is
 * @words: its entries
 */
struct table {
	struct memcore_vcpu *v;
	struct memcore_domain *d;
	struct memcore_frame *frame;
	enum mc_type type;
	const u64 *words;
};

static struct memcore_machine *machine_of(const struct memcore_vcpu *v)
{
	return v->d->machine;
}

static void table_init(struct table *t, struct memcore_vcpu *v,
		       struct memcore_domain *d, struct memcore_frame *frame,
		       enum mc_type type)
{
	t->v = v;
	t->d = d;
	t->frame = frame;
	t->type = type;
	t->words = memcore_content(frame);
}

static bool slot_is_guests(enum mc_type type, unsigned int slot)
{
	return type != MC_TYPE_L4 || memcore_l4_slot_is_guests(slot);
}

/**
 * memcore_l1_entry_adjust() - what Xen makes of an entry of a 64-bit guest
 * @pte: the entry
 *
 * The kernel runs in ring 3 as its programs do: all pages are the user's, the
 * kernel's own are marked, and those that are not are global.
 *
 * Return: the entry to be written.
 */
u64 memcore_l1_entry_adjust(u64 pte)
{
	if (!(pte & MC_PTE_PRESENT))
		return pte;
	if (!(pte & MC_PTE_USER))
		pte |= MC_PTE_GUEST_KERNEL | MC_PTE_USER;
	if (!(pte & MC_PTE_GUEST_KERNEL))
		pte |= MC_PTE_GLOBAL | MC_PTE_USER;
	return pte;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_l1_entry_adjust);

static u64 adjust(enum mc_type type, u64 pte)
{
	if (!(pte & MC_PTE_PRESENT))
		return pte;
	if (type == MC_TYPE_L1)
		return memcore_l1_entry_adjust(pte);
	if (type == MC_TYPE_L4)
		pte |= MC_PTE_ACCESSED;
	return pte | MC_PTE_USER;
}

/* The words of a table with anything in it have a page. */
static void adjust_slot(struct table *t, unsigned int slot)
{
	u64 pte = READ_ONCE(t->words[slot]), adjusted = adjust(t->type, pte);

	if (adjusted != pte)
		memcore_content_write(machine_of(t->v), t->frame, slot,
				      adjusted);
}

static u64 forbidden(enum mc_type type, const struct memcore_domain *owner)
{
	if (type != MC_TYPE_L1)
		return TABLE_FORBIDDEN;
	return owner->config.hardware ? 0 : L1_FORBIDDEN;
}

static int no_such_frame(struct mc_mfn mfn)
{
	return mfn.nr == NO_FRAME ? -EINVAL : -EPERM;
}

/* A mapping of a domain that does not see its own frames leaves its types. */
static bool takes_type(u64 pte, const struct memcore_domain *pt_owner,
		       const struct memcore_domain *owner)
{
	return pte & MC_PTE_RW &&
	       (pt_owner == owner || !owner->config.translated);
}

/*
 * Not the frame of whom the caller named: only a control domain's say is good
 * for those that it has power over.
 */
static bool may_map(struct memcore_domain *owner,
		    struct memcore_domain *pt_owner,
		    struct memcore_domain *pg_owner)
{
	return owner == pg_owner ||
	       (pg_owner != pt_owner && pg_owner->config.control);
}

/* Mostly it is one that is known, and need not be looked for. */
static struct memcore_domain *owner_of(struct memcore_machine *machine,
				       const struct memcore_frame *frame,
				       struct memcore_domain *likely)
{
	if (READ_ONCE(frame->owner) == likely->config.domid)
		return likely;
	return memcore_frame_owner(machine, frame);
}

static bool l1_type_get(struct memcore_vcpu *v, struct memcore_frame *frame,
			u64 pte, struct memcore_domain *pt_owner,
			struct memcore_domain *pg_owner)
{
	struct memcore_domain *owner = owner_of(machine_of(v), frame, pg_owner);

	if (!may_map(owner, pt_owner, pg_owner))
		return false;
	return !takes_type(pte, pt_owner, owner) ||
	       !memcore_type_get(v, frame, MC_TYPE_WRITABLE, false);
}

/**
 * memcore_l1_entry_get() - take the references of an L1 entry
 * @v: the vCPU that acts, locked
 * @pte: the entry, present
 * @pt_owner: whose table it is for
 * @pg_owner: whose frame it should name
 *
 * Return: 0; -EINVAL for flags that it must not have and for the all-ones
 * frame, -EPERM for any other that the machine does not have, -EBUSY for one
 * that is not @pg_owner's or cannot be written to as things are.
 */
int memcore_l1_entry_get(struct memcore_vcpu *v, u64 pte,
			 struct memcore_domain *pt_owner,
			 struct memcore_domain *pg_owner)
{
	struct memcore_machine *machine = machine_of(v);
	struct memcore_frame *frame;

	if (pte & forbidden(MC_TYPE_L1, pt_owner))
		return -EINVAL;
	frame = memcore_frame(&machine->frames, mc_pte_mfn(pte));
	if (!frame)
		return no_such_frame(mc_pte_mfn(pte));
	if (!memcore_frame_get_any(machine, frame))
		return -EBUSY;
	if (l1_type_get(v, frame, pte, pt_owner, pg_owner))
		return 0;
	memcore_frame_put(machine, frame);
	return -EBUSY;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_l1_entry_get);

static bool has_type(struct memcore_machine *machine, u64 pte,
		     const struct memcore_frame *frame,
		     const struct memcore_domain *pt_owner)
{
	if (READ_ONCE(frame->owner) == pt_owner->config.domid)
		return pte & MC_PTE_RW;
	return takes_type(pte, pt_owner, memcore_frame_owner(machine, frame));
}

/**
 * memcore_l1_entry_put() - drop the references of an L1 entry
 * @v: the vCPU that acts, locked
 * @pte: the entry; if it is not present, nothing happens
 * @pt_owner: whose table it was in
 */
void memcore_l1_entry_put(struct memcore_vcpu *v, u64 pte,
			  struct memcore_domain *pt_owner)
{
	struct memcore_machine *machine = machine_of(v);
	struct memcore_frame *frame;

	if (!(pte & MC_PTE_PRESENT))
		return;
	frame = memcore_frame(&machine->frames, mc_pte_mfn(pte));
	if (has_type(machine, pte, frame, pt_owner))
		memcore_type_put(v, frame, 0, NULL);
	memcore_frame_put(machine, frame);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_l1_entry_put);

/*
 * References to the table below. With MC_PTF_PARTIAL_SET the general one is
 * there already, and stays whatever happens.
 */
static int below_get(struct table *t, u64 pte, unsigned int flags)
{
	struct memcore_machine *machine = machine_of(t->v);
	struct mc_mfn mfn = mc_pte_mfn(pte);
	struct memcore_frame *below;
	int err;

	if (flags & MC_PTF_PARTIAL_SET)
		below = memcore_frame(&machine->frames, mfn);
	else
		below = memcore_frame_get(t->d, mfn);
	if (!below)
		return -EINVAL;
	err = memcore_type_get(t->v, below, t->type - 1,
			       t->type > MC_TYPE_L2);
	if (!err || flags & MC_PTF_PARTIAL_SET)
		return err;
	/* Of what failed half-way, the old table has the reference. */
	if (below != t->v->old_table &&
	    !(flags & MC_PTF_RETAIN_REF && err == -ERESTART))
		memcore_frame_put(machine, below);
	return err;
}

static int table_entry_get(struct table *t, u64 pte, unsigned int flags)
{
	int err;

	if (pte & TABLE_FORBIDDEN)
		return -EINVAL;
	err = below_get(t, pte, flags);
	if (err == -EINVAL && memcore_linear_get(t->v, t->frame, pte, t->d))
		return 0;
	return err;
}

static bool names_table(const struct table *t, u64 pte)
{
	return pte & MC_PTE_PRESENT &&
	       memcore_frame(&machine_of(t->v)->frames, mc_pte_mfn(pte)) !=
	       t->frame;
}

static int table_entry_put(struct table *t, u64 pte, unsigned int flags)
{
	struct memcore_machine *machine = machine_of(t->v);
	struct memcore_frame *below;
	int err;

	if (!names_table(t, pte))
		return 0;
	below = memcore_frame(&machine->frames, mc_pte_mfn(pte));
	err = memcore_type_put(t->v, below, flags | MC_PTF_PREEMPTIBLE,
			       t->frame);
	if (!err)
		memcore_frame_put(machine, below);
	return err;
}

/*
 * Left to be put when the table is not locked any more. It may not be a table
 * any more either by then: a linear entry is counted off now.
 */
static void table_entry_defer(struct table *t, u64 pte)
{
	struct memcore_frame *below;

	if (!names_table(t, pte))
		return;
	below = memcore_frame(&machine_of(t->v)->frames, mc_pte_mfn(pte));
	if (memcore_type_of(atomic64_read(&below->type)) == t->type)
		memcore_linear_put(t->frame, below);
	t->v->old_table = below;
	t->v->old_partial = false;
}

static void l1_put_below(struct table *t, unsigned int end)
{
	while (end--)
		memcore_l1_entry_put(t->v, READ_ONCE(t->words[end]), t->d);
}

static int l1_promote(struct table *t)
{
	unsigned int i;
	u64 pte;
	int err;

	for (i = 0; i < MC_TABLE_ENTRIES; i++) {
		pte = READ_ONCE(t->words[i]);
		if (!(pte & MC_PTE_PRESENT))
			continue;
		err = memcore_l1_entry_get(t->v, pte, t->d, t->d);
		if (err) {
			l1_put_below(t, i);
			return err;
		}
		adjust_slot(t, i);
	}
	return 0;
}

static int promote_slot(struct table *t, unsigned int slot, unsigned int flags)
{
	u64 pte = READ_ONCE(t->words[slot]);
	int err;

	if (!slot_is_guests(t->type, slot) || !(pte & MC_PTE_PRESENT))
		return 0;
	err = table_entry_get(t, pte, flags);
	if (!err)
		adjust_slot(t, slot);
	return err;
}

static void note_progress(struct table *t, unsigned int slot,
			  unsigned int partial)
{
	t->frame->nr_validated = slot;
	t->frame->partial = partial;
}

/* Xen 4.17 forgets about a table that is half validated, and a reference. */
static void forget(struct memcore_machine *machine, struct memcore_frame *frame)
{
	if (frame->lost < U8_MAX)
		frame->lost++;
	else
		memcore_frame_put(machine, frame);
}

/* Return: true if that is all, since the refused entry was the first. */
static bool quirk_loses(struct table *t, struct memcore_frame *below,
			unsigned int slot, unsigned int partial)
{
	struct memcore_machine *machine = machine_of(t->v);
	struct memcore_frame *old = t->v->old_table;

	if (!(machine->quirks & MC_QUIRK_LOSES_TABLES))
		return false;
	/* The vCPU's old table would be another now. */
	if (slot && old && old != below)
		forget(machine, old);
	/* The entry had a reference, and nobody is told of it. */
	if (!slot && partial && old != below)
		forget(machine, below);
	return !slot;
}

/*
 * An entry was refused: the entries before it are the old table's to put, which
 * this table becomes. If the table below was the old table, it is this one's
 * partial entry from now on.
 *
 * If this was the first entry, there is nothing to put, and the old table stays
 * what it is; the next table above then knows nothing of it. See
 * MC_QUIRK_LOSES_TABLES.
 */
static void leave_to_old_table(struct table *t, unsigned int slot,
			       unsigned int partial)
{
	struct memcore_machine *machine = machine_of(t->v);
	struct memcore_frame *old = t->v->old_table, *below;

	below = memcore_frame(&machine->frames,
			      mc_pte_mfn(READ_ONCE(t->words[slot])));
	if (quirk_loses(t, below, slot, partial))
		return;
	if (old && (old == below ||
		    !(machine->quirks & MC_QUIRK_LOSES_TABLES)))
		partial = MC_PTF_PARTIAL_SET;
	if (!slot && !partial)
		return;
	note_progress(t, slot, partial);
	t->v->old_table = t->frame;
	t->v->old_partial = true;
}

/* Return: what the whole promotion returns if @slot could not be done. */
static int promote_stop(struct table *t, unsigned int slot,
			unsigned int partial, int err)
{
	if (err == -ERESTART) {
		note_progress(t, slot, MC_PTF_PARTIAL_SET);
	} else if (err != -EINTR) {
		leave_to_old_table(t, slot, partial);
	} else if (slot || partial) {
		note_progress(t, slot, partial);
		err = -ERESTART;
	}
	return err;
}

static bool preempted(struct table *t)
{
	return t->type != MC_TYPE_L4 &&
	       memcore_preempt_check(&machine_of(t->v)->preempt);
}

static int table_promote(struct table *t)
{
	unsigned int start = t->frame->nr_validated, i;
	unsigned int partial = t->frame->partial;
	int err;

	for (i = start; i < MC_TABLE_ENTRIES; i++) {
		if (i > start && preempted(t))
			err = -EINTR;
		else
			err = promote_slot(t, i, partial | MC_PTF_RETAIN_REF);
		if (err)
			return promote_stop(t, i, partial, err);
		partial = 0;
	}
	return 0;
}

/*
 * The hypervisor's slots get its own entries, whatever the guest had there, and
 * keep them when the table is none any more: what was a root cannot become a
 * table of another level before they are overwritten.
 */
static int l4_promote(struct table *t)
{
	struct memcore_machine *machine = machine_of(t->v);
	u64 own = memcore_own_entry(&machine->frames);
	int err = table_promote(t);
	unsigned int i;

	for (i = MC_FIRST_XEN_SLOT; !err && i <= MC_LAST_XEN_SLOT; i++)
		err = memcore_content_write(machine, t->frame, i, own);
	return err;
}

/**
 * memcore_table_promote() - validate a page table, or go on with it
 * @v: the vCPU that acts, locked
 * @frame: the table, of which nobody else can get hold now
 * @type: MC_TYPE_L1 to MC_TYPE_L4
 *
 * Return: 0; the error of the first entry that is refused: then @v's old_table
 * may be @frame, partial; -EINTR if preempted with nothing done, -ERESTART
 * with something done.
 */
int memcore_table_promote(struct memcore_vcpu *v, struct memcore_frame *frame,
			  enum mc_type type)
{
	struct table t;

	table_init(&t, v, memcore_frame_owner(machine_of(v), frame), frame,
		   type);
	if (type == MC_TYPE_L1)
		return l1_promote(&t);
	if (type == MC_TYPE_L4)
		return l4_promote(&t);
	return table_promote(&t);
}

static int demote_slot(struct table *t, unsigned int slot, unsigned int flags)
{
	if (!slot_is_guests(t->type, slot))
		return 0;
	return table_entry_put(t, READ_ONCE(t->words[slot]), flags);
}

/* Return: what the whole demotion returns if it ends before @slot is done. */
static int demote_stop(struct table *t, unsigned int slot,
		       unsigned int partial, int err)
{
	if (err == -ERESTART) {
		note_progress(t, slot, MC_PTF_PARTIAL_SET);
	} else if (slot < MC_TABLE_ENTRIES - 1) {
		note_progress(t, slot + !partial, partial);
		err = -ERESTART;
	}
	return err;
}

static int table_demote(struct table *t)
{
	unsigned int partial = t->frame->partial;
	unsigned int i = t->frame->nr_validated - !partial;
	int err;

	for (;;) {
		err = demote_slot(t, i, partial);
		if (err)
			return demote_stop(t, i, partial, err);
		partial = 0;
		if (!i--)
			return 0;
		if (preempted(t))
			return demote_stop(t, i, partial, -EINTR);
	}
}

/**
 * memcore_table_demote() - put the entries of a page table, or go on with it
 * @v: the vCPU that acts, locked
 * @frame: the table, of which nobody else can get hold now
 * @type: MC_TYPE_L1 to MC_TYPE_L4
 *
 * From the last validated entry down. L1 tables are not preempted.
 *
 * Return: 0; -EINTR if preempted with nothing done, -ERESTART with something
 * done.
 */
int memcore_table_demote(struct memcore_vcpu *v, struct memcore_frame *frame,
			 enum mc_type type)
{
	struct table t;

	table_init(&t, v, memcore_frame_owner(machine_of(v), frame), frame,
		   type);
	if (type != MC_TYPE_L1)
		return table_demote(&t);
	l1_put_below(&t, MC_TABLE_ENTRIES);
	return 0;
}

/**
 * struct update - one change of an entry
 * @t: the table, locked
 * @slot: the entry
 * @val: what it is to be
 * @keep: bits of the old entry that stay if they are set
 * @pg_owner: whose frames an L1 entry names
 */
struct update {
	struct table t;
	unsigned int slot;
	u64 val;
	u64 keep;
	struct memcore_domain *pg_owner;
};

/* Only the bits that a walker sets can change meanwhile. Return: the old. */
static u64 slot_exchange(struct update *u)
{
	u64 *word = (u64 *)&u->t.words[u->slot];
	u64 old = READ_ONCE(*word);

	while (!try_cmpxchg(word, &old, u->val | (old & u->keep)))
		;
	return old;
}

static int update_get(struct update *u)
{
	if (u->t.type == MC_TYPE_L1)
		return memcore_l1_entry_get(u->t.v, u->val, u->t.d,
					    u->pg_owner);
	return table_entry_get(&u->t, u->val, 0);
}

static void update_put(struct update *u, u64 old)
{
	if (u->t.type == MC_TYPE_L1)
		memcore_l1_entry_put(u->t.v, old, u->t.d);
	else
		table_entry_defer(&u->t, old);
}

static int update_apply(struct update *u)
{
	u64 old = READ_ONCE(u->t.words[u->slot]);
	int err;

	if (u->val & MC_PTE_PRESENT && !((old ^ u->val) & ~HARMLESS)) {
		slot_exchange(u);
		return 0;
	}
	err = u->val & MC_PTE_PRESENT ? update_get(u) : 0;
	if (!err)
		update_put(u, slot_exchange(u));
	return err;
}

static int update_checked(struct update *u)
{
	struct memcore_machine *machine = machine_of(u->t.v);

	if (!slot_is_guests(u->t.type, u->slot))
		return -EINVAL;
	if (u->val & MC_PTE_PRESENT && u->val & forbidden(u->t.type, u->t.d))
		return -EINVAL;
	if (!u->val && !READ_ONCE(u->t.frame->content))
		return 0;
	u->t.words = memcore_content_make(machine, u->t.frame);
	if (!u->t.words)
		return -ENOMEM;
	u->val = adjust(u->t.type, u->val);
	return update_apply(u);
}

/* The frame that a translated domain has at the gfn that @pte names. */
static struct memcore_frame *frame_at_gfn(struct memcore_domain *d, u64 pte)
{
	struct mc_gfn gfn = mc_gfn(mc_pte_mfn(pte).nr);
	struct memcore_frame *frame = NULL;
	unsigned long flags;
	struct mc_mfn mfn;

	spin_lock_irqsave(&d->lock, flags);
	mfn = memcore_p2m_get(&d->p2m, gfn, NULL);
	if (mc_mfn_ok(mfn))
		frame = memcore_frame_get(d, mfn);
	spin_unlock_irqrestore(&d->lock, flags);
	return frame;
}

static int update_translated(struct update *u)
{
	struct memcore_machine *machine = machine_of(u->t.v);
	struct memcore_frame *frame;
	struct mc_mfn mfn;
	int err;

	if (u->val & forbidden(MC_TYPE_L1, u->t.d))
		return -EINVAL;
	frame = frame_at_gfn(u->pg_owner, u->val);
	if (!frame)
		return -EINVAL;
	mfn = memcore_frame_mfn(&machine->frames, frame);
	u->val = mc_pte(mfn, u->val & ~MC_PTE_MFN_MASK);
	err = update_checked(u);
	memcore_frame_put(machine, frame);
	return err;
}

/**
 * memcore_entry_update() - change an entry of a page table
 * @v: the vCPU that acts, locked, without an old_table
 * @table: the table, locked with memcore_page_lock()
 * @slot: which entry
 * @val: what it is to be
 * @cmd: MMU_NORMAL_PT_UPDATE, MMU_PT_UPDATE_PRESERVE_AD or
 *       MMU_PT_UPDATE_NO_TRANSLATE
 * @pt_owner: whose table it is
 * @pg_owner: whose frames an L1 entry may name; if translated, by gfn unless
 *            @cmd says otherwise
 *
 * The references of the old entry of a table above L1 are left to @v's
 * old_table, to be put when the lock is not held any more.
 *
 * Return: 0; as memcore_l1_entry_get() for an L1 entry; for others the error
 * of the table below, -EINVAL if it cannot be one; -EINTR or -ERESTART if
 * preempted; -ENOMEM if the table was never written and there is no memory.
 */
int memcore_entry_update(struct memcore_vcpu *v, struct memcore_frame *table,
			 unsigned int slot, u64 val, unsigned int cmd,
			 struct memcore_domain *pt_owner,
			 struct memcore_domain *pg_owner)
{
	struct update u = { .slot = slot, .val = val, .pg_owner = pg_owner };

	table_init(&u.t, v, pt_owner, table,
		   memcore_type_of(atomic64_read(&table->type)));
	if (cmd == MMU_PT_UPDATE_PRESERVE_AD)
		u.keep = MC_PTE_ACCESSED | MC_PTE_DIRTY;
	if (u.t.type == MC_TYPE_L1 && val & MC_PTE_PRESENT &&
	    pg_owner->config.translated && cmd != MMU_PT_UPDATE_NO_TRANSLATE)
		return update_translated(&u);
	return update_checked(&u);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_entry_update);
