// SPDX-License-Identifier: GPL-2.0
/*
 * The check: every entry of the P2M against the M2P or, on a translated guest,
 * the hypervisor's P2M against what the kernel and the balloon believe; and in
 * the end the frames known against the reservation.
 *
 * The guest goes on living meanwhile, so what looks wrong is looked at again
 * with the balloon held still before anything is said. Steps are short, and no
 * lock is held from one to the next.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <memfront/kunit.h>
#include <memfront/m2p.h>

#include "balloon.h"
#include "hypercall.h"
#include "inject.h"
#include "p2m-check.h"
#include "reservation.h"
#include "stats.h"

/* No processor addresses a frame beyond. */
#define LAST_END	BIT(52 - PAGE_SHIFT)

static const char *const fault_names[] = {
	[P2M_FAULT_NONE] = "none",
	[P2M_FAULT_NO_M2P] = "not-in-m2p",
	[P2M_FAULT_M2P] = "m2p-differs",
	[P2M_FAULT_TWICE] = "frame-used-twice",
	[P2M_FAULT_HAS_FRAME] = "hole-has-frame",
	[P2M_FAULT_NO_FRAME] = "page-without-frame",
	[P2M_FAULT_COUNT] = "count-differs",
};

/** p2m_fault_name - a disagreement in the word that users see. */
const char *p2m_fault_name(enum p2m_fault fault)
{
	return fault_names[fault];
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_fault_name);

/* Rises with every page that the balloon moves. */
static unsigned long movements(void)
{
	return memfront_stats.released_super + memfront_stats.released_single +
	       memfront_stats.populated_super + memfront_stats.populated_single;
}

static unsigned long where_it_ends(void)
{
	long end;

	if (!memfront_hv.translated)
		return memfront_hv.p2m_ops->end();
	end = reservation_end();
	return end < 0 ? 0 : min_t(unsigned long, end, LAST_END);
}

static bool ledger_has(struct mf_pfn pfn)
{
	return ledger_has_any(&memfront_balloon.ledger, pfn, 1);
}

/* A borrower puts there what it likes: a grant looks like the guest's own. */
static bool is_lent(struct mf_pfn pfn)
{
	return ledger_is_lent(&memfront_balloon.ledger, pfn, 0);
}

/*
 * A page that the kernel uses or may use. One that a balloon has is offline;
 * one that never was the page allocator's is reserved, RAM or not.
 */
static bool kernel_has(struct mf_pfn pfn)
{
	struct page *page = pfn_to_online_page(pfn.nr);

	return page && !PageReserved(page) && !PageOffline(page);
}

static enum p2m_fault against_m2p(struct p2m_check *check)
{
	struct mf_mfn mfn = mf_p2m_mfn(check->entry);
	struct mf_pfn pfn = mf_pfn(MF_P2M_INVALID);
	int err = memfront_m2p_lookup(mfn, &pfn);

	check->other = pfn.nr;
	if (err)
		return P2M_FAULT_NO_M2P;
	if (pfn.nr == check->pfn.nr)
		return P2M_FAULT_NONE;
	return memfront_p2m_lookup(pfn).raw == mfn.nr ? P2M_FAULT_TWICE :
							P2M_FAULT_M2P;
}

static enum p2m_fault fault_of_ram(struct p2m_check *check)
{
	enum p2m_fault fault = P2M_FAULT_NONE;

	if (!memfront_hv.translated)
		fault = against_m2p(check);
	if (fault || !ledger_has(check->pfn) || is_lent(check->pfn))
		return fault;
	check->other = MF_P2M_INVALID;
	return P2M_FAULT_HAS_FRAME;
}

/*
 * A list that the guest keeps may well have holes where there are pages: they
 * are lent to whoever maps other domains' frames there. What a stock driver is
 * about to give away, only it knows.
 */
static enum p2m_fault fault_of_hole(const struct p2m_check *check)
{
	if (!memfront_hv.translated || memfront_balloon.governor ||
	    !kernel_has(check->pfn) || ledger_has(check->pfn))
		return P2M_FAULT_NONE;
	return P2M_FAULT_NO_FRAME;
}

/* The balloon is held still. */
static enum p2m_fault fault_at(struct p2m_check *check)
{
	check->entry = memfront_p2m_lookup(check->pfn);
	check->other = MF_P2M_INVALID;
	switch (mf_p2m_state(check->entry)) {
	case MF_P2M_RAM:
		return fault_of_ram(check);
	case MF_P2M_HOLE:
		return fault_of_hole(check);
	default:
		return P2M_FAULT_NONE;
	}
}

static bool m2p_agrees(struct mf_pfn pfn, struct mf_p2m_entry entry)
{
	struct mf_pfn back;

	return memfront_hv.translated ||
	       (!memfront_m2p_lookup(mf_p2m_mfn(entry), &back) &&
		back.nr == pfn.nr);
}

/* Without the balloon's lock, and so perhaps for no reason. */
static bool is_suspect(const struct p2m_check *check, unsigned long i)
{
	struct mf_pfn pfn = mf_pfn(check->first + i);

	switch (mf_p2m_state(check->step[i])) {
	case MF_P2M_RAM:
		return test_bit(i, check->holes) ||
		       !m2p_agrees(pfn, check->step[i]);
	case MF_P2M_HOLE:
		return memfront_hv.translated && !test_bit(i, check->holes) &&
		       kernel_has(pfn);
	default:
		return false;
	}
}

