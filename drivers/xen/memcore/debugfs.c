// SPDX-License-Identifier: GPL-2.0
/* The tool interface as files, in /sys/kernel/debug/xen-memcore/. */
#include <linux/debugfs.h>
#include <linux/limits.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <memcore/tools.h>
#include "debugfs.h"

#define AUDIT_SIZE	4096

static struct dentry *dir;

static const char * const stat_names[MEMCORE_NR_STATS] = {
	[MEMCORE_STAT_HYPERCALLS] = "hypercalls",
	[MEMCORE_STAT_CONTINUATIONS] = "continuations",
	[MEMCORE_STAT_INCREASED] = "increased",
	[MEMCORE_STAT_DECREASED] = "decreased",
	[MEMCORE_STAT_POPULATED] = "populated",
	[MEMCORE_STAT_FRAMES_RELEASED] = "frames_released",
	[MEMCORE_STAT_FRAMES_FILLED] = "frames_filled",
	[MEMCORE_STAT_UNSCRUBBED] = "unscrubbed",
	[MEMCORE_STAT_ZEROED] = "zeroed",
	[MEMCORE_STAT_SPLITS] = "splits",
	[MEMCORE_STAT_INJECTED] = "injected",
	[MEMCORE_STAT_CRASHES] = "crashes",
};

/* "ok", or a line on each difference. */
static int audit_show(struct seq_file *s, void *unused)
{
	char *buf = kmalloc(AUDIT_SIZE, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;
	seq_puts(s, memcore_tool_audit(buf, AUDIT_SIZE) ? buf : "ok\n");
	kfree(buf);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(audit);

static int stats_show(struct seq_file *s, void *unused)
{
	unsigned int i;

	for (i = 0; i < MEMCORE_NR_STATS; i++)
		seq_printf(s, "%s %llu\n", stat_names[i],
			   memcore_tool_stat(i));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int status_show(struct seq_file *s, void *unused)
{
	struct memcore_status st;

	memcore_tool_status(&st);
	seq_printf(s, "translated %d\ntot_pages %lu\nmax_pages %lu\nholes %lu\nfree_frames %lu\nnr_frames %lu\n",
		   st.translated, st.tot_pages, st.max_pages, st.holes,
		   st.free_frames, st.nr_frames);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static int max_pages_get(void *unused, u64 *val)
{
	struct memcore_status st;

	memcore_tool_status(&st);
	*val = st.max_pages;
	return 0;
}

static int max_pages_set(void *unused, u64 val)
{
	return memcore_tool_set_max_pages(val);
}
DEFINE_DEBUGFS_ATTRIBUTE(max_pages_fops, max_pages_get, max_pages_set,
			 "%llu\n");

static int withhold_get(void *unused, u64 *val)
{
	struct memcore_faults f;

	memcore_tool_get_faults(&f);
	*val = f.withhold_frames;
	return 0;
}

static int withhold_set(void *unused, u64 val)
{
	struct memcore_faults f;

	memcore_tool_get_faults(&f);
	f.withhold_frames = val;
	memcore_tool_set_faults(&f);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(withhold_fops, withhold_get, withhold_set, "%llu\n");

/* The files of the int-sized faults have the member's offset as their data. */
static unsigned int *fault_at(struct memcore_faults *f, void *offset)
{
	return (void *)f + (size_t)offset;
}

static int fault_get(void *offset, u64 *val)
{
	struct memcore_faults f;

	memcore_tool_get_faults(&f);
	*val = *fault_at(&f, offset);
	return 0;
}

static int fault_set(void *offset, u64 val)
{
	struct memcore_faults f;

	if (val > INT_MAX)
		return -ERANGE;
	memcore_tool_get_faults(&f);
	*fault_at(&f, offset) = val;
	memcore_tool_set_faults(&f);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(fault_fops, fault_get, fault_set, "%llu\n");

/**
 * struct fault_file - a file for a fault
 * @name: of the file and of the member
 * @offset: of the member
 */
struct fault_file {
	const char *name;
	size_t offset;
};

static const struct fault_file fault_files[] = {
	{ "refuse_calls", offsetof(struct memcore_faults, refuse_calls) },
	{ "partial_calls", offsetof(struct memcore_faults, partial_calls) },
	{ "partial_extents",
	  offsetof(struct memcore_faults, partial_extents) },
	{ "preempt_at", offsetof(struct memcore_faults, preempt_at) },
	{ "fail_alloc_at", offsetof(struct memcore_faults, fail_alloc_at) },
};

/**
 * memcore_debugfs_init() - make the files
 *
 * Without debugfs there are none, and nothing else is missing.
 */
void memcore_debugfs_init(void)
{
	unsigned int i;

	dir = debugfs_create_dir("xen-memcore", NULL);
	debugfs_create_file("audit", 0400, dir, NULL, &audit_fops);
	debugfs_create_file("stats", 0400, dir, NULL, &stats_fops);
	debugfs_create_file("status", 0400, dir, NULL, &status_fops);
	debugfs_create_file_unsafe("max_pages", 0600, dir, NULL,
				   &max_pages_fops);
	debugfs_create_file_unsafe("withhold_frames", 0600, dir, NULL,
				   &withhold_fops);
	for (i = 0; i < ARRAY_SIZE(fault_files); i++)
		debugfs_create_file_unsafe(fault_files[i].name, 0600, dir,
					   (void *)fault_files[i].offset,
					   &fault_fops);
}

/**
 * memcore_debugfs_exit() - remove the files
 */
void memcore_debugfs_exit(void)
{
	debugfs_remove(dir);
}
