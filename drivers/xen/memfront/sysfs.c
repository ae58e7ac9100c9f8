// SPDX-License-Identifier: GPL-2.0
/*
 * The knobs and figures; Documentation/ABI/testing/sysfs-devices-system-
 * xen_memfront has the contract of each.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sysfs.h>

#include "balloon.h"
#include "grant-headroom.h"
#include "hypercall.h"
#include "size.h"
#include "stats.h"
#include "sysfs.h"
#include "takeover.h"
#include "xenstore.h"

static struct balloon *const balloon = &memfront_balloon;

static struct bus_type subsys = {
	.name = "xen_memfront",
	.dev_name = "xen_memfront",
};

static ssize_t emit_kb(char *buf, unsigned long pages)
{
	return sysfs_emit(buf, "%lu\n", mf_pages_to_kb(pages));
}

static ssize_t store_target(const char *buf, size_t count,
			    int (*parse)(const char *text,
					 unsigned long *pages))
{
	unsigned long pages;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = parse(buf, &pages);
	if (ret)
		return ret;
	balloon_set_target(balloon, pages);
	return count;
}

static ssize_t target_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%llu\n",
			  (u64)READ_ONCE(balloon->target) << PAGE_SHIFT);
}

static ssize_t target_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	return store_target(buf, count, size_parse_bytes);
}
static DEVICE_ATTR_RW(target);

static ssize_t target_kb_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	return emit_kb(buf, READ_ONCE(balloon->target));
}

static ssize_t target_kb_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t count)
{
	return store_target(buf, count, size_parse_kb);
}
static DEVICE_ATTR_RW(target_kb);

static ssize_t current_kb_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return emit_kb(buf, READ_ONCE(balloon->current_pages));
}
static DEVICE_ATTR_RO(current_kb);

static ssize_t max_kb_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return emit_kb(buf, balloon_max_pages(balloon));
}
static DEVICE_ATTR_RO(max_kb);

static ssize_t grown_kb_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	return emit_kb(buf, READ_ONCE(balloon->growth.pages));
}
static DEVICE_ATTR_RO(grown_kb);

static ssize_t min_kb_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return emit_kb(buf, READ_ONCE(balloon->min_pages));
}

static ssize_t min_kb_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t count)
{
	unsigned long pages;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = size_parse_kb(buf, &pages);
	if (ret)
		return ret;
	if (pages > balloon->total_pages)
		return -ERANGE;

	mutex_lock(&balloon->lock);
	WRITE_ONCE(balloon->min_pages, pages);
	mutex_unlock(&balloon->lock);
	balloon_kick(balloon);
	return count;
}
static DEVICE_ATTR_RW(min_kb);

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n", balloon_state_name(balloon));
}
static DEVICE_ATTR_RO(state);

static ssize_t reason_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%s\n", balloon_reason_name(balloon));
}
static DEVICE_ATTR_RO(reason);

static ssize_t mode_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  balloon->governor ? "governor" : "owner");
}
static DEVICE_ATTR_RO(mode);

static ssize_t hypervisor_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s %u.%u%s %s\n", memfront_hv.name,
			  memfront_hv.version >> 16,
			  memfront_hv.version & 0xffff, memfront_hv.extra,
			  memfront_hv.translated ? "translated" : "pv");
}
static DEVICE_ATTR_RO(hypervisor);

static ssize_t xen_kb_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return emit_kb(buf, READ_ONCE(balloon->xen_pages));
}
static DEVICE_ATTR_RO(xen_kb);

static ssize_t overhead_kb_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%ld\n",
			  balloon->overhead * (long)(PAGE_SIZE / 1024));
}
static DEVICE_ATTR_RO(overhead_kb);

static ssize_t xenstore_offset_kb_show(struct device *dev,
				       struct device_attribute *attr,
				       char *buf)
{
	return sysfs_emit(buf, "%ld\n",
			  xenstore_offset() * (long)(PAGE_SIZE / 1024));
}
static DEVICE_ATTR_RO(xenstore_offset_kb);

static ssize_t order_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(balloon->order));
}

static ssize_t order_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t count)
{
	unsigned int order;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = kstrtouint(buf, 10, &order);
	if (ret)
		return ret;
	if (order > MEMFRONT_SUPER_ORDER)
		return -ERANGE;
	if (order && order != MEMFRONT_SUPER_ORDER)
		return -EINVAL;

	mutex_lock(&balloon->lock);
	WRITE_ONCE(balloon->order, order);
	mutex_unlock(&balloon->lock);
	return count;
}
static DEVICE_ATTR_RW(order);

static ssize_t scrub_pages_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	if (!balloon->scrub)
		return -ENODEV;
	return sysfs_emit(buf, "%d\n", READ_ONCE(*balloon->scrub));
}

static ssize_t scrub_pages_store(struct device *dev,
				 struct device_attribute *attr,
				 const char *buf, size_t count)
{
	bool scrub;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (!balloon->scrub)
		return -ENODEV;
	ret = kstrtobool(buf, &scrub);
	if (ret)
		return ret;
	WRITE_ONCE(*balloon->scrub, scrub);
	return count;
}
static DEVICE_ATTR_RW(scrub_pages);

static ssize_t schedule_delay_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lu\n",
			  READ_ONCE(balloon->backoff.schedule_delay));
}
static DEVICE_ATTR_RO(schedule_delay);

static ssize_t retry_count_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lu\n",
			  READ_ONCE(balloon->backoff.retry_count));
}
static DEVICE_ATTR_RO(retry_count);

/* The stock files have the same limits; there they are looked up each step. */
static ssize_t show_limit(char *buf, const unsigned long *limit)
{
	unsigned long value;

	mutex_lock(&balloon->lock);
	takeover_load_limits(&balloon->backoff);
	value = *limit;
	mutex_unlock(&balloon->lock);
	return sysfs_emit(buf, "%lu\n", value);
}

