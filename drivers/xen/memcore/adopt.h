/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_ADOPT_H
#define MEMCORE_ADOPT_H

#include <linux/types.h>

struct memcore_machine;
struct memcore_domain;
struct start_info;

/**
 * struct memcore_adopt_config - how to adopt the running kernel
 * @pv: as a PV-type domain, not a translated one
 * @control: as dom0, which may act on others, not as an ordinary domain
 * @spare_frames: free frames of the machine besides
 * @seed: of the scramble
 */
struct memcore_adopt_config {
	bool pv;
	bool control;
	unsigned long spare_frames;
	u32 seed;
};

int memcore_adopt(const struct memcore_adopt_config *config);
void memcore_disown(void);
struct memcore_domain *memcore_adopted(void);
struct start_info *memcore_adopted_start_info(void);
unsigned long memcore_adopted_holes(void);

#endif
