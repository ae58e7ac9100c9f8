// SPDX-License-Identifier: GPL-2.0
/*
 * The files in grants/: what room is left for grants, and when to tell.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sysfs.h>

#include <memfront/kunit.h>

#include "grant-headroom.h"

/* A file whose number is in a struct grant_room, by name. */
#define ROOM_RO(name, format)						\
static ssize_t name##_show(struct device *dev,				\
			   struct device_attribute *attr, char *buf)	\
{									\
	struct grant_room room;						\
	int err = grant_headroom_read(&room);				\
									\
	return err ?: sysfs_emit(buf, format "\n", room.name);		\
}									\
static DEVICE_ATTR_RO(name)

ROOM_RO(version, "%u");
ROOM_RO(frames, "%u");
ROOM_RO(max_frames, "%u");
ROOM_RO(entries, "%lu");
ROOM_RO(max_entries, "%lu");
ROOM_RO(mapped, "%lu");

static ssize_t frames_warn_percent_show(struct device *dev,
					struct device_attribute *attr,
					char *buf)
{
	return sysfs_emit(buf, "%u\n", grant_headroom_frames_warn());
}

static ssize_t frames_warn_percent_store(struct device *dev,
					 struct device_attribute *attr,
					 const char *buf, size_t count)
{
	unsigned int percent;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = kstrtouint(buf, 10, &percent);
	if (!err)
		err = grant_headroom_set_frames_warn(percent);
	return err ?: count;
}
static DEVICE_ATTR_RW(frames_warn_percent);

static ssize_t mapped_warn_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lu\n", grant_headroom_mapped_warn());
}

static ssize_t mapped_warn_store(struct device *dev,
				 struct device_attribute *attr,
				 const char *buf, size_t count)
{
	unsigned long nr;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = kstrtoul(buf, 10, &nr);
	if (err)
		return err;
	grant_headroom_set_mapped_warn(nr);
	return count;
}
static DEVICE_ATTR_RW(mapped_warn);

/**
 * struct count_attr - a counter's file
 * @attr:	the file
 * @count:	the counter
 */
struct count_attr {
	struct device_attribute attr;
	const atomic_long_t *count;
};

static ssize_t count_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct count_attr *count = container_of(attr, struct count_attr, attr);

	return sysfs_emit(buf, "%lu\n", atomic_long_read(count->count));
}

#define COUNT_RO(name, counter)						\
static struct count_attr name = {					\
	__ATTR(name, 0444, count_show, NULL),				\
	&grant_headroom_stats.counter,					\
}

COUNT_RO(warnings, warnings);
COUNT_RO(shares_refused, share_refused);
COUNT_RO(maps_refused, map_refused);
COUNT_RO(mapped_when_refused, mapped_then);

static struct attribute *headroom_attrs[] = {
	&dev_attr_version.attr,
	&dev_attr_frames.attr,
	&dev_attr_max_frames.attr,
	&dev_attr_frames_warn_percent.attr,
	&dev_attr_entries.attr,
	&dev_attr_max_entries.attr,
	&shares_refused.attr.attr,
	&dev_attr_mapped.attr,
	&dev_attr_mapped_warn.attr,
	&maps_refused.attr.attr,
	&mapped_when_refused.attr.attr,
	&warnings.attr.attr,
	NULL,
};

const struct attribute_group grant_headroom_group = {
	.name = "grants",
	.attrs = headroom_attrs,
};
EXPORT_SYMBOL_FOR_KUNIT(grant_headroom_group);
