// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that change page tables at the same time, each as a domain of its own,
 * on the in-tree core: if domains share a lock, two are no faster than one. An
 * entry is mapped writable, or made empty, in calls of mmu_update; or what the
 * domain has granted to itself is mapped, or unmapped.
 *
 * Emulated CPUs get what the machine has to spare. How much that is show the
 * same threads when they do nothing but compute.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include <xen-public/domctl.h>
#include <xen-public/memory.h>
#include <xen-public/xen.h>

#include "hypervisor.h"
#include "measure.h"
#include "threads.h"

#define MAX_THREADS	16

/* Steps of a computation that take about as long as one entry. */
#define STEPS		640

/* A domain's first frame is its table, the rest is what that maps. */
#define NR_FRAMES	(1 + TABLE_ENTRIES)

/**
 * struct team - all of them
 * @work:	what each does
 * @nr:		workers that have a domain
 * @worker:	they
 * @go:		all start at once
 * @working:	those that have not finished
 * @finished:	all have
 */
struct team {
	const struct work *work;
	unsigned int nr;
	struct worker worker[MAX_THREADS];
	struct completion go;
	atomic_t working;
	struct completion finished;
};

static long domctl(struct xen_domctl *op)
{
	op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	return hv.call(__HYPERVISOR_domctl, (unsigned long)op, 0, 0, 0, 0);
}

static int create_domain(struct worker *w)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_createdomain,
		.u.createdomain = {
			.max_vcpus = 1,
			.max_grant_frames = 4,
			.max_maptrack_frames = 4,
			.grant_opts = XEN_DOMCTL_GRANT_version(1),
		},
	};

	if (domctl(&op))
		return -EIO;
	w->domid = op.domain;
	op = (struct xen_domctl){
		.cmd = XEN_DOMCTL_max_mem,
		.domain = w->domid,
		.u.max_mem.max_memkb = NR_FRAMES * (PAGE_SIZE / 1024),
	};
	return domctl(&op) ? -EIO : 0;
}

static int destroy_domain(struct worker *w)
{
	struct xen_domctl op = {
		.cmd = XEN_DOMCTL_destroydomain,
		.domain = w->domid,
	};

	return domctl(&op) ? -EIO : 0;
}

static int populate(struct worker *w)
{
	struct xen_memory_reservation arg = {
		.nr_extents = NR_FRAMES,
		.domid = w->domid,
	};
	unsigned int i;

	for (i = 0; i < NR_FRAMES; i++)
		w->frames[i] = i;
	set_xen_guest_handle(arg.extent_start, w->frames);
	return hv.call(__HYPERVISOR_memory_op, XENMEM_populate_physmap,
		       (unsigned long)&arg, 0, 0, 0) == NR_FRAMES ? 0 : -EIO;
}

static int pin(struct worker *w, unsigned int cmd)
{
	struct mmuext_op op = { .cmd = cmd, .arg1.mfn = w->frames[0] };

	return hv.call_as(w->domid, __HYPERVISOR_mmuext_op,
			  (unsigned long)&op, 1, 0, DOMID_SELF, 0) ? -EIO : 0;
}

static int fill_updates(struct worker *w)
{
	u64 table = (u64)w->frames[0] << PAGE_SHIFT;
	struct mmu_update *updates;
	unsigned int i, slot;

	updates = kvcalloc(REQUESTS, sizeof(*updates), GFP_KERNEL);
	if (!updates)
		return -ENOMEM;
	w->requests = updates;
	for (i = 0; i < REQUESTS; i++) {
		slot = i % TABLE_ENTRIES;
		updates[i].ptr = table + slot * sizeof(u64);
		if (i < TABLE_ENTRIES)
			updates[i].val = ENTRY_WRITABLE |
				(u64)w->frames[1 + slot] << PAGE_SHIFT;
	}
	return 0;
}

static bool update(struct worker *w, unsigned int at)
{
	struct mmu_update *updates = w->requests;
	unsigned int done = 0;

	return !hv.call_as(w->domid, __HYPERVISOR_mmu_update,
			   (unsigned long)&updates[at], BATCH,
			   (unsigned long)&done, DOMID_SELF, 0) &&
	       done == BATCH;
}

static void change_entries(struct worker *w)
{
	unsigned int i;

	w->ok = true;
	for (i = 0; i < ROUNDS * REQUESTS && w->ok; i += BATCH)
		w->ok = update(w, i % REQUESTS);
}

static const struct work entry_work = {
	.start = fill_updates,
	.run = change_entries,
};

