// SPDX-License-Identifier: GPL-2.0
/*
 * Choosing the hypervisor behind the seam.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <xen/interface/xen.h>
#include <xen/interface/version.h>
#include <xen/interface/features.h>

#include <memfront/kunit.h>

#include "hypercall.h"

struct memfront_hypervisor memfront_hv;
EXPORT_SYMBOL_FOR_KUNIT(memfront_hv);

DEFINE_STATIC_CALL(memfront_hypercall, memfront_no_hypervisor);
#if IS_ENABLED(CONFIG_KUNIT)
EXPORT_STATIC_CALL_GPL(memfront_hypercall);
#endif

/**
 * memfront_no_hypervisor - what stands behind the seam before attach
 * @nr:	ignored, as are the arguments
 * @a1:	ignored
 * @a2:	ignored
 * @a3:	ignored
 * @a4:	ignored
 * @a5:	ignored
 *
 * Return: -ENODEV.
 */
long memfront_no_hypervisor(unsigned int nr, unsigned long a1,
			    unsigned long a2, unsigned long a3,
			    unsigned long a4, unsigned long a5)
{
	return -ENODEV;
}

static int attach_named(const char *wanted)
{
	if (!strcmp(wanted, "xen")) {
		if (memfront_xen_present())
			return memfront_xen_attach(&memfront_hv);
		pr_err("hypervisor=xen, but this kernel does not run on Xen\n");
		return -ENODEV;
	}
	if (!strcmp(wanted, "core")) {
		if (!memfront_xen_present())
			return memfront_core_attach(&memfront_hv);
		pr_err("hypervisor=core, but this kernel runs on Xen: the memory that the core would manage is Xen's\n");
		return -EBUSY;
	}
	pr_err("hypervisor=%s is not one of auto, xen, core\n", wanted);
	return -EINVAL;
}

/* The features decide between PV and PVH; the version is for people. */
static int ask_identity(struct memfront_hypervisor *hv)
{
	struct xen_feature_info features = {};
	struct xen_extraversion extra = {};
	long ret;

	ret = memfront_call(__HYPERVISOR_xen_version, XENVER_version, 0, 0, 0,
			    0);
	if (ret < 0)
		return ret;
	hv->version = ret;

	ret = memfront_call(__HYPERVISOR_xen_version, XENVER_get_features,
			    (unsigned long)&features, 0, 0, 0);
	if (ret < 0)
		return ret;
	hv->translated = features.submap & BIT(XENFEAT_auto_translated_physmap);

	ret = memfront_call(__HYPERVISOR_xen_version, XENVER_extraversion,
			    (unsigned long)&extra, 0, 0, 0);
	if (ret >= 0)
		strscpy(hv->extra, extra.extraversion, sizeof(hv->extra));
	return 0;
}

/**
 * memfront_attach - put a hypervisor behind the seam
 * @wanted:	"auto" (Xen when running on it, else the core), "xen", "core"
 *
 * Context: module load, may sleep.
 * Return: 0; -EINVAL for another word; -ENODEV if that hypervisor is not
 * there; -EBUSY for the core while running on Xen. The log says why.
 */
int memfront_attach(const char *wanted)
{
	int ret;

	if (!strcmp(wanted, "auto"))
		wanted = memfront_xen_present() ? "xen" : "core";

	ret = attach_named(wanted);
	if (ret)
		return ret;

	ret = ask_identity(&memfront_hv);
	if (!ret && !memfront_hv.translated && !memfront_hv.m2p)
		ret = -ENODEV;
	if (ret) {
		pr_err("%s does not tell its version, features or P2M (%d)\n",
		       memfront_hv.name, ret);
		memfront_detach();
	}
	return ret;
}

/**
 * memfront_detach - leave the hypervisor; calls answer -ENODEV from now on
 *
 * Context: module unload or a failed load; nothing may call any more.
 */
void memfront_detach(void)
{
	static_call_update(memfront_hypercall, memfront_no_hypervisor);
	if (memfront_hv.name && !strcmp(memfront_hv.name, "core"))
		memfront_core_detach();
	memset(&memfront_hv, 0, sizeof(memfront_hv));
}
