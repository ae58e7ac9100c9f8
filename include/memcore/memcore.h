/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam: how a guest-side driver reaches the in-tree hypervisor core.
 *
 * Reach both functions with symbol_get(), which also keeps the core loaded.
 */
#ifndef MEMCORE_MEMCORE_H
#define MEMCORE_MEMCORE_H

#include <linux/types.h>

struct start_info;

/*
 * Where the modelled page tables of an adopted PV-type kernel map its memory:
 * page frame n at n pages above. It is an address of the model only. A kernel
 * that was adopted as translated has no such tables, and all of its physmap there.
 */
#define MEMCORE_DIRECT_MAP	0xffff888000000000UL

#define MEMCORE_ACCESS_WRITE	0x1
#define MEMCORE_ACCESS_USER	0x2
#define MEMCORE_ACCESS_EXEC	0x4

/**
 * memcore_hypercall() - enter the core, as the domain that is the running kernel
 * @nr: hypercall number, __HYPERVISOR_*
 * @a1: first argument
 * @a2: second argument
 * @a3: third argument
 * @a4: fourth argument
 * @a5: fifth argument
 *
 * Numbers, structures and answers are those of Xen 4.17. Pointers are kernel
 * addresses of the caller. May be called from any context except NMI.
 *
 * Return: what Xen would return; -ENOSYS for a call the core does not have.
 */
long memcore_hypercall(unsigned int nr, unsigned long a1, unsigned long a2,
		       unsigned long a3, unsigned long a4, unsigned long a5);

/**
 * memcore_start_info() - the start info of an adopted PV-type kernel
 *
 * Valid fields are magic, nr_pages, flags, shared_info, mfn_list, pt_base and
 * nr_pt_frames. shared_info is the machine address of that page.
 * mfn_list is the kernel address of the P2M, nr_pages entries indexed by pfn; an
 * entry of a pfn that is not RAM is ~0UL. The array starts at a page, is padded
 * with ~0UL to whole pages, and is the guest's to write and to keep true. pt_base
 * is the address of the root table in the modelled direct map, nr_pt_frames the
 * number of the tables that the kernel was started with.
 *
 * Return: the start info, or NULL if the kernel was adopted as translated.
 */
struct start_info *memcore_start_info(void);

/**
 * memcore_access() - let the software CPU read or write, as the running kernel
 * @va: address in the modelled address space
 * @buf: what to write, or where to put what was read
 * @len: 1, 2, 4 or 8 bytes for a write, at most a page for a read
 * @access: MEMCORE_ACCESS_*
 * @error: where to put the page fault's error code
 *
 * The vCPU is that of the running CPU. A write to a page table may be decoded
 * and applied, as Xen's writable page tables are. Where a translated kernel has
 * no frame, all bits are read as set and writes vanish.
 *
 * Return: 0, or -EFAULT if the access faulted.
 */
int memcore_access(unsigned long va, void *buf, size_t len,
		   unsigned int access, unsigned int *error);

/**
 * memcore_exchange() - let the software CPU compare and exchange, as the kernel
 * @va: address in the modelled address space, of 4 aligned bytes
 * @old: what has to be there; set to what is
 * @new: what is there then
 *
 * Return: 0; -EAGAIN if something else was there; -EFAULT if the access faulted,
 * or there is no frame; -EINVAL if it is not aligned; -ENOMEM.
 */
int memcore_exchange(unsigned long va, u32 *old, u32 new);

/**
 * memcore_root() - what CR3 holds on the vCPU of the running CPU
 * @user: the root table of user mode, not of kernel mode
 *
 * Return: machine frame number; 0 for none.
 */
unsigned long memcore_root(bool user);

#endif
