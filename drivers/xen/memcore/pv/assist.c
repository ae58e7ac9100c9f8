// SPDX-License-Identifier: GPL-2.0
/*
 * What a domain tells Xen about itself: __HYPERVISOR_vm_assist,
 * __HYPERVISOR_stack_switch and __HYPERVISOR_set_segment_base.
 *
 * Of all that may be assisted, the core does only writable page tables.
 * Segment bases and the kernel's stack are remembered, and nothing uses them.
 */
#include <linux/bitops.h>
#include <memcore/kunit.h>
#include <xen-public/errno.h>
#include <xen-public/xen.h>
#include "../content.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../vcpu.h"
#include "descriptor.h"
#include "layout.h"
#include "pte.h"

#define HVM_ASSISTS	BIT(VMASST_TYPE_runstate_update_flag)
/* Some mean nothing to 64-bit guests, who may ask for them all the same. */
#define PV64_ASSISTS	(BIT(VMASST_TYPE_4gb_segments) | \
			 BIT(VMASST_TYPE_4gb_segments_notify) | \
			 BIT(VMASST_TYPE_writable_pagetables) | \
			 BIT(VMASST_TYPE_pae_extended_cr3) | \
			 BIT(VMASST_TYPE_architectural_iopl) | \
			 BIT(VMASST_TYPE_runstate_update_flag) | \
			 BIT(VMASST_TYPE_m2p_strict))

/* A selector: requested privilege level, which table, and the entry. */
#define SEL_RPL		0x3U
#define SEL_LDT		0x4U
#define SEL_INDEX_SHIFT	3

/* A descriptor. */
#define DESC_ACCESSED	BIT_ULL(40)
#define DESC_READABLE	BIT_ULL(41)
#define DESC_CONFORMING	BIT_ULL(42)
#define DESC_CODE	BIT_ULL(43)
#define DESC_SEGMENT	BIT_ULL(44)
#define DESC_DPL	GENMASK_ULL(46, 45)
#define DESC_PRESENT	BIT_ULL(47)

static bool assist_valid(const struct memcore_domain *d, unsigned int type)
{
	unsigned long valid = d->config.translated ? HVM_ASSISTS :
						     PV64_ASSISTS;

	return type < BITS_PER_LONG && valid & BIT(type);
}

/**
 * memcore_do_vm_assist() - the hypercall
 * @call: its arguments: command, type
 *
 * Return: as Xen.
 */
long memcore_do_vm_assist(struct memcore_call *call)
{
	struct memcore_domain *d = call->caller;
	unsigned int type = call->arg[1];

	if (!assist_valid(d, type))
		return -EINVAL;
	switch ((unsigned int)call->arg[0]) {
	case VMASST_CMD_enable:
		set_bit(type, &d->vm_assist);
		return 0;
	case VMASST_CMD_disable:
		clear_bit(type, &d->vm_assist);
		return 0;
	default:
		return -XEN_ENOSYS;
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_vm_assist);

/**
 * memcore_do_stack_switch() - the hypercall
 * @call: its arguments: stack segment, stack pointer
 *
 * A 64-bit guest's kernel runs in ring 3, and so does the selector.
 *
 * Return: 0.
 */
long memcore_do_stack_switch(struct memcore_call *call)
{
	call->vcpu->kernel_ss = call->arg[0] | SEL_RPL;
	call->vcpu->kernel_sp = call->arg[1];
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_stack_switch);

static struct memcore_frame *ldt_frame(struct memcore_vcpu *v,
				       unsigned int index)
{
	unsigned int page = index / MC_TABLE_ENTRIES;

	if (index >= v->ldt_entries)
		return NULL;
	if (!v->ldt[page])
		memcore_ldt_fault(v, index * sizeof(u64));
	return v->ldt[page];
}

/* Its length says nothing: Xen has pages of its own behind it. */
static struct memcore_frame *gdt_frame(struct memcore_vcpu *v,
				       unsigned int index)
{
	unsigned int page = index / MC_TABLE_ENTRIES;

	return page < MC_GDT_FRAMES ? v->gdt[page] : NULL;
}

/* May it be loaded as a data segment of ring 3? */
static bool is_loadable(u64 desc)
{
	const u64 user = DESC_PRESENT | DESC_SEGMENT;

	if ((desc & user) != user)
		return false;
	if (!(desc & DESC_CODE))
		return (desc & DESC_DPL) == DESC_DPL;
	return desc & DESC_READABLE &&
	       (desc & DESC_CONFORMING || (desc & DESC_DPL) == DESC_DPL);
}

static unsigned long desc_base(u64 desc)
{
	return (desc >> 16 & 0xffffff) | (desc >> 56 << 24);
}

/*
 * As a CPU does. What cannot be loaded has the base of no segment, and so have
 * the flat segments that are Xen's.
 */
static unsigned long load_segment(struct memcore_vcpu *v, unsigned int sel)
{
	unsigned int index = sel >> SEL_INDEX_SHIFT;
	unsigned int slot = index % MC_TABLE_ENTRIES;
	struct memcore_frame *frame;
	u64 desc;

	if (sel <= SEL_RPL)
		return 0;
	frame = sel & SEL_LDT ? ldt_frame(v, index) : gdt_frame(v, index);
	if (!frame)
		return 0;
	desc = memcore_content_read(frame, slot);
	if (!is_loadable(desc))
		return 0;
	/* It has something in it, so this cannot fail. */
	memcore_content_write(v->d->machine, frame, slot,
			      desc | DESC_ACCESSED);
	return desc_base(desc);
}

static long set_base(unsigned long *base, unsigned long val)
{
	if (!memcore_addr_is_canonical(val))
		return -EINVAL;
	*base = val;
	return 0;
}

/**
 * memcore_do_set_segment_base() - the hypercall
 * @call: its arguments: which base, and its value or the user's %gs selector
 *
 * Return: as Xen; 0 also for a selector that cannot be loaded.
 */
long memcore_do_set_segment_base(struct memcore_call *call)
{
	struct memcore_vcpu *v = call->vcpu;
	unsigned long val = call->arg[1];

	switch ((unsigned int)call->arg[0]) {
	case SEGBASE_FS:
		return set_base(&v->fs_base, val);
	case SEGBASE_GS_USER:
		return set_base(&v->gs_base_user, val);
	case SEGBASE_GS_KERNEL:
		return set_base(&v->gs_base_kernel, val);
	case SEGBASE_GS_USER_SEL:
		v->gs_base_user = load_segment(v, (u16)val);
		return 0;
	default:
		return -EINVAL;
	}
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_set_segment_base);
