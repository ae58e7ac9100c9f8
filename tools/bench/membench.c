// SPDX-License-Identifier: GPL-2.0
/*
 * membench: a stop-watch for balloons. It times whichever driver pursues the
 * stock driver's target, and the least that Xen allows for the same memory.
 *
 * Commands go to /sys/module/membench/parameters/run, answers come from
 * .../result:
 *
 *   move PAGES   set the target through balloon_set_new_target(), wait until
 *                the account shows it: "ns N"
 *   limit MIB    zero that much ready memory, then give it to Xen and get it
 *                back by the bare hypercalls, with every list made beforehand:
 *                "zero N release N populate N"
 *   count 1|0    count the stock driver's hypercalls from now on / until now:
 *                "calls N" (kprobes: not while timing)
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <xen/balloon.h>
#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>

#include <memfront/frame.h>

#define GFP_BENCH	(GFP_HIGHUSER | __GFP_NOWARN | __GFP_NORETRY)

/* How many page-table entries or frames go into one call. */
#define CALL_FRAMES	4096

/* A target that is not reached in this time is an error. */
#define MOVE_SECONDS	600

static char result[96];

static bool reached(unsigned long pages)
{
	return READ_ONCE(balloon_stats.current_pages) == pages;
}

static int run_move(unsigned long pages)
{
	ktime_t start = ktime_get();
	ktime_t end = ktime_add_ms(start, MOVE_SECONDS * MSEC_PER_SEC);

	balloon_set_new_target(pages);
	while (!reached(pages)) {
		if (ktime_after(ktime_get(), end) || signal_pending(current))
			return -ETIMEDOUT;
		usleep_range(1000, 1100);
	}
	snprintf(result, sizeof(result), "ns %lld\n",
		 ktime_to_ns(ktime_sub(ktime_get(), start)));
	return 0;
}

/**
 * struct limit - the memory and the lists for the bare calls
 * @nr:		2 MiB blocks
 * @blocks:	their first pages
 * @frames:	PVH: their first pfns; PV: the mfn of each page
 * @supers:	PV: first pfn, then mfn, of each block for the way back
 * @out:	PV: requests that take the direct map away
 * @in:		PV: requests that restore it
 */
struct limit {
	unsigned int nr;
	struct page **blocks;
	xen_pfn_t *frames;
	xen_pfn_t *supers;
	struct mmu_update *out;
	struct mmu_update *in;
};

static bool is_pv(void)
{
	return xen_pv_domain();
}

static long memory_op(unsigned int op, xen_pfn_t *frames, unsigned long nr,
		      unsigned int order)
{
	struct xen_memory_reservation arg = {
		.nr_extents = nr,
		.extent_order = order,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(arg.extent_start, frames);
	return HYPERVISOR_memory_op(op, &arg);
}

static long mmu_update_all(struct mmu_update *updates, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i += CALL_FRAMES) {
		unsigned long now = min_t(unsigned long, nr - i, CALL_FRAMES);
		int done;

		if (HYPERVISOR_mmu_update(updates + i, now, &done, DOMID_SELF))
			return i + done;
	}
	return nr;
}

static void prepare_pv_block(struct limit *limit, unsigned int block)
{
	unsigned long pfn = page_to_pfn(limit->blocks[block]);
	unsigned long base = block * MEMFRONT_SUPER_PAGES;
	unsigned int level;
	unsigned int i;
	pte_t *pte;

	pte = lookup_address((unsigned long)__va(PFN_PHYS(pfn)), &level);
	for (i = 0; i < MEMFRONT_SUPER_PAGES; i++) {
		u64 ptr = arbitrary_virt_to_machine(pte + i).maddr;

		limit->frames[base + i] = pfn_to_mfn(pfn + i);
		limit->out[base + i].ptr = ptr | MMU_NORMAL_PT_UPDATE;
		limit->out[base + i].val = 0;
		limit->in[base + i].ptr = ptr | MMU_NORMAL_PT_UPDATE;
	}
	limit->supers[block] = pfn;
}

