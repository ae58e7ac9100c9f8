// SPDX-License-Identifier: GPL-2.0
/*
 * Segment descriptors: which ones a guest may have, and its GDT and LDT.
 *
 * A guest must not get a more privileged segment than its own, nor a gate into
 * the hypervisor. What can be made harmless is made so instead of refused. The
 * frames that descriptors are in have a type of their own, for which all of
 * them were checked; and as that excludes writable mappings, only hypercalls
 * can change them.
 *
 * Limits are not checked, as Xen relies on paging to protect itself. On the
 * contrary: a flat segment of a 32-bit guest that ends inside the hypervisor's
 * part is made longer, so that the guest can read the M2P there.
 *
 * Not modelled: segments have no effect on memory accesses.
 */
#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <memcore/kunit.h>
#include <xen-public/xen.h>
#include "../content.h"
#include "../guest-access.h"
#include "../hypercall.h"
#include "../machine.h"
#include "../vcpu.h"
#include "descriptor.h"
#include "layout.h"
#include "pte.h"

/* Fields of a descriptor. */
#define LIMIT_LOW	GENMASK_ULL(15, 0)
#define BASE_LOW	GENMASK_ULL(39, 16)
#define GATE_SELECTOR	GENMASK_ULL(31, 16)
#define TYPE		GENMASK_ULL(43, 40)
#define NOT_SYSTEM	BIT_ULL(44)
#define DPL		GENMASK_ULL(46, 45)
#define PRESENT		BIT_ULL(47)
#define LIMIT_HIGH	GENMASK_ULL(51, 48)
#define LONG_MODE	BIT_ULL(53)
#define IN_PAGES	BIT_ULL(55)
#define BASE_HIGH	GENMASK_ULL(63, 56)

#define SELECTOR_RPL	GENMASK(1, 0)
#define SELECTOR_LOCAL	BIT(2)

#define ENTRIES_PER_FRAME	(PAGE_SIZE / sizeof(u64))
#define MAX_LDT_ENTRIES		8192

/* Code segment of a 32-bit guest's kernel, in Xen's part of the GDT. */
#define COMPAT_KERNEL_CS	0xe019

/**
 * struct rules - what a guest's descriptors must be
 * @kernel_ring: ring of the guest's kernel: the most privileged that it has
 * @kernel_cs: segment of Xen's that its gates may name
 * @gate_reserved: bits of a call gate that must be 0
 * @bad_code: bits that no segment may have
 * @flat_limit: a segment from 0 to beyond this is made to reach all memory
 */
struct rules {
	u8 kernel_ring;
	u16 kernel_cs;
	u64 gate_reserved;
	u64 bad_code;
	u64 flat_limit;
};

static const struct rules rules_64 = {
	.kernel_ring = 3,
	.kernel_cs = FLAT_KERNEL_CS,
	.gate_reserved = GENMASK_ULL(39, 32),
	.flat_limit = U64_MAX,
};

static const struct rules rules_32 = {
	.kernel_ring = 1,
	.kernel_cs = COMPAT_KERNEL_CS,
	.gate_reserved = GENMASK_ULL(39, 37),
	.bad_code = LONG_MODE,
	.flat_limit = MC_COMPAT_XEN_START,
};

/**
 * enum system_kind - what to do with a system descriptor, by its type
 * @REFUSED: only the hypervisor has such
 * @HARMLESS: it does nothing
 * @CALL_GATE: it is checked
 */
enum system_kind {
	REFUSED,
	HARMLESS,
	CALL_GATE,
};

static const u8 system_kinds[16] = {
	/* Invalid; also the second half of a 64-bit call gate. */
	[0] = HARMLESS,
	[12] = CALL_GATE,
};

static u64 with_dpl(u64 desc, unsigned int dpl)
{
	return (desc & ~DPL) | FIELD_PREP(DPL, dpl);
}

static bool is_flat(u64 desc)
{
	return !(desc & (BASE_LOW | BASE_HIGH));
}

/* One more than the last byte. */
static u64 end_of(u64 desc)
{
	u64 limit = FIELD_GET(LIMIT_HIGH, desc) << 16 |
		    FIELD_GET(LIMIT_LOW, desc);

	return (limit + 1) << (desc & IN_PAGES ? PAGE_SHIFT : 0);
}

static bool fix_segment(const struct rules *rules, u64 *desc)
{
	if (*desc & rules->bad_code)
		return false;
	if (is_flat(*desc) && end_of(*desc) > rules->flat_limit)
		*desc |= LIMIT_LOW | LIMIT_HIGH;
	return true;
}

static bool may_be_called(const struct rules *rules, u16 selector)
{
	return selector >> 3 < FIRST_RESERVED_GDT_ENTRY ||
	       selector & SELECTOR_LOCAL || selector == rules->kernel_cs;
}

/*
 * A gate is never used by the CPU, so that Xen can emulate the call: it has
 * privilege 0, and the privilege that it should have is in its selector.
 */
