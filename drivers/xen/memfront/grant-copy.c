// SPDX-License-Identifier: GPL-2.0
/*
 * Copies through grants: the hypervisor moves the bytes, and nothing is mapped.
 *
 * It copies within a page of each side. So a copy is cut where a page ends on
 * either, and the parts of all copies go together, as many with a hypercall as
 * there is room for.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <memfront/grant.h>
#include <memfront/kunit.h>

#include "answers.h"
#include "grant-copy.h"
#include "grant-op.h"
#include "inject.h"

struct grant_copy_stats grant_copy_stats;
EXPORT_SYMBOL_FOR_KUNIT(grant_copy_stats);

/**
 * struct batch - parts that go with a hypercall
 * @nr:		how many
 * @failed:	a copy has an error
 * @ops:	the parts, as the hypervisor takes them
 * @whose:	of which copy each is
 * @answers:	what became of each, if that is not the same for all
 * @errs:	for @answers
 */
struct batch {
	unsigned int nr;
	bool failed;
	struct gnttab_copy ops[GRANT_COPY_BATCH];
	struct memfront_grant_copy *whose[GRANT_COPY_BATCH];
	struct answers answers;
	int errs[GRANT_COPY_BATCH];
};

/**
 * struct part - bytes of a copy that lie within a page on both sides
 * @ref:	the granted page
 * @offset:	the first byte in it
 * @at:		the first byte in the other
 * @len:	how many
 * @gfn:	the other, as the hypervisor calls it
 */
struct part {
	const grant_ref_t *ref;
	unsigned int offset;
	unsigned int at;
	unsigned int len;
	xen_pfn_t gfn;
};

/* Those from @i on that are wanted and lie in a row. */
static unsigned int wanted_run(const struct batch *b, unsigned int i)
{
	unsigned int first = i;

	while (i < b->nr && b->errs[i] == ANSWER_WANTED)
		i++;
	return i - first;
}

static void note_run(struct batch *b, unsigned int i, unsigned int nr)
{
	for (; nr--; i++)
		b->errs[i] = b->ops[i].status == GRANT_NOT_DONE ?
				     ANSWER_WANTED :
				     grant_errno(b->ops[i].status);
}

static int ask_again(struct answers *answers)
{
	struct batch *b = container_of(answers, struct batch, answers);
	unsigned int i, j, nr;
	int err = 0;

	for (i = 0; i < b->nr && !err; i += nr ?: 1) {
		nr = wanted_run(b, i);
		if (!nr)
			continue;
		for (j = i; j < i + nr; j++)
			b->ops[j].status = GRANT_NOT_DONE;
		err = grant_op(GNTTABOP_copy, b->ops + i, nr);
		note_run(b, i, nr);
	}
	return err;
}

static void note_failure(struct batch *b, struct memfront_grant_copy *copy,
			 int err)
{
	copy->err = copy->err ?: err;
	b->failed = true;
}

/* The first call has said @err, and not that all was copied. */
static noinline void sort_out(struct batch *b, int err)
{
	unsigned int i;

	b->answers = (struct answers){
		.ask = ask_again,
		.errs = b->errs,
		.nr = b->nr,
		.again = -EAGAIN,
		.retries = &grant_copy_stats.retries,
	};
	note_run(b, 0, b->nr);
	answers_persist(&b->answers, err);
	for (i = 0; i < b->nr; i++)
		if (b->errs[i])
			note_failure(b, b->whose[i], b->errs[i]);
}

static bool all_are_copied(const struct batch *b)
{
	const struct gnttab_copy *op = b->ops, *end = op + b->nr;
	s16 status = GNTST_okay;

	for (; op < end; op++)
		status |= op->status;
	return status == GNTST_okay;
}

/* Have all parts copied; who has an error is told. */
static __always_inline void flush(struct batch *b)
{
	int err = grant_op(GNTTABOP_copy, b->ops, b->nr);

	if (unlikely(err || !all_are_copied(b)))
		sort_out(b, err);
	atomic_long_add(b->nr, &grant_copy_stats.parts);
	b->nr = 0;
}

/* The address is in the direct map, which has the frames in their order. */
static bool in_direct_map(const void *local)
{
	return (unsigned long)local >= PAGE_OFFSET && local < high_memory;
}

