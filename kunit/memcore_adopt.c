// SPDX-License-Identifier: GPL-2.0
/* The running kernel as a domain: real pages, released and got back. */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>
#include <xen-public/errno.h>
#include <xen-public/memory.h>
#include <xen-public/xen.h>

#define ORDER	3
#define NR	BIT(ORDER)

#define PRESENT_RW	0x3

/**
 * struct adopt_test - pages of the kernel, and what the core thinks before
 * @pages: 2^ORDER pages, of this case alone
 * @list: an extent list for them
 * @si: as memcore_start_info() gives it
 * @before: status at the start
 */
struct adopt_test {
	struct page *pages;
	xen_pfn_t list[NR];
	struct start_info *si;
	struct memcore_status before;
};

static void expect_true_counts(struct kunit *test)
{
	char msg[256];

	KUNIT_EXPECT_EQ_MSG(test, memcore_tool_audit(msg, sizeof(msg)), 0, "%s",
			    msg);
}

static int adopt_test_init(struct kunit *test)
{
	struct adopt_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->pages = alloc_pages(GFP_KERNEL | __GFP_ZERO, ORDER);
	KUNIT_ASSERT_NOT_NULL(test, t->pages);
	t->si = memcore_start_info();
	memcore_tool_status(&t->before);
	test->priv = t;
	return 0;
}

/* Nothing leaks: the kernel has as many frames as it had. */
static void adopt_test_exit(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	struct memcore_status after;

	if (!t)
		return;
	memcore_tool_status(&after);
	KUNIT_EXPECT_EQ(test, after.tot_pages, t->before.tot_pages);
	KUNIT_EXPECT_EQ(test, after.free_frames, t->before.free_frames);
	KUNIT_EXPECT_EQ(test, after.holes, t->before.holes);
	expect_true_counts(test);
	__free_pages(t->pages, ORDER);
}

static unsigned long *p2m(struct adopt_test *t)
{
	return t->si ? (unsigned long *)t->si->mfn_list : NULL;
}

