// SPDX-License-Identifier: GPL-2.0
/*
 * The TLBs of software CPUs, and the clock that says which are worth a flush.
 *
 * Software CPU n runs vCPU n of every domain. A translation is tagged with an
 * address space ID (ASID), which a vCPU gets anew whenever a CPU would load
 * CR3: so loading it forgets nothing and finds nothing, but for global pages,
 * which are found whatever the ASID. When the IDs run out a new generation of
 * them starts with an empty TLB. A vCPU that goes from kernel to user mode or
 * back has loaded CR3, as on a processor without PCIDs.
 *
 * The clock is Xen's. It ticks at each flush of a whole TLB, which takes its
 * new time as a stamp, after it. A frame takes the time as a stamp when its
 * last type reference is dropped. A TLB whose stamp is later than a frame's
 * has been flushed since and knows nothing of the frame. When the clock wraps,
 * it stands at 0 until all TLBs are flushed; meanwhile every flush is done.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <memcore/kunit.h>
#include "machine.h"
#include "pv/pte.h"
#include "vcpu.h"

static_assert(MC_MAX_VCPUS <= BITS_PER_LONG);

static void tlb_init(struct memcore_tlb *tlbs, unsigned int id, unsigned int nr)
{
	struct memcore_tlb *tlb = &tlbs[id];

	spin_lock_init(&tlb->lock);
	tlb->nr_tlbs = nr;
	tlb->all = tlbs;
	tlb->id = id;
	tlb->generation = 1;
	tlb->nr_asids = MC_TLB_ASIDS;
	tlb->next_asid = 1;
}

/**
 * memcore_tlbs_create() - make the TLBs of a machine
 * @nr: number of software CPUs, up to MC_MAX_VCPUS
 *
 * Return: @nr empty TLBs, or NULL.
 */
struct memcore_tlb *memcore_tlbs_create(unsigned int nr)
{
	struct memcore_tlb *tlbs = kvcalloc(nr, sizeof(*tlbs), GFP_KERNEL);
	unsigned int i;

	for (i = 0; tlbs && i < nr; i++)
		tlb_init(tlbs, i, nr);
	return tlbs;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlbs_create);

/**
 * memcore_tlbs_destroy() - free what memcore_tlbs_create() made
 * @tlbs: the TLBs; NULL is fine
 * @nr: their number
 */
void memcore_tlbs_destroy(struct memcore_tlb *tlbs, unsigned int nr)
{
	kvfree(tlbs);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlbs_destroy);

static struct memcore_translation *set_of(struct memcore_tlb *tlb,
					  unsigned long va)
{
	unsigned long page = va >> PAGE_SHIFT;

	return tlb->slot[(page ^ page >> 9) % MC_TLB_SETS];
}

/* Nothing that was remembered may be found: its ASID may be given out again. */
static void start_generation(struct memcore_tlb *tlb)
{
	tlb->generation++;
	tlb->next_asid = 1;
	if (tlb->nr_cached)
		memset(tlb->slot, 0, sizeof(tlb->slot));
	WRITE_ONCE(tlb->nr_cached, 0);
}

/* What a CPU does when it loads CR3. */
static void take_asid(struct memcore_tlb *tlb, struct memcore_vcpu *v)
{
	if (tlb->next_asid > tlb->nr_asids)
		start_generation(tlb);
	v->asid = tlb->next_asid++;
	v->asid_generation = tlb->generation;
}

static void enter(struct memcore_vcpu *v, bool user_mode)
{
	if (v->asid_generation == v->tlb->generation &&
	    v->user_mode == user_mode)
		return;
	v->user_mode = user_mode;
	take_asid(v->tlb, v);
}

/* Of an older generation nothing is left. */
static bool is_live(const struct memcore_translation *t)
{
	return t->v && (t->pte & MC_PTE_GLOBAL || t->asid == t->v->asid);
}

static bool serves(u64 pte, unsigned int access)
{
	const u64 write = MC_PTE_RW | MC_PTE_DIRTY;

	if (access & MC_ACCESS_WRITE && (pte & write) != write)
		return false;
	return !(access & MC_ACCESS_EXEC) || !(pte & MC_PTE_NX);
}

/**
 * memcore_tlb_lock() - start an access, or a walk
 * @tlb: the TLB of the vCPU; interrupts are off
 */
