// SPDX-License-Identifier: GPL-2.0
/* multicall: a list of hypercalls, each with its result. */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <xen-public/version.h>
#include "memcore_pv.h"

#define XEN_ADDRESS	0xffff800000000000UL
#define UNTOUCHED	0x5a5aUL
#define VERSION		0x40011UL

static long multicall(struct memcore_domain *d, struct multicall_entry *list,
		      unsigned long nr)
{
	return memcore_call(d, __HYPERVISOR_multicall, (unsigned long)list, nr,
			    0, 0, 0);
}

static void set(struct multicall_entry *entry, unsigned long op,
		unsigned long a1, unsigned long a2, unsigned long a3,
		unsigned long a4)
{
	*entry = (struct multicall_entry){
		.op = op,
		.result = UNTOUCHED,
		.args = { a1, a2, a3, a4 },
	};
}

static void set_version(struct multicall_entry *entry)
{
	set(entry, __HYPERVISOR_xen_version, XENVER_version, 0, 0, 0);
}

static void each_call_has_its_result(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry list[4];

	set_version(&list[0]);
	set(&list[1], 60, 0, 0, 0, 0);
	set(&list[2], __HYPERVISOR_vm_assist, 9, 2, 0, 0);
	set_version(&list[3]);
	KUNIT_EXPECT_EQ(test, multicall(f->pv, list, 3), 0);
	KUNIT_EXPECT_EQ(test, list[0].result, VERSION);
	KUNIT_EXPECT_EQ(test, list[1].result, (unsigned long)-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, list[2].result, (unsigned long)-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, list[3].result, UNTOUCHED);
	KUNIT_EXPECT_EQ(test, list[0].op, __HYPERVISOR_xen_version);
	KUNIT_EXPECT_EQ(test, list[2].args[0], 9);
}

static void a_number_that_is_too_large(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry entry;

	set(&entry, 1UL << 32 | __HYPERVISOR_xen_version, 0, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, multicall(f->pv, &entry, 1), 0);
	KUNIT_EXPECT_EQ(test, entry.result, (unsigned long)-XEN_ENOSYS);
}

static void an_empty_list(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, multicall(f->pv, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, multicall(f->hvm, NULL, 0), 0);
	/* The length has 32 bits. */
	KUNIT_EXPECT_EQ(test, multicall(f->pv, NULL, 1UL << 32), 0);
}

static void lists_that_cannot_be_read(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry *list = pv_last_bytes(test, sizeof(*list));

	KUNIT_EXPECT_EQ(test, multicall(f->pv, NULL, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, multicall(f->pv, (void *)XEN_ADDRESS, 0),
			-EFAULT);
	/* Where a translated domain's list is, is not looked at. */
	KUNIT_EXPECT_EQ(test, multicall(f->hvm, (void *)XEN_ADDRESS, 0), 0);
	set_version(list);
	KUNIT_EXPECT_EQ(test, multicall(f->pv, list, 2), -EFAULT);
	KUNIT_EXPECT_EQ(test, list->result, VERSION);
	KUNIT_EXPECT_FALSE(test, f->pv->vcpus->in_multicall);
}

static void nested_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry inner, list[3];

	set_version(&inner);
	set(&list[0], __HYPERVISOR_multicall, (unsigned long)&inner, 1, 0, 0);
	list[1] = list[0];
	set_version(&list[2]);
	KUNIT_EXPECT_EQ(test, multicall(f->pv, list, 3), 0);
	KUNIT_EXPECT_EQ(test, list[0].result, (unsigned long)-EINVAL);
	KUNIT_EXPECT_EQ(test, list[1].result, (unsigned long)-EINVAL);
	KUNIT_EXPECT_EQ(test, list[2].result, VERSION);
	KUNIT_EXPECT_EQ(test, inner.result, UNTOUCHED);
	KUNIT_EXPECT_EQ(test, multicall(f->pv, &inner, 1), 0);
	KUNIT_EXPECT_EQ(test, inner.result, VERSION);
}

static void iret_ends_the_list_of_a_pv_domain(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry list[2];

	set(&list[0], __HYPERVISOR_iret, 0, 0, 0, 0);
	set_version(&list[1]);
	KUNIT_EXPECT_EQ(test, multicall(f->pv, list, 2), -XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, list[0].result, (unsigned long)-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, list[1].result, UNTOUCHED);
	KUNIT_EXPECT_EQ(test, multicall(f->hvm, list, 2), 0);
	KUNIT_EXPECT_EQ(test, list[1].result, VERSION);
}