static long move(struct adopt_test *t, unsigned int op)
{
	struct xen_memory_reservation r = {
		.nr_extents = NR,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(r.extent_start, t->list);
	return memcore_hypercall(__HYPERVISOR_memory_op, op, (unsigned long)&r,
				 0, 0, 0);
}

/* A PV kernel's page has an entry in its direct map, or none. */
static void set_mapped(struct kunit *test, unsigned long pfn, bool mapped)
{
	struct adopt_test *t = test->priv;
	unsigned long va = MEMCORE_DIRECT_MAP + (pfn << PAGE_SHIFT);
	u64 entry = mapped ? (u64)p2m(t)[pfn] << PAGE_SHIFT | PRESENT_RW : 0;

	KUNIT_EXPECT_EQ(test,
			memcore_hypercall(__HYPERVISOR_update_va_mapping, va,
					  entry, UVMF_INVLPG | UVMF_ALL, 0, 0),
			0);
}

static void release(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	unsigned long pfn = page_to_pfn(t->pages), i;

	for (i = 0; t->si && i < NR; i++)
		set_mapped(test, pfn + i, false);
	for (i = 0; i < NR; i++)
		t->list[i] = t->si ? p2m(t)[pfn + i] : pfn + i;
	KUNIT_EXPECT_EQ(test, move(t, XENMEM_decrease_reservation), NR);
	expect_true_counts(test);
}

static void fill(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	unsigned long pfn = page_to_pfn(t->pages), i;

	for (i = 0; i < NR; i++)
		t->list[i] = pfn + i;
	KUNIT_EXPECT_EQ(test, move(t, XENMEM_populate_physmap), NR);
	for (i = 0; t->si && i < NR; i++) {
		p2m(t)[pfn + i] = t->list[i];
		set_mapped(test, pfn + i, true);
	}
	expect_true_counts(test);
}

/* The control domain is alone. */
static unsigned long neighbour_frames(struct adopt_test *t)
{
	bool control = t->si && t->si->flags & SIF_PRIVILEGED;

	return control ? 0 : MEMCORE_NEIGHBOUR_FRAMES;
}

/* A PV guest is started with its shared info. */
static unsigned long shared_frames(struct adopt_test *t)
{
	return t->si ? 1 : 0;
}

static void all_ram_is_the_domains(struct kunit *test)
{
	struct adopt_test *t = test->priv;

	KUNIT_EXPECT_GE(test, t->before.tot_pages, totalram_pages());
	KUNIT_EXPECT_EQ(test, t->before.nr_frames - t->before.tot_pages,
			t->before.free_frames + neighbour_frames(t) +
			shared_frames(t));
	KUNIT_EXPECT_EQ(test, t->before.translated, !t->si);
	expect_true_counts(test);
}

static void p2m_is_never_the_identity(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	struct xen_machphys_mapping map = { };
	unsigned long pfn, wrong = 0, same = 0;
	const unsigned long *m2p;

	if (!t->si)
		kunit_skip(test, "adopted as translated: the guest has no P2M");
	KUNIT_ASSERT_EQ(test,
			memcore_hypercall(__HYPERVISOR_memory_op,
					  XENMEM_machphys_mapping,
					  (unsigned long)&map, 0, 0, 0),
			0);
	m2p = (const unsigned long *)map.v_start;
	for (pfn = 0; pfn < t->si->nr_pages; pfn++) {
		if (p2m(t)[pfn] == ~0UL)
			continue;
		wrong += m2p[p2m(t)[pfn]] != pfn;
		same += p2m(t)[pfn] == pfn;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, same, 0);
}

static void release_and_fill(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	struct memcore_status now;

	release(test);
	memcore_tool_status(&now);
	KUNIT_EXPECT_EQ(test, now.tot_pages, t->before.tot_pages - NR);
	KUNIT_EXPECT_EQ(test, now.holes, t->before.holes + NR);
	fill(test);
}

static void scrubbed_pages_told_from_others(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	u64 before = memcore_tool_stat(MEMCORE_STAT_UNSCRUBBED);

	release(test);
	KUNIT_EXPECT_EQ(test, memcore_tool_stat(MEMCORE_STAT_UNSCRUBBED),
			before);
	fill(test);
	*((u8 *)page_address(t->pages + 2) + 4095) = 1;
	release(test);
	KUNIT_EXPECT_EQ(test, memcore_tool_stat(MEMCORE_STAT_UNSCRUBBED),
			before + 1);
	fill(test);
}

static void filled_hole_is_zero(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	u64 before = memcore_tool_stat(MEMCORE_STAT_ZEROED);
	u8 *page = page_address(t->pages + 1);

	page[77] = 1;
	release(test);
	fill(test);
	KUNIT_EXPECT_EQ(test, page[77], 0);
	KUNIT_EXPECT_EQ(test, memcore_tool_stat(MEMCORE_STAT_ZEROED),
			before + 1);
}

static void max_pages_can_be_set(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	unsigned long i;

	release(test);
	KUNIT_EXPECT_EQ(test,
			memcore_tool_set_max_pages(t->before.tot_pages - NR),
			0);
	for (i = 0; i < NR; i++)
		t->list[i] = page_to_pfn(t->pages) + i;
	KUNIT_EXPECT_EQ(test, move(t, XENMEM_populate_physmap), 0);
	KUNIT_EXPECT_EQ(test, memcore_tool_set_max_pages(1UL << 40), -ERANGE);
	KUNIT_EXPECT_EQ(test,
			memcore_tool_set_max_pages(t->before.max_pages), 0);
	fill(test);
}

static void faults_set_and_read(struct kunit *test)
{
	const struct memcore_faults set = {
		.refuse_calls = 1, .partial_calls = 2, .partial_extents = 3,
		.withhold_frames = 4, .preempt_at = 5, .fail_alloc_at = 6,
	};
	const struct memcore_faults none = { };
	struct memcore_faults got;

	memcore_tool_set_faults(&set);
	memcore_tool_get_faults(&got);
	KUNIT_EXPECT_EQ(test, memcmp(&set, &got, sizeof(set)), 0);
	memcore_tool_set_faults(&none);
	memcore_tool_get_faults(&got);
	KUNIT_EXPECT_EQ(test, memcmp(&none, &got, sizeof(none)), 0);
	KUNIT_EXPECT_EQ(test, memcore_tool_stat(MEMCORE_NR_STATS), 0);
}

static long one_page(unsigned int op, xen_pfn_t pfn)
{
	struct xen_memory_reservation r = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(r.extent_start, &pfn);
	return memcore_hypercall(__HYPERVISOR_memory_op, op, (unsigned long)&r,
				 0, 0, 0);
}

static long put_at(unsigned int space, unsigned long idx, unsigned long pfn)
{
	struct xen_add_to_physmap arg = {
		.domid = DOMID_SELF,
		.space = space,
		.idx = idx,
		.gpfn = pfn,
	};

	return memcore_hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
				 (unsigned long)&arg, 0, 0, 0);
}

