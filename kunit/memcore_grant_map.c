// SPDX-License-Identifier: GPL-2.0
/* What is the same for PV and translated domains on either side. */
#include <kunit/test.h>
#include "memcore_grants.h"

#define MAPPER_DOMID	9
#define HOST		GNTMAP_host_map
#define READ_ONLY		(GNTMAP_host_map | GNTMAP_readonly)
#define MANY		70U

/**
 * struct pairing - who grants to whom
 * @name: in words
 * @granter_translated: the one
 * @mapper_translated: the other
 */
struct pairing {
	const char *name;
	bool granter_translated;
	bool mapper_translated;
};

static const struct pairing pairings[] = {
	{ "PV to PV", false, false },
	{ "PV to translated", false, true },
	{ "translated to PV", true, false },
	{ "translated to translated", true, true },
};

static void pairing_name(const struct pairing *p, char *desc)
{
	strscpy(desc, p->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pairing, pairings, pairing_name);

static struct memcore_domain *mapper_new(struct kunit *test, bool translated)
{
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = MAPPER_DOMID,
		.max_pages = UINT_MAX,
		.nr_vcpus = 2,
		.translated = translated,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	return d;
}

static struct grants *begin(struct kunit *test)
{
	const struct pairing *p = test->param_value;
	struct fixture *f = test->priv;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, p->granter_translated ? f->hvm : f->pv,
		    mapper_new(test, p->mapper_translated));
	return g;
}

static void end(struct grants *g)
{
	grants_audit(g);
	KUNIT_EXPECT_EQ(g->test, memcore_domain_destroy(g->mapper), 0);
	grants_audit(g);
}

static void expect_refs(struct grants *g, unsigned int page,
			unsigned long count, unsigned long type)
{
	KUNIT_EXPECT_EQ(g->test, pv_count(g->granter, g->mfn[page]), count);
	KUNIT_EXPECT_EQ(g->test, pv_type_count(g->granter, g->mfn[page]),
			type);
}

static void a_mapping_is_a_pin_and_references(struct kunit *test)
{
	struct grants *g = begin(test);
	u32 handle;

	grants_offer(g, GRANTS_REF, 3, 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 10, GRANTS_REF, HOST, &handle), 0);
	KUNIT_EXPECT_EQ(test, handle, 0);
	KUNIT_EXPECT_EQ(test, grants_at(g, 10), g->mfn[3]);
	KUNIT_EXPECT_EQ(test, grants_pin(g, GRANTS_REF), MC_PIN_HOST_WRITE);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF),
			GTF_reading | GTF_writing);
	expect_refs(g, 3, 2, grants_takes_type(g));
	grants_audit(g);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, handle), 0);
	KUNIT_EXPECT_EQ(test, grants_at(g, 10), MC_INVALID);
	KUNIT_EXPECT_EQ(test, grants_pin(g, GRANTS_REF), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF), 0);
	expect_refs(g, 3, 1, 0);
	end(g);
}

static void reading_leaves_the_type(struct kunit *test)
{
	struct grants *g = begin(test);
	u32 handle;

	grants_offer(g, GRANTS_REF, 3, GTF_readonly);
	KUNIT_EXPECT_EQ(test, grants_map(g, 10, GRANTS_REF, HOST, NULL),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_map(g, 10, GRANTS_REF, READ_ONLY, &handle), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, GRANTS_REF), MC_PIN_HOST_READ);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF), GTF_reading);
	expect_refs(g, 3, 2, 0);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, handle), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF), 0);
	end(g);
}

static void writing_ends_before_reading(struct kunit *test)
{
	struct grants *g = begin(test);
	u32 reader, writer;

	grants_offer(g, GRANTS_REF, 0, 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 10, GRANTS_REF, READ_ONLY, &reader), 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 11, GRANTS_REF, HOST, &writer), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF),
			GTF_reading | GTF_writing);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 11), 0, writer), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF), GTF_reading);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, reader), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF), 0);
	end(g);
}