static void what_cannot_be_in_a_list(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry list[2];

	set(&list[0], __HYPERVISOR_domctl, 0, 0, 0, 0);
	set(&list[1], __HYPERVISOR_mmu_update, 0, 0, 0, DOMID_SELF);
	KUNIT_EXPECT_EQ(test, multicall(f->dom0, list, 2), 0);
	KUNIT_EXPECT_EQ(test, list[0].result, (unsigned long)-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, list[1].result, 0);
	KUNIT_EXPECT_EQ(test, multicall(f->hvm, &list[1], 1), 0);
	KUNIT_EXPECT_EQ(test, list[1].result, (unsigned long)-XEN_ENOSYS);
}

/* Origin: XSA-286: the second call must see what the first did to the L2. */
static void a_call_sees_tables_as_they_are(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry list[2];
	struct mmu_update req;
	struct pv_space s;

	pv_space_make(test, &s, f->pv);
	pv_space_load(test, &s);
	req.ptr = pv_ptr(s.l2, PV_L2_SLOT);
	req.val = pv_pte(s.spare[0], PV_TABLE);
	set(&list[0], __HYPERVISOR_mmu_update, (unsigned long)&req, 1, 0,
	    DOMID_SELF);
	set(&list[1], __HYPERVISOR_update_va_mapping, pv_va(2),
	    pv_pte(s.spare[1], PV_READ), 0, 0);
	KUNIT_EXPECT_EQ(test, multicall(f->pv, list, 2), 0);
	KUNIT_EXPECT_EQ(test, list[0].result, 0);
	KUNIT_EXPECT_EQ(test, list[1].result, 0);
	KUNIT_EXPECT_EQ(test, pv_read(f->pv, s.spare[0], 2),
			pv_pte(s.spare[1], PV_READ));
	KUNIT_EXPECT_EQ(test, pv_read(f->pv, s.l1, 2),
			pv_pte(s.page[2], PV_WRITE));
	expect_audit(test, f->machine);
}

#define NR_EXTENTS	7
#define NR_CALLS	6

/**
 * struct job - a list with long calls of several kinds
 * @s: what it works on
 * @list: the list
 * @update: requests of an mmu_update
 * @ext: operations of an mmuext_op
 * @done: what these two say
 * @res: of two memory_ops
 * @extent: their list
 */
struct job {
	struct pv_space s;
	struct multicall_entry list[NR_CALLS];
	struct mmu_update update[4];
	struct mmuext_op ext[3];
	unsigned int done[2];
	struct xen_memory_reservation res;
	xen_pfn_t extent[NR_EXTENTS];
};

static void prepare_updates(struct job *job)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		job->update[i].ptr = pv_ptr(job->s.page[0], i);
		job->update[i].val = i;
	}
	job->update[3].ptr = 4;
}

static void prepare_ext(struct job *job)
{
	job->ext[0].cmd = MMUEXT_PIN_L4_TABLE;
	job->ext[0].arg1.mfn = job->s.l4;
	job->ext[1].cmd = MMUEXT_UNPIN_TABLE;
	job->ext[1].arg1.mfn = job->s.l4;
	job->ext[2].cmd = MMUEXT_TLB_FLUSH_ALL;
}

static void prepare_memory(struct job *job)
{
	unsigned int i;

	job->res = (struct xen_memory_reservation){
		.nr_extents = NR_EXTENTS,
		.domid = DOMID_SELF,
	};
	set_xen_guest_handle(job->res.extent_start, job->extent);
	for (i = 0; i < NR_EXTENTS; i++)
		job->extent[i] = 100 + i;
}

static void prepare(struct job *job)
{
	prepare_updates(job);
	prepare_ext(job);
	prepare_memory(job);
	set_version(&job->list[0]);
	set(&job->list[1], __HYPERVISOR_mmu_update,
	    (unsigned long)job->update, 4, (unsigned long)&job->done[0],
	    DOMID_SELF);
	set(&job->list[2], __HYPERVISOR_memory_op, XENMEM_populate_physmap,
	    (unsigned long)&job->res, 0, 0);
	set(&job->list[3], __HYPERVISOR_memory_op, XENMEM_decrease_reservation,
	    (unsigned long)&job->res, 0, 0);
	set(&job->list[4], __HYPERVISOR_mmuext_op, (unsigned long)job->ext, 3,
	    (unsigned long)&job->done[1], DOMID_SELF);
	set_version(&job->list[5]);
}

