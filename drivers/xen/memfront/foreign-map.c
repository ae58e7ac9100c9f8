// SPDX-License-Identifier: GPL-2.0
/*
 * Foreign mappings: frames of another domain at addresses of this kernel.
 *
 * How they get there is another file's: foreign-window.c for PV guests,
 * foreign-physmap.c for translated ones. Here is what both have in common: each
 * frame has an answer of its own, a frame that is paged out is asked for again
 * for a while, and what is given up is given back.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include <memfront/foreign.h>
#include <memfront/kunit.h>
#include <memfront/pseudophys.h>

#include "answers.h"
#include "foreign-map.h"
#include "hypercall.h"
#include "inject.h"
#include "trace.h"
#include "window.h"

struct foreign_stats foreign_stats;
EXPORT_SYMBOL_FOR_KUNIT(foreign_stats);

struct memfront_pseudophys_user foreign_user = { .name = "foreign" };

static LIST_HEAD(maps);
static DEFINE_MUTEX(maps_lock);

/**
 * struct request - frames that are being asked for
 * @answers:	what becomes of each
 * @map:	where they go
 * @gfns:	which
 */
struct request {
	struct answers answers;
	struct memfront_foreign *map;
	const struct mf_gfn *gfns;
};

static int ask(struct answers *answers)
{
	struct request *r = container_of(answers, struct request, answers);

	return r->map->ops->enter(r->map, r->gfns, answers->errs);
}

static void ask_with_patience(struct memfront_foreign *map,
			      const struct mf_gfn *gfns, int *errs)
{
	struct request r = {
		.answers = {
			.ask = ask,
			.errs = errs,
			.nr = map->nr,
			.again = -ENOENT,
			.retries = &foreign_stats.retries,
		},
		.map = map,
		.gfns = gfns,
	};

	answers_get(&r.answers);
}

/* Ask, and decide whether what came of it is a mapping. */
static int fill(struct memfront_foreign *map, const struct mf_gfn *gfns,
		int *errs, bool all)
{
	int err;

	ask_with_patience(map, gfns, errs);
	err = answers_first_error(errs, map->nr, &map->mapped);
	atomic_long_add(map->nr - map->mapped, &foreign_stats.frame_failures);
	if (err && (all || !map->mapped))
		return err;
	return map->ops->show(map, errs);
}

static int map_frames(struct memfront_foreign *map, const struct mf_gfn *gfns,
		      int *errs, bool all)
{
	int err = map->ops->prepare(map);

	if (err)
		return err;
	err = fill(map, gfns, errs, all);
	if (err && map->ops->remove(map))
		atomic_long_inc(&foreign_stats.unmap_failures);
	return err;
}

static struct memfront_foreign *new_map(domid_t domid, unsigned int nr,
					unsigned int flags)
{
	struct memfront_foreign *map;

	map = memfront_should_fail() ? NULL : kzalloc(sizeof(*map), GFP_KERNEL);
	if (!map)
		return NULL;
	map->ops = memfront_hv.translated ? &foreign_physmap_ops :
					    &foreign_window_ops;
	map->domid = domid;
	map->nr = nr;
	map->flags = flags;
	map->since = ktime_get_boottime_seconds();
	return map;
}

static void add_map(struct memfront_foreign *map)
{
	mutex_lock(&maps_lock);
	list_add_tail(&map->node, &maps);
	mutex_unlock(&maps_lock);
	atomic_long_inc(&foreign_stats.maps);
	atomic_long_add(map->mapped, &foreign_stats.frames);
	trace_memfront_foreign_map(map->domid, map->nr, map->mapped);
}

static struct memfront_foreign *make_map(domid_t domid,
					 const struct mf_gfn *gfns,
					 unsigned int nr, unsigned int flags,
					 int *errs, bool all)
{
	struct memfront_foreign *map = new_map(domid, nr, flags);
	int err;

	if (!map)
		return ERR_PTR(-ENOMEM);
	err = map_frames(map, gfns, errs, all);
	if (err) {
		kfree(map);
		return ERR_PTR(err);
	}
	add_map(map);
	return map;
}

/* Somebody has to hold the answers even if nobody wants them. */
static struct memfront_foreign *make_whole_map(domid_t domid,
					       const struct mf_gfn *gfns,
					       unsigned int nr,
					       unsigned int flags)
{
	struct memfront_foreign *map;
	int *errs = NULL;

	if (!memfront_should_fail())
		errs = kvmalloc_array(nr, sizeof(*errs), GFP_KERNEL);
	if (!errs)
		return ERR_PTR(-ENOMEM);
	map = make_map(domid, gfns, nr, flags, errs, true);
	kvfree(errs);
	return map;
}

/**
 * memfront_foreign_map - map frames of another domain
 * @domid:	whose
 * @gfns:	the frames: of a translated domain its guest frames, of a PV domain
 *		machine frames
 * @nr:		how many, 1 to 262144
 * @flags:	0 or MEMFRONT_FOREIGN_READ_ONLY
 * @errs:	set for each frame to 0 or an errno; NULL: all frames or none
 *
 * The frames are at neighbouring addresses in the order of the list. Of those
 * with an error there is nothing to see: touching their pages faults. What Xen
 * 4.17 answers for a frame: -ESRCH for a domain that is not there, -EPERM for one
 * that this is not privileged over, -EINVAL, -EPERM or -EBUSY for a frame that it
 * does not have. -ENOENT, paged out, is tried again for about a second.
 *
 * A frame stays the other domain's, and stays there while it is mapped, whatever
 * becomes of that domain.
 *
 * Context: may sleep.
 * Return: the mapping, if at least one frame is in it; with @errs NULL, if all
 * are. Else an ERR_PTR(): the first frame's error, -EINVAL for arguments that are
 * no request, -ENOMEM, or -EOPNOTSUPP where the hypervisor cannot. What is in
 * @errs counts only with a mapping or a frame's error.
 */
