/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_P2M_GRANT_ENTRY_H
#define MEMCORE_P2M_GRANT_ENTRY_H

#include <linux/types.h>
#include "../frame.h"

struct memcore_domain;

int memcore_p2m_grant_map(struct memcore_domain *d, u64 addr,
			  struct mc_mfn mfn, unsigned int flags);
int memcore_p2m_grant_unmap(struct memcore_domain *d, u64 addr,
			    struct mc_mfn mfn, u64 new_addr,
			    unsigned int flags);

#endif
