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
 * @answers:	what becomes of each
 * @nr:		how many
 * @ops:	the parts, as the hypervisor takes them
 * @errs:	for @answers
 * @whose:	of which copy each is
 */
struct batch {
	struct answers answers;
	unsigned int nr;
	struct gnttab_copy ops[GRANT_COPY_BATCH];
	int errs[GRANT_COPY_BATCH];
	struct memfront_grant_copy *whose[GRANT_COPY_BATCH];
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
		if (b->ops[i].status != GRANT_NOT_DONE)
			b->errs[i] = grant_errno(b->ops[i].status);
}

static int ask(struct answers *answers)
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

/* Have all parts copied, and tell the copies. */
static void flush(struct batch *b)
{
	unsigned int i;

	b->answers.nr = b->nr;
	answers_get(&b->answers);
	for (i = 0; i < b->nr; i++)
		b->whose[i]->err = b->whose[i]->err ?: b->errs[i];
	atomic_long_add(b->nr, &grant_copy_stats.parts);
	b->nr = 0;
	cond_resched();
}

/* Most of it is in the direct map, and is known at once. */
static struct page *page_of(void *local)
{
	if ((unsigned long)local >= PAGE_OFFSET && local < high_memory)
		return virt_to_page(local);
	if (is_vmalloc_addr(local))
		return vmalloc_to_page(local);
	return virt_addr_valid(local) ? virt_to_page(local) : NULL;
}

/* The frame behind an address, as the hypervisor calls it. */
static int local_gfn(void *local, xen_pfn_t *gfn)
{
	struct page *page = page_of(local);

	return page ? grant_gfn(page, gfn) : -EFAULT;
}

/* Room for a part, from @done on. Return: its length, or an errno. */
static int add_part(struct batch *b, struct memfront_grant_copy *copy,
		    size_t done)
{
	struct gnttab_copy *op = &b->ops[b->nr];
	struct gnttab_copy_ptr *grant, *local;
	void *at = copy->local + done;
	size_t from = copy->offset + done;
	size_t len = min3(copy->len - done, PAGE_SIZE - offset_in_page(from),
			  PAGE_SIZE - offset_in_page(at));

	grant = copy->to_grant ? &op->dest : &op->source;
	local = copy->to_grant ? &op->source : &op->dest;
	op->flags = copy->to_grant ? GNTCOPY_dest_gref : GNTCOPY_source_gref;
	op->len = len;
	grant->domid = copy->domid;
	grant->u.ref = copy->refs[from >> PAGE_SHIFT];
	grant->offset = offset_in_page(from);
	local->domid = DOMID_SELF;
	local->offset = offset_in_page(at);
	b->whose[b->nr] = copy;
	return local_gfn(at, &local->u.gmfn) ?: len;
}

static bool is_request(const struct memfront_grant_copy *copy)
{
	size_t end;

	return !copy->len || (copy->refs && copy->local &&
			      !check_add_overflow(copy->len,
						  (size_t)copy->offset, &end));
}

/* Stops where it cannot go on: what is before has been put in, or copied. */
static void add_copy(struct batch *b, struct memfront_grant_copy *copy)
{
	size_t done = 0;
	int len;

	copy->err = is_request(copy) ? 0 : -EINVAL;
	while (!copy->err && done < copy->len) {
		len = add_part(b, copy, done);
		if (len < 0) {
			copy->err = len;
			return;
		}
		done += len;
		if (++b->nr == GRANT_COPY_BATCH)
			flush(b);
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
	b->answers = (struct answers){
		.ask = ask,
		.errs = b->errs,
		.again = -EAGAIN,
		.retries = &grant_copy_stats.retries,
	};
	return b;
}

static void free_batch(struct batch *b)
{
	kfree(xchg(&spare, b));
}

static int sum_up(const struct memfront_grant_copy *copies, unsigned int nr)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr; i++) {
		err = err ?: copies[i].err;
		if (copies[i].err)
			atomic_long_inc(&grant_copy_stats.failures);
	}
	atomic_long_add(nr, &grant_copy_stats.copies);
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
	unsigned int i;

	might_sleep();
	b = alloc_batch();
	if (!b)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		add_copy(b, &copies[i]);
	if (b->nr)
		flush(b);
	free_batch(b);
	return sum_up(copies, nr);
}
EXPORT_SYMBOL_GPL(memfront_grant_copy);

/** grant_copies_exit - nobody copies any more. */
void grant_copies_exit(void)
{
	free_batch(NULL);
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
