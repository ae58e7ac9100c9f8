// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/string.h>
#include "ref_types.h"

#define P	0x1ULL
#define RW	0x2ULL
#define US	0x4ULL
#define A	0x20ULL
#define D	0x40ULL
#define G	0x100ULL
#define GK	BIT_ULL(52)
#define CACHE	0x98ULL
#define MFN	0x000ffffffffff000ULL

/* What may change without another look: all but these. */
#define MATTERS	(MFN | CACHE | P | RW)

static unsigned long mfn_of(u64 pte)
{
	return (pte & MFN) >> 12;
}

/* Return: index of the frame, or -1. */
static int index_of(const struct ref_types *ref, u64 pte)
{
	int i;

	for (i = 0; i < REF_FRAMES; i++)
		if (ref->mfn[i] == mfn_of(pte))
			return i;
	return -1;
}

static bool is_guests(enum ref_type type, unsigned int slot)
{
	return type != REF_L4 || slot < 256 || slot > 271;
}

static u64 adjusted(enum ref_type type, u64 pte)
{
	if (!(pte & P))
		return pte;
	if (type == REF_L1 && !(pte & US))
		return pte | US | GK;
	if (type == REF_L1)
		return pte & GK ? pte : pte | G;
	return pte | US | (type == REF_L4 ? A : 0);
}

static bool forbidden(enum ref_type type, u64 pte)
{
	return pte & (type == REF_L1 ? CACHE : CACHE | G);
}

static int get(struct ref_types *ref, int i, enum ref_type type);

static int get_page(struct ref_types *ref, u64 pte)
{
	int i = index_of(ref, pte);

	if (mfn_of(pte) == MFN >> 12)
		return -EINVAL;
	/* The one at the end is the hypervisor's own. */
	if (mfn_of(pte) < ref->first || mfn_of(pte) > ref->end)
		return -EPERM;
	if (i < 0 || (pte & RW && get(ref, i, REF_WRITABLE)))
		return -EBUSY;
	return 0;
}

static int get_linear(struct ref_types *ref, int table, u64 pte)
{
	int i = index_of(ref, pte);

	if (i < 0 || pte & RW)
		return -EINVAL;
	if (i == table)
		return 0;
	if (!ref->use[i].nr || ref->use[i].type != ref->use[table].type ||
	    ref->use[table].linear < 0 || ref->use[i].linear > 0)
		return -EINVAL;
	ref->use[i].nr++;
	ref->use[i].linear--;
	ref->use[table].linear++;
	return 0;
}

static int get_table(struct ref_types *ref, int table, u64 pte)
{
	struct ref_use before[REF_FRAMES];
	int i = index_of(ref, pte), err = -EINVAL;

	memcpy(before, ref->use, sizeof(before));
	if (i >= 0)
		err = get(ref, i, ref->use[table].type - 1);
	if (err)
		memcpy(ref->use, before, sizeof(before));
	return err == -EINVAL ? get_linear(ref, table, pte) : err;
}

static int get_entry(struct ref_types *ref, int table, u64 pte)
{
	if (forbidden(ref->use[table].type, pte))
		return -EINVAL;
	return ref->use[table].type == REF_L1 ? get_page(ref, pte) :
						get_table(ref, table, pte);
}

static int get_all(struct ref_types *ref, int table)
{
	enum ref_type type = ref->use[table].type;
	u64 *words = ref->words[table];
	unsigned int slot;
	int err;

	for (slot = 0; slot < REF_WORDS; slot++) {
		if (!(words[slot] & P) || !is_guests(type, slot))
			continue;
		err = get_entry(ref, table, words[slot]);
		if (err)
			return err;
		words[slot] = adjusted(type, words[slot]);
	}
	if (type == REF_L4)
		for (slot = 256; slot < 272; slot++)
			words[slot] = (u64)ref->end << 12 | P | RW | A | D;
	return 0;
}

static int get(struct ref_types *ref, int i, enum ref_type type)
{
	struct ref_use *use = &ref->use[i];

	if (use->nr && use->type != type)
		return -EINVAL;
	if (use->nr++)
		return 0;
	use->type = type;
	use->linear = 0;
	return type == REF_WRITABLE ? 0 : get_all(ref, i);
}

static void put(struct ref_types *ref, int i);

static void put_entry(struct ref_types *ref, int table, u64 pte)
{
	int i = index_of(ref, pte);
	enum ref_type type = ref->use[table].type;

	if (!(pte & P) || (type == REF_L1 && !(pte & RW)) ||
	    (type != REF_L1 && i == table))
		return;
	if (type != REF_L1 && ref->use[i].type == type) {
		ref->use[i].linear++;
		ref->use[table].linear--;
	}
	put(ref, i);
}

static void put(struct ref_types *ref, int i)
{
	unsigned int slot;

	if (--ref->use[i].nr || ref->use[i].type == REF_WRITABLE)
		return;
	for (slot = 0; slot < REF_WORDS; slot++)
		if (is_guests(ref->use[i].type, slot))
			put_entry(ref, i, ref->words[i][slot]);
}

int ref_types_pin(struct ref_types *ref, unsigned int i, enum ref_type type)
{
	struct ref_use before[REF_FRAMES];
	int err;

	memcpy(before, ref->use, sizeof(before));
	err = ref->use[i].pinned ? -EINVAL : get(ref, i, type);
	if (err)
		memcpy(ref->use, before, sizeof(before));
	else
		ref->use[i].pinned = true;
	return err;
}

int ref_types_unpin(struct ref_types *ref, unsigned int i)
{
	if (!ref->use[i].pinned)
		return -EINVAL;
	ref->use[i].pinned = false;
	put(ref, i);
	return 0;
}

/* An entry of a table in use. */
static int update(struct ref_types *ref, unsigned int i, unsigned int slot,
		  u64 val, bool preserve_ad)
{
	u64 *word = &ref->words[i][slot], old = *word;
	enum ref_type type = ref->use[i].type;
	int err = 0;

	if (!is_guests(type, slot) || (val & P && forbidden(type, val)))
		return -EINVAL;
	val = adjusted(type, val);
	if (val & P && (old ^ val) & MATTERS)
		err = get_entry(ref, i, val);
	if (err)
		return err;
	*word = val | (preserve_ad ? old & (A | D) : 0);
	if (!(val & P) || (old ^ val) & MATTERS)
		put_entry(ref, i, old);
	return 0;
}

int ref_types_write(struct ref_types *ref, unsigned int i, unsigned int slot,
		    u64 val, bool preserve_ad)
{
	struct ref_use before[REF_FRAMES];
	int err;

	if (!ref->use[i].nr || ref->use[i].type == REF_WRITABLE) {
		ref->words[i][slot] = val;
		return 0;
	}
	memcpy(before, ref->use, sizeof(before));
	err = update(ref, i, slot, val, preserve_ad);
	if (err)
		memcpy(ref->use, before, sizeof(before));
	return err;
}
