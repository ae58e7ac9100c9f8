// SPDX-License-Identifier: GPL-2.0
/* Each kind of damage is done on purpose, found, and undone. */
#include <kunit/test.h>
#include "memcore_fixture.h"
#include "memcore_pv.h"

static void expect_found(struct kunit *test, const char *what)
{
	struct fixture *f = test->priv;
	char msg[512];

	KUNIT_EXPECT_EQ(test, memcore_audit(f->machine, msg, sizeof(msg)),
			-EUCLEAN);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(msg, what), "%s", msg);
}

static struct memcore_frame *used_frame(struct kunit *test)
{
	struct fixture *f = test->priv;

	fixture_populate(test, f->hvm, 20, 4);
	return memcore_frame(&f->machine->frames,
			     memcore_p2m_get(&f->hvm->p2m, mc_gfn(21), NULL));
}

static struct memcore_frame *free_head(struct kunit *test, unsigned int order)
{
	struct fixture *f = test->priv;
	struct memcore_frametable *ft = &f->machine->frames;
	struct memcore_frame *frame;

	for (frame = ft->frames; frame < ft->frames + ft->nr; frame++)
		if (frame->state == MC_FRAME_HEAD && frame->order == order)
			return frame;
	return NULL;
}

static void sound_machine_is_clean(struct kunit *test)
{
	struct fixture *f = test->priv;
	char msg[64] = "x";

	fixture_populate(test, f->pv, 0, 7);
	fixture_populate(test, f->hvm, 0, 7);
	KUNIT_EXPECT_EQ(test, memcore_audit(f->machine, msg, sizeof(msg)), 0);
	KUNIT_EXPECT_STREQ(test, msg, "");
}

static void tot_pages_wrong(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->pv->tot_pages++;
	expect_found(test, "tot_pages of domain 2: noted 1, found 0");
	f->pv->tot_pages--;
}

static void free_frames_wrong(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->machine->heap.free_frames--;
	expect_found(test, "free frames of machine");
	f->machine->heap.free_frames++;
}

static struct memcore_node *only_node(struct kunit *test)
{
	struct fixture *f = test->priv;

	return &f->machine->heap.nodes[0];
}

static struct memcore_zone *zone_of(struct kunit *test,
				    struct memcore_frame *frame)
{
	struct fixture *f = test->priv;
	struct mc_mfn mfn = memcore_frame_mfn(&f->machine->frames, frame);

	return &only_node(test)->zones[memcore_zone_of(mfn)];
}

static void free_of_zone_wrong(struct kunit *test)
{
	struct memcore_zone *zone = zone_of(test, free_head(test, 0));

	zone->free++;
	expect_found(test, "free frames of zone");
	zone->free--;
}

static void free_of_node_wrong(struct kunit *test)
{
	only_node(test)->free++;
	expect_found(test, "free frames of node 0");
	only_node(test)->free--;
}

static void dirty_of_node_wrong(struct kunit *test)
{
	only_node(test)->dirty++;
	expect_found(test, "dirty frames of node 0: noted 1, found 0");
	only_node(test)->dirty--;
}

static void orders_wrong(struct kunit *test)
{
	struct memcore_zone *zone = zone_of(test, free_head(test, 0));

	zone->orders ^= BIT(0);
	expect_found(test, "order has chunks");
	zone->orders ^= BIT(0);
	zone->clean_orders ^= BIT(0);
	expect_found(test, "order has clean chunks");
	zone->clean_orders ^= BIT(0);
}

static void zones_wrong(struct kunit *test)
{
	only_node(test)->zones_free ^= BIT_ULL(30);
	expect_found(test, "zone has frames, bit 30");
	only_node(test)->zones_free ^= BIT_ULL(30);
}

static void frame_of_another_node(struct kunit *test)
{
	struct memcore_frame *head = free_head(test, 9);

	head[7].node = 1;
	expect_found(test, "ends at 7");
	expect_found(test, "is of node 1");
	head[7].node = 0;
}

static void claims_wrong(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->hvm->heap.claimed = 3;
	expect_found(test, "claimed frames of machine 0: noted 0, found 3");
	f->hvm->heap.claimed = 0;
}

