// SPDX-License-Identifier: GPL-2.0
/*
 * The audit of references and types.
 *
 * All references are found where they are held: by allocations, pins, vCPUs,
 * the entries of validated tables and the validated part of partial ones. Then
 * each frame must have as many as it says. On the way each entry is looked at:
 * might it be where it is? And no TLB may still know a frame as writable that
 * must not be.
 */
#include "audit.h"
#include "content.h"
#include "grant/map.h"
#include "machine.h"
#include "pv/descriptor.h"
#include "pv/layout.h"
#include "pv/pte.h"
#include "vcpu.h"

/**
 * struct table_audit - the audit of one page table
 * @a: the whole
 * @frame: the table
 * @mfn: its number
 * @type: what it is
 * @owner: whose
 */
struct table_audit {
	struct memcore_audit *a;
	struct memcore_frame *frame;
	struct mc_mfn mfn;
	enum mc_type type;
	struct memcore_domain *owner;
};

static struct memcore_found *found_of(struct memcore_audit *a,
				      const struct memcore_frame *frame)
{
	return &a->found[frame - a->machine->frames.frames];
}

static u64 type_word(const struct memcore_frame *frame)
{
	return atomic64_read(&frame->type);
}

static bool is_of(const struct memcore_frame *frame, enum mc_type type)
{
	return memcore_type_of(type_word(frame)) == type;
}

static bool in_use(const struct memcore_frame *frame)
{
	return type_word(frame) & MC_PGT_COUNT_MASK;
}

static bool is_checked(enum mc_type type)
{
	return type >= MC_TYPE_L1 && type <= MC_TYPE_SEG;
}

static void found_both(struct memcore_audit *a, struct memcore_frame *frame)
{
	found_of(a, frame)->count++;
	found_of(a, frame)->type++;
}

static struct memcore_domain *owner_of(struct memcore_audit *a,
				       const struct memcore_frame *frame)
{
	struct memcore_domain *d;

	list_for_each_entry(d, &a->machine->domains, link)
		if (d->config.domid == frame->owner)
			return d;
	return NULL;
}

static void differ_at(struct table_audit *t, unsigned int slot, u64 pte,
		      const char *what)
{
	memcore_audit_differ(t->a, "table %lu of type %u: entry %u, %llx, %s",
			     t->mfn.nr, t->type, slot, pte, what);
}

static void find_l1_entry(struct table_audit *t, unsigned int slot, u64 pte,
			  struct memcore_frame *frame)
{
	struct memcore_domain *owner = owner_of(t->a, frame);

	found_of(t->a, frame)->count++;
	if (!owner)
		differ_at(t, slot, pte, "names nobody's frame");
	else if (pte & MC_PTE_RW &&
		 (owner == t->owner || !owner->config.translated))
		found_of(t->a, frame)->type++;
	if (memcore_l1_entry_adjust(pte) != pte)
		differ_at(t, slot, pte, "is not as Xen makes it");
	if (pte & MC_PTE_CACHE && !t->owner->config.hardware)
		differ_at(t, slot, pte, "says what to cache");
	if (pte & MC_PTE_RW && owner == t->owner && in_use(frame) &&
	    !is_of(frame, MC_TYPE_WRITABLE))
		differ_at(t, slot, pte, "lets write what must not be");
}

static void find_linear(struct table_audit *t, unsigned int slot, u64 pte,
			struct memcore_frame *frame)
{
	if (pte & MC_PTE_RW)
		differ_at(t, slot, pte, "is linear and writable");
	if (frame == t->frame)
		return;
	found_both(t->a, frame);
	found_of(t->a, t->frame)->linear++;
	found_of(t->a, frame)->linear--;
}

static void find_table_entry(struct table_audit *t, unsigned int slot, u64 pte,
			     struct memcore_frame *frame)
{
	const u64 wanted = MC_PTE_USER |
			   (t->type == MC_TYPE_L4 ? MC_PTE_ACCESSED : 0);

	if (pte & (MC_PTE_PWT | MC_PTE_PCD | MC_PTE_PSE | MC_PTE_GLOBAL))
		differ_at(t, slot, pte, "has bits that no table may have");
	/* The guest may clear the accessed bit again, by an update. */
	if (~pte & wanted & MC_PTE_USER)
		differ_at(t, slot, pte, "is not as Xen makes it");
	if (frame->owner != t->owner->config.domid)
		differ_at(t, slot, pte, "names another's table");
	if (is_of(frame, t->type))
		find_linear(t, slot, pte, frame);
	else
		found_both(t->a, frame);
	if (frame != t->frame &&
	    ((!is_of(frame, t->type) && !is_of(frame, t->type - 1)) ||
	     !(type_word(frame) & MC_PGT_VALIDATED)))
		differ_at(t, slot, pte, "names what is no valid table");
}

