/* SPDX-License-Identifier: GPL-2.0 */
/* What a command has to tell: lines, of which those of an expectation start with
 * "ok" or "not ok".
 */
#ifndef MEMTRIAL_SAY_H
#define MEMTRIAL_SAY_H

#include <linux/compiler.h>
#include <linux/types.h>

void say_reset(void);
const char *say_text(void);
__printf(1, 2) void say(const char *format, ...);
__printf(2, 3) bool expect(bool good, const char *format, ...);
bool expect_eq(long is, long wanted, const char *what);

#endif /* MEMTRIAL_SAY_H */