static struct job *job_make(struct kunit *test)
{
	struct job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);
	struct fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, job);
	pv_space_make(test, &job->s, f->pv);
	return job;
}

static void expect_job_done(struct kunit *test, const struct job *job,
			    unsigned long extents)
{
	KUNIT_EXPECT_EQ(test, job->list[0].result, VERSION);
	KUNIT_EXPECT_EQ(test, job->list[1].result, (unsigned long)-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, job->done[0], 3);
	KUNIT_EXPECT_EQ(test, job->list[2].result, extents);
	KUNIT_EXPECT_EQ(test, job->list[3].result, extents);
	KUNIT_EXPECT_EQ(test, job->list[4].result, 0);
	KUNIT_EXPECT_EQ(test, job->done[1], 3);
	KUNIT_EXPECT_EQ(test, job->list[5].result, VERSION);
	KUNIT_EXPECT_EQ(test, pv_type_count(job->s.d, job->s.l4), 0);
	expect_audit(test, job->s.d->machine);
}

static void preempted_at_every_check(struct kunit *test)
{
	struct job *job = job_make(test);
	struct fixture *f = test->priv;
	unsigned int at, before = f->pv->tot_pages;

	for (at = 0; at <= 50; at++) {
		prepare(job);
		memcore_preempt_set(&f->machine->preempt, at);
		KUNIT_EXPECT_EQ(test, multicall(f->pv, job->list, NR_CALLS),
				0);
		expect_job_done(test, job, NR_EXTENTS);
		KUNIT_EXPECT_EQ(test, f->pv->tot_pages, before);
	}
}

/* A fault that is injected into a call lasts for its continuations. */
static void an_injected_fault_is_one_calls(struct kunit *test)
{
	struct job *job = job_make(test);
	struct fixture *f = test->priv;
	unsigned int at;

	for (at = 0; at <= 9; at++) {
		prepare(job);
		memcore_preempt_set(&f->machine->preempt, at);
		f->machine->partial_extents = 3;
		atomic_set(&f->machine->partial_calls, 1);
		KUNIT_EXPECT_EQ(test, multicall(f->pv, job->list, 3), 0);
		KUNIT_EXPECT_EQ(test, job->list[2].result, 3);
		KUNIT_EXPECT_EQ(test, atomic_read(&f->machine->partial_calls),
				0);
		memcore_preempt_set(&f->machine->preempt, 0);
		KUNIT_EXPECT_EQ(test, multicall(f->pv, &job->list[3], 1), 0);
		KUNIT_EXPECT_EQ(test, job->list[3].result, 3);
		expect_audit(test, f->machine);
	}
}

static long enter(struct memcore_call *call)
{
	unsigned long flags;
	long ret;

	call->again = false;
	spin_lock_irqsave(&call->vcpu->lock, flags);
	ret = memcore_do_multicall(call);
	spin_unlock_irqrestore(&call->vcpu->lock, flags);
	return ret;
}

static void a_preempted_call_is_left_in_its_entry(struct kunit *test)
{
	struct job *job = job_make(test);
	struct fixture *f = test->priv;
	struct multicall_entry *entry = &job->list[1];
	struct memcore_call call = {
		.caller = f->pv,
		.vcpu = f->pv->vcpus,
		.arg = { (unsigned long)job->list, 2 },
	};

	prepare(job);
	memcore_preempt_set(&f->machine->preempt, 2);
	enter(&call);
	KUNIT_EXPECT_TRUE(test, call.again);
	KUNIT_EXPECT_EQ(test, call.arg[0], (unsigned long)entry);
	KUNIT_EXPECT_EQ(test, call.arg[1], 1);
	KUNIT_EXPECT_EQ(test, job->list[0].result, VERSION);
	KUNIT_EXPECT_EQ(test, entry->op, __HYPERVISOR_mmu_update);
	KUNIT_EXPECT_EQ(test, entry->result, __HYPERVISOR_mmu_update);
	KUNIT_EXPECT_EQ(test, entry->args[0], (unsigned long)&job->update[1]);
	KUNIT_EXPECT_EQ(test, entry->args[1], 3 | PV_PREEMPTED);
	KUNIT_EXPECT_EQ(test, entry->args[2], (unsigned long)&job->done[0]);
	KUNIT_EXPECT_EQ(test, entry->args[3], DOMID_SELF);
	KUNIT_EXPECT_FALSE(test, f->pv->vcpus->in_multicall);
	memcore_preempt_set(&f->machine->preempt, 0);
	KUNIT_EXPECT_EQ(test, enter(&call), 0);
	KUNIT_EXPECT_FALSE(test, call.again);
	KUNIT_EXPECT_EQ(test, entry->result, (unsigned long)-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, job->done[0], 3);
}