static int try(struct grants *g, u16 dom, u32 ref, unsigned int flags)
{
	struct gnttab_map_grant_ref op;

	grants_prepare(g, &op, 10, ref, flags);
	op.dom = dom;
	KUNIT_EXPECT_EQ(g->test,
			grant_op(g->mapper, GNTTABOP_map_grant_ref, &op, 1),
			0);
	grants_audit(g);
	return op.status;
}

static void a_map_is_refused_for_what_is_wrong_first(struct kunit *test)
{
	struct grants *g = begin(test);
	u16 dom = g->granter->config.domid;

	grants_offer(g, GRANTS_REF, 0, 0);
	/* XSA-316: the status says no, in every case. */
	KUNIT_EXPECT_EQ(test, try(g, 333, 1U << 30, 0), GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, try(g, dom, GRANTS_REF, GNTMAP_readonly),
			GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, try(g, DOMID_SELF, 1U << 30, HOST),
			GNTST_bad_domain);
	KUNIT_EXPECT_EQ(test, try(g, DOMID_IO, GRANTS_REF, HOST),
			GNTST_bad_domain);
	KUNIT_EXPECT_EQ(test, try(g, 333, GRANTS_REF, HOST), GNTST_bad_domain);
	KUNIT_EXPECT_EQ(test, try(g, dom, 512, HOST), GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, try(g, dom, ~0U, HOST), GNTST_bad_gntref);
	KUNIT_EXPECT_EQ(test, try(g, dom, 511, HOST), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, try(g, dom, GRANTS_REF, HOST), GNTST_okay);
	end(g);
}

static void only_the_grantee_maps_and_only_a_page(struct kunit *test)
{
	struct grants *g = begin(test);
	u16 dom = g->granter->config.domid;
	u16 self = g->mapper->config.domid;

	grants_offer_as(g, 20, g->gfn[0], GTF_permit_access, self + 1);
	grants_offer_as(g, 21, g->gfn[0], GTF_invalid, self);
	grants_offer_as(g, 22, g->gfn[0], GTF_accept_transfer, self);
	grants_offer_as(g, 23, g->gfn[0], GTF_permit_access | GTF_sub_page,
			self);
	grants_offer_as(g, 24, 0xffffff, GTF_permit_access, self);
	KUNIT_EXPECT_EQ(test, try(g, dom, 20, HOST), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, try(g, dom, 21, HOST), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, try(g, dom, 22, HOST), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, try(g, dom, 23, HOST), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, try(g, dom, 24, HOST), GNTST_bad_page);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, 24), 0);
	end(g);
}

static void what_one_holds_stays_what_it_was(struct kunit *test)
{
	struct grants *g = begin(test);
	u32 handle, again;

	grants_offer(g, GRANTS_REF, 1, 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 10, GRANTS_REF, HOST, &handle), 0);
	grants_offer_as(g, GRANTS_REF, g->gfn[2], GTF_invalid, 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 11, GRANTS_REF, HOST, &again), 0);
	KUNIT_EXPECT_EQ(test, grants_at(g, 11), g->mfn[1]);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, handle), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, grants_addr(g, 11), 0, again), 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 11, GRANTS_REF, HOST, NULL),
			GNTST_general_error);
	end(g);
}

static void no_address_means_nothing_to_do(struct kunit *test)
{
	struct grants *g = begin(test);
	u32 handle;

	grants_offer(g, GRANTS_REF, 0, 0);
	grants_map(g, 10, GRANTS_REF, HOST, &handle);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, 0, 0, handle), 0);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, 0, 123, handle), 0);
	KUNIT_EXPECT_EQ(test, grants_pin(g, GRANTS_REF), MC_PIN_HOST_WRITE);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, handle), 0);
	end(g);
}

