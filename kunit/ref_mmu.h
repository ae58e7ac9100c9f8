/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a batch must come to, in the plainest way: one hypercall for each
 * request, at once.
 */
#ifndef REF_MMU_H
#define REF_MMU_H

#include <linux/types.h>

#include <xen/interface/xen.h>

/**
 * struct ref_request - one request
 * @is_ext:	it is @ext, not @update
 * @update:	a change of an entry or of the M2P
 * @owner:	whose frame @update may name
 * @ext:	an extended operation
 */
struct ref_request {
	bool is_ext;
	struct mmu_update update;
	domid_t owner;
	struct mmuext_op ext;
};

void ref_mmu_run(const struct ref_request *requests, unsigned int nr, int *err);

#endif
