/* SPDX-License-Identifier: GPL-2.0 */
/* Changes of what a translated domain has at a gfn, other than its memory. */
#ifndef MEMCORE_PHYSMAP_H
#define MEMCORE_PHYSMAP_H

#include <linux/types.h>
#include "frame.h"

struct memcore_domain;
struct memcore_frame;

bool memcore_may_have_foreign(const struct memcore_domain *d);
int memcore_physmap_move(struct memcore_domain *d, struct mc_gfn from,
			 struct mc_gfn to);
int memcore_physmap_place(struct memcore_domain *d,
			  struct memcore_frame *frame, struct mc_gfn gfn);
int memcore_physmap_add_foreign(struct memcore_domain *d,
				struct memcore_frame *frame,
				struct mc_gfn gfn);
int memcore_physmap_set_foreign(struct memcore_domain *d,
				struct memcore_frame *frame,
				struct mc_gfn gfn);
int memcore_physmap_remove(struct memcore_domain *d, struct mc_gfn gfn);
void memcore_physmap_drop_foreign(struct memcore_domain *d);

#endif