static void chunk_off_its_list(struct kunit *test)
{
	struct memcore_frame *head = free_head(test, 0);
	struct list_head *prev;

	KUNIT_ASSERT_NOT_NULL(test, head);
	prev = head->list.prev;
	list_del(&head->list);
	expect_found(test, "chunks of node 0");
	list_add(&head->list, prev);
}

static void frame_leaves_its_chunk(struct kunit *test)
{
	struct memcore_frame *head = free_head(test, 9);

	KUNIT_ASSERT_NOT_NULL(test, head);
	head[5].state = MC_FRAME_USED;
	expect_found(test, "ends at 5");
	head[5].state = MC_FRAME_FREE;
}

static void clean_part_is_dirty(struct kunit *test)
{
	struct memcore_frame *head = free_head(test, 9);

	head[5].need_scrub = true;
	expect_found(test, "is dirty at 5, before");
	head[5].need_scrub = false;
}

static void free_frame_owned(struct kunit *test)
{
	struct memcore_frame *head = free_head(test, 0);

	head->owner = 2;
	expect_found(test, "free frame with an owner");
	expect_found(test, "tot_pages of domain 2: noted 0, found 1");
	head->owner = MC_NO_OWNER;
}

static void free_frame_referenced(struct kunit *test)
{
	struct memcore_frame *head = free_head(test, 0);

	atomic64_set(&head->count, 1);
	expect_found(test, "free frame with references");
	atomic64_set(&head->count, 0);
}

static void free_frame_in_m2p(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *head = free_head(test, 0);
	struct mc_mfn mfn = memcore_frame_mfn(&f->machine->frames, head);

	memcore_m2p_set(&f->machine->frames, mfn, mc_gfn(3));
	expect_found(test, "is in the M2P");
	memcore_m2p_set(&f->machine->frames, mfn, mc_gfn(MC_INVALID));
}

static void used_frame_unowned(struct kunit *test)
{
	struct memcore_frame *frame = used_frame(test);

	frame->owner = MC_NO_OWNER;
	expect_found(test, "no domain, and not free");
	frame->owner = 1;
}

static void used_frame_unreferenced(struct kunit *test)
{
	struct memcore_frame *frame = used_frame(test);

	atomic64_set(&frame->count, 0);
	expect_found(test, "without a reference");
	atomic64_set(&frame->count, MC_PGC_ALLOCATED | 1);
}

static void used_frame_unscrubbed(struct kunit *test)
{
	struct memcore_frame *frame = used_frame(test);

	frame->need_scrub = true;
	expect_found(test, "used unscrubbed");
	frame->need_scrub = false;
}

static void frame_of_another_domain_mapped(struct kunit *test)
{
	struct memcore_frame *frame = used_frame(test);

	frame->owner = 2;
	expect_found(test, "has foreign frame");
	frame->owner = 1;
}

static void m2p_disagrees(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn mfn = memcore_frame_mfn(&f->machine->frames,
					      used_frame(test));

	memcore_m2p_set(&f->machine->frames, mfn, mc_gfn(99));
	expect_found(test, "M2P says 99 of domain 1, P2M not");
	memcore_m2p_set(&f->machine->frames, mfn, mc_gfn(21));
}

static void p2m_disagrees(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct mc_mfn mfn = memcore_frame_mfn(&f->machine->frames,
					      used_frame(test));

	memcore_p2m_set(&f->hvm->p2m, mc_gfn(30), mfn, 0);
	expect_found(test, "M2P has it at 21");
	memcore_p2m_set(&f->hvm->p2m, mc_gfn(30), mc_mfn(MC_INVALID), 0);
}

/* A root table, loaded, and its tree, in good order. */
static void loaded_space(struct kunit *test, struct pv_space *s)
{
	struct fixture *f = test->priv;

	pv_space_make(test, s, f->pv);
	pv_space_load(test, s);
	expect_audit(test, f->machine);
}

static void used_frame_miscounted(struct kunit *test)
{
	struct memcore_frame *frame = used_frame(test);

	atomic64_inc(&frame->count);
	expect_found(test, "noted 2, found 1");
	atomic64_dec(&frame->count);
	atomic64_add(1 | MC_PGT_VALIDATED, &frame->type);
	expect_found(test, "type references of");
	atomic64_set(&frame->type, 0);
}

