// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the running kernel a domain.
 *
 * Each page of its RAM becomes a pseudo-physical frame of the domain, with some
 * machine frame behind it: blocks of 2 MiB are dealt to the domain in an order
 * that the seed decides, to a PV domain with the pages of each block shuffled
 * too. The machine's frame numbers start above all of the kernel's, so that no
 * frame ever has the number that its page has, and one taken for the other is
 * noticed.
 *
 * A frame's content is the kernel's page. A hole that is filled again is zeroed,
 * as a fresh frame would be.
 *
 * A PV domain also gets page tables, in pages that are taken from the kernel
 * for as long as it is adopted. They are a model: hypercalls check and change
 * them, the software CPU walks them. The page tables that the real CPUs use are
 * never touched: a released page can still be written, and so can a table, and
 * the core does not notice.
 *
 * Unless the kernel is the control domain itself, there is one, with a few
 * frames and nothing to do: a guest on Xen has somebody whose frames it must
 * not have, too.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <xen-public/xen.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>
#include "adopt.h"
#include "content.h"
#include "guest-access.h"
#include "machine.h"
#include "memory-map.h"
#include "pv/build.h"
#include "ram.h"
#include "vcpu.h"

/* An ordinary guest: the first that a toolstack would make; or dom0. */
#define ADOPTED_DOMID	1
#define CONTROL_DOMID	0

/* A toolstack lets a domain have 1 MiB more than it gives it. */
#define SLACK_PAGES	256

/**
 * struct adopted - the running kernel as a domain
 * @machine: where it lives
 * @d: the domain
 * @ram: a bit for each pfn: is it RAM?
 * @backed: a bit for each pfn: has it a frame? (the domain's lock)
 * @nr_pfns: length of both
 * @dealing: the domain is being made, of pages that are in use
 * @rnd: decides the scramble
 * @p2m: the array that a PV domain keeps
 * @start_info: what a PV domain is told
 * @tables: pages that its page tables are in
 */
struct adopted {
	struct memcore_machine *machine;
	struct memcore_domain *d;
	unsigned long *ram;
	unsigned long *backed;
	unsigned long nr_pfns;
	bool dealing;
	struct rnd_state rnd;
	unsigned long *p2m;
	struct start_info start_info;
	struct list_head tables;
};

static struct adopted adopted = {
	.tables = LIST_HEAD_INIT(adopted.tables),
};

static void *page_of(struct mc_gfn gfn)
{
	if (gfn.nr >= adopted.nr_pfns || !test_bit(gfn.nr, adopted.ram))
		return NULL;
	return page_address(pfn_to_page(gfn.nr));
}

/* A fresh frame is all zeros. */
static void lend_zeroed(struct memcore_domain *d, void *page,
			struct memcore_frame *frame)
{
	memcore_content_borrow(frame, virt_to_page(page));
	if (adopted.dealing || memcore_page_is_zero(page))
		return;
	memcore_page_clear(page);
	memcore_stat_add(d->machine, MEMCORE_STAT_ZEROED, 1);
}

static void on_filled(struct memcore_domain *d, struct mc_gfn gfn,
		      struct memcore_frame *frame)
{
	void *page = page_of(gfn);

	if (!page || test_and_set_bit(gfn.nr, adopted.backed))
		return;
	if (READ_ONCE(frame->content))
		memcore_content_lend(frame, virt_to_page(page));
	else
		lend_zeroed(d, page, frame);
	if (!adopted.dealing)
		memcore_stat_add(d->machine, MEMCORE_STAT_FRAMES_FILLED, 1);
}

static void on_released(struct memcore_domain *d, struct mc_gfn gfn)
{
	void *page = page_of(gfn);

	if (!page || !test_and_clear_bit(gfn.nr, adopted.backed))
		return;
	memcore_stat_add(d->machine, MEMCORE_STAT_FRAMES_RELEASED, 1);
	if (!memcore_page_is_zero(page))
		memcore_stat_add(d->machine, MEMCORE_STAT_UNSCRUBBED, 1);
}

static const struct memcore_domain_ops adopted_ops = {
	.filled = on_filled,
	.released = on_released,
};

static void shuffle(unsigned long *what, unsigned long nr)
{
	unsigned long i, j;

	for (i = nr; i > 1; i--) {
		j = prandom_u32_state(&adopted.rnd) % i;
		swap(what[i - 1], what[j]);
	}
}

