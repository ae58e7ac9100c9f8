/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam: how a guest-side driver reaches the in-tree hypervisor core.
 *
 * Reach both functions with symbol_get(), which also keeps the core loaded.
 */
#ifndef MEMCORE_MEMCORE_H
#define MEMCORE_MEMCORE_H

struct start_info;

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
 * Valid fields are magic, nr_pages, flags and mfn_list. mfn_list is the kernel
 * address of the P2M, nr_pages entries indexed by pfn; an entry of a pfn that
 * is not RAM is ~0UL. The array is the guest's to write and to keep true.
 *
 * Return: the start info, or NULL if the kernel was adopted as translated.
 */
struct start_info *memcore_start_info(void);

#endif
