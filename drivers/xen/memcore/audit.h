/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_AUDIT_H
#define MEMCORE_AUDIT_H

#include <linux/types.h>

struct memcore_machine;

int memcore_audit(struct memcore_machine *machine, char *buf, size_t len);

#endif
