// SPDX-License-Identifier: GPL-2.0
/*
 * What the batches have done, summed over all CPUs and shown in debugfs.
 */
#include <linux/compiler.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include <memfront/kunit.h>

#include "mmu-batch.h"
#include "mmu-stats.h"

static void add_stats(struct mmu_stats *sum,
		      const struct mmu_stats *stats)
{
	const unsigned long *from = (const unsigned long *)stats;
	unsigned long *to = (unsigned long *)sum;
	unsigned int i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += READ_ONCE(from[i]);
}

/**
 * mmu_stats_sum - what the batches of all CPUs have done
 * @sum: set
 */
void mmu_stats_sum(struct mmu_stats *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu)
		if (per_cpu(mmu_batch, cpu))
			add_stats(sum, &per_cpu(mmu_batch, cpu)->stats);
}
EXPORT_SYMBOL_FOR_KUNIT(mmu_stats_sum);

/* A name and a number a line. */
static int mmu_stats_show(struct seq_file *m, void *unused)
{
	struct mmu_stats sum;

	mmu_stats_sum(&sum);
	seq_printf(m, "requests %lu\n", sum.requests);
	seq_printf(m, "merged %lu\n", sum.merged);
	seq_printf(m, "calls %lu\n", sum.calls);
	seq_printf(m, "hypercalls %lu\n", sum.hypercalls);
	seq_printf(m, "full %lu\n", sum.full);
	seq_printf(m, "flushes_asked %lu\n", sum.flushes_asked);
	seq_printf(m, "flushes %lu\n", sum.flushes);
	seq_printf(m, "refused %lu\n", sum.refused);
	seq_printf(m, "cancelled %lu\n", sum.cancelled);
	seq_printf(m, "requests_per_hypercall %lu\n",
		   sum.hypercalls ? sum.requests / sum.hypercalls : 0);
	return 0;
}

static int mmu_stats_open(struct inode *inode, struct file *file)
{
	return single_open(file, mmu_stats_show, NULL);
}

const struct file_operations mmu_stats_fops = {
	.owner = THIS_MODULE,
	.open = mmu_stats_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};