/* RAM pages of the block that starts at @pfn. */
static unsigned long ram_in_block(unsigned long pfn)
{
	unsigned long end = min(pfn + MC_SUPER_SIZE, adopted.nr_pfns), nr = 0;

	for_each_set_bit_from(pfn, adopted.ram, end)
		nr++;
	return nr;
}

static struct mc_mfn alloc_locked(unsigned int order)
{
	struct mc_mfn mfn;

	spin_lock_irq(&adopted.d->lock);
	mfn = memcore_domain_alloc(adopted.d, order);
	spin_unlock_irq(&adopted.d->lock);
	return mfn;
}

static int map_locked(unsigned long pfn, unsigned long mfn, unsigned int order)
{
	struct memcore_p2m *p2m = &adopted.d->p2m;
	int err;

	/* Out of the lock, where memory can be waited for. */
	if (adopted.d->config.translated) {
		err = memcore_p2m_prepare(p2m, mc_gfn(pfn), order, GFP_KERNEL);
		if (err)
			return err;
	}
	spin_lock_irq(&adopted.d->lock);
	err = memcore_domain_map(adopted.d, mc_gfn(pfn), mc_mfn(mfn), order,
				 GFP_NOWAIT);
	spin_unlock_irq(&adopted.d->lock);
	if (!err && adopted.p2m)
		adopted.p2m[pfn] = mfn;
	return err;
}

static int map_shuffled(unsigned long pfn, unsigned long mfn)
{
	unsigned long *order, i;
	int err = 0;

	order = kmalloc_array(MC_SUPER_SIZE, sizeof(*order), GFP_KERNEL);
	if (!order)
		return -ENOMEM;
	for (i = 0; i < MC_SUPER_SIZE; i++)
		order[i] = mfn + i;
	shuffle(order, MC_SUPER_SIZE);
	for (i = 0; i < MC_SUPER_SIZE && !err; i++)
		err = map_locked(pfn + i, order[i], 0);
	kfree(order);
	return err;
}

static int map_block(unsigned long pfn, unsigned long mfn)
{
	if (adopted.d->config.translated)
		return map_locked(pfn, mfn, MC_SUPER_ORDER);
	return map_shuffled(pfn, mfn);
}

/**
 * struct deck - chunks of one order, to be dealt to the domain
 * @mfn: where each starts
 * @nr: their number
 * @next: the next to be dealt
 */
struct deck {
	unsigned long *mfn;
	unsigned long nr;
	unsigned long next;
};

static int deck_fill(struct deck *deck, unsigned int order)
{
	unsigned long i;

	deck->mfn = kvmalloc_array(max(deck->nr, 1UL), sizeof(*deck->mfn),
				   GFP_KERNEL);
	if (!deck->mfn)
		return -ENOMEM;
	for (i = 0; i < deck->nr; i++) {
		deck->mfn[i] = alloc_locked(order).nr;
		if (deck->mfn[i] == MC_INVALID)
			return -ENOMEM;
	}
	shuffle(deck->mfn, deck->nr);
	return 0;
}

static int deal_block(struct deck *blocks, struct deck *singles,
		      unsigned long pfn)
{
	unsigned long end = min(pfn + MC_SUPER_SIZE, adopted.nr_pfns);
	int err = 0;

	if (ram_in_block(pfn) == MC_SUPER_SIZE)
		return map_block(pfn, blocks->mfn[blocks->next++]);
	for_each_set_bit_from(pfn, adopted.ram, end) {
		err = map_locked(pfn, singles->mfn[singles->next++], 0);
		if (err)
			break;
	}
	return err;
}

static int deal(struct deck *blocks, struct deck *singles)
{
	unsigned long pfn;
	int err = 0;

	for (pfn = 0; pfn < adopted.nr_pfns && !err; pfn += MC_SUPER_SIZE) {
		err = deal_block(blocks, singles, pfn);
		cond_resched();
	}
	return err;
}

static void count_decks(struct deck *blocks, struct deck *singles)
{
	unsigned long pfn, nr;

	for (pfn = 0; pfn < adopted.nr_pfns; pfn += MC_SUPER_SIZE) {
		nr = ram_in_block(pfn);
		if (nr == MC_SUPER_SIZE)
			blocks->nr++;
		else
			singles->nr += nr;
	}
}

