// SPDX-License-Identifier: GPL-2.0
/*
 * The P2M of this guest. What nearly every look-up wants, RAM of a guest that
 * keeps a list, is one read of that list: the same on Xen and on the in-tree
 * core. Anything else in an entry, and anything beyond the list, is for whoever
 * keeps the P2M to explain.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/sched.h>

#include <memfront/kunit.h>

#include "hypercall.h"
#include "p2m.h"

/* Entries that are looked at together for being RAM. */
#define GROUP	8

/* An entry of the list that is not RAM, or none for want of one. */
static noinline struct mf_p2m_entry resolve(struct mf_pfn pfn,
					    struct mf_p2m_entry entry)
{
	if (entry.raw != MF_P2M_INVALID)
		return entry;
	if (memfront_hv.translated)
		return p2m_ask(pfn);
	return memfront_hv.p2m_ops->resolve(pfn);
}

/**
 * memfront_p2m_lookup - what is behind a frame
 * @pfn: any number
 *
 * A translated guest asks the hypervisor; where that does not tell, for it is
 * not asked to by Xen's rules or is out of order, the answer is a hole. Beyond
 * the covered range of a PV guest are holes, on Xen the identity entries that
 * the kernel takes for granted there.
 *
 * Context: any, lock-free; a hypercall on translated guests.
 * Return: the entry. Its foreign and identity marks are those of the API, also
 * where the list has neither.
 */
struct mf_p2m_entry memfront_p2m_lookup(struct mf_pfn pfn)
{
	struct mf_p2m_entry entry = p2m_read_list(pfn);

	if (likely(!(entry.raw & MF_P2M_SPECIAL)))
		return entry;
	return resolve(pfn, entry);
}
EXPORT_SYMBOL_GPL(memfront_p2m_lookup);

/* No pfn of a group is more than this; it may well be more than all of them. */
static __always_inline unsigned long bound_of(const struct mf_pfn *pfns)
{
	return pfns[0].nr | pfns[1].nr | pfns[2].nr | pfns[3].nr |
	       pfns[4].nr | pfns[5].nr | pfns[6].nr | pfns[7].nr;
}

static __always_inline unsigned long take(const unsigned long *list,
					  struct mf_pfn pfn,
					  struct mf_p2m_entry *entry)
{
	entry->raw = READ_ONCE(list[pfn.nr]);
	return entry->raw;
}

static __always_inline unsigned long take_group(const unsigned long *list,
						const struct mf_pfn *pfns,
						struct mf_p2m_entry *entries)
{
	return take(list, pfns[0], entries) |
	       take(list, pfns[1], entries + 1) |
	       take(list, pfns[2], entries + 2) |
	       take(list, pfns[3], entries + 3) |
	       take(list, pfns[4], entries + 4) |
	       take(list, pfns[5], entries + 5) |
	       take(list, pfns[6], entries + 6) |
	       take(list, pfns[7], entries + 7);
}

static noinline void resolve_array(const struct mf_pfn *pfns,
				   struct mf_p2m_entry *entries,
				   unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		if (entries[i].raw & MF_P2M_SPECIAL)
			entries[i] = resolve(pfns[i], entries[i]);
}

static noinline void look_up_each(const struct mf_pfn *pfns,
				  struct mf_p2m_entry *entries,
				  unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		entries[i] = memfront_p2m_lookup(pfns[i]);
}

/**
 * memfront_p2m_lookup_array - what is behind each of some frames
 * @pfns:	the frames, in any order
 * @entries:	gets the entry of each; not the memory of @pfns
 * @nr:		their number
 *
 * For RAM little more than the read of the list. Not one moment's picture: a
 * writer may come in between.
 *
 * Context: any, lock-free; hypercalls on translated guests, one for many frames.
 */
void memfront_p2m_lookup_array(const struct mf_pfn *pfns,
			       struct mf_p2m_entry *entries, unsigned long nr)
{
	const unsigned long *list = memfront_hv.p2m;
	unsigned long size = memfront_hv.p2m_size;
	unsigned long i;

	if (memfront_hv.translated) {
		p2m_ask_array(pfns, entries, nr);
		return;
	}
	for (i = 0; i + GROUP <= nr; i += GROUP) {
		if (unlikely(bound_of(pfns + i) >= size))
			look_up_each(pfns + i, entries + i, GROUP);
		else if (unlikely(take_group(list, pfns + i, entries + i) &
				  MF_P2M_SPECIAL))
			resolve_array(pfns + i, entries + i, GROUP);
	}
	look_up_each(pfns + i, entries + i, nr - i);
}
EXPORT_SYMBOL_GPL(memfront_p2m_lookup_array);

