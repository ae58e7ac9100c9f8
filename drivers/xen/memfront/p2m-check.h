/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The check of the P2M against what the other side says.
 */
#ifndef _MEMFRONT_P2M_CHECK_H
#define _MEMFRONT_P2M_CHECK_H

#include <linux/bitmap.h>
#include <linux/fs.h>
#include <linux/types.h>

#include "ledger.h"
#include "p2m.h"

/**
 * enum p2m_fault - a disagreement
 * @P2M_FAULT_NONE:	none
 * @P2M_FAULT_NO_M2P:	RAM, but the M2P has no pfn for the frame
 * @P2M_FAULT_M2P:	RAM, but the M2P has another pfn for the frame
 * @P2M_FAULT_TWICE:	RAM, but the frame is behind another pfn, too
 * @P2M_FAULT_HAS_FRAME: a hole for the balloon, but there is a frame
 * @P2M_FAULT_NO_FRAME:	translated: a page that the kernel uses has no frame
 * @P2M_FAULT_COUNT:	Xen has given more or fewer frames than are known
 */
enum p2m_fault {
	P2M_FAULT_NONE,
	P2M_FAULT_NO_M2P,
	P2M_FAULT_M2P,
	P2M_FAULT_TWICE,
	P2M_FAULT_HAS_FRAME,
	P2M_FAULT_NO_FRAME,
	P2M_FAULT_COUNT,
};

/*
 * Entries that are looked at between two chances to be preempted: those of a
 * leaf, and of a block of the ledger.
 */
#define P2M_CHECK_STEP	MEMFRONT_SUPER_PAGES

/**
 * struct p2m_check - a walk over all of the P2M
 * @end:	where it ends
 * @next:	the next pfn to be looked at
 * @first:	the pfn of the first entry in @step
 * @nr:		entries in @step
 * @settled:	the step was looked up with the balloon held still
 * @looked:	there was anything to look up in the step
 * @step:	what was looked up in one go
 * @holes:	a bit for each that the balloon has
 * @states:	entries found, by state
 * @faults:	disagreements found
 * @moved:	the balloon's movements when the walk began
 * @reservation: what Xen counted then
 * @ended:	the reservation has been compared
 * @fault:	the disagreement last found
 * @pfn:	its pfn
 * @entry:	what the P2M has there; of a count, the guest's
 * @other:	what the other side says: a pfn; of a count, Xen's
 */
struct p2m_check {
	unsigned long end;
	unsigned long next;
	unsigned long first;
	unsigned long nr;
	bool settled;
	bool looked;
	struct mf_p2m_entry step[P2M_CHECK_STEP];
	DECLARE_BITMAP(holes, P2M_CHECK_STEP);
	unsigned long states[MF_P2M_IDENTITY + 1];
	unsigned long faults;
	unsigned long moved;
	long reservation;
	bool ended;
	enum p2m_fault fault;
	struct mf_pfn pfn;
	struct mf_p2m_entry entry;
	unsigned long other;
};

void p2m_check_begin(struct p2m_check *check);
bool p2m_check_next(struct p2m_check *check);
bool p2m_check_end(struct p2m_check *check);
long p2m_check_all(void);
const char *p2m_fault_name(enum p2m_fault fault);

extern const struct file_operations p2m_check_fops;

#endif /* _MEMFRONT_P2M_CHECK_H */
