// SPDX-License-Identifier: GPL-2.0
/*
 * The words of the language that stand for numbers.
 *
 * Xen's errors are its own, whatever the kernel's are; so are some numbers that
 * the kernel's copy of the headers does not have.
 */
#include <linux/bits.h>
#include <linux/string.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/interface/grant_table.h>

#include <memreplay/kunit.h>

#include "names.h"

#define HYPERCALL(name)	{ #name, __HYPERVISOR_##name }

const struct replay_name replay_hypercalls[] = {
	HYPERCALL(set_trap_table),
	HYPERCALL(mmu_update),
	HYPERCALL(set_gdt),
	HYPERCALL(stack_switch),
	HYPERCALL(set_callbacks),
	HYPERCALL(fpu_taskswitch),
	HYPERCALL(sched_op_compat),
	HYPERCALL(platform_op),
	HYPERCALL(set_debugreg),
	HYPERCALL(get_debugreg),
	HYPERCALL(update_descriptor),
	HYPERCALL(memory_op),
	HYPERCALL(multicall),
	HYPERCALL(update_va_mapping),
	HYPERCALL(set_timer_op),
	HYPERCALL(event_channel_op_compat),
	HYPERCALL(xen_version),
	HYPERCALL(console_io),
	HYPERCALL(physdev_op_compat),
	HYPERCALL(grant_table_op),
	HYPERCALL(vm_assist),
	HYPERCALL(update_va_mapping_otherdomain),
	HYPERCALL(iret),
	HYPERCALL(vcpu_op),
	HYPERCALL(set_segment_base),
	HYPERCALL(mmuext_op),
	HYPERCALL(xsm_op),
	HYPERCALL(nmi_op),
	HYPERCALL(sched_op),
	HYPERCALL(callback_op),
	HYPERCALL(xenoprof_op),
	HYPERCALL(event_channel_op),
	HYPERCALL(physdev_op),
	HYPERCALL(hvm_op),
	HYPERCALL(sysctl),
	HYPERCALL(domctl),
	HYPERCALL(kexec_op),
	HYPERCALL(tmem_op),
	{}
};

#define COMMAND(name)	{ #name, MMUEXT_##name }

const struct replay_name replay_mmuext_commands[] = {
	COMMAND(PIN_L1_TABLE),
	COMMAND(PIN_L2_TABLE),
	COMMAND(PIN_L3_TABLE),
	COMMAND(PIN_L4_TABLE),
	COMMAND(UNPIN_TABLE),
	COMMAND(NEW_BASEPTR),
	COMMAND(TLB_FLUSH_LOCAL),
	COMMAND(INVLPG_LOCAL),
	COMMAND(TLB_FLUSH_MULTI),
	COMMAND(INVLPG_MULTI),
	COMMAND(TLB_FLUSH_ALL),
	COMMAND(INVLPG_ALL),
	COMMAND(FLUSH_CACHE),
	COMMAND(SET_LDT),
	COMMAND(NEW_USER_BASEPTR),
	COMMAND(CLEAR_PAGE),
	COMMAND(COPY_PAGE),
	COMMAND(FLUSH_CACHE_GLOBAL),
	COMMAND(MARK_SUPER),
	COMMAND(UNMARK_SUPER),
	{}
};

const struct replay_name replay_mmu_commands[] = {
	{ "normal", 0 },
	{ "machphys", 1 },
	{ "preserve_ad", 2 },
	{ "no_translate", 3 },
	{}
};

const struct replay_name replay_memory_commands[] = {
	{ "increase_reservation", XENMEM_increase_reservation },
	{ "decrease_reservation", XENMEM_decrease_reservation },
	{ "maximum_ram_page", XENMEM_maximum_ram_page },
	{ "current_reservation", XENMEM_current_reservation },
	{ "maximum_reservation", XENMEM_maximum_reservation },
	{ "machphys_mfn_list", XENMEM_machphys_mfn_list },
	{ "populate_physmap", XENMEM_populate_physmap },
	{ "add_to_physmap", XENMEM_add_to_physmap },
	{ "memory_map", XENMEM_memory_map },
	{ "machine_memory_map", XENMEM_machine_memory_map },
	{ "exchange", XENMEM_exchange },
	{ "machphys_mapping", XENMEM_machphys_mapping },
	{ "set_memory_map", 13 },
	{ "maximum_gpfn", 14 },
	{ "remove_from_physmap", XENMEM_remove_from_physmap },
	{ "set_pod_target", 16 },
	{ "get_pod_target", 17 },
	{ "get_sharing_freed_pages", 18 },
	{ "get_sharing_shared_pages", 19 },
	{ "paging_op", 20 },
	{ "access_op", 21 },
	{ "sharing_op", 22 },
	{ "add_to_physmap_batch", XENMEM_add_to_physmap_range },
	{ "claim_pages", 24 },
	{ "machphys_compat_mfn_list", 25 },
	{ "get_vnumainfo", 26 },
	{ "reserved_device_memory_map", 27 },
	{ "acquire_resource", 28 },
	{}
};

