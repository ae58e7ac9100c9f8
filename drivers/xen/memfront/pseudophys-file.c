// SPDX-License-Identifier: GPL-2.0
/*
 * xen-memfront/pseudophys under debugfs: what the allocator has done, who has
 * frames, and how whole the free ones are.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include <memfront/kunit.h>

#include "balloon.h"
#include "pseudophys.h"
#include "pseudophys-section.h"

static void show_count(struct seq_file *m, const char *name,
		       const atomic_long_t *count)
{
	seq_printf(m, "%s %lu\n", name, atomic_long_read(count));
}

static void show_stats(struct seq_file *m, const struct pseudophys *ps)
{
	const struct pseudophys_stats *stats = &ps->stats;

	show_count(m, "sections_added", &stats->sections_added);
	show_count(m, "sections_removed", &stats->sections_removed);
	show_count(m, "add_failures", &stats->add_failures);
	show_count(m, "remove_failures", &stats->remove_failures);
	seq_printf(m, "frames_cached %lu\n", caches_taken(ps->caches));
	show_count(m, "frames_lent", &stats->lent);
	show_count(m, "frames_taken", &stats->taken);
	show_count(m, "drains", &stats->drains);
	show_count(m, "bad_frees", &stats->bad_frees);
	show_count(m, "frames_not_exchanged", &stats->not_exchanged);
}

static void show_census(struct seq_file *m, struct pseudophys *ps)
{
	struct pseudophys_census census;

	pseudophys_count(ps, &census);
	seq_printf(m, "sections %lu\n", census.nr_sections);
	seq_printf(m, "sections_stuck %lu\n", census.nr_stuck);
	seq_printf(m, "frames %lu\n", census.nr_frames);
	seq_printf(m, "frames_free %lu\n", census.nr_free);
	seq_printf(m, "frames_out %lu\n", census.nr_out);
	seq_printf(m, "frames_parked %lu\n", census.nr_parked);
	seq_printf(m, "holes_lent %lu\n",
		   READ_ONCE(memfront_balloon.ledger.nr_lent));
}

/* How many free blocks there are of each order, the smallest first. */
static void show_section(struct seq_file *m, const struct section *s)
{
	unsigned int order;

	seq_printf(m, "section pfn %#lx frames %lu free %lu out %lu blocks",
		   s->first.nr, section_size(s), s->nr_free, section_out(s));
	for (order = 0; order < SECTION_ORDERS; order++)
		seq_printf(m, " %lu", s->nr_blocks[order]);
	seq_putc(m, '\n');
}

static void show_sections(struct seq_file *m, struct pseudophys *ps)
{
	const struct section *s;

	mutex_lock(&ps->grow);
	spin_lock(&ps->lock);
	list_for_each_entry(s, &ps->sections, node)
		show_section(m, s);
	spin_unlock(&ps->lock);
	mutex_unlock(&ps->grow);
}

/**
 * pseudophys_show - write the file
 * @m:		where
 * @unused:	there is no other file
 *
 * A name and a number a line; then the users, and the sections.
 *
 * Return: 0.
 */
int pseudophys_show(struct seq_file *m, void *unused)
{
	show_stats(m, &memfront_pseudophys);
	show_census(m, &memfront_pseudophys);
	pseudophys_users_show(m);
	show_sections(m, &memfront_pseudophys);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(pseudophys_show);

static int pseudophys_open(struct inode *inode, struct file *file)
{
	return single_open(file, pseudophys_show, NULL);
}

const struct file_operations pseudophys_fops = {
	.owner = THIS_MODULE,
	.open = pseudophys_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};