void memcore_tlb_lock(struct memcore_tlb *tlb)
	__acquires(&tlb->lock)
{
	spin_lock(&tlb->lock);
	WRITE_ONCE(tlb->busy, true);
	if (!test_bit(tlb->id, &tlb->all->used))
		set_bit(tlb->id, &tlb->all->used);
	/* Pairs with that in memcore_tlb_forget_frame(). */
	smp_mb();
}

/**
 * memcore_tlb_unlock() - end what memcore_tlb_lock() started
 * @tlb: the TLB
 */
void memcore_tlb_unlock(struct memcore_tlb *tlb)
	__releases(&tlb->lock)
{
	/* Pairs with is_idle(). */
	smp_store_release(&tlb->busy, false);
	spin_unlock(&tlb->lock);
}

/**
 * memcore_tlb_find() - is an access's translation remembered?
 * @v: who accesses; its TLB is locked
 * @va: any address in the page
 * @access: MC_ACCESS_*
 * @pte: where to put the translation
 *
 * A translation that would not do, for want of a right or because the page is
 * to be marked dirty, is not found: a CPU walks again before it faults.
 *
 * Return: true if it was.
 */
bool memcore_tlb_find(struct memcore_vcpu *v, unsigned long va,
		      unsigned int access, u64 *pte)
{
	struct memcore_translation *t = set_of(v->tlb, va);
	unsigned int way;

	lockdep_assert_held(&v->tlb->lock);
	enter(v, access & MC_ACCESS_USER);
	for (way = 0; way < MC_TLB_WAYS; way++, t++)
		if (t->v == v && t->va == (va & PAGE_MASK) &&
		    is_live(t) && serves(t->pte, access)) {
			*pte = t->pte;
			return true;
		}
	return false;
}

/* A place in the set: what is dead goes first. */
static struct memcore_translation *place(struct memcore_tlb *tlb,
					 unsigned long va)
{
	struct memcore_translation *set = set_of(tlb, va);
	unsigned int way;

	for (way = 0; way < MC_TLB_WAYS; way++)
		if (!is_live(&set[way]))
			return &set[way];
	return &set[tlb->victim++ % MC_TLB_WAYS];
}

static void forget(struct memcore_tlb *tlb, struct memcore_translation *t)
{
	t->v = NULL;
	WRITE_ONCE(tlb->nr_cached, tlb->nr_cached - 1);
}

static void drop_own(struct memcore_vcpu *v, unsigned long va)
{
	struct memcore_translation *set = set_of(v->tlb, va);
	unsigned int way;

	for (way = 0; way < MC_TLB_WAYS; way++)
		if (set[way].v == v && set[way].va == (va & PAGE_MASK))
			forget(v->tlb, &set[way]);
}

/**
 * memcore_tlb_add() - remember a translation
 * @v: whose it is; its TLB is locked
 * @va: any address in the page
 * @pte: its frame and its rights; it is remembered for the mode that @v was
 *       in last
 */
void memcore_tlb_add(struct memcore_vcpu *v, unsigned long va, u64 pte)
{
	struct memcore_translation *t;

	lockdep_assert_held(&v->tlb->lock);
	enter(v, v->user_mode);
	drop_own(v, va);
	t = place(v->tlb, va);
	WRITE_ONCE(v->tlb->nr_cached, v->tlb->nr_cached + !t->v);
	*t = (struct memcore_translation){
		.v = v,
		.va = va & PAGE_MASK,
		.pte = pte,
		.asid = v->asid,
	};
}

/**
 * memcore_tlb_drop() - forget one page, as INVLPG does
 * @tlb: the TLB, locked
 * @va: any address in the page
 *
 * Global or not, and whosoever's: more may always be forgotten.
 */
void memcore_tlb_drop(struct memcore_tlb *tlb, unsigned long va)
{
	struct memcore_translation *set = set_of(tlb, va);
	unsigned int way;

	lockdep_assert_held(&tlb->lock);
	for (way = 0; way < MC_TLB_WAYS && tlb->nr_cached; way++)
		if (set[way].v && set[way].va == (va & PAGE_MASK))
			forget(tlb, &set[way]);
}

/**
 * memcore_tlb_lookup() - memcore_tlb_find(), with the lock taken
 * @v: who accesses
 * @va: any address in the page
 * @access: MC_ACCESS_*
 * @pte: where to put the translation
 *
 * Return: true if it was remembered.
 */