static long remove_at(unsigned long pfn)
{
	struct xen_remove_from_physmap arg = {
		.domid = DOMID_SELF,
		.gpfn = pfn,
	};

	return memcore_hypercall(__HYPERVISOR_memory_op,
				 XENMEM_remove_from_physmap,
				 (unsigned long)&arg, 0, 0, 0);
}

static void need_translated(struct adopt_test *t, struct kunit *test)
{
	if (t->si)
		kunit_skip(test, "adopted as PV: the guest has no physmap");
}

static void a_frame_takes_its_content_along(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	unsigned long pfn = page_to_pfn(t->pages);
	u64 *from = page_address(t->pages), *to = page_address(t->pages + 1);
	struct memcore_status now;

	need_translated(t, test);
	from[77] = 7;
	KUNIT_ASSERT_EQ(test, put_at(XENMAPSPACE_gmfn, pfn, pfn + 1), 0);
	KUNIT_EXPECT_EQ(test, to[77], 7);
	memcore_tool_status(&now);
	KUNIT_EXPECT_EQ(test, now.tot_pages, t->before.tot_pages - 1);
	KUNIT_EXPECT_EQ(test, now.holes, t->before.holes + 1);
	expect_true_counts(test);
	from[77] = 8;
	to[78] = 9;
	KUNIT_EXPECT_EQ(test, put_at(XENMAPSPACE_gmfn, pfn + 1, pfn), 0);
	KUNIT_EXPECT_EQ(test, from[77], 7);
	KUNIT_EXPECT_EQ(test, from[78], 9);
	KUNIT_EXPECT_EQ(test, put_at(XENMAPSPACE_gmfn, pfn, pfn), 0);
	KUNIT_EXPECT_EQ(test, one_page(XENMEM_populate_physmap, pfn + 1), 1);
	KUNIT_EXPECT_EQ(test, to[77], 0);
}

/* Of the core's own memory there is none. */
static void a_frame_stays_without_memory(struct kunit *test)
{
	const struct memcore_faults fault = { .fail_alloc_at = 1 };
	const struct memcore_faults none = { };
	struct adopt_test *t = test->priv;
	unsigned long pfn = page_to_pfn(t->pages);
	u64 *from = page_address(t->pages);

	need_translated(t, test);
	from[77] = 7;
	memcore_tool_set_faults(&fault);
	KUNIT_EXPECT_EQ(test, put_at(XENMAPSPACE_gmfn, pfn, pfn + 1), -ENOMEM);
	memcore_tool_set_faults(&fault);
	KUNIT_EXPECT_EQ(test, remove_at(pfn), -ENOMEM);
	memcore_tool_set_faults(&none);
	KUNIT_EXPECT_EQ(test, from[77], 7);
}

static void the_kernel_sees_the_shared_info(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	unsigned long pfn = page_to_pfn(t->pages);
	u64 *here = page_address(t->pages), *there = page_address(t->pages + 1);

	need_translated(t, test);
	KUNIT_ASSERT_EQ(test, put_at(XENMAPSPACE_shared_info, 0, pfn), 0);
	here[3] = 33;
	KUNIT_EXPECT_EQ(test, remove_at(pfn), 0);
	here[3] = 44;
	KUNIT_EXPECT_EQ(test, put_at(XENMAPSPACE_shared_info, 0, pfn + 1), 0);
	KUNIT_EXPECT_EQ(test, there[3], 33);
	KUNIT_EXPECT_EQ(test, put_at(XENMAPSPACE_shared_info, 0, pfn), 0);
	KUNIT_EXPECT_EQ(test, here[3], 33);
	there[3] = 55;
	KUNIT_EXPECT_EQ(test, put_at(XENMAPSPACE_shared_info, 0, pfn), 0);
	KUNIT_EXPECT_EQ(test, here[3], 33);
	expect_true_counts(test);
	KUNIT_EXPECT_EQ(test, remove_at(pfn), 0);
	KUNIT_EXPECT_EQ(test, one_page(XENMEM_populate_physmap, pfn), 1);
	KUNIT_EXPECT_EQ(test, one_page(XENMEM_populate_physmap, pfn + 1), 1);
	/* Once made, the domain has it for good. */
	t->before.free_frames--;
}

