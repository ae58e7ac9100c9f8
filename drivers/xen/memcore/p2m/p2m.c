// SPDX-License-Identifier: GPL-2.0
/*
 * The physical-to-machine table of a translated domain.
 *
 * A region of 2 MiB is either one superpage or a leaf table of 512 entries,
 * never both. A change is two steps: memcore_p2m_prepare() gets the tables and
 * may fail with nothing changed, memcore_p2m_set() cannot fail. A region and
 * its leaf stay until the P2M goes: filling a hole again needs no memory, which
 * matters when the domain is the kernel whose memory is short.
 *
 * Not modelled: page tables that a CPU could walk, 1 GiB pages, access rights.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <memcore/kunit.h>
#include "p2m.h"

/* An entry of a leaf, unless MC_INVALID: a type above a frame number. */
#define LEAF_TYPE_SHIFT	60
#define LEAF_MFN_MASK	GENMASK(LEAF_TYPE_SHIFT - 1, 0)

/**
 * struct region - MC_SUPER_SIZE gfns
 * @super: first frame of the superpage, which is RAM, or MC_INVALID
 * @leaf: entries of the single gfns; all MC_INVALID while @super is valid;
 *        NULL if never needed
 */
struct region {
	struct mc_mfn super;
	unsigned long *leaf;
};

static unsigned long region_index(struct mc_gfn gfn)
{
	return gfn.nr >> MC_SUPER_ORDER;
}

static unsigned long leaf_index(struct mc_gfn gfn)
{
	return gfn.nr & (MC_SUPER_SIZE - 1);
}

static void leaf_clear(unsigned long *leaf)
{
	memset(leaf, 0xff, MC_SUPER_SIZE * sizeof(*leaf));
}

/* How many of @nr gfns from @gfn are in its region. */
static unsigned long part_in_region(struct mc_gfn gfn, unsigned long nr)
{
	return min(nr, MC_SUPER_SIZE - leaf_index(gfn));
}

static struct region *region_new(struct memcore_p2m *p2m, struct mc_gfn gfn,
				 gfp_t gfp)
{
	struct region *region;

	if (memcore_failpoint_hit(p2m->failpoint))
		return NULL;
	region = kzalloc(sizeof(*region), gfp);
	if (!region)
		return NULL;
	region->super = mc_mfn(MC_INVALID);
	if (xa_err(xa_store(&p2m->regions, region_index(gfn), region, gfp))) {
		kfree(region);
		return NULL;
	}
	return region;
}

static int leaf_new(struct memcore_p2m *p2m, struct region *region, gfp_t gfp)
{
	if (memcore_failpoint_hit(p2m->failpoint))
		return -ENOMEM;
	region->leaf = kmalloc_array(MC_SUPER_SIZE, sizeof(*region->leaf), gfp);
	if (!region->leaf)
		return -ENOMEM;
	leaf_clear(region->leaf);
	return 0;
}

static int prepare_region(struct memcore_p2m *p2m, struct mc_gfn gfn, gfp_t gfp)
{
	struct region *region = xa_load(&p2m->regions, region_index(gfn));

	if (!region)
		region = region_new(p2m, gfn, gfp);
	if (!region)
		return -ENOMEM;
	return region->leaf ? 0 : leaf_new(p2m, region, gfp);
}

/**
 * memcore_p2m_fits() - can a guest have these gfns at all?
 * @gfn: the first, any number at all
 * @order: 2^@order of them
 *
 * Return: true if four levels of tables can name them.
 */
bool memcore_p2m_fits(struct mc_gfn gfn, unsigned int order)
{
	return !(gfn.nr >> MC_GFN_BITS) &&
	       !((gfn.nr + (1UL << order) - 1) >> MC_GFN_BITS);
}

/**
 * memcore_p2m_prepare() - make sure that a change will find its tables
 * @p2m: the P2M
 * @gfn: first gfn to be changed
 * @order: 2^@order of them
 * @gfp: how memory may be allocated
 *
 * A leaf is got even for what will be a superpage, so that splitting it later
 * needs no memory either.
 *
 * Return: 0; -EINVAL if the range is out of what a guest can have; -ENOMEM.
 * What is mapped is the same as before in any case.
 */
int memcore_p2m_prepare(struct memcore_p2m *p2m, struct mc_gfn gfn,
			unsigned int order, gfp_t gfp)
{
	unsigned long nr = 1UL << order, part;
	int err;

	if (!memcore_p2m_fits(gfn, order))
		return -EINVAL;
	for (; nr; nr -= part, gfn = mc_gfn_add(gfn, part)) {
		part = part_in_region(gfn, nr);
		err = prepare_region(p2m, gfn, gfp);
		if (err)
			return err;
	}
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_prepare);