static struct mf_pfn direct_pfn(const void *local)
{
	return mf_pfn(((unsigned long)local - PAGE_OFFSET) >> PAGE_SHIFT);
}

static struct page *page_of(void *local)
{
	if (is_vmalloc_addr(local))
		return vmalloc_to_page(local);
	return virt_addr_valid(local) ? virt_to_page(local) : NULL;
}

/* The frame behind an address, as the hypervisor calls it. */
static xen_pfn_t local_gfn(void *local)
{
	struct page *page;

	if (in_direct_map(local))
		return grant_gfn(direct_pfn(local));
	page = page_of(local);
	return page ? grant_gfn(mf_page_pfn(page)) : GRANT_NO_GFN;
}

static __always_inline void fill_ptrs(struct gnttab_copy_ptr *grant,
				      struct gnttab_copy_ptr *local,
				      const struct memfront_grant_copy *copy,
				      const struct part *part)
{
	local->u.gmfn = part->gfn;
	local->domid = DOMID_SELF;
	local->offset = part->at;
	grant->domid = copy->domid;
	grant->u.ref = *part->ref;
	grant->offset = part->offset;
}

static __always_inline void fill_op(struct gnttab_copy *op,
				    const struct memfront_grant_copy *copy,
				    const struct part *part)
{
	if (copy->to_grant) {
		fill_ptrs(&op->dest, &op->source, copy, part);
		op->flags = GNTCOPY_dest_gref;
	} else {
		fill_ptrs(&op->source, &op->dest, copy, part);
		op->flags = GNTCOPY_source_gref;
	}
	op->len = part->len;
	op->status = GRANT_NOT_DONE;
}

/* The part from @done on. Return: its length, or an errno. */
static int add_part(struct batch *b, struct memfront_grant_copy *copy,
		    size_t done)
{
	void *at = copy->local + done;
	size_t from = copy->offset + done;
	struct part part = {
		.ref = &copy->refs[from >> PAGE_SHIFT],
		.offset = offset_in_page(from),
		.at = offset_in_page(at),
		.gfn = local_gfn(at),
	};

	if (part.gfn == GRANT_NO_GFN)
		return -EFAULT;
	part.len = min(copy->len - done,
		       PAGE_SIZE - max(part.offset, part.at));
	fill_op(&b->ops[b->nr], copy, &part);
	b->whose[b->nr++] = copy;
	return part.len;
}

static bool is_request(const struct memfront_grant_copy *copy)
{
	size_t end;

	return !copy->len || (copy->refs && copy->local &&
			      !check_add_overflow(copy->len,
						  (size_t)copy->offset, &end));
}

/* Stops where it cannot go on: what is before has been put in, or copied. */
static noinline void add_parts(struct batch *b,
			       struct memfront_grant_copy *copy)
{
	int len = is_request(copy) ? 0 : -EINVAL;
	size_t done;

	copy->err = 0;
	for (done = 0; len >= 0 && done < copy->len; done += len) {
		if (b->nr == GRANT_COPY_BATCH) {
			flush(b);
			cond_resched();
		}
		len = copy->err ?: add_part(b, copy, done);
		if (len < 0)
			break;
	}
	if (len < 0)
		note_failure(b, copy, len);
}

/* It begins and ends in a page on both sides; one of no bytes does not. */
static __always_inline bool is_one_part(const struct memfront_grant_copy *copy)
{
	size_t last = copy->len - 1;

	return (last | (last + copy->offset) |
		(last + offset_in_page(copy->local))) < PAGE_SIZE;
}

/* A part of RAM in the direct map. Return: false: it is not. */
static __always_inline bool fill_whole(struct gnttab_copy *op,
				       const struct memfront_grant_copy *copy)
{
	struct part part = {
		.ref = copy->refs,
		.offset = copy->offset,
		.at = offset_in_page(copy->local),
		.len = copy->len,
	};

	if (!is_one_part(copy) || !part.ref || !in_direct_map(copy->local))
		return false;
	part.gfn = grant_gfn(direct_pfn(copy->local));
	if (part.gfn == GRANT_NO_GFN)
		return false;
	fill_op(op, copy, &part);
	return true;
}