bool memcore_tlb_lookup(struct memcore_vcpu *v, unsigned long va,
			unsigned int access, u64 *pte)
{
	unsigned long flags;
	bool found;

	spin_lock_irqsave(&v->tlb->lock, flags);
	found = memcore_tlb_find(v, va, access, pte);
	spin_unlock_irqrestore(&v->tlb->lock, flags);
	return found;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_lookup);

/**
 * memcore_tlb_insert() - memcore_tlb_add(), with the lock taken
 * @v: whose translation it is
 * @va: any address in the page
 * @pte: its frame and its rights
 */
void memcore_tlb_insert(struct memcore_vcpu *v, unsigned long va, u64 pte)
{
	unsigned long flags;

	local_irq_save(flags);
	memcore_tlb_lock(v->tlb);
	memcore_tlb_add(v, va, pte);
	memcore_tlb_unlock(v->tlb);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_insert);

/* The new time. @lead: this tick wrapped it, so we are to flush everybody. */
static u32 tick(struct memcore_machine *machine, bool *lead)
{
	int old = atomic_read(&machine->flush_clock), next;

	do {
		if (!old)
			return 0;
		next = (old + 1) & machine->flush_clock_mask;
	} while (!atomic_try_cmpxchg(&machine->flush_clock, &old, next));
	*lead = !next;
	return next;
}

/* The tick comes first: what is remembered between the two is not too young. */
static bool flush_tlb(struct memcore_machine *machine, struct memcore_tlb *tlb)
{
	unsigned long flags;
	bool lead = false;
	u32 now;

	spin_lock_irqsave(&tlb->lock, flags);
	now = tick(machine, &lead);
	start_generation(tlb);
	WRITE_ONCE(tlb->stamp, now);
	spin_unlock_irqrestore(&tlb->lock, flags);
	return lead;
}

/* The clock stands at 0: no stamp from before may be compared with later ones. */
static void start_clock(struct memcore_machine *machine)
{
	unsigned int i;

	for (i = 0; i < machine->tlbs->nr_tlbs; i++)
		flush_tlb(machine, &machine->tlbs[i]);
	atomic_set_release(&machine->flush_clock, 1);
}

static void flush(struct memcore_machine *machine, struct memcore_tlb *tlb)
{
	if (flush_tlb(machine, tlb))
		start_clock(machine);
}

/**
 * memcore_tlb_flush_vcpu() - forget all that the CPU of a vCPU remembers
 * @v: the vCPU
 *
 * Also what to do when CR3 is loaded by hypercall: Xen 4.17 flushes global
 * pages then, too, and ticks the clock.
 */
void memcore_tlb_flush_vcpu(struct memcore_vcpu *v)
{
	flush(v->d->machine, v->tlb);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_flush_vcpu);

/**
 * memcore_tlb_flush_vcpus() - forget all that some CPUs remember
 * @d: the domain
 * @mask: a bit for each of its vCPUs; others are ignored
 *
 * When this returns, no access that began before is still under way.
 */
void memcore_tlb_flush_vcpus(struct memcore_domain *d, u64 mask)
{
	unsigned int i;

	for (i = 0; i < d->nr_vcpus; i++)
		if (mask & BIT_ULL(i))
			memcore_tlb_flush_vcpu(&d->vcpus[i]);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_flush_vcpus);

/**
 * memcore_tlb_flush_domain() - forget all that a domain's CPUs remember
 * @d: the domain
 */
void memcore_tlb_flush_domain(struct memcore_domain *d)
{
	memcore_tlb_flush_vcpus(d, ~0ULL);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_flush_domain);

/**
 * memcore_tlb_flush_addr() - forget one page on some CPUs
 * @d: the domain
 * @mask: a bit for each of its vCPUs; others are ignored
 * @va: any address in the page
 *
 * The clock does not tick, for other pages may still be remembered.
 */