static void an_unmap_is_refused_and_changes_nothing(struct kunit *test)
{
	struct grants *g = begin(test);
	u64 addr = grants_addr(g, 10);
	u32 handle;

	KUNIT_EXPECT_EQ(test, grants_unmap(g, addr, 0, 0), GNTST_bad_handle);
	grants_offer(g, GRANTS_REF, 0, 0);
	grants_map(g, 10, GRANTS_REF, HOST, &handle);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, addr, 0, handle + 1),
			GNTST_bad_handle);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, addr, 0, ~0U), GNTST_bad_handle);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, addr, 0, 1 << 20),
			GNTST_bad_handle);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 11), 0, handle),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, 1ULL << 62, 0, handle),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_pin(g, GRANTS_REF), MC_PIN_HOST_WRITE);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, addr, 0, handle), 0);
	/* XSA-394: what was unmapped is not unmapped again. */
	KUNIT_EXPECT_EQ(test, grants_unmap(g, addr, 0, handle),
			GNTST_bad_handle);
	end(g);
}

static void a_handle_is_its_domains_only(struct kunit *test)
{
	struct grants *g = begin(test);
	struct fixture *f = test->priv;
	struct gnttab_unmap_grant_ref op = { };

	grants_offer(g, GRANTS_REF, 0, 0);
	grants_map(g, 10, GRANTS_REF, HOST, &op.handle);
	op.host_addr = grants_addr(g, 10);
	KUNIT_EXPECT_EQ(test,
			grant_op(f->dom0, GNTTABOP_unmap_grant_ref, &op, 1),
			0);
	KUNIT_EXPECT_EQ(test, op.status, GNTST_bad_handle);
	KUNIT_EXPECT_EQ(test, grants_at(g, 10), g->mfn[0]);
	end(g);
}

static void a_grant_is_mapped_128_times_at_most(struct kunit *test)
{
	struct grants *g = begin(test);
	unsigned int i, nr = 0;

	grants_offer(g, GRANTS_REF, 0, 0);
	for (i = 0; i < 128; i++)
		nr += !grants_map(g, i, GRANTS_REF, READ_ONLY, NULL);
	KUNIT_EXPECT_EQ(test, nr, 128);
	KUNIT_EXPECT_EQ(test, grants_map(g, 128, GRANTS_REF, READ_ONLY, NULL),
			GNTST_general_error);
	KUNIT_EXPECT_EQ(test, grants_pin(g, GRANTS_REF),
			128 * MC_PIN_HOST_READ);
	KUNIT_EXPECT_EQ(test, grants_map(g, 128, GRANTS_REF, HOST, NULL), 0);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 3), 0, 3), 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 129, GRANTS_REF, READ_ONLY, NULL), 0);
	end(g);
}

static void handles_run_out(struct kunit *test)
{
	struct grants *g = begin(test);
	unsigned int i, nr = 0;

	g->mapper->grants.maptrack->max_frames = 1;
	/* On another CPU it were another vCPU, whose list keeps a last one, too. */
	migrate_disable();
	for (i = 0; i < 255; i++) {
		grants_offer(g, 16 + i, i % GRANTS_PAGES, 0);
		nr += !grants_map(g, i, 16 + i, HOST, NULL);
	}
	KUNIT_EXPECT_EQ(test, nr, 255);
	KUNIT_EXPECT_EQ(test, grants_map(g, 256, GRANTS_REF, HOST, NULL),
			GNTST_no_space);
	/* A handle is looked for before the grant is. */
	KUNIT_EXPECT_EQ(test, grants_map(g, 256, ~0U, HOST, NULL),
			GNTST_no_space);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, grants_addr(g, 99), 0, 99), 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 256, GRANTS_REF, HOST, NULL), 0);
	migrate_enable();
	end(g);
}

static void map_many(struct grants *g, struct gnttab_map_grant_ref *maps,
		     unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		grants_offer(g, 16 + i, i % GRANTS_PAGES, 0);
		grants_prepare(g, &maps[i], i, 16 + i, HOST);
	}
	KUNIT_ASSERT_EQ(g->test,
			grant_op(g->mapper, GNTTABOP_map_grant_ref, maps, nr),
			0);
	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_EQ(g->test, maps[i].status, GNTST_okay);
		KUNIT_ASSERT_EQ(g->test, maps[i].dev_bus_addr,
				grants_dev_addr(g, i % GRANTS_PAGES));
	}
}

