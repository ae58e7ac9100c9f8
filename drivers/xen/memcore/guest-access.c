// SPDX-License-Identifier: GPL-2.0
/*
 * Copying from and to the memory of the domain that calls, which is kernel
 * memory: the running kernel is the guest. A bad address must give -EFAULT and
 * never an oops, as in Xen.
 *
 * Reading: copy_from_kernel_nofault(). Writing: its counterpart is not
 * exported, but what it is made of is: __put_kernel_nofault() of the
 * architecture, inside pagefault_disable(). Each write is preceded by a read of
 * the same pages, because only the read knows all addresses that must not even
 * be tried.
 *
 * Nothing below the direct map is tried at all: on x86_64 that is user space,
 * what Xen keeps for itself, and what is not canonical, which faults in another
 * way that the kernel warns of; in UML a process is elsewhere altogether.
 *
 * UML has no fault handling for kernel addresses; there the address is looked
 * up instead. Bootmem and the kernel's own image do not count as guest memory
 * there, as parts of the image cannot be written.
 *
 * Not refused: kernel memory that the caller does not own. Caller and core
 * share an address space; only the core's tables are kept from it.
 */
#include <linux/align.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <memcore/kunit.h>
#include "guest-access.h"
#include "machine.h"
#include "pv/layout.h"

#ifdef CONFIG_UML
static struct page *page_behind(unsigned long addr)
{
	const void *p = (const void *)addr;

	if (is_vmalloc_addr(p))
		return vmalloc_to_page(p);
	if (addr < PAGE_OFFSET || addr >= (unsigned long)high_memory ||
	    !virt_addr_valid(p) || PageReserved(virt_to_page(p)))
		return NULL;
	return virt_to_page(p);
}

static bool may_try(unsigned long addr, size_t len)
{
	unsigned long page = ALIGN_DOWN(addr, PAGE_SIZE);

	for (; page < addr + len; page += PAGE_SIZE)
		if (!page_behind(page))
			return false;
	return true;
}
#else
static bool may_try(unsigned long addr, size_t len)
{
	return true;
}
#endif

/* A kernel that does not run on Xen may use five levels: then it never is. */
static bool is_xens(unsigned long addr)
{
	return memcore_addr_is_canonical(addr) && !memcore_addr_is_guests(addr);
}

/**
 * memcore_guest_range_ok() - may a guest name this array?
 * @caller: the domain that calls
 * @addr: where the array starts
 * @nr: number of elements
 * @size: size of an element
 *
 * This says nothing about what is mapped there.
 *
 * Return: false if it wraps, is in user space, in the core's tables or, for a PV
 * guest, in the hypervisor's range.
 */
bool memcore_guest_range_ok(struct memcore_domain *caller, unsigned long addr,
			    unsigned long nr, size_t size)
{
	unsigned long len, end;

	if (check_mul_overflow(nr, (unsigned long)size, &len) ||
	    check_add_overflow(addr, len, &end))
		return false;
	if (!caller->config.translated && is_xens(addr))
		return false;
	return addr >= PAGE_OFFSET &&
	       !memcore_frametable_overlaps(&caller->machine->frames, addr,
					    len);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_guest_range_ok);

/**
 * memcore_copy_from_guest() - read what the calling domain points to
 * @caller: the domain
 * @dst: where to
 * @addr: any number at all
 * @len: how much
 *
 * Return: 0 or -EFAULT.
 */
int memcore_copy_from_guest(struct memcore_domain *caller, void *dst,
			    unsigned long addr, size_t len)
{
	if (!memcore_guest_range_ok(caller, addr, len, 1) ||
	    !may_try(addr, len) ||
	    copy_from_kernel_nofault(dst, (const void *)addr, len))
		return -EFAULT;
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_copy_from_guest);

static bool put_u8(u8 *dst, const u8 *src)
{
	__put_kernel_nofault(dst, src, u8, fault);
	return true;
fault:
	return false;
}

static bool put_u64(u64 *dst, const u64 *src)
{
	__put_kernel_nofault(dst, src, u64, fault);
	return true;
fault:
	return false;
}

/* An aligned word is written as one, so that no reader sees half of it. */
static size_t put_some(unsigned long dst, const u8 *src, size_t len)
{
	if (len >= sizeof(u64) && IS_ALIGNED(dst, sizeof(u64)))
		return put_u64((u64 *)dst, (const u64 *)src) ? sizeof(u64) : 0;
	return put_u8((u8 *)dst, src) ? 1 : 0;
}

static bool put_nofault(unsigned long dst, const u8 *src, size_t len)
{
	size_t done = 1;

	pagefault_disable();
	for (; len && done; len -= done, dst += done, src += done)
		done = put_some(dst, src, len);
	pagefault_enable();
	return !len && done;
}

/* Is all of it there to be read? One byte of each page tells. */
static bool readable(unsigned long addr, size_t len)
{
	unsigned long end = addr + len;
	u8 byte;

	while (addr < end) {
		if (copy_from_kernel_nofault(&byte, (const void *)addr, 1))
			return false;
		addr = ALIGN_DOWN(addr, PAGE_SIZE) + PAGE_SIZE;
	}
	return true;
}

/**
 * memcore_copy_to_guest() - write to where the calling domain points
 * @caller: the domain
 * @addr: any number at all
 * @src: what
 * @len: how much
 *
 * Return: 0 or -EFAULT; then the start may have been written.
 */
int memcore_copy_to_guest(struct memcore_domain *caller, unsigned long addr,
			  const void *src, size_t len)
{
	if (!memcore_guest_range_ok(caller, addr, len, 1) ||
	    !may_try(addr, len) || !readable(addr, len) ||
	    !put_nofault(addr, src, len))
		return -EFAULT;
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_copy_to_guest);

/**
 * memcore_copy_back_to_guest() - write to what was read just now
 * @caller: the domain
 * @addr: part of what memcore_copy_from_guest() has read in this call
 * @src: what
 * @len: how much
 *
 * Return: 0 or -EFAULT; then the start may have been written.
 */
int memcore_copy_back_to_guest(struct memcore_domain *caller,
			       unsigned long addr, const void *src, size_t len)
{
	/* The check and the read before the write have been made. */
	return put_nofault(addr, src, len) ? 0 : -EFAULT;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_copy_back_to_guest);

/**
 * memcore_page_is_zero() - does a page of the running kernel hold only zeros?
 * @page: its address in the direct map
 *
 * Return: true if so, or if it cannot be read.
 */
bool memcore_page_is_zero(const void *page)
{
	u64 part[32];
	size_t at;

	for (at = 0; at < PAGE_SIZE; at += sizeof(part)) {
		if (copy_from_kernel_nofault(part, page + at, sizeof(part)))
			return true;
		if (memchr_inv(part, 0, sizeof(part)))
			return false;
	}
	return true;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_page_is_zero);

/**
 * memcore_page_clear() - zero a page of the running kernel, if it can be
 * @page: its address in the direct map
 */
void memcore_page_clear(void *page)
{
	static const u8 zeros[256] __aligned(sizeof(u64));
	unsigned long addr = (unsigned long)page, end = addr + PAGE_SIZE;

	while (addr < end && put_nofault(addr, zeros, sizeof(zeros)))
		addr += sizeof(zeros);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_page_clear);

/**
 * memcore_page_fill() - write a page of the running kernel, if it can be
 * @page: its address in the direct map
 * @src: a page's worth of bytes
 */
void memcore_page_fill(void *page, const void *src)
{
	put_nofault((unsigned long)page, src, PAGE_SIZE);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_page_fill);
