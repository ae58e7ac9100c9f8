/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A P2M of the suite's own in place of the loaded module's: nothing in it is
 * true, so any entry may be anything. Only for a kernel adopted as PV.
 */
#ifndef MEMFRONT_OWN_P2M_H
#define MEMFRONT_OWN_P2M_H

#include <kunit/test.h>

#include "hypercall.h"
#include "p2m-tree.h"

/**
 * struct own_p2m - the suite's, in test->priv; NULL on a translated kernel
 * @saved: the module's
 * @list: the suite's list, all holes at first
 * @tree: around it
 */
struct own_p2m {
	struct memfront_hypervisor saved;
	unsigned long *list;
	struct p2m_tree *tree;
};

int own_p2m_begin(struct kunit *test, unsigned long nr);
void own_p2m_end(struct kunit *test);
bool has_own_p2m(struct kunit *test);

#endif
