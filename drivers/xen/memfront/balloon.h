/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The balloon: a target, and the one worker that pursues it.
 */
#ifndef _MEMFRONT_BALLOON_H
#define _MEMFRONT_BALLOON_H

#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "backoff.h"
#include "growth.h"
#include "ledger.h"

/**
 * enum balloon_state - what the worker is doing
 * @BALLOON_IDLE:	the target is reached, or was given up; no timer runs
 * @BALLOON_INFLATING:	giving memory to the hypervisor
 * @BALLOON_DEFLATING:	getting memory back
 * @BALLOON_WAITING:	stuck for the moment; tries again by itself
 */
enum balloon_state {
	BALLOON_IDLE,
	BALLOON_INFLATING,
	BALLOON_DEFLATING,
	BALLOON_WAITING,
};

/**
 * enum balloon_reason - why the target is not reached
 * @REASON_NONE:		it is, or nothing is in the way
 * @REASON_NO_FREE_MEMORY:	the guest has none to spare
 * @REASON_FLOOR:		the guest would fall below its minimum
 * @REASON_REFUSED:		the hypervisor does not take the pages
 * @REASON_XEN_NO_MEMORY:	the hypervisor has none to give
 * @REASON_MAX_RESERVATION:	the hypervisor's limit for the domain
 * @REASON_NO_HOLES:		the guest has no page left to fill
 * @REASON_HOLES_LENT:		those that it has are lent
 * @REASON_GAVE_UP:		max_retry_count tries have failed
 * @REASON_STOCK_DRIVER:	the stock driver moves memory, and has not yet
 */
enum balloon_reason {
	REASON_NONE,
	REASON_NO_FREE_MEMORY,
	REASON_FLOOR,
	REASON_REFUSED,
	REASON_XEN_NO_MEMORY,
	REASON_MAX_RESERVATION,
	REASON_NO_HOLES,
	REASON_HOLES_LENT,
	REASON_GAVE_UP,
	REASON_STOCK_DRIVER,
};

/**
 * struct balloon - all of it; there is one
 * @lock:	held by the worker for a step, and by whoever changes settings;
 *		outermost of the module's locks
 * @work:	the worker
 * @wq:		where it runs; freezable, so nothing moves across a suspend
 * @ledger:	the holes; under @lock
 * @growth:	memory beyond what the guest was started with; under @lock
 * @backoff:	retry settings and state; under @lock
 * @running:	the worker may be queued
 * @stock:	there is a stock driver
 * @governor:	the stock driver keeps the balloon and is only steered
 * @scrub:	the scrub_pages setting; NULL for a governor that cannot find it
 * @order:	largest extent to move; under @lock
 * @target:	pages wanted, in the guest's count; written by anyone
 * @retarget:	bit 0: @target was written since the worker last looked
 * @current_pages: pages the guest has: Xen's figure less @overhead
 * @total_pages: pages the guest has when there is no hole; settled at load, then
 *		it changes as the guest grows
 * @overhead:	frames that Xen counts and the guest's figure does not (start
 *		info, rings, ACPI); settled at load
 * @pod:	at load Xen had not yet backed all that the guest has, so until
 *		it has, the guest's own count is the true one
 * @xen_pages:	current reservation, as read in the last step
 * @max_pages:	maximum reservation, as read in the last step
 * @min_pages:	the floor, in the guest's count; under @lock
 * @state:	see enum balloon_state
 * @reason:	see enum balloon_reason
 */
struct balloon {
	struct mutex lock; /* a step, or a change of settings */
	struct delayed_work work;
	struct workqueue_struct *wq;
	struct ledger ledger;
	struct growth growth;
	struct backoff backoff;
	bool running;
	bool stock;
	bool governor;
	bool *scrub;
	unsigned int order;

	unsigned long target;
	unsigned long retarget;
	unsigned long current_pages;
	unsigned long total_pages;
	long overhead;
	bool pod;
	unsigned long xen_pages;
	unsigned long max_pages;
	unsigned long min_pages;
	enum balloon_state state;
	enum balloon_reason reason;
};

extern struct balloon memfront_balloon;

int balloon_init(struct balloon *balloon, bool takeover);
void balloon_start(struct balloon *balloon);
void balloon_stop(struct balloon *balloon);
void balloon_exit(struct balloon *balloon);

void balloon_set_target(struct balloon *balloon, unsigned long pages);
void balloon_kick(struct balloon *balloon);
unsigned long balloon_max_pages(const struct balloon *balloon);
const char *balloon_state_name(const struct balloon *balloon);
const char *balloon_reason_name(const struct balloon *balloon);

#endif /* _MEMFRONT_BALLOON_H */