/* Look at the whole step again, with the balloon held still. */
static void settle_step(struct p2m_check *check)
{
	mutex_lock(&memfront_balloon.lock);
	memfront_p2m_lookup_range(mf_pfn(check->first), check->step, check->nr);
	ledger_copy(&memfront_balloon.ledger,
		    mf_pfn_block(mf_pfn(check->first)), check->holes);
	mutex_unlock(&memfront_balloon.lock);
	check->settled = true;
}

static bool is_fault(struct p2m_check *check, unsigned long i)
{
	if (!is_suspect(check, i))
		return false;
	if (!check->settled)
		settle_step(check);
	if (!is_suspect(check, i))
		return false;
	check->pfn = mf_pfn(check->first + i);
	mutex_lock(&memfront_balloon.lock);
	check->fault = fault_at(check);
	mutex_unlock(&memfront_balloon.lock);
	return check->fault;
}

/* A translated guest has far more room than memory. */
static bool worth_a_look(unsigned long pfn)
{
	return !memfront_hv.translated || pfn_to_online_page(pfn);
}

static void load_step(struct p2m_check *check)
{
	cond_resched();
	check->first = check->next;
	check->nr = min(check->end - check->first, P2M_CHECK_STEP);
	check->settled = false;
	check->looked = worth_a_look(check->first);
	if (!check->looked)
		return;
	memfront_p2m_lookup_range(mf_pfn(check->first), check->step, check->nr);
	mutex_lock(&memfront_balloon.lock);
	ledger_copy(&memfront_balloon.ledger,
		    mf_pfn_block(mf_pfn(check->first)), check->holes);
	mutex_unlock(&memfront_balloon.lock);
}

/* Go on in the step. Return: true at a fault. */
static bool search_step(struct p2m_check *check)
{
	unsigned long end = check->first + check->nr;
	bool fault;

	if (!check->looked)
		check->next = end;
	while (check->next < end) {
		unsigned long i = check->next++ - check->first;

		fault = is_fault(check, i);
		check->states[mf_p2m_state(check->step[i])]++;
		if (fault)
			return true;
	}
	return false;
}

/**
 * p2m_check_begin - start at the first pfn
 * @check: what was in it is forgotten
 *
 * Context: may sleep.
 */
void p2m_check_begin(struct p2m_check *check)
{
	memset(check, 0, sizeof(*check));
	check->end = where_it_ends();
	mutex_lock(&memfront_balloon.lock);
	check->moved = movements();
	check->reservation = reservation_current();
	mutex_unlock(&memfront_balloon.lock);
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_check_begin);

/**
 * p2m_check_next - go on to the next disagreement
 * @check: from p2m_check_begin()
 *
 * Context: may sleep, and gives others the CPU between steps of 512 entries.
 * Return: true, and @check says what it is; false at the end.
 */
bool p2m_check_next(struct p2m_check *check)
{
	while (check->next < check->end) {
		if (check->next == check->first + check->nr)
			load_step(check);
		if (search_step(check)) {
			check->faults++;
			return true;
		}
	}
	return false;
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_check_next);

/*
 * Has nothing moved since the walk began, and is the count one to compare? Not
 * while Xen has yet to back all that the guest has.
 */
static bool comparable(const struct p2m_check *check)
{
	return check->reservation >= 0 && !memfront_balloon.pod &&
	       !(memfront_hv.translated && memfront_balloon.governor) &&
	       check->moved == movements() &&
	       check->reservation == reservation_current();
}

/*
 * To a translated guest some frames look like its own that Xen does not count:
 * shared info, grant tables, grants. There the balloon's account is the one to
 * compare, with what Xen counted besides at load.
 */
static unsigned long known_frames(const struct p2m_check *check)
{
	const struct balloon *balloon = &memfront_balloon;

	if (!memfront_hv.translated)
		return check->states[MF_P2M_RAM];
	return balloon->total_pages - balloon->ledger.nr_holes +
	       balloon->overhead;
}

/**
 * p2m_check_end - compare the frames that the guest knows with Xen's count
 * @check: p2m_check_next() has come to the end
 *
 * Figures of a guest that has moved memory meanwhile are not compared.
 *
 * Context: may sleep.
 * Return: true for a disagreement, as p2m_check_next(): then @other is the
 * reservation, and @entry has the guest's figure.
 */
bool p2m_check_end(struct p2m_check *check)
{
	unsigned long known = check->reservation;

	mutex_lock(&memfront_balloon.lock);
	if (comparable(check))
		known = known_frames(check);
	mutex_unlock(&memfront_balloon.lock);
	if (known == check->reservation)
		return false;
	check->fault = P2M_FAULT_COUNT;
	check->pfn = mf_pfn(check->end);
	check->entry = p2m_entry(known);
	check->other = check->reservation;
	check->faults++;
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_check_end);

/**
 * p2m_check_all - all of the check, only counting
 *
 * Context: may sleep.
 * Return: disagreements, or -ENOMEM.
 */
long p2m_check_all(void)
{
	struct p2m_check *check;
	long faults;

	if (memfront_should_fail())
		return -ENOMEM;
	check = kvzalloc(sizeof(*check), GFP_KERNEL);
	if (!check)
		return -ENOMEM;
	p2m_check_begin(check);
	while (p2m_check_next(check))
		;
	p2m_check_end(check);
	faults = check->faults;
	kvfree(check);
	return faults;
}
EXPORT_SYMBOL_FOR_KUNIT(p2m_check_all);