const struct replay_name replay_mem_flags[] = {
	{ "none", 0 },
	{ "pod", BIT(16) },
	{ "exact", BIT(17) },
	{ "vnode", BIT(18) },
	{}
};

const struct replay_name replay_spaces[] = {
	{ "shared_info", 0 },
	{ "grant_table", 1 },
	{ "gmfn", 2 },
	{ "gmfn_range", 3 },
	{ "gmfn_foreign", 4 },
	{ "dev_mmio", 5 },
	{}
};

const struct replay_name replay_resources[] = {
	{ "ioreq_server", 0 },
	{ "grant_table", 1 },
	{ "vmtrace_buf", 2 },
	{}
};

const struct replay_name replay_domains[] = {
	{ "self", DOMID_SELF },
	{ "io", DOMID_IO },
	{ "xen", DOMID_XEN },
	{ "cow", 0x7ff3 },
	{ "invalid", 0x7ff4 },
	{ "idle", 0x7fff },
	{ "absent", 0x6fed },
	{}
};

const struct replay_name replay_flushes[] = {
	{ "none", UVMF_NONE },
	{ "tlb", UVMF_TLB_FLUSH },
	{ "invlpg", UVMF_INVLPG },
	{ "tlb:all", UVMF_TLB_FLUSH | UVMF_ALL },
	{ "invlpg:all", UVMF_INVLPG | UVMF_ALL },
	{}
};

const struct replay_name replay_assists[] = {
	{ "4gb_segments", VMASST_TYPE_4gb_segments },
	{ "4gb_segments_notify", VMASST_TYPE_4gb_segments_notify },
	{ "writable_pagetables", VMASST_TYPE_writable_pagetables },
	{ "pae_extended_cr3", VMASST_TYPE_pae_extended_cr3 },
	{ "architectural_iopl", VMASST_TYPE_architectural_iopl },
	{ "runstate_update_flag", VMASST_TYPE_runstate_update_flag },
	{ "m2p_strict", 32 },
	{}
};

const struct replay_name replay_assist_commands[] = {
	{ "enable", VMASST_CMD_enable },
	{ "disable", VMASST_CMD_disable },
	{}
};

const struct replay_name replay_segments[] = {
	{ "fs", 0 },
	{ "gs_user", 1 },
	{ "gs_kernel", 2 },
	{ "gs_user_sel", 3 },
	{}
};

const struct replay_name replay_errors[] = {
	{ "EPERM", 1 },
	{ "ENOENT", 2 },
	{ "ESRCH", 3 },
	{ "EINTR", 4 },
	{ "EIO", 5 },
	{ "ENXIO", 6 },
	{ "E2BIG", 7 },
	{ "ENOEXEC", 8 },
	{ "EBADF", 9 },
	{ "ECHILD", 10 },
	{ "EAGAIN", 11 },
	{ "ENOMEM", 12 },
	{ "EACCES", 13 },
	{ "EFAULT", 14 },
	{ "EBUSY", 16 },
	{ "EEXIST", 17 },
	{ "EXDEV", 18 },
	{ "ENODEV", 19 },
	{ "EINVAL", 22 },
	{ "ENOSPC", 28 },
	{ "EROFS", 30 },
	{ "EMLINK", 31 },
	{ "EDOM", 33 },
	{ "ERANGE", 34 },
	{ "EDEADLK", 35 },
	{ "ENOSYS", 38 },
	{ "ENOTEMPTY", 39 },
	{ "ENODATA", 61 },
	{ "EOVERFLOW", 75 },
	{ "EILSEQ", 84 },
	{ "ERESTART", 85 },
	{ "EOPNOTSUPP", 95 },
	{ "ENOBUFS", 105 },
	{ "ETIMEDOUT", 110 },
	{}
};