static void preempted_between_entries(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry list[3];
	struct memcore_call call = {
		.caller = f->pv,
		.vcpu = f->pv->vcpus,
		.arg = { (unsigned long)list, 3 },
	};
	unsigned int i;

	for (i = 0; i < 3; i++)
		set_version(&list[i]);
	memcore_preempt_set(&f->machine->preempt, 1);
	for (i = 1; i < 3; i++) {
		enter(&call);
		KUNIT_EXPECT_TRUE(test, call.again);
		KUNIT_EXPECT_EQ(test, call.arg[0], (unsigned long)&list[i]);
		KUNIT_EXPECT_EQ(test, call.arg[1], 3 - i);
		KUNIT_EXPECT_EQ(test, list[i].result, UNTOUCHED);
	}
	KUNIT_EXPECT_EQ(test, enter(&call), 0);
	KUNIT_EXPECT_FALSE(test, call.again);
	KUNIT_EXPECT_EQ(test, list[2].result, VERSION);
}

/* Calls that a list may make at random, and what they answer alone. */
static void set_any(struct multicall_entry *entry, u32 choice)
{
	switch (choice % 4) {
	case 0:
		set_version(entry);
		break;
	case 1:
		set(entry, __HYPERVISOR_vm_assist, choice >> 4 & 3,
		    choice >> 8 & 7, 0, 0);
		break;
	case 2:
		set(entry, __HYPERVISOR_set_segment_base, choice >> 4 & 7,
		    (unsigned long)choice << 24, 0, 0);
		break;
	default:
		set(entry, choice >> 4 & 63, 0, 0, 0, 0);
	}
}

static bool differs_in_a_list(unsigned long op)
{
	return op == __HYPERVISOR_multicall || op == __HYPERVISOR_iret ||
	       op == __HYPERVISOR_domctl;
}

#define NR_RANDOM	24

/* A list answers what its calls answer one by one. */
static void as_if_made_one_by_one(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct multicall_entry *list, *e;
	struct rnd_state rnd;
	unsigned int round, i;
	long alone;

	list = kunit_kcalloc(test, NR_RANDOM, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	prandom_seed_state(&rnd, fixture_seed(test));
	for (round = 0; round < 50; round++) {
		for (i = 0; i < NR_RANDOM; i++) {
			e = &list[i];
			set_any(e, prandom_u32_state(&rnd));
			if (differs_in_a_list(e->op))
				set_version(e);
		}
		memcore_preempt_set(&f->machine->preempt, round);
		KUNIT_EXPECT_EQ(test, multicall(f->pv, list, NR_RANDOM), 0);
		for (i = 0; i < NR_RANDOM; i++) {
			e = &list[i];
			alone = memcore_call(f->pv, e->op, e->args[0],
					     e->args[1], e->args[2],
					     e->args[3], e->args[4]);
			KUNIT_EXPECT_EQ_MSG(test, (long)e->result, alone,
					    "call %lu", (unsigned long)e->op);
		}
	}
}

static struct kunit_case multicall_cases[] = {
	KUNIT_CASE(each_call_has_its_result),
	KUNIT_CASE(a_number_that_is_too_large),
	KUNIT_CASE(an_empty_list),
	KUNIT_CASE(lists_that_cannot_be_read),
	KUNIT_CASE(nested_is_refused),
	KUNIT_CASE(iret_ends_the_list_of_a_pv_domain),
	KUNIT_CASE(what_cannot_be_in_a_list),
	KUNIT_CASE(a_call_sees_tables_as_they_are),
	KUNIT_CASE(preempted_at_every_check),
	KUNIT_CASE(an_injected_fault_is_one_calls),
	KUNIT_CASE(a_preempted_call_is_left_in_its_entry),
	KUNIT_CASE(preempted_between_entries),
	KUNIT_CASE(as_if_made_one_by_one),
	{ }
};

static struct kunit_suite multicall_suite = {
	.name = "memcore_multicall",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = multicall_cases,
};

kunit_test_suite(multicall_suite);