static ssize_t store_limit(const char *buf, size_t count, unsigned long *limit,
			   unsigned long least, unsigned long most)
{
	unsigned long value;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = kstrtoul(buf, 10, &value);
	if (ret)
		return ret;
	if (value < least || value > most)
		return -ERANGE;

	mutex_lock(&balloon->lock);
	takeover_load_limits(&balloon->backoff);
	*limit = value;
	takeover_store_limits(&balloon->backoff);
	mutex_unlock(&balloon->lock);
	balloon_kick(balloon);
	return count;
}

static ssize_t max_schedule_delay_show(struct device *dev,
				       struct device_attribute *attr,
				       char *buf)
{
	return show_limit(buf, &balloon->backoff.max_schedule_delay);
}

static ssize_t max_schedule_delay_store(struct device *dev,
					struct device_attribute *attr,
					const char *buf, size_t count)
{
	return store_limit(buf, count, &balloon->backoff.max_schedule_delay, 1,
			   MAX_DELAY_LIMIT);
}
static DEVICE_ATTR_RW(max_schedule_delay);

static ssize_t max_retry_count_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	return show_limit(buf, &balloon->backoff.max_retry_count);
}

static ssize_t max_retry_count_store(struct device *dev,
				     struct device_attribute *attr,
				     const char *buf, size_t count)
{
	return store_limit(buf, count, &balloon->backoff.max_retry_count,
			   RETRY_FOR_EVER, INT_MAX);
}
static DEVICE_ATTR_RW(max_retry_count);

static struct attribute *knob_attrs[] = {
	&dev_attr_target.attr,
	&dev_attr_target_kb.attr,
	&dev_attr_current_kb.attr,
	&dev_attr_min_kb.attr,
	&dev_attr_max_kb.attr,
	&dev_attr_grown_kb.attr,
	&dev_attr_state.attr,
	&dev_attr_reason.attr,
	&dev_attr_mode.attr,
	&dev_attr_hypervisor.attr,
	&dev_attr_xen_kb.attr,
	&dev_attr_overhead_kb.attr,
	&dev_attr_xenstore_offset_kb.attr,
	&dev_attr_order.attr,
	&dev_attr_scrub_pages.attr,
	&dev_attr_schedule_delay.attr,
	&dev_attr_max_schedule_delay.attr,
	&dev_attr_retry_count.attr,
	&dev_attr_max_retry_count.attr,
	NULL,
};

static const struct attribute_group knob_group = {
	.attrs = knob_attrs,
};

/**
 * struct stat_attr - a counter's file
 * @attr:	the file
 * @value:	the counter
 */
struct stat_attr {
	struct device_attribute attr;
	const unsigned long *value;
};

static ssize_t stat_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct stat_attr *stat = container_of(attr, struct stat_attr, attr);

	return sysfs_emit(buf, "%lu\n", READ_ONCE(*stat->value));
}

#define STAT(counter) \
	{ __ATTR(counter, 0444, stat_show, NULL), &memfront_stats.counter }

static struct stat_attr stats[] = {
	STAT(hypercalls),
	STAT(released_super),
	STAT(released_single),
	STAT(populated_super),
	STAT(populated_single),
	STAT(completed),
	STAT(scrubbed),
	STAT(alloc_failures),
	STAT(release_short),
	STAT(populate_short),
	STAT(call_errors),
	STAT(stuck),
};

static struct attribute *stat_attrs[ARRAY_SIZE(stats) + 1];

static void list_stats(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stats); i++)
		stat_attrs[i] = &stats[i].attr.attr;
}

static const struct attribute_group stat_group = {
	.name = "stats",
	.attrs = stat_attrs,
};

static const struct attribute_group *groups[] = {
	&knob_group,
	&stat_group,
	&grant_headroom_group,
	NULL,
};

static struct device *device;

static void release_device(struct device *dev)
{
	kfree(dev);
}

static struct device *make_device(void)
{
	struct device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	int ret;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev->bus = &subsys;
	dev->groups = groups;
	dev->release = release_device;
	ret = device_register(dev);
	if (ret) {
		put_device(dev);
		return ERR_PTR(ret);
	}
	return dev;
}

/**
 * sysfs_init - make the files
 *
 * Context: module load, after balloon_init().
 * Return: 0 or an errno after a message.
 */
int sysfs_init(void)
{
	int ret;

	list_stats();
	ret = subsys_system_register(&subsys, NULL);
	if (ret)
		goto out;
	device = make_device();
	if (!IS_ERR(device))
		return 0;
	ret = PTR_ERR(device);
	device = NULL;
	bus_unregister(&subsys);
out:
	pr_err("cannot make the files in sysfs (%d)\n", ret);
	return ret;
}

/** sysfs_exit - take the files away; waits for readers and writers. */
void sysfs_exit(void)
{
	struct device *dev = device;

	WRITE_ONCE(device, NULL);
	device_unregister(dev);
	bus_unregister(&subsys);
}

/**
 * sysfs_state_changed - wake whoever polls the state and reason files
 *
 * Context: the balloon's worker, which is stopped before sysfs_exit().
 */
void sysfs_state_changed(void)
{
	struct device *dev = READ_ONCE(device);

	if (!dev)
		return;
	sysfs_notify(&dev->kobj, NULL, "state");
	sysfs_notify(&dev->kobj, NULL, "reason");
}