const struct replay_name replay_flags[] = {
	{ "p", BIT_ULL(0) },
	{ "w", BIT_ULL(1) },
	{ "u", BIT_ULL(2) },
	{ "t", BIT_ULL(3) },
	{ "c", BIT_ULL(4) },
	{ "a", BIT_ULL(5) },
	{ "d", BIT_ULL(6) },
	{ "s", BIT_ULL(7) },
	{ "g", BIT_ULL(8) },
	{ "1", BIT_ULL(9) },
	{ "2", BIT_ULL(10) },
	{ "3", BIT_ULL(11) },
	{ "k", BIT_ULL(52) },
	{ "4", BIT_ULL(53) },
	{ "5", BIT_ULL(54) },
	{ "6", BIT_ULL(55) },
	{ "7", BIT_ULL(56) },
	{ "8", BIT_ULL(57) },
	{ "9", BIT_ULL(58) },
	{ "P", BIT_ULL(59) },
	{ "Q", BIT_ULL(60) },
	{ "R", BIT_ULL(61) },
	{ "S", BIT_ULL(62) },
	{ "x", BIT_ULL(63) },
	{}
};

/* As positive numbers. */
const struct replay_name replay_statuses[] = {
	{ "okay", 0 },
	{ "general_error", -GNTST_general_error },
	{ "bad_domain", -GNTST_bad_domain },
	{ "bad_gntref", -GNTST_bad_gntref },
	{ "bad_handle", -GNTST_bad_handle },
	{ "bad_virt_addr", -GNTST_bad_virt_addr },
	{ "bad_dev_addr", -GNTST_bad_dev_addr },
	{ "no_device_space", -GNTST_no_device_space },
	{ "permission_denied", -GNTST_permission_denied },
	{ "bad_page", -GNTST_bad_page },
	{ "bad_copy_arg", -GNTST_bad_copy_arg },
	{ "address_too_big", -GNTST_address_too_big },
	{ "eagain", -GNTST_eagain },
	{ "no_space", -GNTST_no_space },
	{}
};

#define GRANT_COMMAND(name)	{ #name, GNTTABOP_##name }

const struct replay_name replay_grant_commands[] = {
	GRANT_COMMAND(map_grant_ref),
	GRANT_COMMAND(unmap_grant_ref),
	GRANT_COMMAND(setup_table),
	GRANT_COMMAND(dump_table),
	GRANT_COMMAND(transfer),
	GRANT_COMMAND(copy),
	GRANT_COMMAND(query_size),
	GRANT_COMMAND(unmap_and_replace),
	GRANT_COMMAND(set_version),
	GRANT_COMMAND(get_status_frames),
	GRANT_COMMAND(get_version),
	GRANT_COMMAND(swap_grant_ref),
	GRANT_COMMAND(cache_flush),
	{}
};

const struct replay_name replay_grant_flags[] = {
	{ "ro", GTF_readonly },
	{ "reading", GTF_reading },
	{ "writing", GTF_writing },
	{ "pwt", GTF_PWT },
	{ "pcd", GTF_PCD },
	{ "pat", GTF_PAT },
	{ "sub", GTF_sub_page },
	{}
};

const struct replay_name replay_grant_words[] = {
	{ "invalid", GTF_invalid },
	{ "access", GTF_permit_access },
	{ "accept", GTF_accept_transfer },
	{ "transitive", GTF_transitive },
	{ "ro", GTF_readonly },
	{ "reading", GTF_reading },
	{ "writing", GTF_writing },
	{ "pwt", GTF_PWT },
	{ "pcd", GTF_PCD },
	{ "pat", GTF_PAT },
	{ "sub", GTF_sub_page },
	{}
};

const struct replay_name replay_map_flags[] = {
	{ "device", GNTMAP_device_map },
	{ "host", GNTMAP_host_map },
	{ "ro", GNTMAP_readonly },
	{ "app", GNTMAP_application_map },
	{ "pte", GNTMAP_contains_pte },
	{}
};

const struct replay_name replay_copy_flags[] = {
	{ "source", GNTCOPY_source_gref },
	{ "dest", GNTCOPY_dest_gref },
	{}
};

const struct replay_name replay_flush_flags[] = {
	{ "clean", GNTTAB_CACHE_CLEAN },
	{ "invalidate", GNTTAB_CACHE_INVAL },
	{ "ref", GNTTAB_CACHE_SOURCE_GREF },
	{}
};

/**
 * replay_name_find() - the number that a word stands for
 * @names: where to look
 * @name: the word
 * @number: filled in
 *
 * Return: false if the word is not there.
 */
bool replay_name_find(const struct replay_name *names, const char *name,
		      u64 *number)
{
	for (; names->name; names++) {
		if (!strcmp(names->name, name)) {
			*number = names->number;
			return true;
		}
	}
	return false;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_name_find);

/**
 * replay_name_of() - the word that stands for a number
 * @names: where to look
 * @number: the number
 *
 * Return: NULL if there is none.
 */
const char *replay_name_of(const struct replay_name *names, u64 number)
{
	for (; names->name; names++)
		if (names->number == number)
			return names->name;
	return NULL;
}
EXPORT_SYMBOL_FOR_KUNIT(replay_name_of);
