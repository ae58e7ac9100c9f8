/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pseudo-physical frames as naive as can be, a flag for each; and what hands
 * address space and holes to an allocator under test: it gives what it is told to
 * give, and notes what it gets back.
 */
#ifndef REF_PSEUDOPHYS_H
#define REF_PSEUDOPHYS_H

#include <kunit/test.h>

#include "holes.h"
#include "ledger.h"
#include "pseudophys.h"
#include "pseudophys-section.h"
#include "pseudophys-source.h"

/* Sections of 1024 frames, at pfn 4096 and up; holes below, in 8 blocks. */
#define REF_SECTION_ORDER	10
#define REF_SECTION_FRAMES	BIT(REF_SECTION_ORDER)
#define REF_SECTIONS		8
#define REF_FIRST		4096UL
#define REF_END			(REF_FIRST + REF_SECTIONS * REF_SECTION_FRAMES)

/**
 * struct ref_pseudophys - what surrounds an allocator, and what it handed out
 * @lock: for what the lender does
 * @ledger: the holes
 * @live: sections whose address space is out
 * @adds: times it was asked for
 * @removes: times it was given back
 * @fail_adds: so many next times there is none
 * @refuse_removes: so many next times it is not taken back
 * @askew: sections begin where none can
 * @out: frames that the allocator has handed out
 */
struct ref_pseudophys {
	struct mutex lock; /* the ledger */
	struct ledger ledger;
	bool live[REF_SECTIONS];
	unsigned int adds;
	unsigned int removes;
	unsigned int fail_adds;
	unsigned int refuse_removes;
	bool askew;
	bool out[REF_END];
};

extern const struct section_source ref_source;
extern const struct hole_lender ref_lender;

struct ref_pseudophys *ref_pseudophys_begin(void);
void ref_pseudophys_end(struct kunit *test, struct ref_pseudophys *ref);

void ref_add_holes(struct kunit *test, struct ref_pseudophys *ref,
		   unsigned long pfn, unsigned int order);
bool ref_exists(const struct ref_pseudophys *ref, unsigned long pfn);
unsigned int ref_live(const struct ref_pseudophys *ref);
unsigned int ref_in_use(const struct ref_pseudophys *ref);
unsigned long ref_out(const struct ref_pseudophys *ref, unsigned long from,
		      unsigned long to);
void expect_frames_sound(struct kunit *test, struct ref_pseudophys *ref,
			 struct pseudophys *ps);

#endif
