// SPDX-License-Identifier: GPL-2.0
/*
 * After a script: the guest stands where it stood.
 *
 * Everything is put right whether the script touched it or not, and refusals do
 * not matter: what was not pinned cannot be unpinned.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>

#include "frames.h"
#include "memory.h"
#include "run.h"
#include "translated.h"
#include "value.h"

static long mmuext(struct replay_run *run, unsigned int cmd, u64 mfn)
{
	struct mmuext_op *op = replay_arena_take(&run->arena, sizeof(*op));

	op->cmd = cmd;
	op->arg1.mfn = mfn;
	return replay_hypercall(__HYPERVISOR_mmuext_op, (unsigned long)op, 1,
				0, DOMID_SELF);
}

static void restore_roots(struct replay_run *run)
{
	if (mmuext(run, MMUEXT_NEW_BASEPTR, run->footing.root))
		pr_err("the root table cannot be restored\n");
	mmuext(run, MMUEXT_NEW_USER_BASEPTR, run->footing.user_root);
	run->root = REPLAY_HOME;
}

static void restore_assists(void)
{
	static const u8 off[] = { 1, 4, 32 };
	static const u8 on[] = { 0, 2, 3, 5 };
	int i;

	for (i = 0; i < ARRAY_SIZE(off); i++)
		replay_hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_disable,
				 off[i], 0, 0);
	for (i = 0; i < ARRAY_SIZE(on); i++)
		replay_hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
				 on[i], 0, 0);
}

static void restore_cpu(struct replay_run *run)
{
	struct replay_footing *footing = &run->footing;
	u64 *gdt = replay_arena_take(&run->arena, sizeof(*gdt));

	*gdt = footing->gdt;
	if (replay_hypercall(__HYPERVISOR_set_gdt, (unsigned long)gdt,
			     footing->gdt_entries, 0, 0))
		pr_err("the GDT cannot be restored\n");
	replay_hypercall(__HYPERVISOR_stack_switch, footing->stack_segment,
			 footing->stack, 0, 0);
	mmuext(run, MMUEXT_SET_LDT, 0);
	restore_assists();
}

static void close_window(struct replay_run *run)
{
	struct mmu_update *update;

	update = replay_arena_take(&run->arena, sizeof(*update));
	update->ptr = (run->footing.root << PAGE_SHIFT) +
		      REPLAY_WINDOW_SLOT * sizeof(u64);
	if (replay_hypercall(__HYPERVISOR_mmu_update, (unsigned long)update, 1,
			     0, DOMID_SELF))
		pr_err("the window cannot be closed\n");
	mmuext(run, MMUEXT_TLB_FLUSH_ALL, 0);
}

static void unpin(struct replay_run *run)
{
	unsigned int i;

	for (i = 0; i < REPLAY_NR_PAGES; i++)
		if (run->frames[i].mfn && replay_frame_is_own(run, i))
			mmuext(run, MMUEXT_UNPIN_TABLE, run->frames[i].mfn);
	for (i = 0; i < run->nr_extras; i++)
		mmuext(run, MMUEXT_UNPIN_TABLE, run->extras[i]);
}

static void give_back(struct replay_run *run, u64 mfn)
{
	struct xen_memory_reservation *arg;
	u64 *extent = replay_arena_take(&run->arena, sizeof(*extent));

	arg = replay_arena_take(&run->arena, sizeof(*arg));
	*extent = mfn;
	set_xen_guest_handle(arg->extent_start, (xen_pfn_t *)extent);
	arg->nr_extents = 1;
	arg->domid = DOMID_SELF;
	if (replay_hypercall(__HYPERVISOR_memory_op,
			     XENMEM_decrease_reservation, (unsigned long)arg,
			     0, 0) != 1)
		pr_warn("a frame without a page is kept\n");
}

/* Frames that came and have no page of the guest's. */
static void give_back_all(struct replay_run *run)
{
	unsigned int i;

	for (i = 0; i < run->nr_extras; i++)
		give_back(run, run->extras[i]);
	for (i = 0; i < run->script->nr_frames; i++)
		if (!run->frames[i].paged && !run->frames[i].lost &&
		    replay_frame_is_own(run, i))
			give_back(run, run->frames[i].mfn);
}

static void unmap_lost(struct replay_run *run)
{
	unsigned int i;

	for (i = 0; i < REPLAY_NR_PAGES; i++)
		if (run->frames[i].paged)
			replay_frame_map(&run->frames[i],
					 run->frames[i].lost ?
					 REPLAY_PTE_NONE : REPLAY_PTE_RO);
}

/**
 * replay_undo() - put everything right that a script may have changed
 * @run: the run
 *
 * Context: on the CPU that the script ran on, without a pause in between.
 */
void replay_undo(struct replay_run *run)
{
	replay_arena_reset(&run->arena);
	replay_memory_map_restore(run);
	if (replay_backend.translated) {
		replay_translated_undo(run);
		return;
	}
	restore_roots(run);
	restore_cpu(run);
	close_window(run);
	unpin(run);
	unmap_lost(run);
	replay_arena_reset(&run->arena);
	give_back_all(run);
	replay_arena_reset(&run->arena);
}