static void prepare_lists(struct limit *limit)
{
	unsigned int i;

	for (i = 0; i < limit->nr; i++) {
		if (is_pv())
			prepare_pv_block(limit, i);
		else
			limit->frames[i] = page_to_pfn(limit->blocks[i]);
	}
}

/* After the way back: new machine frames into the P2M and the requests. */
static void prepare_way_in(struct limit *limit)
{
	unsigned long pages = limit->nr * MEMFRONT_SUPER_PAGES;
	unsigned long i;

	for (i = 0; i < pages; i++) {
		unsigned long block = i / MEMFRONT_SUPER_PAGES;
		unsigned long nr = i % MEMFRONT_SUPER_PAGES;
		unsigned long pfn = page_to_pfn(limit->blocks[block]) + nr;
		unsigned long mfn = limit->supers[block] + nr;

		WRITE_ONCE(xen_p2m_addr[pfn], mfn);
		limit->in[i].val = pte_val_ma(mfn_pte(mfn, PAGE_KERNEL));
	}
}

static void zero_blocks(struct limit *limit)
{
	unsigned long i;

	for (i = 0; i < limit->nr * MEMFRONT_SUPER_PAGES; i++)
		clear_highpage(limit->blocks[i / MEMFRONT_SUPER_PAGES] +
			       i % MEMFRONT_SUPER_PAGES);
}

static bool release_blocks(struct limit *limit)
{
	unsigned long pages = limit->nr * MEMFRONT_SUPER_PAGES;

	if (!is_pv())
		return memory_op(XENMEM_decrease_reservation, limit->frames,
				 limit->nr, MEMFRONT_SUPER_ORDER) == limit->nr;
	return mmu_update_all(limit->out, pages) == pages &&
	       memory_op(XENMEM_decrease_reservation, limit->frames, pages,
			 0) == pages;
}

static bool populate_blocks(struct limit *limit)
{
	xen_pfn_t *list = is_pv() ? limit->supers : limit->frames;

	return memory_op(XENMEM_populate_physmap, list, limit->nr,
			 MEMFRONT_SUPER_ORDER) == limit->nr;
}

static int time_limit(struct limit *limit)
{
	u64 pages = limit->nr * MEMFRONT_SUPER_PAGES;
	u64 zero, release, populate;
	bool ok;

	prepare_lists(limit);

	zero = ktime_get_ns();
	zero_blocks(limit);
	zero = ktime_get_ns() - zero;

	release = ktime_get_ns();
	ok = release_blocks(limit);
	release = ktime_get_ns() - release;
	if (!ok)
		return -EIO;

	populate = ktime_get_ns();
	ok = populate_blocks(limit);
	populate = ktime_get_ns() - populate;
	if (ok && is_pv()) {
		u64 start;

		prepare_way_in(limit);
		start = ktime_get_ns();
		ok = mmu_update_all(limit->in, pages) == pages;
		populate += ktime_get_ns() - start;
	}
	if (!ok)
		return -EIO;

	snprintf(result, sizeof(result),
		 "zero %llu release %llu populate %llu\n", zero, release,
		 populate);
	return 0;
}

static void free_lists(struct limit *limit)
{
	kvfree(limit->blocks);
	kvfree(limit->frames);
	kvfree(limit->supers);
	kvfree(limit->out);
	kvfree(limit->in);
}

static int make_lists(struct limit *limit, unsigned long blocks)
{
	unsigned long pages = blocks * MEMFRONT_SUPER_PAGES;
	unsigned long pv_pages = is_pv() ? pages : 1;

	limit->blocks = kvcalloc(blocks, sizeof(*limit->blocks), GFP_KERNEL);
	limit->frames = kvcalloc(is_pv() ? pages : blocks,
				 sizeof(*limit->frames), GFP_KERNEL);
	limit->supers = kvcalloc(blocks, sizeof(*limit->supers), GFP_KERNEL);
	limit->out = kvcalloc(pv_pages, sizeof(*limit->out), GFP_KERNEL);
	limit->in = kvcalloc(pv_pages, sizeof(*limit->in), GFP_KERNEL);
	if (limit->blocks && limit->frames && limit->supers && limit->out &&
	    limit->in)
		return 0;
	return -ENOMEM;
}

