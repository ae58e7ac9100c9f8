/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Domains beside the kernel that grant, one of each type, and a layer between the
 * frontend and the core: it counts, and can answer what the core never does.
 */
#ifndef MEMFRONT_GRANTS_H
#define MEMFRONT_GRANTS_H

#include <kunit/test.h>
#include <linux/types.h>
#include <xen/interface/grant_table.h>

#include "hypercall.h"
#include "memfront_granter.h"

/* More than go with two hypercalls. */
#define NR		300U
/* What Linux and Xen's tools leave free. */
#define FIRST_REF	8U
#define NO_REF		(FIRST_REF + NR)
#define NO_DOMID	99

/* Entries of the core's largest table, without those that are kept from us. */
#define TABLE_REFS(version) (64U * GRANTER_REFS / (version) - 64U)

/**
 * struct layer - what is between the frontend and the core
 * @calls: calls for grants
 * @status: the answer to an entry
 * @times: for so many entries
 * @ref: to a map of this reference, or a copy that reads it
 * @handle: if @ref is 0: to an unmap of this handle; GRANT_NO_HANDLE: of any
 * @fail_call: the call that is refused, counted from now; 0: none
 */
struct layer {
	unsigned int calls;
	s16 status;
	unsigned int times;
	grant_ref_t ref;
	grant_handle_t handle;
	unsigned int fail_call;
};

/**
 * struct grants - what a case starts with
 * @before: the seam as it was
 * @pv: a domain that grants
 * @translated: another
 * @g: that of which the case is just now
 * @refs: what it grants, a page each
 * @errs: room for an answer each
 * @delay: after which what is kept is tried again, when no suite runs
 * @frames: free ones of the machine before there were such domains, and those of
 *          the kernel's grant table, which only grows
 * @xen: frames of the kernel
 */
struct grants {
	struct memfront_hypervisor before;
	struct granter pv;
	struct granter translated;
	struct granter *g;
	grant_ref_t refs[NR];
	int errs[NR];
	unsigned long delay;
	unsigned long frames;
	unsigned long xen;
};

extern struct layer layer;

int grants_init(struct kunit *test);
void grants_exit(struct kunit *test);
void grants_for_both(struct kunit *test, void (*run)(struct kunit *test));
unsigned int grants_version(void);
long grants_set_version(unsigned int version);
long grants_core_op(unsigned int cmd, void *op);
unsigned int grants_count_uses(struct granter *g, u16 uses);

#endif