static void split(struct memcore_p2m *p2m, struct region *region)
{
	unsigned long i;

	for (i = 0; i < MC_SUPER_SIZE; i++)
		region->leaf[i] = region->super.nr + i;
	region->super = mc_mfn(MC_INVALID);
	p2m->nr_splits++;
}

static void set_super(struct region *region, struct mc_mfn mfn)
{
	leaf_clear(region->leaf);
	region->super = mfn;
}

static void set_leaf(struct memcore_p2m *p2m, struct region *region,
		     struct mc_gfn gfn, struct mc_mfn mfn, unsigned long nr)
{
	unsigned long *entry = &region->leaf[leaf_index(gfn)], i;

	if (mc_mfn_ok(region->super))
		split(p2m, region);
	for (i = 0; i < nr; i++)
		entry[i] = mc_mfn_ok(mfn) ? mfn.nr + i : MC_INVALID;
}

/* A hole as large as a superpage needs no leaf either. */
static bool is_super_mfn(struct mc_mfn mfn)
{
	return !mc_mfn_ok(mfn) || !(mfn.nr & (MC_SUPER_SIZE - 1));
}

static void set_region(struct memcore_p2m *p2m, struct mc_gfn gfn,
		       struct mc_mfn mfn, unsigned long nr)
{
	struct region *region = xa_load(&p2m->regions, region_index(gfn));

	if (nr == MC_SUPER_SIZE && is_super_mfn(mfn))
		set_super(region, mfn);
	else
		set_leaf(p2m, region, gfn, mfn, nr);
}

/**
 * memcore_p2m_set() - map or unmap gfns
 * @p2m: the P2M
 * @gfn: the first, for which memcore_p2m_prepare() succeeded
 * @mfn: the first frame, or MC_INVALID to unmap
 * @order: 2^@order of them
 *
 * Whole aligned regions become superpages.
 */
void memcore_p2m_set(struct memcore_p2m *p2m, struct mc_gfn gfn,
		     struct mc_mfn mfn, unsigned int order)
{
	unsigned long nr = 1UL << order, part;

	if (mc_mfn_ok(mfn))
		p2m->max_mapped = max(p2m->max_mapped, gfn.nr + nr - 1);
	for (; nr; nr -= part, gfn = mc_gfn_add(gfn, part)) {
		part = part_in_region(gfn, nr);
		set_region(p2m, gfn, mfn, part);
		if (mc_mfn_ok(mfn))
			mfn = mc_mfn_add(mfn, part);
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_set);

/**
 * memcore_p2m_set_page() - map or unmap one gfn
 * @p2m: the P2M
 * @gfn: the gfn, for which memcore_p2m_prepare() succeeded
 * @mfn: the frame, or MC_INVALID to unmap
 * @type: what it is there
 */
void memcore_p2m_set_page(struct memcore_p2m *p2m, struct mc_gfn gfn,
			  struct mc_mfn mfn, enum mc_p2m_type type)
{
	struct region *region;

	memcore_p2m_set(p2m, gfn, mfn, 0);
	if (type == MC_P2M_RAM || !mc_mfn_ok(mfn))
		return;
	p2m->had_special = true;
	region = xa_load(&p2m->regions, region_index(gfn));
	region->leaf[leaf_index(gfn)] |= (unsigned long)type << LEAF_TYPE_SHIFT;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_set_page);

static unsigned long entry_in(const struct region *region, unsigned long index,
			      unsigned int *order)
{
	*order = 0;
	if (!mc_mfn_ok(region->super))
		return region->leaf ? region->leaf[index] : MC_INVALID;
	*order = MC_SUPER_ORDER;
	return region->super.nr + index;
}

static unsigned long entry_at(struct memcore_p2m *p2m, struct mc_gfn gfn,
			      unsigned int *order)
{
	struct region *region = xa_load(&p2m->regions, region_index(gfn));

	if (region)
		return entry_in(region, leaf_index(gfn), order);
	*order = 0;
	return MC_INVALID;
}

static struct mc_mfn entry_mfn(unsigned long entry)
{
	return mc_mfn(entry == MC_INVALID ? entry : entry & LEAF_MFN_MASK);
}

/* Of a hole MC_P2M_RAM. */
static enum mc_p2m_type entry_type(unsigned long entry)
{
	return entry == MC_INVALID ? MC_P2M_RAM : entry >> LEAF_TYPE_SHIFT;
}

/**
 * memcore_p2m_get() - look a gfn up
 * @p2m: the P2M
 * @gfn: any number at all
 * @order: where to say how large the page is; may be NULL
 *
 * Return: the frame, whosever it is, or MC_INVALID.
 */
struct mc_mfn memcore_p2m_get(struct memcore_p2m *p2m, struct mc_gfn gfn,
			      unsigned int *order)
{
	unsigned int ignored;

	return entry_mfn(entry_at(p2m, gfn, order ?: &ignored));
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_get);

/**
 * memcore_p2m_lookup() - look a gfn up, and what is there
 * @p2m: the P2M
 * @gfn: any number at all
 * @type: where to say what it is; of a hole MC_P2M_RAM
 *
 * Return: the frame, or MC_INVALID.
 */
struct mc_mfn memcore_p2m_lookup(struct memcore_p2m *p2m, struct mc_gfn gfn,
				 enum mc_p2m_type *type)
{
	unsigned int order;
	unsigned long entry = entry_at(p2m, gfn, &order);

