/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_P2M_H
#define MEMCORE_P2M_H

#include <linux/bits.h>
#include <linux/xarray.h>
#include "../failpoint.h"
#include "../frame.h"

#define MC_SUPER_ORDER	9
#define MC_SUPER_SIZE	BIT(MC_SUPER_ORDER)

/* Four levels of tables: what a guest can name at most. */
#define MC_GFN_BITS	36

/**
 * enum mc_p2m_type - what is at a gfn
 * @MC_P2M_RAM: a frame of the domain's own
 * @MC_P2M_FOREIGN: a frame of another domain's, by the right of a control domain
 * @MC_P2M_GRANT_RW: a frame that another domain has granted
 * @MC_P2M_GRANT_RO: likewise, to be read only
 *
 * Only single pages are anything but RAM.
 */
enum mc_p2m_type {
	MC_P2M_RAM,
	MC_P2M_FOREIGN,
	MC_P2M_GRANT_RW,
	MC_P2M_GRANT_RO,
};

/**
 * struct memcore_p2m - which frame a translated domain has at each gfn
 * @regions: blocks of MC_SUPER_SIZE gfns, by gfn >> MC_SUPER_ORDER
 * @max_mapped: highest gfn that was ever mapped
 * @nr_splits: superpages that had to be split
 * @had_special: something that is not the domain's RAM was ever mapped
 * @failpoint: where tests make memory allocations fail
 *
 * Covered by the lock of the domain.
 */
struct memcore_p2m {
	struct xarray regions;
	unsigned long max_mapped;
	unsigned long nr_splits;
	bool had_special;
	struct memcore_failpoint *failpoint;
};

void memcore_p2m_init(struct memcore_p2m *p2m,
		      struct memcore_failpoint *failpoint);
void memcore_p2m_destroy(struct memcore_p2m *p2m);
struct mc_mfn memcore_p2m_get(struct memcore_p2m *p2m, struct mc_gfn gfn,
			      unsigned int *order);
struct mc_mfn memcore_p2m_lookup(struct memcore_p2m *p2m, struct mc_gfn gfn,
				 enum mc_p2m_type *type);
int memcore_p2m_prepare(struct memcore_p2m *p2m, struct mc_gfn gfn,
			unsigned int order, gfp_t gfp);
void memcore_p2m_set(struct memcore_p2m *p2m, struct mc_gfn gfn,
		     struct mc_mfn mfn, unsigned int order);
void memcore_p2m_set_page(struct memcore_p2m *p2m, struct mc_gfn gfn,
			  struct mc_mfn mfn, enum mc_p2m_type type);
bool memcore_p2m_fits(struct mc_gfn gfn, unsigned int order);
bool memcore_p2m_has_special(struct memcore_p2m *p2m, struct mc_gfn gfn,
			     unsigned long nr);
int memcore_p2m_for_each_from(struct memcore_p2m *p2m, struct mc_gfn first,
			      int (*fn)(struct mc_gfn gfn, struct mc_mfn mfn,
					enum mc_p2m_type type, void *data),
			      void *data);

/* Every mapped gfn. */
static inline int
memcore_p2m_for_each(struct memcore_p2m *p2m,
		     int (*fn)(struct mc_gfn gfn, struct mc_mfn mfn,
			       enum mc_p2m_type type, void *data),
		     void *data)
{
	return memcore_p2m_for_each_from(p2m, mc_gfn(0), fn, data);
}

#endif
