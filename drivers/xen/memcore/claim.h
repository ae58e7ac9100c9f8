/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_CLAIM_H
#define MEMCORE_CLAIM_H

struct memcore_domain;

int memcore_claim(struct memcore_domain *d, unsigned long pages);
void memcore_claim_used(struct memcore_domain *d, long nr);

#endif
