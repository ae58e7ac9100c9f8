/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_TOOLS_INTERNAL_H
#define MEMCORE_TOOLS_INTERNAL_H

#include "machine.h"

void memcore_get_faults(struct memcore_machine *m,
			struct memcore_faults *faults);
void memcore_set_faults(struct memcore_machine *m,
			const struct memcore_faults *faults);

#endif
