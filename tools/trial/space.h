/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address space of the module's own: the kernel's, and a tree in the private
 * slot. It is used with interrupts off, and by nobody else.
 */
#ifndef MEMTRIAL_SPACE_H
#define MEMTRIAL_SPACE_H

#include <linux/types.h>

#include <memfront/frame.h>
#include <memfront/pin.h>

struct trial_tree;

/**
 * struct space - the address space
 * @root:	the L4 table
 * @page:	its page, if it is not the tree's own
 * @own:	what is pinned then
 * @home:	while it is used: where to go back
 * @flags:	likewise: of the interrupts
 */
struct space {
	struct mf_mfn root;
	struct page *page;
	struct memfront_tree own;
	struct mf_mfn home;
	unsigned long flags;
};

struct mf_mfn space_home(void);
void space_fill_root(struct page *root, struct page *l3);
int space_open(struct space *s, const struct trial_tree *t);
int space_close(struct space *s);
int space_enter(struct space *s);
int space_leave(struct space *s);

#endif /* MEMTRIAL_SPACE_H */