static __always_inline unsigned long copy_one(const unsigned long *list,
					      struct mf_p2m_entry *entry)
{
	entry->raw = READ_ONCE(*list);
	return entry->raw;
}

static __always_inline unsigned long copy_group(const unsigned long *list,
						struct mf_p2m_entry *entries)
{
	return copy_one(list, entries) | copy_one(list + 1, entries + 1) |
	       copy_one(list + 2, entries + 2) |
	       copy_one(list + 3, entries + 3) |
	       copy_one(list + 4, entries + 4) |
	       copy_one(list + 5, entries + 5) |
	       copy_one(list + 6, entries + 6) |
	       copy_one(list + 7, entries + 7);
}

static noinline void resolve_range(struct mf_pfn first,
				   struct mf_p2m_entry *entries,
				   unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		if (entries[i].raw & MF_P2M_SPECIAL)
			entries[i] = resolve(mf_pfn(first.nr + i), entries[i]);
}

/* Return: how many leading entries were read; the list may end before the rest. */
static unsigned long copy_groups(struct mf_pfn first,
				 struct mf_p2m_entry *entries, unsigned long nr)
{
	unsigned long size = memfront_hv.p2m_size;
	const unsigned long *list = memfront_hv.p2m + first.nr;
	unsigned long i;

	if (first.nr >= size)
		return 0;
	nr = min(nr, size - first.nr);
	for (i = 0; i + GROUP <= nr; i += GROUP)
		if (unlikely(copy_group(list + i, entries + i) & MF_P2M_SPECIAL))
			resolve_range(mf_pfn(first.nr + i), entries + i, GROUP);
	return i;
}

/**
 * memfront_p2m_lookup_range - what is behind each of neighbouring frames
 * @first:	the first frame
 * @entries:	gets the entry of each
 * @nr:		their number; @first + @nr does not overflow
 *
 * As memfront_p2m_lookup_array().
 *
 * Context: any, lock-free; hypercalls on translated guests, one for many frames.
 */
void memfront_p2m_lookup_range(struct mf_pfn first,
			       struct mf_p2m_entry *entries, unsigned long nr)
{
	unsigned long i;

	if (memfront_hv.translated) {
		p2m_ask_range(first, entries, nr);
		return;
	}
	for (i = copy_groups(first, entries, nr); i < nr; i++)
		entries[i] = memfront_p2m_lookup(mf_pfn(first.nr + i));
}
EXPORT_SYMBOL_GPL(memfront_p2m_lookup_range);

/**
 * memfront_p2m_size - how many pfns the P2M covers
 *
 * On Xen, the list that the kernel has reserved address space for, hundreds of
 * GiB: it does not change, and to look all of it up takes long. On the core,
 * what memfront_p2m_extend() has made of it, in leaves of 512.
 *
 * Context: any.
 * Return: pfns; 0 for a translated guest, which keeps none.
 */
unsigned long memfront_p2m_size(void)
{
	return memfront_hv.translated ? 0 : memfront_hv.p2m_ops->size();
}
EXPORT_SYMBOL_GPL(memfront_p2m_size);

/**
 * memfront_p2m_extend - cover more pfns, for memory that is to be added
 * @nr_pfns: pfns from 0 on that are to be covered, at least
 *
 * New entries are holes; on Xen identity entries, as the kernel has beyond all
 * memory. There its list gets leaves of its own up to @nr_pfns, and tools are
 * told that it reaches so far.
 *
 * Context: may sleep.
 * Return: 0, also if they are covered already; -ERANGE beyond what the list can
 * ever cover; -ENOMEM, with nothing changed but leaves made ready;
 * -EOPNOTSUPP for a translated guest.
 */
int memfront_p2m_extend(unsigned long nr_pfns)
{
	if (memfront_hv.translated)
		return -EOPNOTSUPP;
	return memfront_hv.p2m_ops->extend(nr_pfns);
}
EXPORT_SYMBOL_GPL(memfront_p2m_extend);

/**
 * memfront_p2m_shrink - cover fewer pfns
 * @nr_pfns: pfns from 0 on that stay covered, at least
 *
 * On the core the leaves beyond are freed. On Xen they belong to the kernel,
 * which never frees one: they stay, as does the size.
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if an entry beyond is not a hole (on Xen it may be an identity
 * entry), or if it is of those that the guest was started with; -EOPNOTSUPP for a
 * translated guest.
 */