static bool fix_gate(const struct rules *rules, u64 *desc)
{
	u16 selector = FIELD_GET(GATE_SELECTOR, *desc);
	unsigned int dpl = FIELD_GET(DPL, *desc);

	if (!may_be_called(rules, selector) || *desc & rules->gate_reserved)
		return false;
	selector = (selector & ~SELECTOR_RPL) | dpl;
	*desc &= ~(GATE_SELECTOR | DPL);
	*desc |= FIELD_PREP(GATE_SELECTOR, (u64)selector);
	return true;
}

static bool fix(const struct rules *rules, u64 *desc)
{
	enum system_kind kind = system_kinds[FIELD_GET(TYPE, *desc)];
	u64 fixed = with_dpl(*desc, max_t(unsigned int, rules->kernel_ring,
					  FIELD_GET(DPL, *desc)));
	bool ok;

	if (!(*desc & PRESENT))
		return true;
	if (!(*desc & NOT_SYSTEM) && kind != CALL_GATE)
		return kind == HARMLESS;
	ok = *desc & NOT_SYSTEM ? fix_segment(rules, &fixed) :
				  fix_gate(rules, &fixed);
	if (ok)
		*desc = fixed;
	return ok;
}

/**
 * memcore_descriptor_fix() - make a 64-bit guest's descriptor harmless
 * @desc: the descriptor
 *
 * Return: false, with *@desc unchanged, if it cannot be.
 */
bool memcore_descriptor_fix(u64 *desc)
{
	return fix(&rules_64, desc);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_descriptor_fix);

/**
 * memcore_compat_descriptor_fix() - make a 32-bit guest's descriptor harmless
 * @desc: the descriptor
 *
 * Return: false, with *@desc unchanged, if it cannot be.
 */
bool memcore_compat_descriptor_fix(u64 *desc)
{
	return fix(&rules_32, desc);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_compat_descriptor_fix);

static int validate_one(struct memcore_vcpu *v, struct memcore_frame *frame,
			unsigned int slot)
{
	u64 old = memcore_content_read(frame, slot), desc = old;

	if (!memcore_descriptor_fix(&desc))
		return -EINVAL;
	if (desc == old)
		return 0;
	return memcore_content_write(v->d->machine, frame, slot, desc);
}

/**
 * memcore_descriptors_validate() - may a frame be part of a descriptor table?
 * @v: the vCPU that acts
 * @frame: the frame, that nobody else changes
 *
 * Makes harmless what can be made so, in place, also before one that cannot:
 * Xen does likewise.
 *
 * Return: 0, or -EINVAL.
 */
int memcore_descriptors_validate(struct memcore_vcpu *v,
				 struct memcore_frame *frame)
{
	unsigned int slot;
	int err = 0;

	for (slot = 0; slot < ENTRIES_PER_FRAME && !err; slot++)
		err = validate_one(v, frame, slot);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_descriptors_validate);

/* Return: frames dropped from a table. */
static unsigned int drop_frames(struct memcore_vcpu *v,
				struct memcore_frame **frame, unsigned int nr)
{
	unsigned int i, dropped = 0;

	for (i = 0; i < nr; i++) {
		if (!frame[i])
			continue;
		memcore_frame_and_type_put(v, frame[i]);
		frame[i] = NULL;
		dropped++;
	}
	return dropped;
}

/**
 * memcore_ldt_drop() - drop the references to the LDT's frames
 * @v: whose LDT, locked; the LDT stays set
 *
 * Return: true if there were any.
 */
bool memcore_ldt_drop(struct memcore_vcpu *v)
{
	return drop_frames(v, v->ldt, MC_LDT_FRAMES);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_ldt_drop);

/**
 * memcore_gdt_drop() - take a vCPU's GDT away
 * @v: whose, locked
 */
void memcore_gdt_drop(struct memcore_vcpu *v)
{
	v->gdt_entries = 0;
	drop_frames(v, v->gdt, MC_GDT_FRAMES);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_gdt_drop);

/**
 * memcore_ldt_set() - say where a vCPU's LDT is
 * @v: the vCPU, locked
 * @base: its linear address, page aligned and the guest's
 * @entries: its length; 0 for none
 *
 * Nothing is looked at before it is used: memcore_ldt_fault().
 *
 * Return: 0 or -EINVAL.
 */
int memcore_ldt_set(struct memcore_vcpu *v, unsigned long base,
		    unsigned int entries)
{
	if (!entries)
		base = 0;
	if (entries > MAX_LDT_ENTRIES || !PAGE_ALIGNED(base) ||
	    !memcore_addr_is_guests(base))
		return -EINVAL;
	if (v->ldt_entries == entries && v->ldt_base == base)
		return 0;
	if (memcore_ldt_drop(v))
		memcore_tlb_flush_vcpu(v);
	v->ldt_base = base;
	v->ldt_entries = entries;
	return 0;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_ldt_set);

