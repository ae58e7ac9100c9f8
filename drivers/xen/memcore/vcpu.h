/* SPDX-License-Identifier: GPL-2.0 */
/* A virtual CPU: what runs in the core, and the software CPU that it runs on. */
#ifndef MEMCORE_VCPU_H
#define MEMCORE_VCPU_H

#include <linux/bits.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <memcore/memcore.h>
#include "frame.h"

struct memcore_domain;
struct memcore_frame;
struct memcore_tlb;

#define MC_MAX_VCPUS		64
/* Of the 16 pages of a GDT the last two are the hypervisor's own. */
#define MC_GDT_FRAMES		14
#define MC_LDT_FRAMES		16

/* How memory is accessed. */
#define MC_ACCESS_WRITE		MEMCORE_ACCESS_WRITE
#define MC_ACCESS_USER		MEMCORE_ACCESS_USER
#define MC_ACCESS_EXEC		MEMCORE_ACCESS_EXEC

/* Error code of a page fault. */
#define MC_FAULT_PRESENT	BIT(0)
#define MC_FAULT_WRITE		BIT(1)
#define MC_FAULT_USER		BIT(2)
#define MC_FAULT_RESERVED	BIT(3)
#define MC_FAULT_EXEC		BIT(4)

/**
 * struct memcore_fault - why an access did not happen
 * @addr: the address that faulted
 * @error: the error code that the guest is told, MC_FAULT_*. All guest code
 *         runs in ring 3, but Xen says MC_FAULT_USER of user mode only. An
 *         address that is not canonical is no page fault but a general
 *         protection fault, with the error code 0.
 */
struct memcore_fault {
	unsigned long addr;
	unsigned int error;
};

/**
 * struct memcore_vcpu - a virtual CPU of a domain
 * @d: its domain
 * @id: its number there
 * @lock: held while it is in the core; covers all fields below
 * @guest_table: root table of kernel mode, with a type and a general reference
 * @guest_table_user: root table of user mode, likewise
 * @old_table: a table whose references are still to be dropped, or NULL; it
 *             has a general one for being here
 * @old_partial: @old_table is partially validated
 * @in_multicall: a multicall does not nest
 * @gdt_entries: length of the GDT
 * @gdt: its frames, each with a type and a general reference
 * @ldt_entries: length of the LDT
 * @ldt_base: its linear address
 * @ldt: its frames as they are used, likewise
 * @kernel_ss: stack segment of kernel mode
 * @kernel_sp: stack pointer of kernel mode
 * @fs_base: segment base
 * @gs_base_kernel: segment base
 * @gs_base_user: segment base
 * @tlb: translations of the software CPU that it runs on
 * @asid: tag of its translations there (@tlb's lock)
 * @user_mode: the mode that it last accessed memory in (@tlb's lock)
 * @asid_generation: generation that @asid is of (@tlb's lock)
 */
struct memcore_vcpu {
	struct memcore_domain *d;
	unsigned int id;
	spinlock_t lock; /* outside all but domains_lock */
	struct memcore_frame *guest_table;
	struct memcore_frame *guest_table_user;
	struct memcore_frame *old_table;
	bool old_partial;
	bool in_multicall;
	unsigned int gdt_entries;
	struct memcore_frame *gdt[MC_GDT_FRAMES];
	unsigned int ldt_entries;
	unsigned long ldt_base;
	struct memcore_frame *ldt[MC_LDT_FRAMES];
	unsigned long kernel_ss;
	unsigned long kernel_sp;
	unsigned long fs_base;
	unsigned long gs_base_kernel;
	unsigned long gs_base_user;
	struct memcore_tlb *tlb;
	u32 asid;
	bool user_mode;
	u64 asid_generation;
};

int memcore_vcpus_create(struct memcore_domain *d, unsigned int nr);
void memcore_vcpus_free(struct memcore_domain *d);
int memcore_vcpus_release(struct memcore_vcpu *actor, struct memcore_domain *d);
long memcore_vcpu_call(struct memcore_vcpu *v, unsigned int nr,
		       unsigned long a1, unsigned long a2, unsigned long a3,
		       unsigned long a4, unsigned long a5);
bool memcore_vcpu_walk(struct memcore_vcpu *v, unsigned long va,
		       unsigned int access, u64 *pte,
		       struct memcore_fault *fault);
struct memcore_frame *memcore_vcpu_l1_table(struct memcore_vcpu *v,
					    unsigned long va);
u64 memcore_vcpu_l1_entry(struct memcore_vcpu *v, unsigned long va);
int memcore_vcpu_access(struct memcore_vcpu *v, unsigned long va, void *buf,
			size_t len, unsigned int access,
			struct memcore_fault *fault);
int memcore_vcpu_exchange(struct memcore_vcpu *v, unsigned long va, u32 *old,
			  u32 new, struct memcore_fault *fault);

#endif
