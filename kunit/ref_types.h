/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page types, naively: what a pin, an unpin or an update must answer, found by
 * doing it step by step and going back to a copy of everything if it fails.
 */
#ifndef REF_TYPES_H
#define REF_TYPES_H

#include <linux/types.h>

#define REF_FRAMES	32
#define REF_WORDS	512

enum ref_type {
	REF_NONE,
	REF_L1,
	REF_L2,
	REF_L3,
	REF_L4,
	REF_WRITABLE,
};

/**
 * struct ref_use - how a frame is used
 * @type: as what, if @nr is not 0
 * @nr: type references
 * @linear: linear entries in it; below 0: elsewhere, that name it
 * @pinned: one of @nr is a pin
 */
struct ref_use {
	enum ref_type type;
	unsigned int nr;
	int linear;
	bool pinned;
};

/**
 * struct ref_types - a domain's frames
 * @first: machine's first frame
 * @end: one behind its last
 * @mfn: the domain's frames
 * @use: what each is used as
 * @words: what is in each
 */
struct ref_types {
	unsigned long first;
	unsigned long end;
	unsigned long mfn[REF_FRAMES];
	struct ref_use use[REF_FRAMES];
	u64 words[REF_FRAMES][REF_WORDS];
};

int ref_types_pin(struct ref_types *ref, unsigned int i, enum ref_type type);
int ref_types_unpin(struct ref_types *ref, unsigned int i);
int ref_types_write(struct ref_types *ref, unsigned int i, unsigned int slot,
		    u64 val, bool preserve_ad);

#endif
