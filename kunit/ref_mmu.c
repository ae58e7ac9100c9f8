// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>

#include "hypercall.h"
#include "ref_mmu.h"

static int call_once(const struct ref_request *r)
{
	if (r->is_ext)
		return memfront_call(__HYPERVISOR_mmuext_op,
				     (unsigned long)&r->ext, 1, 0, r->owner, 0);
	return memfront_call(__HYPERVISOR_mmu_update,
			     (unsigned long)&r->update, 1, 0, r->owner, 0);
}

/* Neighbours of one kind and owner are one call of a batch. */
static bool goes_with(const struct ref_request *a, const struct ref_request *b)
{
	return a->is_ext == b->is_ext && a->owner == b->owner;
}

/* A failure cancels what follows it in the same call. */
void ref_mmu_run(const struct ref_request *requests, unsigned int nr, int *err)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (i && goes_with(&requests[i - 1], &requests[i]) &&
		    err[i - 1])
			err[i] = -ECANCELED;
		else
			err[i] = call_once(&requests[i]);
	}
}