static void find_entry(struct table_audit *t, unsigned int slot)
{
	u64 pte = memcore_content_read(t->frame, slot);
	struct memcore_frame *frame;

	if (t->type == MC_TYPE_L4 && !memcore_l4_slot_is_guests(slot)) {
		if (pte != memcore_own_entry(&t->a->machine->frames) &&
		    type_word(t->frame) & MC_PGT_VALIDATED)
			differ_at(t, slot, pte, "is not the hypervisor's");
		return;
	}
	if (!(pte & MC_PTE_PRESENT))
		return;
	frame = memcore_frame(&t->a->machine->frames, mc_pte_mfn(pte));
	if (!frame)
		differ_at(t, slot, pte, "names no frame");
	else if (t->type == MC_TYPE_L1)
		find_l1_entry(t, slot, pte, frame);
	else
		find_table_entry(t, slot, pte, frame);
}

/* The entry that is partial itself has only a general reference. */
static void find_partial_entry(struct table_audit *t, unsigned int slot)
{
	u64 pte = memcore_content_read(t->frame, slot);
	struct memcore_frame *frame;

	frame = memcore_frame(&t->a->machine->frames, mc_pte_mfn(pte));
	if (!(pte & MC_PTE_PRESENT) || !frame)
		differ_at(t, slot, pte, "is partial and names no frame");
	else
		found_of(t->a, frame)->count++;
}

static void find_table(struct memcore_audit *a, struct memcore_frame *frame)
{
	struct table_audit t = {
		.a = a,
		.frame = frame,
		.mfn = memcore_frame_mfn(&a->machine->frames, frame),
		.type = memcore_type_of(type_word(frame)),
		.owner = owner_of(a, frame),
	};
	unsigned int end = MC_TABLE_ENTRIES, i;

	if (!t.owner)
		return;
	if (type_word(frame) & MC_PGT_PARTIAL)
		end = min_t(unsigned int, frame->nr_validated, end);
	for (i = 0; i < end; i++)
		find_entry(&t, i);
	if (type_word(frame) & MC_PGT_PARTIAL && frame->partial)
		find_partial_entry(&t, end % MC_TABLE_ENTRIES);
}

static void check_descriptors(struct memcore_audit *a,
			      struct memcore_frame *frame)
{
	unsigned int slot;
	u64 desc, fixed;

	for (slot = 0; slot < MC_TABLE_ENTRIES; slot++) {
		desc = memcore_content_read(frame, slot);
		fixed = desc;
		if (!memcore_descriptor_fix(&fixed) || fixed != desc)
			memcore_audit_differ(a, "frame %lu: descriptor %u is %llx",
					     memcore_frame_mfn(&a->machine->frames,
							       frame).nr,
					     slot, desc);
	}
}

static void check_state(struct memcore_audit *a, struct memcore_frame *frame,
			u64 word)
{
	const u64 valid = MC_PGT_VALIDATED | MC_PGT_PARTIAL;
	unsigned long mfn = memcore_frame_mfn(&a->machine->frames, frame).nr;

	if (word & MC_PGT_LOCKED)
		memcore_audit_differ(a, "frame %lu is locked", mfn);
	if (word & MC_PGT_COUNT_MASK && (!(word & valid) ||
					 (word & valid) == valid))
		memcore_audit_differ(a, "frame %lu is used half-way: %llx",
				     mfn, word);
	if (!(word & MC_PGT_COUNT_MASK) &&
	    word & (MC_PGT_PARTIAL | MC_PGT_PINNED))
		memcore_audit_differ(a, "frame %lu is a table without references: %llx",
				     mfn, word);
	if (word & MC_PGT_PINNED && !(word & MC_PGT_VALIDATED))
		memcore_audit_differ(a, "frame %lu is pinned and not valid",
				     mfn);
}

static void find_own(struct memcore_audit *a, struct memcore_frame *frame,
		     u64 word)
{
	s64 count = atomic64_read(&frame->count);

	if (count & MC_PGC_ALLOCATED)
		found_of(a, frame)->count++;
	if (count & MC_PGC_HELD)
		found_of(a, frame)->type++;
	found_of(a, frame)->count += frame->lost;
	if (word & MC_PGT_PINNED)
		found_both(a, frame);
	if (word & MC_PGT_PARTIAL)
		found_both(a, frame);
}

static void find_frame(struct memcore_audit *a, struct memcore_frame *frame)
{
	u64 word = type_word(frame);
	enum mc_type type = memcore_type_of(word);

	check_state(a, frame, word);
	find_own(a, frame, word);
	if (!(word & (MC_PGT_VALIDATED | MC_PGT_PARTIAL)))
		return;
	if (type >= MC_TYPE_L1 && type <= MC_TYPE_L4)
		find_table(a, frame);
	else if (type == MC_TYPE_SEG && in_use(frame))
		check_descriptors(a, frame);
}

