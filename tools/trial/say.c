// SPDX-License-Identifier: GPL-2.0
/* The lines of the command that runs; one runs at a time. */
#include <linux/kernel.h>
#include <linux/stdarg.h>
#include <linux/string.h>

#include "say.h"

static char text[32768];
static size_t used;

void say_reset(void)
{
	used = 0;
	text[0] = '\0';
}

const char *say_text(void)
{
	return text;
}

static __printf(1, 0) void append(const char *format, va_list args)
{
	used += vscnprintf(text + used, sizeof(text) - used, format, args);
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append(format, args);
	va_end(args);
}

bool expect(bool good, const char *format, ...)
{
	va_list args;

	say(good ? "ok " : "not ok ");
	va_start(args, format);
	append(format, args);
	va_end(args);
	say("\n");
	return good;
}

bool expect_eq(long is, long wanted, const char *what)
{
	if (is == wanted)
		return expect(true, "%s: %ld", what, wanted);
	return expect(false, "%s: is %ld, wanted %ld", what, is, wanted);
}