/* What was there and is the hypervisor's does not keep the kernel's page. */
static void a_page_is_for_the_frame_that_comes(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	unsigned long pfn = page_to_pfn(t->pages);
	u64 *here = page_address(t->pages), *there = page_address(t->pages + 1);

	need_translated(t, test);
	KUNIT_ASSERT_EQ(test, put_at(XENMAPSPACE_shared_info, 0, pfn), 0);
	here[3] = 33;
	KUNIT_ASSERT_EQ(test, one_page(XENMEM_populate_physmap, pfn), 1);
	KUNIT_EXPECT_EQ(test, here[3], 0);
	here[3] = 44;
	KUNIT_ASSERT_EQ(test, put_at(XENMAPSPACE_shared_info, 0, pfn + 1), 0);
	KUNIT_EXPECT_EQ(test, there[3], 33);
	KUNIT_EXPECT_EQ(test, here[3], 44);
	there[3] = 55;
	KUNIT_EXPECT_EQ(test, remove_at(pfn + 1), 0);
	KUNIT_EXPECT_EQ(test, here[3], 44);
	KUNIT_EXPECT_EQ(test, one_page(XENMEM_populate_physmap, pfn + 1), 1);
	expect_true_counts(test);
}

static void the_kernel_is_told_its_memory(struct kunit *test)
{
	struct adopt_test *t = test->priv;
	struct xen_memory_map map = { .nr_entries = NR };
	/* Address, length, type: 20 bytes. */
	u8 *list = kunit_kzalloc(test, NR * 20, GFP_KERNEL);
	long err;

	KUNIT_ASSERT_NOT_NULL(test, list);
	set_xen_guest_handle(map.buffer, list);
	err = memcore_hypercall(__HYPERVISOR_memory_op, XENMEM_memory_map,
				(unsigned long)&map, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, err, 0);
	/* A PV one only how much there can be. */
	if (t->si)
		KUNIT_EXPECT_EQ(test, map.nr_entries, 1);
	else
		KUNIT_EXPECT_GE(test, map.nr_entries, 1);
	KUNIT_EXPECT_EQ(test, *(u32 *)(list + 16), 1);
	KUNIT_EXPECT_EQ(test, *(u64 *)list % PAGE_SIZE, 0);
	KUNIT_EXPECT_GT(test, *(u64 *)(list + 8), 0);
}

static struct kunit_case adopt_cases[] = {
	KUNIT_CASE(all_ram_is_the_domains),
	KUNIT_CASE(p2m_is_never_the_identity),
	KUNIT_CASE(release_and_fill),
	KUNIT_CASE(scrubbed_pages_told_from_others),
	KUNIT_CASE(filled_hole_is_zero),
	KUNIT_CASE(max_pages_can_be_set),
	KUNIT_CASE(faults_set_and_read),
	KUNIT_CASE(a_frame_takes_its_content_along),
	KUNIT_CASE(a_frame_stays_without_memory),
	KUNIT_CASE(the_kernel_sees_the_shared_info),
	KUNIT_CASE(a_page_is_for_the_frame_that_comes),
	KUNIT_CASE(the_kernel_is_told_its_memory),
	{ }
};

static struct kunit_suite adopt_suite = {
	.name = "memcore_adopt",
	.init = adopt_test_init,
	.exit = adopt_test_exit,
	.test_cases = adopt_cases,
};

kunit_test_suite(adopt_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit suite of the kernel that xen-memcore has adopted");
MODULE_IMPORT_NS(MEMCORE_KUNIT);