static int give_memory(void)
{
	struct deck blocks = { }, singles = { };
	int err;

	adopted.dealing = true;
	count_decks(&blocks, &singles);
	err = deck_fill(&blocks, MC_SUPER_ORDER);
	if (!err)
		err = deck_fill(&singles, 0);
	if (!err)
		err = deal(&blocks, &singles);
	adopted.dealing = false;
	kvfree(blocks.mfn);
	kvfree(singles.mfn);
	return err;
}

/* Where the next run of RAM ends, that starts at @start or behind. */
static unsigned long next_run(unsigned long *start)
{
	*start = find_next_bit(adopted.ram, adopted.nr_pfns, *start);
	return find_next_zero_bit(adopted.ram, adopted.nr_pfns, *start);
}

static unsigned int count_runs(void)
{
	unsigned long start = 0, end;
	unsigned int nr = 0;

	while ((end = next_run(&start)) > start) {
		start = end;
		nr++;
	}
	return nr;
}

static void fill_map(struct memcore_map *map)
{
	unsigned long start = 0, end;
	unsigned int i;

	for (i = 0; i < map->nr; i++) {
		end = next_run(&start);
		map->entry[i] = (struct memcore_map_entry){
			.addr = (u64)start << PAGE_SHIFT,
			.size = (u64)(end - start) << PAGE_SHIFT,
			.type = MC_MAP_RAM,
		};
		start = end;
	}
}

/*
 * A guest is told where its memory is by who made it: a translated one of each
 * run, a PV one how much there can be.
 */
static int give_map(void)
{
	bool translated = adopted.d->config.translated;
	struct memcore_map *map = memcore_map_new(adopted.d, translated ?
						  count_runs() : 1,
						  GFP_KERNEL);

	if (!map)
		return -ENOMEM;
	if (translated)
		fill_map(map);
	else
		map->entry[0] = (struct memcore_map_entry){
			.size = (u64)adopted.d->max_pages << PAGE_SHIFT,
			.type = MC_MAP_RAM,
		};
	memcore_map_install(adopted.d, map);
	return 0;
}

static int pv_lists(void)
{
	size_t size = PAGE_ALIGN(array_size(adopted.nr_pfns,
					    sizeof(*adopted.p2m)));
	struct start_info *si = &adopted.start_info;
	struct memcore_frame *shared_info;
	int err;

	adopted.p2m = vmalloc(size);
	err = memcore_domain_shared_info(adopted.d, &shared_info);
	if (!adopted.p2m || err)
		return -ENOMEM;
	memset(adopted.p2m, 0xff, size);
	strscpy(si->magic, "xen-memcore-x86_64", sizeof(si->magic));
	si->nr_pages = adopted.nr_pfns;
	si->shared_info = memcore_frame_mfn(&adopted.machine->frames,
					    shared_info).nr << PAGE_SHIFT;
	if (adopted.d->config.control)
		si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
	si->mfn_list = (unsigned long)adopted.p2m;
	return 0;
}

static bool take_table(struct memcore_build *b, struct mc_gfn *pfn)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	if (!page)
		return false;
	list_add(&page->lru, &adopted.tables);
	*pfn = mc_gfn(page_to_pfn(page));
	return true;
}

static int pv_tables(void)
{
	struct memcore_build b = {
		.d = adopted.d,
		.p2m = adopted.p2m,
		.nr_pfns = adopted.nr_pfns,
		.take_table = take_table,
	};
	struct start_info *si = &adopted.start_info;
	struct mc_gfn root;
	int err = memcore_pv_build(&b, &root);

	if (err)
		return err;
	si->pt_base = MEMCORE_DIRECT_MAP + (root.nr << PAGE_SHIFT);
	si->nr_pt_frames = b.nr_tables;
	return 0;
}

