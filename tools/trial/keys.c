// SPDX-License-Identifier: GPL-2.0
/* Xen's debug key "q", which dumps domains, as Xen's console shows it. */
#include <linux/errno.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen-public/xen.h>
#include <xen-public/sysctl.h>

#include "census.h"
#include "xen.h"

#define CHUNK	2048

/**
 * struct keys - what is asked
 * @sysctl:	a request
 * @index:	how far Xen's console has been read
 * @text:	what was there
 */
struct keys {
	struct xen_sysctl sysctl;
	u32 index;
	char text[CHUNK];
};

static long do_sysctl(struct keys *k, unsigned int cmd)
{
	k->sysctl.cmd = cmd;
	k->sysctl.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	return xen_ask(__HYPERVISOR_sysctl, (unsigned long)&k->sysctl, 0);
}

static long press(struct keys *k, char *key)
{
	memset(&k->sysctl, 0, sizeof(k->sysctl));
	set_xen_guest_handle(k->sysctl.u.debug_keys.keys, key);
	k->sysctl.u.debug_keys.nr_keys = 1;
	return do_sysctl(k, XEN_SYSCTL_debug_keys);
}

/* Return: how many bytes, or an error. */
static long read_some(struct keys *k)
{
	struct xen_sysctl_readconsole *read = &k->sysctl.u.readconsole;
	long ret;

	memset(&k->sysctl, 0, sizeof(k->sysctl));
	read->incremental = 1;
	read->index = k->index;
	read->count = CHUNK;
	set_xen_guest_handle(read->buffer, k->text);
	ret = do_sysctl(k, XEN_SYSCTL_readconsole);
	k->index = read->index;
	return ret ?: read->count;
}

static long read_all(struct keys *k, struct seq_file *s)
{
	long got;

	while ((got = read_some(k)) > 0)
		if (s)
			seq_write(s, k->text, got);
	return got;
}

int keys_write(struct seq_file *s)
{
	struct keys *k = kzalloc(sizeof(*k), GFP_KERNEL);
	char key = 'q';
	long ret;

	if (!k)
		return -ENOMEM;
	ret = read_all(k, NULL) ?: press(k, &key) ?: read_all(k, s);
	kfree(k);
	return ret;
}