static void unmap_many(struct grants *g,
		       const struct gnttab_map_grant_ref *maps,
		       struct gnttab_unmap_grant_ref *unmaps, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		unmaps[i] = (struct gnttab_unmap_grant_ref){
			.host_addr = maps[i].host_addr,
			.handle = maps[i].handle,
			.status = 77,
		};
	KUNIT_ASSERT_EQ(g->test,
			grant_op(g->mapper, GNTTABOP_unmap_grant_ref, unmaps,
				 nr), 0);
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ(g->test, unmaps[i].status, GNTST_okay);
	for (i = 0; i < GRANTS_PAGES; i++)
		expect_refs(g, i, 1, 0);
}

static void lists(struct kunit *test, unsigned int preempt_at)
{
	struct grants *g = begin(test);
	struct gnttab_unmap_grant_ref *unmaps;
	struct gnttab_map_grant_ref *maps;

	maps = kunit_kcalloc(test, MANY, sizeof(*maps), GFP_KERNEL);
	unmaps = kunit_kcalloc(test, MANY, sizeof(*unmaps), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, maps);
	KUNIT_ASSERT_NOT_NULL(test, unmaps);
	memcore_preempt_set(&g->mapper->machine->preempt, preempt_at);
	map_many(g, maps, MANY);
	grants_audit(g);
	unmap_many(g, maps, unmaps, MANY);
	memcore_preempt_set(&g->mapper->machine->preempt, 0);
	end(g);
}

static void long_lists_are_done_whole(struct kunit *test)
{
	lists(test, 0);
}

static void preempted_lists_go_on(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 before = memcore_stat_read(f->machine, MEMCORE_STAT_CONTINUATIONS);

	lists(test, 1);
	/* After each map but the last, and after two batches of unmaps. */
	KUNIT_EXPECT_EQ(test,
			memcore_stat_read(f->machine,
					  MEMCORE_STAT_CONTINUATIONS) - before,
			MANY - 1 + 2);
}

static void some_checks_preempt(struct kunit *test)
{
	lists(test, 3);
}

static void one_bad_entry_leaves_the_others(struct kunit *test)
{
	struct grants *g = begin(test);
	struct gnttab_map_grant_ref maps[3];

	grants_offer(g, 20, 0, 0);
	grants_prepare(g, &maps[0], 0, 20, HOST);
	grants_prepare(g, &maps[1], 1, 21, HOST);
	grants_prepare(g, &maps[2], 2, 20, READ_ONLY);
	KUNIT_EXPECT_EQ(test,
			grant_op(g->mapper, GNTTABOP_map_grant_ref, maps, 3),
			0);
	KUNIT_EXPECT_EQ(test, maps[0].status, GNTST_okay);
	KUNIT_EXPECT_EQ(test, maps[1].status, GNTST_general_error);
	KUNIT_EXPECT_EQ(test, maps[2].status, GNTST_okay);
	/* The handle that the second had is the last in the list now. */
	KUNIT_EXPECT_EQ(test, maps[2].handle, 2);
	end(g);
}

static void a_list_ends_where_memory_does(struct kunit *test)
{
	struct grants *g = begin(test);
	struct gnttab_map_grant_ref *maps = pv_last_bytes(test, sizeof(*maps));
	struct gnttab_unmap_grant_ref *unmaps;

	grants_offer(g, 20, 0, 0);
	grants_prepare(g, maps, 0, 20, HOST);
	KUNIT_EXPECT_EQ(test,
			grant_op(g->mapper, GNTTABOP_map_grant_ref, maps, 2),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, maps->status, GNTST_okay);
	grants_audit(g);
	unmaps = pv_last_bytes(test, sizeof(*unmaps));
	*unmaps = (struct gnttab_unmap_grant_ref){
		.host_addr = maps->host_addr,
		.handle = maps->handle,
		.status = 77,
	};
	KUNIT_EXPECT_EQ(test,
			grant_op(g->mapper, GNTTABOP_unmap_grant_ref, unmaps,
				 2), -EFAULT);
	KUNIT_EXPECT_EQ(test, unmaps->status, GNTST_okay);
	expect_refs(g, 0, 1, 0);
	end(g);
}

