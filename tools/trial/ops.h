/* SPDX-License-Identifier: GPL-2.0 */
/* Every operation of memfront/mmu.h, as it may be asked for and as it may not. */
#ifndef MEMTRIAL_OPS_H
#define MEMTRIAL_OPS_H

#include <linux/types.h>

#include <memfront/mmu.h>
#include <memfront/pin.h>

/**
 * enum kind - which requests go into one call with each other
 * @KIND_MMU:	mmu_update
 * @KIND_EXT:	mmuext_op
 * @KIND_SINGLE: none: each has a call of its own
 */
enum kind {
	KIND_MMU,
	KIND_EXT,
	KIND_SINGLE,
};

/**
 * struct op - an operation
 * @name:	its name
 * @kind:	its kind
 * @nr:		how many results a request of it has
 * @bad_at:	which of them is the first failure of a bad one
 * @good:	ask for something that is allowed, again and again
 * @bad:	for something that Xen refuses
 * @done:	whether the good thing has happened; NULL if it cannot be seen
 * @wipe:	undo it, so that it can be seen to happen again; or NULL
 */
struct op {
	const char *name;
	enum kind kind;
	unsigned int nr;
	unsigned int bad_at;
	int (*good)(struct memfront_mmu_result result);
	int (*bad)(struct memfront_mmu_result result);
	bool (*done)(void);
	void (*wipe)(void);
};

#define NR_OPS	12

extern const struct op ops[NR_OPS];

int ops_take(void);
int ops_give(void);
struct mf_maddr ops_entry(unsigned int slot);
u64 ops_slot(unsigned int slot);
u64 ops_pte(void);

#endif /* MEMTRIAL_OPS_H */