static void find_typed(struct memcore_audit *a, struct memcore_frame *frame,
		       enum mc_type type, const char *what)
{
	if (!frame)
		return;
	found_both(a, frame);
	if (!is_of(frame, type) || !(type_word(frame) & MC_PGT_VALIDATED))
		memcore_audit_differ(a, "%s is frame %lu of type %llx", what,
				     memcore_frame_mfn(&a->machine->frames,
						       frame).nr,
				     type_word(frame));
}

/* A partial table has its type reference itself. */
static void find_old_table(struct memcore_audit *a, struct memcore_vcpu *v)
{
	if (!v->old_table)
		return;
	found_of(a, v->old_table)->count++;
	if (!v->old_partial)
		found_of(a, v->old_table)->type++;
}

static void find_vcpu(struct memcore_audit *a, struct memcore_vcpu *v)
{
	unsigned int i;

	find_typed(a, v->guest_table, MC_TYPE_L4, "root table");
	find_typed(a, v->guest_table_user, MC_TYPE_L4, "user root table");
	find_old_table(a, v);
	for (i = 0; i < MC_GDT_FRAMES; i++)
		find_typed(a, v->gdt[i], MC_TYPE_SEG, "GDT");
	for (i = 0; i < MC_LDT_FRAMES; i++)
		find_typed(a, v->ldt[i], MC_TYPE_SEG, "LDT");
}

/* A foreign entry holds a reference; that of a granted one is its handle's. */
static int find_mapping(struct mc_gfn gfn, struct mc_mfn mfn,
			enum mc_p2m_type type, void *data)
{
	struct memcore_audit *a = data;
	struct memcore_frame *frame = memcore_frame(&a->machine->frames, mfn);

	if (type == MC_P2M_FOREIGN && frame)
		found_of(a, frame)->count++;
	return 0;
}

static void find_domain(struct memcore_audit *a, struct memcore_domain *d)
{
	unsigned int i;

	for (i = 0; i < d->nr_vcpus; i++)
		find_vcpu(a, &d->vcpus[i]);
	if (d->p2m.had_special)
		memcore_p2m_for_each(&d->p2m, find_mapping, a);
}

static void compare(struct memcore_audit *a, struct memcore_frame *frame)
{
	unsigned long mfn = memcore_frame_mfn(&a->machine->frames, frame).nr;
	u64 count = atomic64_read(&frame->count) & MC_PGC_COUNT_MASK;
	u64 type = type_word(frame) & MC_PGT_COUNT_MASK;
	struct memcore_found *found = found_of(a, frame);

	if (count != found->count)
		memcore_audit_differ(a, "references of %lu: noted %llu, found %llu",
				     mfn, count, found->count);
	if (type != found->type)
		memcore_audit_differ(a, "type references of %lu: noted %llu, found %llu",
				     mfn, type, found->type);
	if (type && is_checked(memcore_type_of(type_word(frame))) &&
	    frame->linear != found->linear)
		memcore_audit_differ(a, "linear entries of %lu: noted %d, found %d",
				     mfn, frame->linear, found->linear);
}

/* Of a domain's own frames only: Xen asks no other CPUs to flush. */
static int check_translation(const struct memcore_translation *t, void *data)
{
	struct memcore_audit *a = data;
	struct memcore_frame *frame;

	frame = memcore_frame(&a->machine->frames, mc_pte_mfn(t->pte));
	if (!frame || frame->owner == MC_NO_OWNER)
		memcore_audit_differ(a, "a TLB has %lx as %llx, which is free",
				     t->va, t->pte);
	else if (t->pte & MC_PTE_RW && in_use(frame) &&
		 is_checked(memcore_type_of(type_word(frame))) &&
		 frame->owner == t->v->d->config.domid)
		memcore_audit_differ(a, "a TLB has %lx writable as %llx, which is a table",
				     t->va, t->pte);
	return 0;
}

static void check_tlbs(struct memcore_audit *a)
{
	unsigned int i;

	for (i = 0; i < MC_MAX_VCPUS; i++)
		memcore_tlb_for_each(&a->machine->tlbs[i], check_translation,
				     a);
}

/**
 * memcore_audit_refs() - find all references, and compare
 * @a: the audit, with all locks held
 */
void memcore_audit_refs(struct memcore_audit *a)
{
	struct memcore_frametable *ft = &a->machine->frames;
	struct memcore_domain *d;
	unsigned long i;

	for (i = 0; i < ft->nr; i++)
		if (ft->frames[i].state == MC_FRAME_USED)
			find_frame(a, &ft->frames[i]);
	list_for_each_entry(d, &a->machine->domains, link)
		find_domain(a, d);
	find_domain(a, a->machine->toolstack);
	memcore_audit_grant_map(a);
	for (i = 0; i < ft->nr; i++)
		if (ft->frames[i].state == MC_FRAME_USED)
			compare(a, &ft->frames[i]);
	check_tlbs(a);
}
