// SPDX-License-Identifier: GPL-2.0
/*
 * __HYPERVISOR_grant_table_op: what a domain does with its own grants, and with
 * those of others.
 *
 * A continuation has what is left of the list, and of a cache flush also the
 * grant to go on from, above the command.
 *
 * Facts of Xen 4.17 that callers depend on, kept here on purpose:
 *
 * - A count with the highest bit set, and anything above the command but of a
 *   cache flush, is refused first.
 * - Of a PV domain's list only the start is looked at beforehand, and of most
 *   operations on a single structure not even that.
 * - set_version and get_version do not care for the count.
 */
#include <linux/bits.h>
#include <linux/limits.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/grant_table.h>
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../pv/request.h"
#include "grant-op.h"
#include "map.h"

/* How a continuation is encoded, as the callers' headers do not say. */
#define CMD_BITS	12
#define CMD_MASK	GENMASK(CMD_BITS - 1, 0)

/* Room for any operation of a list. */
union list_op {
	struct gnttab_swap_grant_ref swap;
	struct gnttab_transfer transfer;
};

static long run_one(struct memcore_call *call, unsigned long at,
		    const struct memcore_grant_list *list)
{
	union list_op op;
	s16 status;

	if (memcore_copy_from_guest(call->caller, &op, at, list->size))
		return -EFAULT;
	status = list->one(call, &op);
	return memcore_copy_back_to_guest(call->caller, at + list->status,
					  &status, sizeof(status));
}

/**
 * memcore_grant_run_list() - do operations one after the other
 * @call: the hypercall
 * @at: where the first is
 * @count: their number
 * @list: what they are
 *
 * Return: as all of grant-op.h.
 */
long memcore_grant_run_list(struct memcore_call *call, unsigned long at,
			    unsigned int count,
			    const struct memcore_grant_list *list)
{
	unsigned int i;
	long err = 0;

	for (i = 0; i < count && !err; i++, at += list->size) {
		call->again = i && memcore_grant_preempt(call);
		if (call->again)
			return i;
		err = run_one(call, at, list);
	}
	return err;
}

/* The size of a command's operations, 0 if it has no list. */
static size_t list_op_size(unsigned int cmd)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		return sizeof(struct gnttab_map_grant_ref);
	case GNTTABOP_unmap_grant_ref:
		return sizeof(struct gnttab_unmap_grant_ref);
	case GNTTABOP_unmap_and_replace:
		return sizeof(struct gnttab_unmap_and_replace);
	case GNTTABOP_transfer:
		return sizeof(struct gnttab_transfer);
	case GNTTABOP_copy:
		return sizeof(struct gnttab_copy);
	case GNTTABOP_swap_grant_ref:
		return sizeof(struct gnttab_swap_grant_ref);
	case GNTTABOP_cache_flush:
		return sizeof(struct gnttab_cache_flush);
	default:
		return 0;
	}
}

static long run_list(struct memcore_call *call, unsigned int cmd,
		     unsigned long at, unsigned int count, u32 *ref)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		return memcore_grant_map_refs(call, at, count);
	case GNTTABOP_unmap_grant_ref:
		return memcore_grant_unmap_refs(call, at, count);
	case GNTTABOP_unmap_and_replace:
		return memcore_grant_unmap_and_replace(call, at, count);
	case GNTTABOP_transfer:
		return memcore_grant_transfer(call, at, count);
	case GNTTABOP_copy:
		return memcore_grant_copy(call, at, count);
	case GNTTABOP_swap_grant_ref:
		return memcore_grant_swap(call, at, count);
	default:
		return memcore_grant_cache_flush(call, at, count, ref);
	}
}

static long run_single(struct memcore_call *call, unsigned int cmd,
		       unsigned long at, unsigned int count)
{
	switch (cmd) {
	case GNTTABOP_setup_table:
		return memcore_grant_setup_table(call, at, count);
	case GNTTABOP_query_size:
		return memcore_grant_query_size(call, at, count);
	case GNTTABOP_get_status_frames:
		return memcore_grant_get_status_frames(call, at, count);
	case GNTTABOP_set_version:
		return memcore_grant_set_version(call, at);
	case GNTTABOP_get_version:
		return memcore_grant_get_version(call, at);
	default:
		return -XEN_ENOSYS;
	}
}

static long run_and_continue(struct memcore_call *call, unsigned int cmd,
			     size_t size, u32 ref)
{
	unsigned long at = call->arg[1];
	unsigned int count = call->arg[2];
	long done;

	if (!memcore_list_ok(call->caller, at))
		return -EFAULT;
	done = run_list(call, cmd, at, count, &ref);
	if (!call->again)
		return done;
	call->arg[0] = ref | cmd;
	call->arg[1] = at + done * size;
	call->arg[2] = count - done;
	return done;
}

/* Of a translated domain Xen lets only these through. */
static bool may_call(const struct memcore_domain *d, u32 cmd)
{
	if (!d->config.translated)
		return true;
	switch (cmd) {
	case GNTTABOP_query_size:
	case GNTTABOP_setup_table:
	case GNTTABOP_set_version:
	case GNTTABOP_get_version:
	case GNTTABOP_copy:
	case GNTTABOP_map_grant_ref:
	case GNTTABOP_unmap_grant_ref:
	case GNTTABOP_swap_grant_ref:
		return true;
	default:
		return false;
	}
}

/**
 * memcore_do_grant_table_op() - the hypercall
 * @call: its arguments: command and grant to go on from, list, length
 *
 * Return: as Xen.
 */
long memcore_do_grant_table_op(struct memcore_call *call)
{
	u32 cmd = call->arg[0] & CMD_MASK, ref = call->arg[0] & ~CMD_MASK;
	unsigned int count = call->arg[2];
	size_t size = list_op_size(cmd);

	if (!may_call(call->caller, (u32)call->arg[0]))
		return -XEN_ENOSYS;
	if (count > INT_MAX || (ref && cmd != GNTTABOP_cache_flush))
		return -EINVAL;
	if (size)
		return run_and_continue(call, cmd, size, ref);
	return run_single(call, cmd, call->arg[1], count);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_grant_table_op);