void memcore_tlb_flush_addr(struct memcore_domain *d, u64 mask,
			    unsigned long va)
{
	struct memcore_tlb *tlb;
	unsigned long flags;
	unsigned int i;

	for (i = 0; i < d->nr_vcpus; i++) {
		if (!(mask & BIT_ULL(i)))
			continue;
		tlb = d->vcpus[i].tlb;
		spin_lock_irqsave(&tlb->lock, flags);
		memcore_tlb_drop(tlb, va);
		spin_unlock_irqrestore(&tlb->lock, flags);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_flush_addr);

/**
 * memcore_tlb_stamp() - note when a frame was mapped last
 * @machine: the machine
 * @frame: a frame whose last mapping has just gone, from the page tables at
 *         least
 */
void memcore_tlb_stamp(struct memcore_machine *machine,
		       struct memcore_frame *frame)
{
	/* Whoever ticks after this reads page tables without the mapping. */
	smp_mb();
	WRITE_ONCE(frame->stamp, atomic_read(&machine->flush_clock));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_stamp);

static bool may_remember(const struct memcore_tlb *tlb, u32 stamp, u32 now)
{
	return !now || (READ_ONCE(tlb->stamp) <= stamp && stamp <= now);
}

/**
 * memcore_tlb_flush_for_type() - flush those who may still know a frame
 * @d: the domain whose CPUs are meant
 * @frame: the frame, whose type changes; stamped when it was mapped last
 *
 * A stamp later than now is from before the clock wrapped, and everything was
 * flushed since.
 */
void memcore_tlb_flush_for_type(struct memcore_domain *d,
				const struct memcore_frame *frame)
{
	u32 stamp = READ_ONCE(frame->stamp);
	unsigned int i;

	for (i = 0; i < d->nr_vcpus; i++)
		if (may_remember(d->vcpus[i].tlb, stamp,
				 atomic_read(&d->machine->flush_clock)))
			memcore_tlb_flush_vcpu(&d->vcpus[i]);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_flush_for_type);

/* Nothing is remembered, and nobody is about to: nothing to wait for. */
static bool is_idle(struct memcore_tlb *tlb)
{
	/* In this order: what an access leaves behind is seen before its end. */
	return !smp_load_acquire(&tlb->busy) && !READ_ONCE(tlb->nr_cached);
}

static void forget_frame(struct memcore_tlb *tlb, struct mc_mfn mfn)
{
	struct memcore_translation *t = tlb->slot[0];
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&tlb->lock, flags);
	for (i = 0; i < MC_TLB_SETS * MC_TLB_WAYS && tlb->nr_cached; i++)
		if (t[i].v && mc_mfn_eq(mc_pte_mfn(t[i].pte), mfn))
			forget(tlb, &t[i]);
	spin_unlock_irqrestore(&tlb->lock, flags);
}

/**
 * memcore_tlb_forget_frame() - let nobody find a frame that is given up
 * @machine: the machine
 * @mfn: the frame, that no table names any more
 *
 * Xen leaves a free frame in TLBs until somebody is to have it. The core lets
 * go of what is in a frame as soon as it is free, so it cannot wait. Whoever
 * has mapped the frame, and whichever domain's it was; an access or a walk
 * under way that came across it is done when this returns.
 */
void memcore_tlb_forget_frame(struct memcore_machine *machine,
			      struct mc_mfn mfn)
{
	unsigned long used;
	unsigned int i;

	/* Who locks a TLB later, see memcore_tlb_lock(), walks past no entry. */
	smp_mb();
	used = READ_ONCE(machine->tlbs->used);
	for_each_set_bit(i, &used, machine->tlbs->nr_tlbs)
		if (!is_idle(&machine->tlbs[i]))
			forget_frame(&machine->tlbs[i], mfn);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_forget_frame);

/**
 * memcore_tlb_for_each() - look at all that a TLB could still find
 * @tlb: the TLB
 * @fn: called for each translation, with the lock held; not 0 stops
 * @data: for @fn
 *
 * Return: what the last call of @fn returned, or 0.
 */
int memcore_tlb_for_each(struct memcore_tlb *tlb,
			 int (*fn)(const struct memcore_translation *t,
				   void *data),
			 void *data)
{
	const struct memcore_translation *t = tlb->slot[0];
	unsigned long flags;
	unsigned int i;
	int ret = 0;

	spin_lock_irqsave(&tlb->lock, flags);
	for (i = 0; tlb->nr_cached && i < MC_TLB_SETS * MC_TLB_WAYS && !ret; i++)
		if (is_live(&t[i]))
			ret = fn(&t[i], data);
	spin_unlock_irqrestore(&tlb->lock, flags);
	return ret;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tlb_for_each);
