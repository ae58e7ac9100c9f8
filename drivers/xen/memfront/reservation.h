/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reservation: how many frames the hypervisor has given to this domain.
 */
#ifndef _MEMFRONT_RESERVATION_H
#define _MEMFRONT_RESERVATION_H

#include <linux/types.h>

#include <memfront/frame.h>

unsigned int reservation_decrease(unsigned long *frames, unsigned int nr,
				  unsigned int order);
unsigned int reservation_populate(unsigned long *frames, unsigned int nr,
				  unsigned int order);
int reservation_exchange(unsigned long *frames, unsigned int order,
			 unsigned int width, struct mf_pfn pfn,
			 struct mf_mfn *mfn);
int reservation_exchange_back(struct mf_mfn mfn, unsigned int order,
			      unsigned long *frames);
long reservation_current(void);
long reservation_maximum(void);
long reservation_end(void);

#endif /* _MEMFRONT_RESERVATION_H */
