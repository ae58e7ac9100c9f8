// SPDX-License-Identifier: GPL-2.0
/* Each kind of damage is done on purpose, found, and undone. */
#include <kunit/test.h>
#include "memcore_fixture.h"

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

	return list_first_entry_or_null(&f->machine->heap.chunks[order],
					struct memcore_frame, list);
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

static void chunk_count_wrong(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->machine->heap.nr_chunks[3]++;
	expect_found(test, "chunks of order 3");
	f->machine->heap.nr_chunks[3]--;
}

static void chunk_off_its_list(struct kunit *test)
{
	struct memcore_frame *head = free_head(test, 0);
	struct list_head *prev;

	KUNIT_ASSERT_NOT_NULL(test, head);
	prev = head->list.prev;
	list_del(&head->list);
	expect_found(test, "heads of order 0");
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

static void dirty_count_wrong(struct kunit *test)
{
	struct memcore_frame *head = free_head(test, 9);

	head[5].need_scrub = true;
	expect_found(test, "dirty frames of chunk");
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

	head->count = 1;
	expect_found(test, "free frame with references");
	head->count = 0;
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

	frame->count = 0;
	expect_found(test, "without a reference");
	frame->count = 1;
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
	KUNIT_CASE(chunk_count_wrong),
	KUNIT_CASE(chunk_off_its_list),
	KUNIT_CASE(frame_leaves_its_chunk),
	KUNIT_CASE(dirty_count_wrong),
	KUNIT_CASE(free_frame_owned),
	KUNIT_CASE(free_frame_referenced),
	KUNIT_CASE(free_frame_in_m2p),
	KUNIT_CASE(used_frame_unowned),
	KUNIT_CASE(used_frame_unreferenced),
	KUNIT_CASE(used_frame_unscrubbed),
	KUNIT_CASE(frame_of_another_domain_mapped),
	KUNIT_CASE(m2p_disagrees),
	KUNIT_CASE(p2m_disagrees),
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
