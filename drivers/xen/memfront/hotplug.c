// SPDX-License-Identifier: GPL-2.0
/*
 * Pages in the balloon have no reference and are marked offline, so the kernel
 * would let their memory be taken offline under us. Nobody but the ledger
 * knows that they come back. Only what is taken away here may go.
 */
#include <linux/kernel.h>
#include <linux/memory.h>
#include <linux/notifier.h>

#include "balloon.h"
#include "hotplug.h"

/* What may go is isolated already: no page of it gets into the balloon now. */
static bool may_go(struct balloon *balloon, struct mf_pfn first,
		   unsigned long nr)
{
	return growth_lets_go(&balloon->growth, first, nr) ||
	       !ledger_has_any(&balloon->ledger, first, nr);
}

static int memory_event(struct notifier_block *block, unsigned long event,
			void *data)
{
	struct balloon *balloon = &memfront_balloon;
	struct memory_notify *range = data;
	struct mf_pfn first = mf_pfn(range->start_pfn);
	bool good = true;

	if (event != MEM_GOING_OFFLINE && event != MEM_CANCEL_OFFLINE)
		return NOTIFY_OK;

	mutex_lock(&balloon->lock);
	if (event == MEM_GOING_OFFLINE)
		good = may_go(balloon, first, range->nr_pages);
	else
		growth_keeps(&balloon->growth, first);
	mutex_unlock(&balloon->lock);
	return good ? NOTIFY_OK : notifier_from_errno(-EBUSY);
}

static struct notifier_block memory_notifier = {
	.notifier_call = memory_event,
};

/**
 * hotplug_init - refuse to let memory go that has pages in the balloon
 *
 * Context: module load, while the ledger is still empty.
 * Return: 0 or an errno.
 */
int hotplug_init(void)
{
	return register_memory_notifier(&memory_notifier);
}

/** hotplug_exit - no longer; the balloon has been handed back. */
void hotplug_exit(void)
{
	unregister_memory_notifier(&memory_notifier);
}
