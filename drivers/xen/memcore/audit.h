/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_AUDIT_H
#define MEMCORE_AUDIT_H

#include <linux/compiler.h>
#include <linux/types.h>

struct memcore_machine;

/**
 * struct memcore_found - references to a frame that were found
 * @count: general ones
 * @type: type references
 * @linear: what its linear count should be
 */
struct memcore_found {
	u64 count;
	u64 type;
	int linear;
};

/**
 * struct memcore_audit - an audit under way
 * @machine: what is audited, with all locks held
 * @found: for each of its frames
 * @buf: differences, one a line
 * @len: size of @buf
 * @at: how much of it is used
 * @nr: differences so far
 */
struct memcore_audit {
	struct memcore_machine *machine;
	struct memcore_found *found;
	char *buf;
	size_t len;
	size_t at;
	unsigned long nr;
};

int memcore_audit(struct memcore_machine *machine, char *buf, size_t len);
__printf(2, 3) void memcore_audit_differ(struct memcore_audit *a,
					 const char *fmt, ...);
void memcore_audit_grants(struct memcore_audit *a);
void memcore_audit_expect(struct memcore_audit *a, const char *what,
			  unsigned long id, unsigned long noted,
			  unsigned long found);
void memcore_audit_heap(struct memcore_audit *a);
void memcore_audit_refs(struct memcore_audit *a);

#endif
