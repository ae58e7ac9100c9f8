// SPDX-License-Identifier: GPL-2.0
/*
 * The requests that a batch is made of: see <memfront/mmu.h>.
 */
#include <linux/align.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include <memfront/mmu.h>

#include "mmu-batch.h"

#define LEVELS		4

/* Xen's limits for descriptor tables, of 8 bytes an entry. */
#define MAX_LDT_ENTRIES	8192
#define MAX_GDT_ENTRIES	7168

static noinline int start_updates(u64 ptr, u64 val, domid_t owner,
				  struct memfront_mmu_result result)
{
	struct mmu_batch *batch = mmu_batch_enter();

	if (IS_ERR(batch))
		return PTR_ERR(batch);
	mmu_batch_update(batch, ptr, val, owner, result);
	return mmu_batch_leave(batch);
}

static __always_inline int request_update(u64 ptr, u64 val, domid_t owner,
					  struct memfront_mmu_result result)
{
	if (likely(mmu_batch_try_update(ptr, val, owner, result)))
		return 0;
	return start_updates(ptr, val, owner, result);
}

static int request_ext(const struct mmuext_op *op,
		       struct memfront_mmu_result result)
{
	struct mmu_batch *batch = mmu_batch_enter();

	if (IS_ERR(batch))
		return PTR_ERR(batch);
	mmu_batch_ext(batch, op, result);
	return mmu_batch_leave(batch);
}

static int request_call(const struct multicall_entry *call,
			struct memfront_mmu_result result)
{
	struct mmu_batch *batch = mmu_batch_enter();

	if (IS_ERR(batch))
		return PTR_ERR(batch);
	mmu_batch_call(batch, call, result);
	return mmu_batch_leave(batch);
}

static int request_flush(const struct mmu_flush *flush)
{
	struct mmu_batch *batch = mmu_batch_enter();

	if (IS_ERR(batch))
		return PTR_ERR(batch);
	mmu_batch_flush(batch, flush);
	return mmu_batch_leave(batch);
}

static bool is_entry_addr(struct mf_maddr addr)
{
	return IS_ALIGNED(addr.addr, sizeof(u64));
}

/**
 * memfront_mmu_set_pte - write an entry of a page table
 * @entry:	its machine address; a multiple of 8
 * @pte:	the entry, with a machine frame in it
 * @flags:	0 or MEMFRONT_MMU_PRESERVE_AD
 * @owner:	whose frame it names: DOMID_SELF; or, for a privileged domain,
 *		another, whose frame is then an mf_gfn
 * @result:	where its result goes
 *
 * Xen checks the entry by the level of the table that it is in
 * (do_mmu_update()); a table that is not one at the moment takes any value, as
 * a page would.
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>. Of Xen's answers, -EINVAL, -EPERM and -EBUSY are
 * entries that it does not allow, -ESRCH an owner that it does not know, -ENOENT
 * a frame that is paged out.
 */