static int take_blocks(struct limit *limit, unsigned long blocks)
{
	while (limit->nr < blocks) {
		struct page *page = alloc_pages(GFP_BENCH,
						MEMFRONT_SUPER_ORDER);

		if (!page)
			return -ENOMEM;
		limit->blocks[limit->nr++] = page;
	}
	return 0;
}

static int run_limit(unsigned long mib)
{
	struct limit limit = {};
	int ret;

	ret = make_lists(&limit, mib / 2);
	if (!ret)
		ret = take_blocks(&limit, mib / 2);
	if (!ret)
		ret = time_limit(&limit);
	if (ret == -EIO) {
		/* Some blocks have no frame: they are lost to this guest. */
		pr_err("Xen did less than it was asked\n");
		limit.nr = 0;
	}
	while (limit.nr)
		__free_pages(limit.blocks[--limit.nr], MEMFRONT_SUPER_ORDER);
	free_lists(&limit);
	return ret;
}

static atomic_long_t calls;

/* One hypercall each. */
static int count_call(struct kprobe *probe, struct pt_regs *regs)
{
	atomic_long_inc(&calls);
	return 0;
}

/* One hypercall for each page; the first argument is their number. */
static int count_pages(struct kprobe *probe, struct pt_regs *regs)
{
	atomic_long_add(regs_get_kernel_argument(regs, 0), &calls);
	return 0;
}

static struct kprobe probes[] = {
	{ .symbol_name = "xenmem_reservation_increase",
	  .pre_handler = count_call },
	{ .symbol_name = "xenmem_reservation_decrease",
	  .pre_handler = count_call },
	{ .symbol_name = "__xenmem_reservation_va_mapping_update",
	  .pre_handler = count_pages },
	{ .symbol_name = "__xenmem_reservation_va_mapping_reset",
	  .pre_handler = count_pages },
};

static bool counting;

static int run_count(unsigned long on)
{
	unsigned int i;

	if (counting == !!on)
		return -EALREADY;
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (!on) {
			unregister_kprobe(&probes[i]);
			continue;
		}
		probes[i].addr = NULL;
		probes[i].flags = 0;
		if (!register_kprobe(&probes[i]))
			continue;
		while (i--)
			unregister_kprobe(&probes[i]);
		return -EINVAL;
	}
	counting = on;
	if (on)
		atomic_long_set(&calls, 0);
	snprintf(result, sizeof(result), "calls %ld\n",
		 atomic_long_read(&calls));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(unsigned long arg);
} commands[] = {
	{ "move", run_move },
	{ "limit", run_limit },
	{ "count", run_count },
};

static int set_run(const char *val, const struct kernel_param *kp)
{
	unsigned long arg;
	char name[8];
	unsigned int i;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (sscanf(val, "%7s %lu", name, &arg) != 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(arg);
	return -EINVAL;
}

static const struct kernel_param_ops run_ops = {
	.set = set_run,
};

module_param_cb(run, &run_ops, NULL, 0200);
MODULE_PARM_DESC(run, "a command: move PAGES, limit MIB, count 1|0");

module_param_string(result, result, sizeof(result), 0400);
MODULE_PARM_DESC(result, "what the last command measured");

static int __init membench_init(void)
{
	return xen_domain() ? 0 : -ENODEV;
}

static void __exit membench_exit(void)
{
	if (counting)
		run_count(0);
}

module_init(membench_init);
module_exit(membench_exit);

MODULE_DESCRIPTION("Stop-watch for balloon drivers");
MODULE_AUTHOR("The xen-memfront developers");
MODULE_LICENSE("GPL");
