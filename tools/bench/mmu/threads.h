/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that work at the same time, each as a domain of its own. */
#ifndef MMUBENCH_THREADS_H
#define MMUBENCH_THREADS_H

#include <linux/types.h>

#include "hypervisor.h"

#define ROUNDS		512
#define BATCH		32

/* In a round something is done twice with each of 512 entries. */
#define REQUESTS	(2 * TABLE_ENTRIES)

struct task_struct;
struct team;

/**
 * struct worker - a thread and its domain
 * @team:	where it belongs
 * @domid:	the domain
 * @frames:	its frames: a table, pinned, and TABLE_ENTRIES others
 * @requests:	what its work needs; freed with it
 * @task:	the thread
 * @ok:		nothing was refused
 */
struct worker {
	struct team *team;
	u16 domid;
	unsigned long *frames;
	void *requests;
	struct task_struct *task;
	bool ok;
};

/**
 * struct work - what each worker does
 * @start:	before the time is taken; fills in @requests
 * @run:	ROUNDS * REQUESTS of it; sets @ok
 */
struct work {
	int (*start)(struct worker *w);
	void (*run)(struct worker *w);
};

extern const struct work grant_work;

#endif /* MMUBENCH_THREADS_H */
