// SPDX-License-Identifier: GPL-2.0
/*
 * The files under /sys/kernel/debug/xen-memreplay: a script goes in, a
 * transcript comes out.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "counts.h"
#include "debugfs.h"
#include "frames.h"
#include "parse.h"
#include "run.h"

static struct dentry *dir;

/* One script at a time; also covers what is left of the last one. */
static DEFINE_MUTEX(runner);
static struct replay_transcript transcript;
static char status[128] = "ok";
static unsigned long leaked;

/* The text that is being written to "run", while that is open. */
static unsigned long run_open;
static char *text;
static size_t text_len;

static void set_status(int ret, const char *why)
{
	switch (ret) {
	case 0:
		strscpy(status, "ok", sizeof(status));
		break;
	case -EPERM:
		strscpy(status, "skipped: not a control domain",
			sizeof(status));
		break;
	case -ENXIO:
		strscpy(status, "skipped: no other domain", sizeof(status));
		break;
	case -ENOMEM:
		strscpy(status, "stopped: out of memory", sizeof(status));
		break;
	case -ETIMEDOUT:
		strscpy(status, "stopped: the other domain does not come",
			sizeof(status));
		break;
	default:
		if (why)
			snprintf(status, sizeof(status), "stopped: %s", why);
		else
			snprintf(status, sizeof(status),
				 "stopped: it cannot begin (%d)", ret);
	}
}

static bool is_for_caller(const struct replay_script *script)
{
	return script->peer || script->callers & (replay_backend.translated ?
				  REPLAY_CALLER_TRANSLATED : REPLAY_CALLER_PV);
}

static int run_script(struct replay_script *script)
{
	const char *why = NULL;
	int ret = -EPERM;

	if (!replay_backend_present()) {
		strscpy(status, "ok", sizeof(status));
		return 0;
	}
	if (!is_for_caller(script)) {
		strscpy(status, "skipped: for another type of caller",
			sizeof(status));
		return ret;
	}
	if (!script->control || replay_backend.control)
		ret = replay_run(script, &transcript, &why);
	set_status(ret, why);
	return ret;
}

static int parse_and_run(struct replay_script *script, const char *from,
			 size_t len)
{
	struct replay_parser parser;
	int ret = replay_parse(script, from, len, &parser);
	unsigned long before = replay_frames_leaked();

	leaked = 0;
	replay_transcript_reset(&transcript, replay_echo || script->throwaway);
	if (ret) {
		snprintf(status, sizeof(status), "error: line %u: %s",
			 parser.line, parser.error);
		pr_err("%s\n", status);
		return ret;
	}
	ret = run_script(script);
	leaked = replay_frames_leaked() - before;
	return ret;
}

/**
 * replay_script_text() - run a script
 * @from: its text
 * @len: how much there is
 *
 * Context: a process.
 * Return: 0 or an error; the status file says more.
 */
int replay_script_text(const char *from, size_t len)
{
	struct replay_script *script = kzalloc(sizeof(*script), GFP_KERNEL);
	int ret;

	if (!script)
		return -ENOMEM;
	mutex_lock(&runner);
	ret = parse_and_run(script, from, len);
	mutex_unlock(&runner);
	replay_script_free(script);
	kfree(script);
	return ret;
}

static int run_file_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (test_and_set_bit(0, &run_open))
		return -EBUSY;
	text = vmalloc(REPLAY_MAX_SIZE);
	text_len = 0;
	if (text)
		return 0;
	clear_bit(0, &run_open);
	return -ENOMEM;
}

static ssize_t run_file_write(struct file *file, const char __user *from,
			      size_t len, loff_t *pos)
{
	if (len > REPLAY_MAX_SIZE - text_len)
		return -EFBIG;
	if (copy_from_user(text + text_len, from, len))
		return -EFAULT;
	text_len += len;
	return len;
}

static int run_file_release(struct inode *inode, struct file *file)
{
	replay_script_text(text, text_len);
	vfree(text);
	clear_bit_unlock(0, &run_open);
	return 0;
}

static const struct file_operations run_fops = {
	.owner = THIS_MODULE,
	.open = run_file_open,
	.write = run_file_write,
	.release = run_file_release,
};

static ssize_t transcript_read(struct file *file, char __user *to, size_t len,
			       loff_t *pos)
{
	ssize_t ret;

	mutex_lock(&runner);
	ret = simple_read_from_buffer(to, len, pos, transcript.text,
				      transcript.used);
	mutex_unlock(&runner);
	return ret;
}

static const struct file_operations transcript_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = transcript_read,
	.llseek = default_llseek,
};

static int status_show(struct seq_file *m, void *unused)
{
	mutex_lock(&runner);
	seq_printf(m, "%s\n", status);
	if (leaked)
		seq_printf(m, "leaked %lu\n", leaked);
	mutex_unlock(&runner);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static int counts_show(struct seq_file *m, void *unused)
{
	mutex_lock(&runner);
	replay_counts_show(m);
	mutex_unlock(&runner);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counts);

/**
 * replay_debugfs_init() - make the files
 *
 * Return: 0 or -ENOMEM.
 */
int replay_debugfs_init(void)
{
	int ret = replay_transcript_init(&transcript, REPLAY_TRANSCRIPT_SIZE);

	if (ret)
		return ret;
	dir = debugfs_create_dir("xen-memreplay", NULL);
	debugfs_create_file("run", 0200, dir, NULL, &run_fops);
	debugfs_create_file("transcript", 0400, dir, NULL, &transcript_fops);
	debugfs_create_file("status", 0400, dir, NULL, &status_fops);
	debugfs_create_file("counts", 0400, dir, NULL, &counts_fops);
	return 0;
}

/**
 * replay_debugfs_exit() - take the files away
 */
void replay_debugfs_exit(void)
{
	debugfs_remove_recursive(dir);
	replay_transcript_exit(&transcript);
}
