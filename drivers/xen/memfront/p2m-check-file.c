// SPDX-License-Identifier: GPL-2.0
/*
 * xen-memfront/p2m_check under debugfs: reading it runs the check. A line for
 * each disagreement, as it is found; the summary at the end.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "p2m-check.h"

static const char *const state_names[] = {
	[MF_P2M_RAM] = "ram",
	[MF_P2M_HOLE] = "hole",
	[MF_P2M_FOREIGN] = "foreign",
	[MF_P2M_IDENTITY] = "identity",
};

/* What is to be shown: faults of entries, that of the count, the summary. */
static loff_t advance(struct p2m_check *check)
{
	if (check->next < check->end && p2m_check_next(check))
		return check->next;
	if (!check->ended) {
		check->ended = true;
		if (p2m_check_end(check))
			return check->end + 1;
	}
	check->fault = P2M_FAULT_NONE;
	return check->end + 2;
}

/*
 * The position is that after the pfn that is shown. The walk goes only forward,
 * so a record that did not fit is shown again as it was found.
 */
static void *check_start(struct seq_file *m, loff_t *pos)
{
	struct p2m_check *check = m->private;

	if (!*pos) {
		p2m_check_begin(check);
		*pos = advance(check);
	}
	return *pos > check->end + 2 ? NULL : check;
}

static void *check_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct p2m_check *check = m->private;

	*pos = *pos == check->end + 2 ? check->end + 3 : advance(check);
	return *pos > check->end + 2 ? NULL : check;
}

static void check_stop(struct seq_file *m, void *v)
{
}

static void show_other(struct seq_file *m, const struct p2m_check *check)
{
	if (check->other == MF_P2M_INVALID)
		seq_puts(m, " other none\n");
	else
		seq_printf(m, " other %#lx\n", check->other);
}

static void show_fault(struct seq_file *m, const struct p2m_check *check)
{
	const char *name = p2m_fault_name(check->fault);

	if (check->fault == P2M_FAULT_COUNT) {
		seq_printf(m, "%s: known %lu reservation %lu\n", name,
			   check->entry.raw, check->other);
		return;
	}
	seq_printf(m, "%s: pfn %#lx", name, check->pfn.nr);
	if (mf_p2m_state(check->entry) == MF_P2M_RAM)
		seq_printf(m, " mfn %#lx", mf_p2m_mfn(check->entry).nr);
	show_other(m, check);
}

static void show_summary(struct seq_file *m, const struct p2m_check *check)
{
	unsigned int i;

	seq_printf(m, "summary: %lu pfns", check->end);
	for (i = 0; i < ARRAY_SIZE(state_names); i++)
		seq_printf(m, " %s %lu", state_names[i], check->states[i]);
	seq_printf(m, " reservation %ld disagreements %lu\n",
		   check->reservation, check->faults);
}

static int check_show(struct seq_file *m, void *v)
{
	const struct p2m_check *check = v;

	if (check->fault)
		show_fault(m, check);
	else
		show_summary(m, check);
	return 0;
}

static const struct seq_operations check_seq_ops = {
	.start = check_start,
	.next = check_next,
	.stop = check_stop,
	.show = check_show,
};

static int check_open(struct inode *inode, struct file *file)
{
	return __seq_open_private(file, &check_seq_ops,
				  sizeof(struct p2m_check)) ? 0 : -ENOMEM;
}

const struct file_operations p2m_check_fops = {
	.owner = THIS_MODULE,
	.open = check_open,
	.read = seq_read,
	.llseek = no_llseek,
	.release = seq_release_private,
};