/**
 * memcore_ldt_fault() - get hold of a page of the LDT that is needed now
 * @v: whose LDT, locked
 * @offset: of a byte of it that the CPU looked for
 *
 * As in Xen the page is found in the tables of kernel mode, and kept when the
 * guest maps something else there: until the LDT or CR3 is set.
 *
 * Return: 0, also if it was there; -EINVAL if the LDT is shorter; -EFAULT if
 * there is no page that can hold descriptors, and the guest gets the fault.
 */
int memcore_ldt_fault(struct memcore_vcpu *v, unsigned int offset)
{
	struct memcore_frame **frame;
	u64 pte;

	if (offset / sizeof(u64) >= v->ldt_entries)
		return -EINVAL;
	frame = &v->ldt[offset >> PAGE_SHIFT];
	if (*frame)
		return 0;
	pte = memcore_vcpu_l1_entry(v, v->ldt_base + offset);
	if (!(pte & MC_PTE_PRESENT))
		return -EFAULT;
	*frame = memcore_frame_and_type_get(v, v->d, mc_pte_mfn(pte),
					    MC_TYPE_SEG);
	return *frame ? 0 : -EFAULT;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_ldt_fault);

/* All or none of them. */
static int get_frames(struct memcore_vcpu *v, const unsigned long *mfn,
		      struct memcore_frame **frame, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		frame[i] = memcore_frame_and_type_get(v, v->d, mc_mfn(mfn[i]),
						      MC_TYPE_SEG);
		if (!frame[i]) {
			drop_frames(v, frame, i);
			return -EINVAL;
		}
	}
	return 0;
}

static int set_gdt(struct memcore_vcpu *v, const unsigned long *mfn,
		   unsigned int entries)
{
	struct memcore_frame *frame[MC_GDT_FRAMES] = { };
	int err;

	err = get_frames(v, mfn, frame,
			 DIV_ROUND_UP(entries, ENTRIES_PER_FRAME));
	if (err)
		return err;
	memcore_gdt_drop(v);
	memcpy(v->gdt, frame, sizeof(frame));
	v->gdt_entries = entries;
	memcore_tlb_flush_vcpu(v);
	return 0;
}

/**
 * memcore_do_set_gdt() - the hypercall
 * @call: its arguments: list of frames, number of entries
 *
 * Return: 0; -EINVAL if it is too long or a frame cannot be used so: then the
 * old one stays; -EFAULT for a bad list.
 */
long memcore_do_set_gdt(struct memcore_call *call)
{
	unsigned long mfn[MC_GDT_FRAMES];
	unsigned int entries = call->arg[1];
	size_t len;

	if (entries > FIRST_RESERVED_GDT_ENTRY)
		return -EINVAL;
	len = DIV_ROUND_UP(entries, ENTRIES_PER_FRAME) * sizeof(*mfn);
	if (len && memcore_copy_from_guest(call->caller, mfn, call->arg[0],
					   len))
		return -EFAULT;
	return set_gdt(call->vcpu, mfn, entries);
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_set_gdt);

/* What is not in a table must be writable: it is a store like any other. */
static enum mc_type type_to_write(const struct memcore_frame *frame)
{
	u64 word = atomic64_read(&frame->type);

	return memcore_type_of(word) == MC_TYPE_SEG ? MC_TYPE_SEG :
						      MC_TYPE_WRITABLE;
}

static int update_descriptor(struct memcore_vcpu *v,
			     struct memcore_frame *frame, unsigned int slot,
			     u64 desc)
{
	int err = memcore_type_get(v, frame, type_to_write(frame), false);

	if (err)
		return -EINVAL;
	err = memcore_content_write(v->d->machine, frame, slot, desc);
	memcore_type_put(v, frame, 0, NULL);
	return err;
}

/**
 * memcore_do_update_descriptor() - the hypercall
 * @call: its arguments: machine address of a descriptor, the new one
 *
 * Return: 0; -EINVAL for an address that is not aligned or not the guest's, a
 * descriptor that it must not have, or a frame in other use; -ENOMEM if there
 * is no memory for the frame's content.
 */
long memcore_do_update_descriptor(struct memcore_call *call)
{
	unsigned long addr = call->arg[0];
	u64 desc = call->arg[1];
	struct memcore_frame *frame;
	int err;

	if (!IS_ALIGNED(addr, sizeof(desc)) || !memcore_descriptor_fix(&desc))
		return -EINVAL;
	frame = memcore_frame_get(call->caller, mc_mfn(addr >> PAGE_SHIFT));
	if (!frame)
		return -EINVAL;
	err = update_descriptor(call->vcpu, frame,
				offset_in_page(addr) / sizeof(desc), desc);
	memcore_frame_put(call->caller->machine, frame);
	return err;
}
EXPORT_SYMBOL_FOR_KUNIT(memcore_do_update_descriptor);