static void free_tables(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &adopted.tables, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

static int make_domain(const struct memcore_adopt_config *config,
		       unsigned long nr_ram)
{
	const struct memcore_domain_config domain = {
		.domid = config->control ? CONTROL_DOMID : ADOPTED_DOMID,
		.max_pages = nr_ram + SLACK_PAGES,
		.nr_pfns = adopted.nr_pfns,
		.nr_vcpus = min(nr_cpu_ids, (unsigned int)MC_MAX_VCPUS),
		.translated = !config->pv,
		.control = config->control,
		.hardware = config->control,
		.ops = &adopted_ops,
	};

	adopted.d = memcore_domain_create(adopted.machine, &domain);
	return adopted.d ? 0 : -ENOMEM;
}

/* An ordinary guest is not alone: beside it is who made it. */
static int make_neighbour(void)
{
	const struct memcore_domain_config config = {
		.domid = CONTROL_DOMID,
		.max_pages = MEMCORE_NEIGHBOUR_FRAMES,
		.nr_pfns = MEMCORE_NEIGHBOUR_FRAMES,
		.control = true,
		.hardware = true,
	};
	struct memcore_domain *d;
	unsigned long gfn;
	struct mc_mfn mfn;
	int err = 0;

	d = memcore_domain_create(adopted.machine, &config);
	if (!d)
		return -ENOMEM;
	spin_lock_irq(&d->lock);
	for (gfn = 0; gfn < MEMCORE_NEIGHBOUR_FRAMES && !err; gfn++) {
		mfn = memcore_domain_alloc(d, 0);
		err = mc_mfn_ok(mfn) ? memcore_domain_map(d, mc_gfn(gfn), mfn,
							  0, GFP_NOWAIT) :
				       -ENOMEM;
	}
	spin_unlock_irq(&d->lock);
	return err;
}

static int make_machine(unsigned long nr_frames)
{
	unsigned long base = roundup(adopted.nr_pfns, 1UL << MC_MAX_ORDER);

	adopted.machine = memcore_machine_create(mc_mfn(base), nr_frames);
	return adopted.machine ? 0 : -ENOMEM;
}

static int find_ram(void)
{
	adopted.ram = memcore_ram_map(&adopted.nr_pfns);
	if (!adopted.ram)
		return -ENOMEM;
	adopted.backed = bitmap_zalloc(adopted.nr_pfns, GFP_KERNEL);
	return adopted.backed ? 0 : -ENOMEM;
}

static int adopt(const struct memcore_adopt_config *config)
{
	unsigned long nr_ram;
	int err;

	prandom_seed_state(&adopted.rnd, config->seed);
	err = find_ram();
	if (err)
		return err;
	nr_ram = bitmap_weight(adopted.ram, adopted.nr_pfns);
	err = make_machine(nr_ram + config->spare_frames +
			   MEMCORE_NEIGHBOUR_FRAMES + config->pv);
	/* First, from the odd end of the machine: large chunks stay whole. */
	if (!err && !config->control)
		err = make_neighbour();
	if (!err)
		err = make_domain(config, nr_ram);
	if (!err && config->pv)
		err = pv_lists();
	/* Who makes the control domain tells it of the machine instead. */
	if (!err && !config->control)
		err = give_map();
	if (!err)
		err = give_memory();
	if (!err && config->pv)
		err = pv_tables();
	return err;
}

/**
 * memcore_adopt() - make the running kernel a domain
 * @config: how
 *
 * Return: 0, or an error with nothing left behind.
 */
int memcore_adopt(const struct memcore_adopt_config *config)
{
	int err = adopt(config);

	if (err)
		memcore_disown();
	return err;
}

/**
 * memcore_disown() - end the domain of the running kernel, and its machine
 */
void memcore_disown(void)
{
	if (adopted.machine)
		memcore_domains_end(adopted.machine);
	memcore_machine_destroy(adopted.machine);
	free_tables();
	vfree(adopted.p2m);
	bitmap_free(adopted.backed);
	bitmap_free(adopted.ram);
	adopted = (struct adopted){
		.tables = LIST_HEAD_INIT(adopted.tables),
	};
}

/**
 * memcore_adopted() - the running kernel's domain
 *
 * Return: it.
 */
struct memcore_domain *memcore_adopted(void)
{
	return adopted.d;
}

/**
 * memcore_adopted_start_info() - what the running kernel was told as PV domain
 *
 * Return: it, or NULL for a translated one.
 */
struct start_info *memcore_adopted_start_info(void)
{
	return adopted.p2m ? &adopted.start_info : NULL;
}

/**
 * memcore_adopted_holes() - how much of the running kernel's memory is released
 *
 * Return: RAM pages without a frame.
 */
unsigned long memcore_adopted_holes(void)
{
	return bitmap_weight(adopted.ram, adopted.nr_pfns) -
	       bitmap_weight(adopted.backed, adopted.nr_pfns);
}