static void a_map_without_memory_leaves_nothing(struct kunit *test)
{
	struct grants *g = begin(test);
	struct fixture *f = test->priv;
	unsigned int n;
	int status;

	grants_offer(g, GRANTS_REF, 0, 0);
	for (n = 1; n < 20; n++) {
		atomic_set(&f->machine->failpoint.left, n);
		status = grants_map(g, 10, GRANTS_REF, HOST, NULL);
		if (atomic_read(&f->machine->failpoint.left))
			break;
		KUNIT_EXPECT_LT(test, status, 0);
		expect_refs(g, 0, 1, 0);
		KUNIT_EXPECT_EQ(test, grants_pin(g, GRANTS_REF), 0);
		KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF), 0);
		grants_audit(g);
	}
	atomic_set(&f->machine->failpoint.left, 0);
	KUNIT_EXPECT_GT(test, n, 1);
	KUNIT_EXPECT_EQ(test, status, GNTST_okay);
	end(g);
}

static void a_dead_mapper_has_nothing(struct kunit *test)
{
	struct grants *g = begin(test);
	unsigned int i;

	for (i = 0; i < 300; i++) {
		grants_offer(g, 16 + i, i % GRANTS_PAGES, 0);
		grants_map(g, i, 16 + i, i & 1 ? HOST : READ_ONLY, NULL);
	}
	grants_audit(g);
	/* Between two frames of handles, and in its tables. */
	memcore_preempt_set(&g->mapper->machine->preempt, 1);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(g->mapper), 0);
	memcore_preempt_set(&g->granter->machine->preempt, 0);
	for (i = 0; i < 300; i++) {
		KUNIT_EXPECT_EQ(test, grants_pin(g, 16 + i), 0);
		KUNIT_EXPECT_EQ(test, grant_use(g->granter, 16 + i), 0);
	}
	for (i = 0; i < GRANTS_PAGES; i++)
		expect_refs(g, i, 1, 0);
	grants_audit(g);
}

/* So that the fixture need not end it. */
static struct memcore_domain *granter_new(struct kunit *test)
{
	const struct pairing *p = test->param_value;
	struct fixture *f = test->priv;
	const struct memcore_domain_config config = {
		.domid = MAPPER_DOMID + 1,
		.max_pages = UINT_MAX,
		.translated = p->granter_translated,
	};
	struct memcore_domain *d = memcore_domain_create(f->machine, &config);

	KUNIT_ASSERT_NOT_NULL(test, d);
	return d;
}

static void a_dying_granter_lives_until_all_is_unmapped(struct kunit *test)
{
	const struct pairing *p = test->param_value;
	struct grants *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);
	u32 handle, again;

	KUNIT_ASSERT_NOT_NULL(test, g);
	grants_make(test, g, granter_new(test),
		    mapper_new(test, p->mapper_translated));
	grants_offer(g, 20, 0, 0);
	grants_offer(g, 21, 1, 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 0, 20, HOST, &handle), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(g->granter), -EBUSY);
	grants_audit(g);
	/* What is mapped can be mapped again; all else is gone. */
	KUNIT_EXPECT_EQ(test, grants_map(g, 1, 20, HOST, &again), 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 2, 21, HOST, NULL),
			GNTST_bad_page);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 0), 0, handle), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(g->granter), -EBUSY);
	KUNIT_EXPECT_EQ(test, grants_unmap(g, grants_addr(g, 1), 0, again), 0);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(g->granter), 0);
	KUNIT_EXPECT_EQ(test, memcore_domain_destroy(g->mapper), 0);
}