static void table_miscounted(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	struct pv_space s;

	loaded_space(test, &s);
	frame = pv_frame(f->pv, s.l3);
	atomic64_inc(&frame->type);
	expect_found(test, "noted 2, found 1");
	atomic64_dec(&frame->type);
	frame = pv_frame(f->pv, s.page[0]);
	atomic64_dec(&frame->type);
	expect_found(test, "noted 0, found 1");
	atomic64_inc(&frame->type);
}

static void type_word_makes_no_sense(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	struct pv_space s;

	loaded_space(test, &s);
	frame = pv_frame(f->pv, s.l2);
	atomic64_or(MC_PGT_LOCKED, &frame->type);
	expect_found(test, "is locked");
	atomic64_andnot(MC_PGT_LOCKED, &frame->type);
	atomic64_andnot(MC_PGT_VALIDATED, &frame->type);
	expect_found(test, "is used half-way");
	expect_found(test, "names what is no valid table");
	atomic64_or(MC_PGT_VALIDATED, &frame->type);
	atomic64_or(MC_PGT_PINNED, &frame->type);
	expect_found(test, "noted 1, found 2");
	atomic64_andnot(MC_PGT_PINNED, &frame->type);
	frame = pv_frame(f->pv, s.spare[0]);
	atomic64_or(MC_PGT_PINNED, &frame->type);
	expect_found(test, "is a table without references");
	atomic64_andnot(MC_PGT_PINNED, &frame->type);
}

static void expect_bad_entry(struct kunit *test, unsigned long table,
			     unsigned int slot, u64 pte, const char *what)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame = pv_frame(f->pv, table);
	u64 old = memcore_content_read(frame, slot);

	KUNIT_ASSERT_EQ(test, memcore_content_write(f->machine, frame, slot,
						    pte), 0);
	expect_found(test, what);
	KUNIT_ASSERT_EQ(test, memcore_content_write(f->machine, frame, slot,
						    old), 0);
	expect_audit(test, f->machine);
}

static void entry_that_must_not_be(struct kunit *test)
{
	struct pv_space s;

	loaded_space(test, &s);
	expect_bad_entry(test, s.l1, 9, pv_pte(s.l1, PV_WRITE),
			 "lets write what must not be");
	expect_bad_entry(test, s.l1, 9, pv_pte(s.page[0], MC_PTE_PRESENT),
			 "is not as Xen makes it");
	expect_bad_entry(test, s.l1, 9, pv_pte(s.page[0], PV_READ | MC_PTE_PCD),
			 "says what to cache");
	expect_bad_entry(test, s.l1, 9, pv_pte(1, PV_READ), "names no frame");
	expect_bad_entry(test, s.l1, 0, 0, "noted 1, found 0");
	expect_bad_entry(test, s.l2, 9, pv_pte(s.l1, PV_TABLE | MC_PTE_PSE),
			 "has bits that no table may have");
	expect_bad_entry(test, s.l2, 9, pv_pte(s.l4, PV_TABLE),
			 "names what is no valid table");
	expect_bad_entry(test, s.l2, 9, pv_pte(s.l2, PV_TABLE),
			 "is linear and writable");
	expect_bad_entry(test, s.l4, 256, pv_pte(s.l3, PV_TABLE),
			 "is not the hypervisor's");
	expect_bad_entry(test, s.l3, 9, pv_pte(s.l2, MC_PTE_PRESENT),
			 "is not as Xen makes it");
}

static void linear_count_wrong(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	struct pv_space s;

	loaded_space(test, &s);
	frame = pv_frame(f->pv, s.l4);
	frame->linear++;
	expect_found(test, "linear entries of");
	frame->linear--;
}

static void vcpu_has_what_it_must_not(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_vcpu *v = &f->pv->vcpus[0];
	struct pv_space s;

	loaded_space(test, &s);
	v->guest_table = pv_frame(f->pv, s.l3);
	expect_found(test, "root table is frame");
	v->guest_table = pv_frame(f->pv, s.l4);
	v->gdt[3] = pv_frame(f->pv, s.page[0]);
	expect_found(test, "GDT is frame");
	v->gdt[3] = NULL;
	v->old_table = pv_frame(f->pv, s.l3);
	expect_found(test, "noted 1, found 2");
	v->old_table = NULL;
}