struct memfront_foreign *memfront_foreign_map(domid_t domid,
					      const struct mf_gfn *gfns,
					      unsigned int nr,
					      unsigned int flags, int *errs)
{
	struct memfront_foreign *map;

	might_sleep();
	if (!gfns || !nr || nr > WINDOW_MAX_PAGES ||
	    flags & ~MEMFRONT_FOREIGN_READ_ONLY)
		return ERR_PTR(-EINVAL);
	if (errs)
		map = make_map(domid, gfns, nr, flags, errs, false);
	else
		map = make_whole_map(domid, gfns, nr, flags);
	if (IS_ERR(map))
		atomic_long_inc(&foreign_stats.map_failures);
	return map;
}
EXPORT_SYMBOL_GPL(memfront_foreign_map);

/**
 * memfront_foreign_addr - where a mapping is
 * @map: the mapping
 *
 * Return: the address of the first frame; on the in-tree core as PV guest an
 * address of the model, for memcore_access().
 */
void *memfront_foreign_addr(const struct memfront_foreign *map)
{
	return map->addr;
}
EXPORT_SYMBOL_GPL(memfront_foreign_addr);

/**
 * memfront_foreign_unmap - take a mapping away
 * @map: the mapping, with nobody using its addresses; gone afterwards
 *
 * Context: may sleep.
 * Return: 0, and no CPU can reach the frames any more; or the hypervisor's errno
 * if it did not let go of a frame: that frame and the addresses are lost, which
 * the log tells.
 */
int memfront_foreign_unmap(struct memfront_foreign *map)
{
	int err;

	might_sleep();
	mutex_lock(&maps_lock);
	list_del(&map->node);
	mutex_unlock(&maps_lock);
	err = map->ops->remove(map);
	atomic_long_inc(&foreign_stats.unmaps);
	if (err)
		atomic_long_inc(&foreign_stats.unmap_failures);
	trace_memfront_foreign_unmap(map->domid, map->nr, err);
	kfree(map);
	return err;
}
EXPORT_SYMBOL_GPL(memfront_foreign_unmap);

/** foreign_init - the module is there: mappings may be made. */
void foreign_init(void)
{
	memfront_pseudophys_register(&foreign_user);
}

/**
 * foreign_exit - the module goes: nothing may be mapped any more
 *
 * Who has a mapping holds the module by its symbols, so a mapping that is left
 * has been forgotten.
 */
void foreign_exit(void)
{
	if (!list_empty(&maps))
		pr_err("foreign: mappings are left that nobody took away\n");
	windows_exit();
	memfront_pseudophys_unregister(&foreign_user);
}

static void show_count(struct seq_file *m, const char *name,
		       const atomic_long_t *count)
{
	seq_printf(m, "%s %lu\n", name, atomic_long_read(count));
}

static void show_windows(struct seq_file *m)
{
	struct window_stats stats;

	window_read_stats(&stats);
	seq_printf(m, "windows_made %lu\n", stats.made);
	seq_printf(m, "windows_reused %lu\n", stats.reused);
	seq_printf(m, "windows_idle %lu\n", stats.idle);
	seq_printf(m, "windows_idle_pages %lu\n", stats.idle_pages);
	seq_printf(m, "windows_lost %lu\n", stats.lost);
}

static void show_maps(struct seq_file *m)
{
	time64_t now = ktime_get_boottime_seconds();
	const struct memfront_foreign *map;

	mutex_lock(&maps_lock);
	list_for_each_entry(map, &maps, node)
		seq_printf(m, "map domid %u frames %u mapped %u %s age_s %lld\n",
			   map->domid, map->nr, map->mapped,
			   map->flags & MEMFRONT_FOREIGN_READ_ONLY ? "ro" :
								     "rw",
			   now - map->since);
	mutex_unlock(&maps_lock);
}

/* The statistics, a name and a number a line; then the mappings. */
static int foreign_show(struct seq_file *m, void *unused)
{
	show_count(m, "maps", &foreign_stats.maps);
	show_count(m, "map_failures", &foreign_stats.map_failures);
	show_count(m, "unmaps", &foreign_stats.unmaps);
	show_count(m, "unmap_failures", &foreign_stats.unmap_failures);
	show_count(m, "frames", &foreign_stats.frames);
	show_count(m, "frame_failures", &foreign_stats.frame_failures);
	show_count(m, "retries", &foreign_stats.retries);
	show_count(m, "pages_lost", &foreign_stats.pages_lost);
	show_windows(m);
	show_maps(m);
	return 0;
}

static int foreign_open(struct inode *inode, struct file *file)
{
	return single_open(file, foreign_show, NULL);
}

const struct file_operations foreign_fops = {
	.owner = THIS_MODULE,
	.open = foreign_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};