static void compute(struct worker *w)
{
	unsigned int i;
	u64 x = 1;

	for (i = 0; i < ROUNDS * REQUESTS * STEPS; i++) {
		x = x * 6364136223846793005ULL + 1;
		OPTIMIZER_HIDE_VAR(x);
	}
	w->ok = true;
}

static const struct work control_work = {
	.start = fill_updates,
	.run = compute,
};

static int worker_main(void *data)
{
	struct worker *w = data;

	wait_for_completion(&w->team->go);
	w->team->work->run(w);
	if (atomic_dec_and_test(&w->team->working))
		complete(&w->team->finished);
	return 0;
}

/* Return: nanoseconds that all together took. */
static u64 race(struct team *team)
{
	u64 start;

	start = ktime_get_ns();
	complete_all(&team->go);
	wait_for_completion(&team->finished);
	return ktime_get_ns() - start;
}

static int worker_launch(struct worker *w, unsigned int cpu)
{
	struct task_struct *task;

	task = kthread_create(worker_main, w, "mmubench/%u", w->domid);
	if (IS_ERR(task))
		return PTR_ERR(task);
	w->task = get_task_struct(task);
	kthread_bind(task, cpu);
	atomic_inc(&w->team->working);
	wake_up_process(task);
	return 0;
}

static int team_launch(struct team *team)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < team->nr && !ret; i++)
		ret = worker_launch(&team->worker[i], i % num_online_cpus());
	return ret;
}

/* They have finished, but may not have left this module's code. */
static int team_end(struct team *team)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < team->nr && team->worker[i].task; i++) {
		kthread_stop(team->worker[i].task);
		put_task_struct(team->worker[i].task);
		if (!team->worker[i].ok)
			ret = -EIO;
	}
	return ret;
}

static int run_team(struct team *team, u64 *ns)
{
	int ret;

	init_completion(&team->go);
	init_completion(&team->finished);
	/* One for this thread, so that it is not over before it starts. */
	atomic_set(&team->working, 1);
	ret = team_launch(team);
	if (atomic_dec_and_test(&team->working))
		return ret;
	*ns = race(team);
	return team_end(team) ?: ret;
}

static int worker_start(struct worker *w)
{
	int ret = populate(w);

	if (!ret)
		ret = pin(w, MMUEXT_PIN_L1_TABLE);
	return ret ?: w->team->work->start(w);
}

static void worker_free(struct worker *w)
{
	kvfree(w->frames);
	kvfree(w->requests);
}

/* Return: 0 if there is a worker more, which has a domain. */
static int worker_add(struct team *team)
{
	struct worker *w = &team->worker[team->nr];
	int ret = -ENOMEM;

	w->team = team;
	w->frames = kvcalloc(NR_FRAMES, sizeof(*w->frames), GFP_KERNEL);
	if (w->frames)
		ret = create_domain(w);
	if (ret)
		worker_free(w);
	else
		team->nr++;
	return ret;
}

static int team_up(struct team *team, unsigned int nr)
{
	int ret = 0;

	while (team->nr < nr && !ret) {
		ret = worker_add(team);
		if (!ret)
			ret = worker_start(&team->worker[team->nr - 1]);
	}
	return ret;
}

static int team_disband(struct team *team)
{
	int ret = 0;

	while (team->nr) {
		struct worker *w = &team->worker[--team->nr];

		if (destroy_domain(w))
			ret = -EIO;
		worker_free(w);
	}
	return ret;
}

static int measure(unsigned int threads, const struct work *work,
		   char *result, size_t len)
{
	u64 entries = (u64)threads * ROUNDS * REQUESTS;
	struct team *team;
	u64 ns = 0;
	int ret;

	if (!hv.call_as || !threads || threads > MAX_THREADS)
		return -EINVAL;
	team = kzalloc(sizeof(*team), GFP_KERNEL);
	if (!team)
		return -ENOMEM;
	team->work = work;
	ret = team_up(team, threads);
	if (!ret)
		ret = run_team(team, &ns);
	if (team_disband(team))
		ret = -EIO;
	snprintf(result, len, "entry %llu\n",
		 DIV64_U64_ROUND_CLOSEST(ns, entries));
	kfree(team);
	return ret;
}

int measure_threads(unsigned int threads, char *result, size_t len)
{
	return measure(threads, &entry_work, result, len);
}

int measure_control(unsigned int threads, char *result, size_t len)
{
	return measure(threads, &control_work, result, len);
}

int measure_grant_threads(unsigned int threads, char *result, size_t len)
{
	return measure(threads, &grant_work, result, len);
}
