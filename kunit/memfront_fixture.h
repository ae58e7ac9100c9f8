/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The loaded balloon on the in-tree core, held still or let run by a case.
 */
#ifndef MEMFRONT_FIXTURE_H
#define MEMFRONT_FIXTURE_H

#include <kunit/test.h>

#include "balloon.h"

/**
 * struct account - what both sides say at one moment
 * @ram: MemTotal, in pages
 * @holes: pages in the ledger
 * @core_holes: pages that the core says have no frame
 * @xen: current reservation
 * @stuck: pages that the frontend has given up
 */
struct account {
	unsigned long ram;
	unsigned long holes;
	unsigned long core_holes;
	unsigned long xen;
	unsigned long stuck;
};

struct account take_account(void);
void expect_moved(struct kunit *test, const struct account *before,
		  long released);
void expect_core_sound(struct kunit *test);
void expect_core_sound_so_far(struct kunit *test);
void fail_at(unsigned int nth);
bool has_failed(void);
void no_faults(void);
unsigned long frames_of_others(void);
int need_core(struct kunit *test);
bool soon(bool (*reached)(unsigned long arg), unsigned long arg);
bool is_idle_at(unsigned long pages);
bool waits_for(unsigned long reason);
bool reach(unsigned long pages);

#endif