int memfront_p2m_shrink(unsigned long nr_pfns)
{
	if (memfront_hv.translated)
		return -EOPNOTSUPP;
	return memfront_hv.p2m_ops->shrink(nr_pfns);
}
EXPORT_SYMBOL_GPL(memfront_p2m_shrink);

/* May the guest write the entries of these pfns? */
static int check_range(struct mf_pfn first, unsigned long nr)
{
	unsigned long size = memfront_p2m_size();

	if (memfront_hv.translated)
		return -EOPNOTSUPP;
	return first.nr > size || nr > size - first.nr ? -ERANGE : 0;
}

/**
 * memfront_p2m_reserve - make sure that entries can be written
 * @first:	first pfn
 * @nr:		their number
 *
 * Leaves without memory are shared and read-only; those of these pfns become
 * their own, with the same entries.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM, when some leaves may be ready; -ERANGE beyond the covered
 * range; -EOPNOTSUPP for a translated guest.
 */
int memfront_p2m_reserve(struct mf_pfn first, unsigned long nr)
{
	int err = check_range(first, nr);
	unsigned long n;

	for (; nr && !err; nr -= n, first.nr += n) {
		n = p2m_in_leaf(first, nr);
		err = memfront_hv.p2m_ops->reserve(first);
		cond_resched();
	}
	return err;
}
EXPORT_SYMBOL_GPL(memfront_p2m_reserve);

/* What is in the list is covered. */
static int write_entry(struct mf_pfn pfn, unsigned long raw)
{
	int err = 0;

	if (unlikely(pfn.nr >= memfront_hv.p2m_size))
		err = check_range(pfn, 1);
	return err ?: memfront_hv.p2m_ops->write(pfn, p2m_entry(raw));
}

/**
 * memfront_p2m_set - enter the frame that now is behind @pfn
 * @pfn:	after memfront_p2m_reserve()
 * @mfn:	a frame of this domain
 *
 * Context: any; never fails for a pfn that is reserved.
 * Return: 0; -ENOENT if the leaf is shared, for want of a reserve; -EINVAL if
 * @mfn has bits that entries are marked by; -ERANGE beyond the covered range;
 * -EOPNOTSUPP for a translated guest.
 */
int memfront_p2m_set(struct mf_pfn pfn, struct mf_mfn mfn)
{
	if (mfn.nr & MF_P2M_SPECIAL)
		return -EINVAL;
	return write_entry(pfn, mfn.nr);
}
EXPORT_SYMBOL_GPL(memfront_p2m_set);

/**
 * memfront_p2m_set_foreign - enter that a frame of another domain is at @pfn
 * @pfn:	after memfront_p2m_reserve()
 * @mfn:	the frame
 *
 * Context: any; never fails for a pfn that is reserved.
 * Return: as memfront_p2m_set().
 */
int memfront_p2m_set_foreign(struct mf_pfn pfn, struct mf_mfn mfn)
{
	if (mfn.nr & MF_P2M_SPECIAL)
		return -EINVAL;
	return write_entry(pfn, mfn.nr | MF_P2M_FOREIGN_BIT);
}
EXPORT_SYMBOL_GPL(memfront_p2m_set_foreign);

/**
 * memfront_p2m_clear - enter that nothing is behind @pfn
 * @pfn: any that is covered
 *
 * Context: any; never fails for a pfn that is reserved, nor for a hole.
 * Return: as memfront_p2m_set().
 */
int memfront_p2m_clear(struct mf_pfn pfn)
{
	return write_entry(pfn, MF_P2M_INVALID);
}
EXPORT_SYMBOL_GPL(memfront_p2m_clear);

/**
 * memfront_p2m_set_identity - enter that frames are those of the machine
 * @first:	first pfn
 * @nr:		their number
 *
 * Needs no reserve. Whole leaves of holes need no memory on the core, and
 * leaves that are identity already need none on Xen.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM, when those of some first leaves may be entered; -ERANGE
 * beyond the covered range; -EOPNOTSUPP for a translated guest.
 */
int memfront_p2m_set_identity(struct mf_pfn first, unsigned long nr)
{
	int err = check_range(first, nr);
	unsigned long n;

	for (; nr && !err; nr -= n, first.nr += n) {
		n = p2m_in_leaf(first, nr);
		err = memfront_hv.p2m_ops->identity(first, n);
		cond_resched();
	}
	return err;
}
EXPORT_SYMBOL_GPL(memfront_p2m_set_identity);
