// SPDX-License-Identifier: GPL-2.0
/* The tool interface: what tests and debugfs see, and turn, of the core. */
#include <memcore/kunit.h>
#include <memcore/tools.h>
#include "adopt.h"
#include "audit.h"
#include "tools.h"
#include "vcpu.h"

static struct memcore_machine *machine(void)
{
	return memcore_adopted()->machine;
}

/**
 * memcore_tool_audit() - recompute every count of the machine
 * @buf: for a line on each difference, as many as fit
 * @len: its size, at least 1
 *
 * Return: 0 or -EUCLEAN.
 */
int memcore_tool_audit(char *buf, size_t len)
{
	return memcore_audit(machine(), buf, len);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tool_audit);

/**
 * memcore_tool_stat() - read a count
 * @stat: which
 *
 * Return: it, 0 for one that does not exist.
 */
u64 memcore_tool_stat(enum memcore_stat stat)
{
	if (stat >= MEMCORE_NR_STATS)
		return 0;
	if (stat == MEMCORE_STAT_SPLITS)
		return READ_ONCE(memcore_adopted()->p2m.nr_splits);
	return memcore_stat_read(machine(), stat);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tool_stat);

/**
 * memcore_tool_status() - read the state of the adopted domain
 * @status: where to
 */
void memcore_tool_status(struct memcore_status *status)
{
	struct memcore_domain *d = memcore_adopted();

	*status = (struct memcore_status){
		.translated = d->config.translated,
		.tot_pages = READ_ONCE(d->tot_pages),
		.max_pages = READ_ONCE(d->max_pages),
		.holes = memcore_adopted_holes(),
		.free_frames = READ_ONCE(d->machine->heap.free_frames),
		.nr_frames = d->machine->frames.nr,
	};
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tool_status);

/**
 * memcore_get_faults() - read what is left of the injected faults
 * @m: of which machine
 * @faults: where to
 */
void memcore_get_faults(struct memcore_machine *m,
			struct memcore_faults *faults)
{
	*faults = (struct memcore_faults){
		.refuse_calls = atomic_read(&m->refuse_calls),
		.partial_calls = atomic_read(&m->partial_calls),
		.partial_extents = READ_ONCE(m->partial_extents),
		.withhold_frames = READ_ONCE(m->heap.withheld),
		.preempt_at = READ_ONCE(m->preempt.at),
		.fail_alloc_at = max(atomic_read(&m->failpoint.left), 0),
	};
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_get_faults);

/**
 * memcore_set_faults() - inject faults
 * @m: into which machine
 * @faults: which; all 0 for none
 */
void memcore_set_faults(struct memcore_machine *m,
			const struct memcore_faults *faults)
{
	WRITE_ONCE(m->partial_extents, faults->partial_extents);
	atomic_set(&m->partial_calls, faults->partial_calls);
	atomic_set(&m->refuse_calls, faults->refuse_calls);
	atomic_set(&m->failpoint.left, faults->fail_alloc_at);
	memcore_heap_withhold(&m->heap, faults->withhold_frames);
	memcore_preempt_set(&m->preempt, faults->preempt_at);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_set_faults);

/**
 * memcore_tool_get_faults() - read what is left of the injected faults
 * @faults: where to
 */
void memcore_tool_get_faults(struct memcore_faults *faults)
{
	memcore_get_faults(machine(), faults);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tool_get_faults);

/**
 * memcore_tool_set_faults() - inject faults
 * @faults: which; all 0 for none
 */
void memcore_tool_set_faults(const struct memcore_faults *faults)
{
	memcore_set_faults(machine(), faults);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tool_set_faults);

/**
 * memcore_tool_set_max_pages() - say how many frames the kernel may have
 * @max_pages: how many
 *
 * Return: 0, or -ERANGE for more than a domain can.
 */
int memcore_tool_set_max_pages(unsigned long max_pages)
{
	if (max_pages > UINT_MAX)
		return -ERANGE;
	memcore_domain_set_max_pages(memcore_adopted(), max_pages);
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_tool_set_max_pages);

/**
 * memcore_tool_call_as() - make a hypercall as a domain that nothing runs
 * @domid: the domain; its first vCPU makes the call
 * @nr: hypercall number
 * @a1: first argument
 * @a2: second argument
 * @a3: third argument
 * @a4: fourth argument
 * @a5: fifth argument
 *
 * Pointers are kernel addresses, as the running kernel's own are.
 *
 * Return: what Xen would return, or -ESRCH if there is no such domain.
 */
long memcore_tool_call_as(u16 domid, unsigned int nr, unsigned long a1,
			  unsigned long a2, unsigned long a3, unsigned long a4,
			  unsigned long a5)
{
	struct memcore_domain *d = memcore_domain_get(memcore_adopted(), domid);
	long ret;

	if (!d)
		return -ESRCH;
	ret = memcore_vcpu_call(&d->vcpus[0], nr, a1, a2, a3, a4, a5);
	memcore_domain_put(d);
	return ret;
}
EXPORT_SYMBOL_GPL(memcore_tool_call_as);