	*type = entry_type(entry);
	return entry_mfn(entry);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_lookup);

/**
 * memcore_p2m_has_special() - is there a frame that is mapped by a right?
 * @p2m: the P2M
 * @gfn: the first gfn to look at
 * @nr: and how many
 *
 * Return: true if one of them is foreign or a grant's.
 */
bool memcore_p2m_has_special(struct memcore_p2m *p2m, struct mc_gfn gfn,
			     unsigned long nr)
{
	enum mc_p2m_type type = MC_P2M_RAM;

	if (!p2m->had_special)
		return false;
	for (; nr && type == MC_P2M_RAM; nr--, gfn = mc_gfn_add(gfn, 1))
		memcore_p2m_lookup(p2m, gfn, &type);
	return type != MC_P2M_RAM;
}

/**
 * struct visitor - who visits mapped gfns
 * @fn: called with each; anything but 0 ends the walk
 * @data: passed on
 */
struct visitor {
	int (*fn)(struct mc_gfn gfn, struct mc_mfn mfn, enum mc_p2m_type type,
		  void *data);
	void *data;
};

static int visit_region(const struct region *region, struct mc_gfn first,
			const struct visitor *visitor)
{
	unsigned long i, entry;
	unsigned int order;
	int err = 0;

	for (i = 0; i < MC_SUPER_SIZE && !err; i++) {
		entry = entry_in(region, i, &order);
		if (entry != MC_INVALID)
			err = visitor->fn(mc_gfn_add(first, i),
					  entry_mfn(entry), entry_type(entry),
					  visitor->data);
	}
	return err;
}

/**
 * memcore_p2m_for_each_from() - visit mapped gfns, in ascending order
 * @p2m: the P2M
 * @first: regions below that of this gfn are left out
 * @fn: called with each; anything but 0 ends the walk
 * @data: passed on
 *
 * Return: what @fn returned last, or 0.
 */
int memcore_p2m_for_each_from(struct memcore_p2m *p2m, struct mc_gfn first,
			      int (*fn)(struct mc_gfn gfn, struct mc_mfn mfn,
					enum mc_p2m_type type, void *data),
			      void *data)
{
	const struct visitor visitor = { .fn = fn, .data = data };
	struct region *region;
	unsigned long index;
	int err;

	xa_for_each_start(&p2m->regions, index, region, region_index(first)) {
		err = visit_region(region, mc_gfn(index << MC_SUPER_ORDER),
				   &visitor);
		if (err)
			return err;
	}
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_for_each_from);

/**
 * memcore_p2m_init() - make an empty P2M
 * @p2m: the P2M
 * @failpoint: where tests make memory allocations fail
 */
void memcore_p2m_init(struct memcore_p2m *p2m,
		      struct memcore_failpoint *failpoint)
{
	memset(p2m, 0, sizeof(*p2m));
	xa_init(&p2m->regions);
	p2m->failpoint = failpoint;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_init);

/**
 * memcore_p2m_destroy() - forget everything
 * @p2m: the P2M
 */
void memcore_p2m_destroy(struct memcore_p2m *p2m)
{
	struct region *region;
	unsigned long index;

	xa_for_each(&p2m->regions, index, region) {
		kfree(region->leaf);
		kfree(region);
	}
	xa_destroy(&p2m->regions);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_p2m_destroy);
