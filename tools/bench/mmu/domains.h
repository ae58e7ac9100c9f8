/* SPDX-License-Identifier: GPL-2.0 */
/* Domains besides the one that measures. */
#ifndef MMUBENCH_DOMAINS_H
#define MMUBENCH_DOMAINS_H

#include <linux/types.h>

int domains_make(u16 *domid, unsigned long max_pages);
int domains_end(u16 domid);

#endif /* MMUBENCH_DOMAINS_H */
