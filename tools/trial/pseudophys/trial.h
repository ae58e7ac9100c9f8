/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PSEUDOPHYSTRIAL_TRIAL_H
#define PSEUDOPHYSTRIAL_TRIAL_H

#include <linux/types.h>

#include <memfront/frame.h>

#include "../pair.h"

struct page;

/**
 * enum kind - what was asked for
 * @KIND_NONE:		nothing
 * @KIND_FRAMES:	single frames without RAM
 * @KIND_PAGES:		the same, as pages
 * @KIND_BLOCKS:	blocks without RAM
 * @KIND_POPULATED:	a block with RAM
 * @KIND_CONTIGUOUS:	a block with RAM that is one in the machine, too
 */
enum kind {
	KIND_NONE,
	KIND_FRAMES,
	KIND_PAGES,
	KIND_BLOCKS,
	KIND_POPULATED,
	KIND_CONTIGUOUS,
};

/**
 * struct wish - what to ask for
 * @kind:	of what
 * @nr:		how many blocks
 * @order:	log2 of the frames in each
 * @align:	KIND_POPULATED: log2 of the alignment
 * @node:	KIND_POPULATED: the node, or -1
 * @width:	KIND_CONTIGUOUS: bits of the addresses
 */
struct wish {
	enum kind kind;
	unsigned int nr;
	unsigned int order;
	unsigned int align;
	int node;
	unsigned int width;
};

/**
 * struct slot - what was got
 * @wish:	that
 * @pfns:	first frame of each block; NULL for KIND_PAGES
 * @pages:	KIND_PAGES: the pages
 * @mfn:	KIND_CONTIGUOUS: the first frame in the machine
 */
struct slot {
	struct wish wish;
	struct mf_pfn *pfns;
	struct page **pages;
	struct mf_mfn mfn;
};

void slots_init(void);
long slots_exit(void);
int slot_take(struct slot *slot, const struct wish *wish);
void slot_give(struct slot *slot);
unsigned long slot_frames(const struct slot *slot);
struct mf_pfn slot_pfn(const struct slot *slot, unsigned long i);

int look_at(const struct slot *slot);
void fill_slot(const struct slot *slot, u64 seed);
int check_slot(const struct slot *slot, u64 seed);

int command_frames(const char *args);
int command_pages(const char *args);
int command_blocks(const char *args);
int command_populated(const char *args);
int command_contiguous(const char *args);
int command_free(const char *args);
int command_rounds(const char *args);
int command_reservation(const char *args);

#endif
