/* SPDX-License-Identifier: GPL-2.0 */
/* Pages that this domain has granted to itself. */
#ifndef MMUBENCH_REFS_H
#define MMUBENCH_REFS_H

#include <linux/types.h>

struct own_pages;

/**
 * struct refs - grant references
 * @ref:	each page's
 * @nr:		how many there are
 */
struct refs {
	u32 *ref;
	unsigned int nr;
};

int refs_take(struct refs *refs, const struct own_pages *pages);
int refs_free(struct refs *refs);
u16 refs_domid(void);
u32 refs_of_domain(unsigned int i);
int refs_grant_domain(u16 domid, const unsigned long *frames, unsigned int nr);

static inline u32 refs_at(const struct refs *refs, unsigned int i)
{
	return refs->ref[i];
}

#endif /* MMUBENCH_REFS_H */
