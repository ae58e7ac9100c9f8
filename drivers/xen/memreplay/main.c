// SPDX-License-Identifier: GPL-2.0
/*
 * xen-memreplay: runs scripts of hypercalls, see Documentation/replay.rst.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/firmware.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/platform_device.h>

#include "backend.h"
#include "debugfs.h"

static char *script;
module_param(script, charp, 0400);
MODULE_PARM_DESC(script, "a file under /lib/firmware that is run when the module is loaded");

bool replay_echo;
module_param_named(echo, replay_echo, bool, 0600);
MODULE_PARM_DESC(echo, "write transcripts into the kernel's log, too (default 0)");

static bool dry;
module_param(dry, bool, 0400);
MODULE_PARM_DESC(dry, "scripts are only read, not run; needs no hypervisor (default 0)");

/* The loader of firmware wants a device to complain about. */
static int run_file(const char *name)
{
	const struct firmware *file;
	struct platform_device *device;
	int ret;

	device = platform_device_register_simple(KBUILD_MODNAME,
						 PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);
	ret = request_firmware_direct(&file, name, &device->dev);
	if (!ret) {
		ret = replay_script_text(file->data, file->size);
		release_firmware(file);
	}
	platform_device_unregister(device);
	return ret;
}

static int __init replay_init(void)
{
	int ret = dry ? 0 : replay_backend_attach();

	if (ret)
		return ret;
	ret = replay_debugfs_init();
	if (ret) {
		replay_backend_detach();
		return ret;
	}
	/* What is wrong with a script is no reason not to be there. */
	if (script && run_file(script))
		pr_warn("%s: not run to its end\n", script);
	return 0;
}

static void __exit replay_exit(void)
{
	replay_debugfs_exit();
	replay_backend_detach();
}

module_init(replay_init);
module_exit(replay_exit);

MODULE_DESCRIPTION("Runs scripts of hypercalls on Xen or on the in-tree core");
MODULE_AUTHOR("The xen-memfront developers");
MODULE_LICENSE("GPL");
