// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>
#include <xen/interface/xen.h>

#include "hypercall.h"
#include "inject.h"
#include "memfront_fixture.h"
#include "reservation.h"
#include "stats.h"

#define AUDIT_TEXT	512

/* Generous: an instrumented kernel on an emulated machine takes its time. */
#define PATIENCE	(60 * HZ)

struct account take_account(void)
{
	struct memcore_status status;

	memcore_tool_status(&status);
	return (struct account){
		.ram = totalram_pages(),
		.holes = memfront_balloon.ledger.nr_holes,
		.core_holes = status.holes,
		.xen = reservation_current(),
		.stuck = memfront_stats.stuck,
	};
}

/* Whatever went wrong on the way, both sides must tell the same story. */
void expect_moved(struct kunit *test, const struct account *before,
		  long released)
{
	struct account now = take_account();

	KUNIT_EXPECT_EQ(test, (long)(now.holes - before->holes), released);
	KUNIT_EXPECT_EQ(test, (long)(before->xen - now.xen), released);
	KUNIT_EXPECT_EQ(test, (long)(now.core_holes - before->core_holes),
			released);
	KUNIT_EXPECT_EQ(test, (long)(before->ram - now.ram), released);
	KUNIT_EXPECT_EQ(test, now.stuck, before->stuck);
	expect_core_sound(test);
}

void expect_core_sound(struct kunit *test)
{
	char *text = kunit_kzalloc(test, AUDIT_TEXT, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_EXPECT_EQ_MSG(test, memcore_tool_audit(text, AUDIT_TEXT), 0,
			    "%s", text);
}

/*
 * After each operation of a case that audits at its end, too. An instrumented
 * kernel on an emulated machine takes a second for it: there it is one in 16.
 */
void expect_core_sound_so_far(struct kunit *test)
{
	static unsigned int calls;

	if (!IS_ENABLED(CONFIG_KASAN) || !(calls++ % 16))
		expect_core_sound(test);
}

/* Let the @nth failure point from now on fail, once. */
void fail_at(unsigned int nth)
{
	struct fault_attr attr = FAULT_ATTR_INITIALIZER;

	attr.probability = 100;
	attr.interval = nth;
	attr.verbose = 0;
	memfront_fault = attr;
}

bool has_failed(void)
{
	return !atomic_read(&memfront_fault.times);
}

void no_faults(void)
{
	static const struct memcore_faults none;
	struct fault_attr attr = FAULT_ATTR_INITIALIZER;

	memfront_fault = attr;
	memcore_tool_set_faults(&none);
}

/* Beside an ordinary guest is the control domain; that is alone. */
unsigned long frames_of_others(void)
{
	const struct start_info *info = memcore_start_info();

	return info && info->flags & SIF_PRIVILEGED ? 0 :
						      MEMCORE_NEIGHBOUR_FRAMES;
}

int need_core(struct kunit *test)
{
	if (!memfront_hv.name || strcmp(memfront_hv.name, "core")) {
		kunit_err(test, "xen-memfront is not on the in-tree core");
		return -ENODEV;
	}
	return 0;
}

/* Within a minute. */
bool soon(bool (*reached)(unsigned long arg), unsigned long arg)
{
	unsigned long end = jiffies + PATIENCE;

	while (!reached(arg)) {
		if (time_after(jiffies, end))
			return false;
		msleep(20);
	}
	return true;
}

/* For soon(). Under the lock, so that no step is half done. */
bool is_idle_at(unsigned long pages)
{
	const struct balloon *b = &memfront_balloon;
	bool yes;

	mutex_lock(&memfront_balloon.lock);
	yes = !b->retarget && b->state == BALLOON_IDLE &&
	      b->current_pages == pages;
	mutex_unlock(&memfront_balloon.lock);
	return yes;
}

bool waits_for(unsigned long reason)
{
	const struct balloon *b = &memfront_balloon;
	bool yes;

	mutex_lock(&memfront_balloon.lock);
	yes = !b->retarget && b->state == BALLOON_WAITING &&
	      b->reason == reason;
	mutex_unlock(&memfront_balloon.lock);
	return yes;
}

bool reach(unsigned long pages)
{
	balloon_set_target(&memfront_balloon, pages);
	return soon(is_idle_at, pages);
}
