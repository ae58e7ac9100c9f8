/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Another domain of the core, that nothing runs, and that grants its pages and maps
 * the kernel's: this does all that its kernel would do.
 */
#ifndef MEMFRONT_GRANTER_H
#define MEMFRONT_GRANTER_H

#include <linux/types.h>
#include <memcore/tools.h>
#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

/* The running kernel, an ordinary guest. */
#define OWN_DOMID	1

/* Entries of a table of one frame. */
#define GRANTER_REFS	512U

/**
 * struct granter - the domain
 * @peer: as the core made it
 * @table: where it sees its grant table
 * @pages: pages that it may grant
 */
struct granter {
	struct memcore_peer peer;
	unsigned long table;
	unsigned int pages;
};

int granter_make(struct granter *g, bool translated, unsigned int pages);
int granter_end(struct granter *g);
long granter_call(struct granter *g, unsigned int nr, unsigned long a1,
		  unsigned long a2, unsigned long a3, unsigned long a4);
int granter_write(struct granter *g, unsigned int page, u64 word);
u64 granter_read(struct granter *g, unsigned int page);
int granter_fill(struct granter *g, unsigned int page, const u64 *words);
int granter_load(struct granter *g, unsigned int page, void *to);
int granter_offer(struct granter *g, grant_ref_t ref, unsigned int page,
		  u16 flags, u16 domid);
int granter_withdraw(struct granter *g, grant_ref_t ref);
u16 granter_uses(struct granter *g, grant_ref_t ref);
s16 granter_map(struct granter *g, unsigned int slot, grant_ref_t ref,
		bool read_only, grant_handle_t *handle);
s16 granter_unmap(struct granter *g, unsigned int slot, grant_handle_t handle);
u64 granter_mapped_read(struct granter *g, unsigned int slot);
int granter_mapped_write(struct granter *g, unsigned int slot, u64 word);

#endif