/*
 * Most copies are such, and there is room for them. Return: how many were put in
 * before one that is not.
 */
static __always_inline unsigned int
add_whole(struct batch *b, struct memfront_grant_copy *copies, unsigned int nr)
{
	struct memfront_grant_copy *copy = copies;
	struct memfront_grant_copy *end = copies +
					  min(nr, GRANT_COPY_BATCH - b->nr);
	struct memfront_grant_copy **whose = &b->whose[b->nr];
	struct gnttab_copy *op = &b->ops[b->nr];

	for (; copy < end && fill_whole(op, copy); copy++, op++) {
		copy->err = 0;
		*whose++ = copy;
	}
	b->nr = whose - b->whose;
	return copy - copies;
}

static __always_inline void add_copies(struct batch *b,
				       struct memfront_grant_copy *copies,
				       unsigned int nr)
{
	unsigned int i = 0;

	for (;;) {
		i += add_whole(b, copies + i, nr - i);
		if (likely(i == nr))
			return;
		add_parts(b, &copies[i++]);
	}
}

/* Whoever comes next may have it: to get that much memory costs as much as copies. */
static struct batch *spare;

static struct batch *alloc_batch(void)
{
	struct batch *b = xchg(&spare, NULL);

	if (!b && !memfront_should_fail())
		b = kmalloc(sizeof(*b), GFP_KERNEL);
	if (!b)
		return NULL;
	b->nr = 0;
	b->failed = false;
	return b;
}

static void free_batch(struct batch *b)
{
	if (cmpxchg(&spare, NULL, b))
		kfree(b);
}

/* Return: the first error. */
static noinline int count_failures(const struct memfront_grant_copy *copies,
				   unsigned int nr)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr; i++) {
		err = err ?: copies[i].err;
		if (copies[i].err)
			atomic_long_inc(&grant_copy_stats.failures);
	}
	return err;
}

/**
 * memfront_grant_copy - copy between granted pages and memory of this kernel
 * @copies:	what; each is told what became of it
 * @nr:		how many
 *
 * Bytes may lie across ends of pages on both sides. What is copied first is not
 * said, so copies of one call should not overlap. A copy with an error may be done
 * in part; the others are made. What Xen 4.17
 * answers: -ESRCH for a domain that is not there, -EINVAL for a reference that
 * its table does not have, -EACCES for one that it does not grant to this domain,
 * or not to be written. -EAGAIN, paged out, is tried again for about a second. Of
 * memory that has no frame of this domain the error is -EFAULT.
 *
 * Context: may sleep.
 * Return: 0; or the first error of a copy; -EINVAL for a copy that is no request;
 * -ENOMEM with nothing copied and nothing told.
 */
int memfront_grant_copy(struct memfront_grant_copy *copies, unsigned int nr)
{
	struct batch *b;
	bool failed;

	/* A check only: the copies of a call do not take long. */
	__might_sleep(__FILE__, __LINE__);
	b = alloc_batch();
	if (!b)
		return -ENOMEM;
	add_copies(b, copies, nr);
	if (b->nr)
		flush(b);
	failed = b->failed;
	free_batch(b);
	atomic_long_add(nr, &grant_copy_stats.copies);
	return unlikely(failed) ? count_failures(copies, nr) : 0;
}
EXPORT_SYMBOL_GPL(memfront_grant_copy);

/** grant_copies_exit - nobody copies any more. */
void grant_copies_exit(void)
{
	kfree(xchg(&spare, NULL));
}
EXPORT_SYMBOL_FOR_KUNIT(grant_copies_exit);

/**
 * grant_copies_show - counters, a name and a number a line
 * @m: the file
 */
void grant_copies_show(struct seq_file *m)
{
	seq_printf(m, "copies %lu\n",
		   atomic_long_read(&grant_copy_stats.copies));
	seq_printf(m, "copy_failures %lu\n",
		   atomic_long_read(&grant_copy_stats.failures));
	seq_printf(m, "copy_parts %lu\n",
		   atomic_long_read(&grant_copy_stats.parts));
	seq_printf(m, "copy_retries %lu\n",
		   atomic_long_read(&grant_copy_stats.retries));
}
