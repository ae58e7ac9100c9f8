// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "ref_pseudophys.h"

/* The allocator has one source and one lender, and so has the suite. */
static struct ref_pseudophys *now;

static int add(struct section *s)
{
	unsigned int i;

	now->adds++;
	if (now->fail_adds) {
		now->fail_adds--;
		return -ENOSPC;
	}
	for (i = 0; i < REF_SECTIONS && now->live[i]; i++)
		;
	if (i == REF_SECTIONS)
		return -ENOSPC;
	now->live[i] = true;
	s->first = mf_pfn(REF_FIRST + i * REF_SECTION_FRAMES + now->askew);
	s->backing = &now->live[i];
	return 0;
}

static int remove(struct section *s)
{
	if (now->refuse_removes) {
		now->refuse_removes--;
		return -EBUSY;
	}
	*(bool *)s->backing = false;
	now->removes++;
	return 0;
}

const struct section_source ref_source = {
	.order = REF_SECTION_ORDER,
	.add = add,
	.remove = remove,
};

static bool any(void)
{
	return READ_ONCE(now->ledger.nr_holes) !=
	       READ_ONCE(now->ledger.nr_lent);
}

static unsigned int lend(struct mf_pfn *pfns, unsigned int nr,
			 unsigned int order, bool whole)
{
	mutex_lock(&now->lock);
	nr = ledger_lend(&now->ledger, pfns, nr, order, whole);
	mutex_unlock(&now->lock);
	return nr;
}

static unsigned int take_back(const struct mf_pfn *pfns, unsigned int nr,
			      unsigned int order)
{
	unsigned int good = 0, i;

	mutex_lock(&now->lock);
	for (i = 0; i < nr; i++)
		good += ledger_take_back(&now->ledger, pfns[i], order);
	mutex_unlock(&now->lock);
	return good;
}

const struct hole_lender ref_lender = {
	.any = any,
	.lend = lend,
	.take_back = take_back,
};

struct ref_pseudophys *ref_pseudophys_begin(void)
{
	now = kvzalloc(sizeof(*now), GFP_KERNEL);
	if (!now)
		return NULL;
	mutex_init(&now->lock);
	ledger_init(&now->ledger);
	return now;
}

/* All that was handed to the allocator has to be back. */
void ref_pseudophys_end(struct kunit *test, struct ref_pseudophys *ref)
{
	KUNIT_EXPECT_EQ(test, ref_live(ref), 0U);
	KUNIT_EXPECT_EQ(test, ref->ledger.nr_lent, 0UL);
	ledger_destroy(&ref->ledger);
	kvfree(ref);
	now = NULL;
}

void ref_add_holes(struct kunit *test, struct ref_pseudophys *ref,
		   unsigned long pfn, unsigned int order)
{
	KUNIT_ASSERT_EQ(test, ledger_reserve(&ref->ledger, mf_pfn(pfn)), 0);
	ledger_add(&ref->ledger, mf_pfn(pfn), order);
}

/* May an allocator hand this frame out? */
bool ref_exists(const struct ref_pseudophys *ref, unsigned long pfn)
{
	if (pfn >= REF_END)
		return false;
	if (pfn >= REF_FIRST)
		return ref->live[(pfn - REF_FIRST) / REF_SECTION_FRAMES];
	return ledger_is_lent((struct ledger *)&ref->ledger, mf_pfn(pfn), 0);
}

unsigned int ref_live(const struct ref_pseudophys *ref)
{
	unsigned int i, nr = 0;

	for (i = 0; i < REF_SECTIONS; i++)
		nr += ref->live[i];
	return nr;
}

unsigned long ref_out(const struct ref_pseudophys *ref, unsigned long from,
		      unsigned long to)
{
	unsigned long nr = 0;

	for (; from < to; from++)
		nr += ref->out[from];
	return nr;
}

/* Sections of which somebody has a frame. */
unsigned int ref_in_use(const struct ref_pseudophys *ref)
{
	unsigned long pfn;
	unsigned int nr = 0;

	for (pfn = REF_FIRST; pfn < REF_END; pfn += REF_SECTION_FRAMES)
		nr += !!ref_out(ref, pfn, pfn + REF_SECTION_FRAMES);
	return nr;
}

/* Both sides tell the same story. */
void expect_frames_sound(struct kunit *test, struct ref_pseudophys *ref,
			 struct pseudophys *ps)
{
	struct pseudophys_census census;

	pseudophys_count(ps, &census);
	KUNIT_EXPECT_TRUE(test, census.sound);
	KUNIT_EXPECT_EQ(test, census.nr_out, ref_out(ref, REF_FIRST, REF_END));
	KUNIT_EXPECT_EQ(test, ref->ledger.nr_lent, ref_out(ref, 0, REF_FIRST));
	KUNIT_EXPECT_EQ(test, census.nr_sections + census.nr_stuck,
			(unsigned long)ref_live(ref));
	KUNIT_EXPECT_EQ(test, census.nr_frames,
			census.nr_free + census.nr_out + census.nr_parked);
}