static void descriptor_that_must_not_be(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_frame *frame;
	struct memcore_vcpu *v = &f->pv->vcpus[0];

	fixture_populate(test, f->pv, 0, 1);
	spin_lock_irq(&v->lock);
	frame = memcore_frame_and_type_get(v, f->pv, mc_mfn(f->list[0]),
					   MC_TYPE_SEG);
	v->gdt[0] = frame;
	spin_unlock_irq(&v->lock);
	KUNIT_ASSERT_NOT_NULL(test, frame);
	expect_audit(test, f->machine);
	/* Present, a gate for interrupts. */
	expect_bad_entry(test, f->list[0], 3, 0x00008e0000000000ULL,
			 "descriptor 3 is 8e0000000000");
}

static void stale_translation(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_vcpu *v = &f->pv->vcpus[0];
	struct pv_space s;

	loaded_space(test, &s);
	memcore_tlb_insert(v, pv_va(0), pv_pte(s.l1, PV_READ));
	expect_audit(test, f->machine);
	memcore_tlb_insert(v, pv_va(0), pv_pte(s.l1, PV_WRITE));
	expect_found(test, "which is a table");
	memcore_tlb_insert(v, pv_va(0), pv_pte(FIXTURE_BASE + 4000, PV_READ));
	expect_found(test, "which is free");
	memcore_tlb_flush_vcpu(v);
}

static void domain_count_wrong(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->machine->nr_domains++;
	expect_found(test, "domains of machine");
	f->machine->nr_domains--;
}

static void small_buffer_is_enough(struct kunit *test)
{
	struct fixture *f = test->priv;
	char msg[2];

	f->pv->tot_pages++;
	f->hvm->tot_pages++;
	KUNIT_EXPECT_EQ(test, memcore_audit(f->machine, msg, sizeof(msg)),
			-EUCLEAN);
	KUNIT_EXPECT_EQ(test, msg[1], '\0');
	f->pv->tot_pages--;
	f->hvm->tot_pages--;
}

static struct kunit_case audit_cases[] = {
	KUNIT_CASE(sound_machine_is_clean),
	KUNIT_CASE(tot_pages_wrong),
	KUNIT_CASE(free_frames_wrong),
	KUNIT_CASE(free_of_zone_wrong),
	KUNIT_CASE(free_of_node_wrong),
	KUNIT_CASE(dirty_of_node_wrong),
	KUNIT_CASE(orders_wrong),
	KUNIT_CASE(zones_wrong),
	KUNIT_CASE(frame_of_another_node),
	KUNIT_CASE(claims_wrong),
	KUNIT_CASE(chunk_off_its_list),
	KUNIT_CASE(frame_leaves_its_chunk),
	KUNIT_CASE(clean_part_is_dirty),
	KUNIT_CASE(free_frame_owned),
	KUNIT_CASE(free_frame_referenced),
	KUNIT_CASE(free_frame_in_m2p),
	KUNIT_CASE(used_frame_unowned),
	KUNIT_CASE(used_frame_unreferenced),
	KUNIT_CASE(used_frame_unscrubbed),
	KUNIT_CASE(frame_of_another_domain_mapped),
	KUNIT_CASE(m2p_disagrees),
	KUNIT_CASE(p2m_disagrees),
	KUNIT_CASE(used_frame_miscounted),
	KUNIT_CASE(table_miscounted),
	KUNIT_CASE(type_word_makes_no_sense),
	KUNIT_CASE(entry_that_must_not_be),
	KUNIT_CASE(linear_count_wrong),
	KUNIT_CASE(vcpu_has_what_it_must_not),
	KUNIT_CASE(descriptor_that_must_not_be),
	KUNIT_CASE(stale_translation),
	KUNIT_CASE(domain_count_wrong),
	KUNIT_CASE(small_buffer_is_enough),
	{ }
};

static struct kunit_suite audit_suite = {
	.name = "memcore_audit",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = audit_cases,
};

kunit_test_suite(audit_suite);
