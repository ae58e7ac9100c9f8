/* SPDX-License-Identifier: GPL-2.0 */
/* Segment descriptors, and the tables that a vCPU has them in. */
#ifndef MEMCORE_PV_DESCRIPTOR_H
#define MEMCORE_PV_DESCRIPTOR_H

#include <linux/types.h>

struct memcore_frame;
struct memcore_vcpu;
struct memcore_call;

bool memcore_descriptor_fix(u64 *desc);
bool memcore_compat_descriptor_fix(u64 *desc);
int memcore_descriptors_validate(struct memcore_vcpu *v,
				 struct memcore_frame *frame);
bool memcore_ldt_drop(struct memcore_vcpu *v);
void memcore_gdt_drop(struct memcore_vcpu *v);
int memcore_ldt_set(struct memcore_vcpu *v, unsigned long base,
		    unsigned int entries);
int memcore_ldt_fault(struct memcore_vcpu *v, unsigned int offset);
long memcore_do_set_gdt(struct memcore_call *call);
long memcore_do_update_descriptor(struct memcore_call *call);

#endif