static void a_released_page_stays_until_it_is_unmapped(struct kunit *test)
{
	struct grants *g = begin(test);
	xen_pfn_t gfn = g->gfn[0];
	u32 handle;

	grants_offer(g, GRANTS_REF, 0, 0);
	grants_map(g, 10, GRANTS_REF, HOST, &handle);
	KUNIT_EXPECT_EQ(test,
			fixture_move(g->granter, XENMEM_decrease_reservation,
				     &gfn, 1, 0), 1);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test, pv_count(g->granter, g->mfn[0]), 1);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, handle), 0);
	KUNIT_EXPECT_EQ(test, pv_count(g->granter, g->mfn[0]), 0);
	end(g);
}

static void the_version_does_not_change_under_a_mapping(struct kunit *test)
{
	struct grants *g = begin(test);
	u32 handle;

	grants_offer(g, GRANTS_REF, 0, 0);
	grants_map(g, 10, GRANTS_REF, HOST, &handle);
	KUNIT_EXPECT_EQ(test, grant_set_version(g->granter, 2), -EBUSY);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, handle), 0);
	KUNIT_ASSERT_EQ(test, grant_set_version(g->granter, 2), 0);
	grants_offer(g, GRANTS_REF, 0, 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 10, GRANTS_REF, HOST, &handle), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF),
			GTF_reading | GTF_writing);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, handle), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, GRANTS_REF), 0);
	end(g);
}

/* The first entries are kept, mapped or not. */
static void a_reserved_grant_is_unmapped_in_the_other_version(struct kunit *test)
{
	struct grants *g = begin(test);
	u32 handle;

	grants_offer(g, 3, 0, 0);
	KUNIT_EXPECT_EQ(test, grants_map(g, 10, 3, HOST, &handle), 0);
	KUNIT_ASSERT_EQ(test, grant_set_version(g->granter, 2), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, 3), GTF_reading | GTF_writing);
	grants_audit(g);
	KUNIT_EXPECT_EQ(test,
			grants_unmap(g, grants_addr(g, 10), 0, handle), 0);
	KUNIT_EXPECT_EQ(test, grant_use(g->granter, 3), 0);
	end(g);
}

static void what_was_never_set_up_grants_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct grants *g = begin(test);
	u16 dom = f->dom0->config.domid;

	KUNIT_EXPECT_EQ(test, try(g, dom, 8, HOST), GNTST_general_error);
	KUNIT_EXPECT_EQ(test, try(g, dom, 512, HOST), GNTST_bad_gntref);
	end(g);
}

#define CASE(fn) KUNIT_CASE_PARAM(fn, pairing_gen_params)

static struct kunit_case grant_map_cases[] = {
	CASE(a_mapping_is_a_pin_and_references),
	CASE(reading_leaves_the_type),
	CASE(writing_ends_before_reading),
	CASE(a_map_is_refused_for_what_is_wrong_first),
	CASE(only_the_grantee_maps_and_only_a_page),
	CASE(what_one_holds_stays_what_it_was),
	CASE(no_address_means_nothing_to_do),
	CASE(an_unmap_is_refused_and_changes_nothing),
	CASE(a_handle_is_its_domains_only),
	CASE(a_grant_is_mapped_128_times_at_most),
	CASE(handles_run_out),
	CASE(long_lists_are_done_whole),
	CASE(preempted_lists_go_on),
	CASE(some_checks_preempt),
	CASE(one_bad_entry_leaves_the_others),
	CASE(a_list_ends_where_memory_does),
	CASE(a_map_without_memory_leaves_nothing),
	CASE(a_dead_mapper_has_nothing),
	CASE(a_dying_granter_lives_until_all_is_unmapped),
	CASE(a_released_page_stays_until_it_is_unmapped),
	CASE(the_version_does_not_change_under_a_mapping),
	CASE(a_reserved_grant_is_unmapped_in_the_other_version),
	CASE(what_was_never_set_up_grants_nothing),
	{ }
};

static struct kunit_suite grant_map_suite = {
	.name = "memcore_grant_map",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = grant_map_cases,
};

kunit_test_suite(grant_map_suite);
