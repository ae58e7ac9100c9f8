/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_PV_GRANT_ENTRY_H
#define MEMCORE_PV_GRANT_ENTRY_H

#include <linux/types.h>
#include "../frame.h"

struct memcore_vcpu;

int memcore_pv_grant_map(struct memcore_vcpu *v, u64 addr, struct mc_mfn mfn,
			 unsigned int flags);
int memcore_pv_grant_unmap(struct memcore_vcpu *v, u64 addr,
			   struct mc_mfn mfn, u64 new_addr,
			   unsigned int flags);

#endif
