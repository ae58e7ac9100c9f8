// SPDX-License-Identifier: GPL-2.0
/*
 * Real Xen behind: the running kernel is its guest, and its CPU is the CPU.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>

#include <xen/xen.h>
#include <xen/interface/xen.h>
#include <xen/page.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>

#include "backend.h"
#include "meet.h"

/**
 * replay_xen_call() - enter Xen
 * @nr: __HYPERVISOR_*
 * @a1: first argument
 * @a2: second argument
 * @a3: third argument
 * @a4: fourth argument
 * @a5: fifth argument
 *
 * Return: what Xen returns.
 */
long replay_xen_call(unsigned int nr, unsigned long a1, unsigned long a2,
		     unsigned long a3, unsigned long a4, unsigned long a5)
{
	return xen_single_call(nr, a1, a2, a3, a4, a5);
}

/**
 * replay_xen_direct_va() - where the kernel's direct map has a page
 * @pfn: the page
 */
unsigned long replay_xen_direct_va(unsigned long pfn)
{
	return (unsigned long)__va(PFN_PHYS(pfn));
}

static bool load_page(unsigned long va, u64 *to)
{
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(u64); i++)
		__get_kernel_nofault(to + i, (u64 *)va + i, u64, fault);
	return true;
fault:
	return false;
}

/**
 * replay_xen_load() - the CPU reads
 * @va: where
 * @to: filled in
 * @size: 1, 2, 4, 8 or a page
 *
 * Return: false if that faults.
 */
bool replay_xen_load(unsigned long va, void *to, size_t size)
{
	switch (size) {
	case 1:
		__get_kernel_nofault(to, (u8 *)va, u8, fault);
		return true;
	case 2:
		__get_kernel_nofault(to, (u16 *)va, u16, fault);
		return true;
	case 4:
		__get_kernel_nofault(to, (u32 *)va, u32, fault);
		return true;
	case 8:
		__get_kernel_nofault(to, (u64 *)va, u64, fault);
		return true;
	}
	return load_page(va, to);
fault:
	return false;
}

/**
 * replay_xen_store() - the CPU writes
 * @va: where
 * @from: what
 * @size: 1, 2, 4 or 8
 *
 * Return: false if that faults.
 */
bool replay_xen_store(unsigned long va, const void *from, size_t size)
{
	switch (size) {
	case 1:
		__put_kernel_nofault((u8 *)va, from, u8, fault);
		return true;
	case 2:
		__put_kernel_nofault((u16 *)va, from, u16, fault);
		return true;
	case 4:
		__put_kernel_nofault((u32 *)va, from, u32, fault);
		return true;
	case 8:
		__put_kernel_nofault((u64 *)va, from, u64, fault);
		return true;
	}
fault:
	return false;
}

/* The kernel keeps the root of user mode beside that of kernel mode. */
static void find_roots(struct replay_footing *footing)
{
	void *root = __va(read_cr3_pa());
	void *user_root = (void *)virt_to_page(root)->private;

	footing->root = virt_to_mfn(root);
	footing->user_root = user_root ? virt_to_mfn(user_root) : 0;
}

static void find_bases(struct replay_footing *footing)
{
	u16 selector;

	savesegment(gs, selector);
	rdmsrl(MSR_FS_BASE, footing->base[0]);
	rdmsrl(MSR_KERNEL_GS_BASE, footing->base[1]);
	rdmsrl(MSR_GS_BASE, footing->base[2]);
	footing->base[3] = selector;
}

static void xen_footing(struct replay_footing *footing)
{
	void *gdt = get_cpu_gdt_rw(smp_processor_id());

	find_roots(footing);
	find_bases(footing);
	footing->gdt = PFN_DOWN(arbitrary_virt_to_machine(gdt).maddr);
	footing->gdt_entries = GDT_ENTRIES;
	footing->stack_segment = __KERNEL_DS;
	footing->stack = this_cpu_read(cpu_tss_rw.x86_tss.sp0);
}

/**
 * replay_xen_detach() - let go of the other domain
 */
void replay_xen_detach(void)
{
	replay_meet_end();
}

/**
 * replay_xen_present() - does this kernel run as a guest of Xen?
 */
bool replay_xen_present(void)
{
	return xen_domain();
}

static void attach_pv(struct replay_backend *backend)
{
	*backend = (struct replay_backend) {
		.name = "xen",
		.hypercall = replay_xen_call,
		.direct_va = replay_xen_direct_va,
		.load = replay_xen_load,
		.store = replay_xen_store,
		.footing = xen_footing,
		.detach = replay_xen_detach,
		.p2m = xen_p2m_addr,
		.p2m_size = xen_p2m_size,
		.control = xen_start_flags & SIF_PRIVILEGED,
	};
}

/**
 * replay_xen_attach() - put Xen behind
 * @backend: filled in
 *
 * Return: 0.
 */
int replay_xen_attach(struct replay_backend *backend)
{
	if (xen_pv_domain())
		attach_pv(backend);
	else
		replay_xen_attach_translated(backend);
	replay_meet_attach(backend);
	return 0;
}