int memfront_mmu_set_pte(struct mf_maddr entry, u64 pte, unsigned int flags,
			 domid_t owner, struct memfront_mmu_result result)
{
	unsigned int command = flags & MEMFRONT_MMU_PRESERVE_AD ?
				       MMU_PT_UPDATE_PRESERVE_AD :
				       MMU_NORMAL_PT_UPDATE;

	if (!is_entry_addr(entry) || flags & ~MEMFRONT_MMU_PRESERVE_AD)
		return -EINVAL;
	return request_update(entry.addr | command, pte, owner, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_set_pte);

/**
 * memfront_mmu_set_ptes - write entries that follow each other in a table
 * @first:	machine address of the first; all are in the same table
 * @ptes:	@nr entries; read before this returns
 * @nr:		how many, 1 to 512
 * @owner:	as for memfront_mmu_set_pte()
 * @result:	where the results go; the cookie is that of the first, those of
 *		the next count up
 *
 * The same as so many memfront_mmu_set_pte(), for less.
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>; outside a batch, the first failure.
 */
int memfront_mmu_set_ptes(struct mf_maddr first, const u64 *ptes,
			  unsigned int nr, domid_t owner,
			  struct memfront_mmu_result result)
{
	unsigned int room = (PAGE_SIZE - (first.addr & ~PAGE_MASK)) / sizeof(u64);
	struct mmu_batch *batch;

	if (!is_entry_addr(first) || !nr || nr > room)
		return -EINVAL;
	batch = mmu_batch_enter();
	if (IS_ERR(batch))
		return PTR_ERR(batch);
	mmu_batch_update_run(batch, first.addr | MMU_NORMAL_PT_UPDATE, ptes, nr,
			     owner, result);
	return mmu_batch_leave(batch);
}
EXPORT_SYMBOL_GPL(memfront_mmu_set_ptes);

/**
 * memfront_mmu_set_va - write the L1 entry that maps an address now
 * @va:		the address, in the tables that the CPU runs on
 * @pte:	the entry, with a machine frame of this domain in it
 * @result:	where its result goes
 *
 * One update_va_mapping. Xen walks the tables for each, so for many entries
 * whose machine address is known memfront_mmu_set_pte() costs less. If it is the
 * last request of a batch, the batch's flush of translations goes with it.
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_set_va(unsigned long va, u64 pte,
			struct memfront_mmu_result result)
{
	struct multicall_entry call = {
		.op = __HYPERVISOR_update_va_mapping,
		.args = { va, pte, UVMF_NONE },
	};

	return request_call(&call, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_set_va);

/**
 * memfront_mmu_set_m2p - say in the hypervisor's M2P which pfn a frame has
 * @mfn:	a frame of this domain
 * @pfn:	what memfront_m2p_lookup() will find; not checked by anyone
 * @result:	where its result goes
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_set_m2p(struct mf_mfn mfn, struct mf_pfn pfn,
			 struct memfront_mmu_result result)
{
	return request_update(mf_maddr(mfn, 0).addr | MMU_MACHPHYS_UPDATE,
			      pfn.nr, DOMID_SELF, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_set_m2p);

/**
 * memfront_mmu_pin - let a frame be a page table until it is unpinned
 * @level:	1 to 4
 * @table:	its frame; mapped nowhere writable
 * @result:	where its result goes
 *
 * Xen checks the table and all below it. memfront_tree_pin() does this for a
 * tree in pages of the kernel.
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_pin(unsigned int level, struct mf_mfn table,
		     struct memfront_mmu_result result)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_PIN_L1_TABLE + level - 1,
		.arg1.mfn = table.nr,
	};

	if (!level || level > LEVELS)
		return -EINVAL;
	return request_ext(&op, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_pin);

/**
 * memfront_mmu_unpin - undo memfront_mmu_pin()
 * @table:	a pinned frame
 * @result:	where its result goes
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_unpin(struct mf_mfn table, struct memfront_mmu_result result)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_UNPIN_TABLE,
		.arg1.mfn = table.nr,
	};

	return request_ext(&op, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_unpin);

/**
 * memfront_mmu_clear_page - zero a frame without mapping it
 * @mfn:	a frame of this domain that is no table
 * @result:	where its result goes
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_clear_page(struct mf_mfn mfn,
			    struct memfront_mmu_result result)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_CLEAR_PAGE,
		.arg1.mfn = mfn.nr,
	};

	return request_ext(&op, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_clear_page);

/**
 * memfront_mmu_copy_page - copy a frame without mapping it
 * @to:		a frame of this domain that is no table
 * @from:	a frame of this domain
 * @result:	where its result goes
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_copy_page(struct mf_mfn to, struct mf_mfn from,
			   struct memfront_mmu_result result)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_COPY_PAGE,
		.arg1.mfn = to.nr,
	};

	op.arg2.src_mfn = from.nr;
	return request_ext(&op, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_copy_page);

/**
 * memfront_mmu_set_root - load a root table on this CPU
 * @root:	frame of an L4 table
 * @user:	the table of user mode, not that of kernel mode; frame 0 is none
 * @result:	where its result goes
 *
 * A kernel-mode root takes effect at the end of the batch, under the caller's
 * feet: it must map what the caller runs on.
 *
 * Context: task context, with preemption off until the old root is back.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_set_root(struct mf_mfn root, bool user,
			  struct memfront_mmu_result result)
{
	struct mmuext_op op = {
		.cmd = user ? MMUEXT_NEW_USER_BASEPTR : MMUEXT_NEW_BASEPTR,
		.arg1.mfn = root.nr,
	};

	return request_ext(&op, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_set_root);

/**
 * memfront_mmu_set_ldt - load a local descriptor table on this CPU
 * @va:		its address, at the start of a page; its pages are mapped
 *		read-only
 * @nr_entries:	entries of 8 bytes, up to 8192; 0 for none
 * @result:	where its result goes
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_set_ldt(unsigned long va, unsigned int nr_entries,
			 struct memfront_mmu_result result)
{
	struct mmuext_op op = {
		.cmd = MMUEXT_SET_LDT,
		.arg1.linear_addr = va,
	};

	if (nr_entries > MAX_LDT_ENTRIES || !PAGE_ALIGNED(va))
		return -EINVAL;
	op.arg2.nr_ents = nr_entries;
	return request_ext(&op, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_set_ldt);

/**
 * memfront_mmu_set_gdt - load the global descriptor table on this CPU
 * @frames:	the frames of its pages, of 512 entries each; must stay until the
 *		result is there
 * @nr_entries:	entries of 8 bytes, up to 7168
 * @result:	where its result goes
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_set_gdt(const struct mf_mfn *frames, unsigned int nr_entries,
			 struct memfront_mmu_result result)
{
	struct multicall_entry call = {
		.op = __HYPERVISOR_set_gdt,
		.args = { (unsigned long)frames, nr_entries },
	};

	/* Xen reads an array of plain frame numbers. */
	BUILD_BUG_ON(sizeof(*frames) != sizeof(unsigned long));

	if (nr_entries > MAX_GDT_ENTRIES)
		return -EINVAL;
	return request_call(&call, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_set_gdt);

/**
 * memfront_mmu_set_descriptor - write an entry of a descriptor table
 * @entry:	its machine address; a multiple of 8
 * @descriptor:	the descriptor, which Xen checks
 * @result:	where its result goes
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_set_descriptor(struct mf_maddr entry, u64 descriptor,
				struct memfront_mmu_result result)
{
	struct multicall_entry call = {
		.op = __HYPERVISOR_update_descriptor,
		.args = { entry.addr, descriptor },
	};

	if (!is_entry_addr(entry))
		return -EINVAL;
	return request_call(&call, result);
}
EXPORT_SYMBOL_GPL(memfront_mmu_set_descriptor);

/**
 * memfront_mmu_flush_tlb - forget all translations, once the batch is through
 * @scope: on which CPUs
 *
 * However many flushes a batch asks for, it makes one that does for all, at its
 * end. Xen itself flushes what a change of a table above L1 or of a frame's type
 * needs: ask only for mappings whose old translations must not be used.
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_flush_tlb(enum memfront_mmu_scope scope)
{
	return request_flush(&(struct mmu_flush){
		.tlb = MMU_FLUSH_EVERYTHING,
		.tlb_scope = scope,
	});
}
EXPORT_SYMBOL_GPL(memfront_mmu_flush_tlb);

/**
 * memfront_mmu_flush_tlb_va - forget one translation, once the batch is through
 * @va:		the address
 * @scope:	on which CPUs
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>.
 */
int memfront_mmu_flush_tlb_va(unsigned long va, enum memfront_mmu_scope scope)
{
	return request_flush(&(struct mmu_flush){
		.tlb = MMU_FLUSH_ONE,
		.tlb_scope = scope,
		.va = va & PAGE_MASK,
	});
}
EXPORT_SYMBOL_GPL(memfront_mmu_flush_tlb_va);

/**
 * memfront_mmu_flush_cache - write back and empty caches, once the batch is
 * through
 * @scope: on which CPUs
 *
 * Context: task context.
 * Return: see <memfront/mmu.h>. Xen refuses a domain without devices.
 */
int memfront_mmu_flush_cache(enum memfront_mmu_scope scope)
{
	return request_flush(&(struct mmu_flush){
		.cache = MMU_FLUSH_ONE,
		.cache_scope = scope,
	});
}
EXPORT_SYMBOL_GPL(memfront_mmu_flush_cache);
