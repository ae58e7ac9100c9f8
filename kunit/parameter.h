/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters of the suites' modules. In a header, for THIS_MODULE is whose suite
 * asks.
 */
#ifndef KUNIT_PARAMETER_H
#define KUNIT_PARAMETER_H

#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

/*
 * A parameter of this module, @value if it was not given. A kernel that runs the
 * suites before it reads the parameters has them in the arguments only.
 */
static inline unsigned int fixture_parameter(struct kunit *test,
					     const char *name,
					     unsigned int value)
{
	char *args = kstrdup(THIS_MODULE->args ?: "", GFP_KERNEL);
	char *rest = args, *param, *val;

	KUNIT_ASSERT_NOT_NULL(test, args);
	while (*(rest = skip_spaces(rest))) {
		rest = next_arg(rest, &param, &val);
		if (val && !strcmp(param, name))
			KUNIT_EXPECT_EQ(test, kstrtouint(val, 0, &value), 0);
	}
	kfree(args);
	return value;
}

#endif
