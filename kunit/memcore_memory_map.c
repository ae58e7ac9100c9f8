// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include "memcore_fixture.h"
#include "memory-map.h"

#define NR_ROOM	4

static long memory_op(struct memcore_domain *caller, unsigned long cmd,
		      void *arg)
{
	return memcore_call(caller, __HYPERVISOR_memory_op, cmd,
			    (unsigned long)arg, 0, 0, 0);
}

static long set_map(struct memcore_domain *caller, u16 domid,
		    struct memcore_map_entry *list, unsigned int nr)
{
	struct xen_foreign_memory_map arg = {
		.domid = domid,
		.map.nr_entries = nr,
	};

	set_xen_guest_handle(arg.map.buffer, list);
	return memory_op(caller, XENMEM_set_memory_map, &arg);
}

/* @nr has room before, and afterwards what was told. */
static long get_map(struct memcore_domain *caller, unsigned int op,
		    struct memcore_map_entry *list, unsigned int *nr)
{
	struct xen_memory_map arg = { .nr_entries = *nr };
	long err;

	set_xen_guest_handle(arg.buffer, list);
	err = memory_op(caller, op, &arg);
	*nr = arg.nr_entries;
	return err;
}

/* On the stack of no kernel: UML looks addresses up. */
static struct memcore_map_entry *new_list(struct kunit *test, unsigned int nr)
{
	struct memcore_map_entry *list;
	unsigned int i;

	list = kunit_kcalloc(test, nr, sizeof(*list), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);
	for (i = 0; i < nr; i++)
		list[i] = (struct memcore_map_entry){
			.addr = i * 0x10000,
			.size = 0x1000 + i,
			.type = i + 1,
		};
	return list;
}

static void an_entry_has_the_form_of_firmwares(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, sizeof(struct memcore_map_entry), 20);
}

static void who_has_no_map_is_told_so(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_map_entry *list = new_list(test, NR_ROOM);
	unsigned int nr = NR_ROOM;

	KUNIT_EXPECT_EQ(test, get_map(f->hvm, XENMEM_memory_map, list, &nr),
			-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, set_map(f->hvm, DOMID_SELF, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, get_map(f->hvm, XENMEM_memory_map, list, &nr),
			-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test, memory_op(f->hvm, XENMEM_memory_map, NULL),
			-EFAULT);
}

static void a_map_is_told_as_far_as_it_fits(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_map_entry *list = new_list(test, NR_ROOM);
	struct memcore_map_entry *got = new_list(test, NR_ROOM);
	unsigned int room, nr;

	KUNIT_ASSERT_EQ(test, set_map(f->dom0, 1, list, 3), 0);
	for (room = 0; room <= NR_ROOM; room++) {
		nr = room;
		memset(got, 0, NR_ROOM * sizeof(*got));
		KUNIT_EXPECT_EQ(test,
				get_map(f->hvm, XENMEM_memory_map, got, &nr),
				0);
		KUNIT_EXPECT_EQ(test, nr, min(room, 3U));
		KUNIT_EXPECT_EQ(test, memcmp(got, list, nr * sizeof(*got)), 0);
		KUNIT_EXPECT_NULL(test,
				  memchr_inv(got + nr, 0,
					     (NR_ROOM - nr) * sizeof(*got)));
	}
	nr = 1;
	KUNIT_EXPECT_EQ(test, get_map(f->hvm, XENMEM_memory_map, NULL, &nr),
			-EFAULT);
}

static void who_may_set_a_map(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_map_entry *list = new_list(test, NR_ROOM);
	unsigned int nr = NR_ROOM;

	KUNIT_EXPECT_EQ(test, set_map(f->hvm, 2, list, 3), -EPERM);
	KUNIT_EXPECT_EQ(test, set_map(f->hvm, 77, list, 3), -ESRCH);
	KUNIT_EXPECT_EQ(test, set_map(f->pv, DOMID_SELF, list, 3), 0);
	KUNIT_EXPECT_EQ(test, set_map(f->pv, 2, list, 1), 0);
	KUNIT_EXPECT_EQ(test, get_map(f->pv, XENMEM_memory_map, list, &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 1);
	KUNIT_EXPECT_EQ(test, set_map(f->pv, 77, list, 1025), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_map(f->pv, DOMID_SELF, NULL, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, memory_op(f->pv, XENMEM_set_memory_map, NULL),
			-EFAULT);
	nr = NR_ROOM;
	KUNIT_EXPECT_EQ(test, get_map(f->pv, XENMEM_memory_map, list, &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 1);
}

static void the_largest_map(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_map_entry *list = new_list(test, 1024);
	unsigned int nr = 1024;

	KUNIT_EXPECT_EQ(test, set_map(f->pv, DOMID_SELF, list, nr), 0);
	KUNIT_EXPECT_EQ(test, get_map(f->pv, XENMEM_memory_map, list, &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 1024);
	KUNIT_EXPECT_EQ(test, list[1023].type, 1024);
}

static void no_memory_leaves_the_map(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_map_entry *list = new_list(test, NR_ROOM);
	unsigned int nr = NR_ROOM;

	KUNIT_ASSERT_EQ(test, set_map(f->pv, DOMID_SELF, list, 2), 0);
	atomic_set(&f->machine->failpoint.left, 1);
	KUNIT_EXPECT_EQ(test, set_map(f->pv, DOMID_SELF, list, 3), -ENOMEM);
	KUNIT_EXPECT_EQ(test, get_map(f->pv, XENMEM_memory_map, list, &nr), 0);
	KUNIT_EXPECT_EQ(test, nr, 2);
}

static void the_machines_map_is_for_control_domains(struct kunit *test)
{
	struct fixture *f = test->priv;
	unsigned int nr = 0;

	KUNIT_EXPECT_EQ(test,
			get_map(f->pv, XENMEM_machine_memory_map, NULL, &nr),
			-EPERM);
	KUNIT_EXPECT_EQ(test,
			memory_op(f->pv, XENMEM_machine_memory_map, NULL),
			-EPERM);
	KUNIT_EXPECT_EQ(test,
			get_map(f->hvm, XENMEM_machine_memory_map, NULL, &nr),
			-XEN_ENOSYS);
	KUNIT_EXPECT_EQ(test,
			memory_op(f->dom0, XENMEM_machine_memory_map, NULL),
			-EFAULT);
}

/* One entry more than are told. */
static void the_machines_map_must_fit(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct memcore_map_entry *list = new_list(test, NR_ROOM);
	unsigned int room, nr = 0;

	KUNIT_EXPECT_EQ(test,
			get_map(f->dom0, XENMEM_machine_memory_map, NULL, &nr),
			0);
	KUNIT_EXPECT_EQ(test, nr, 2);
	for (room = 0; room <= NR_ROOM; room++) {
		nr = room;
		KUNIT_EXPECT_EQ(test,
				get_map(f->dom0, XENMEM_machine_memory_map,
					list, &nr),
				room < 3 ? -EINVAL : 0);
	}
	KUNIT_EXPECT_EQ(test, nr, 2);
	KUNIT_EXPECT_EQ(test, list[0].type, MC_MAP_RESERVED);
	KUNIT_EXPECT_EQ(test, list[0].size, FIXTURE_BASE << PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, list[1].type, MC_MAP_RAM);
	KUNIT_EXPECT_EQ(test, list[1].addr, FIXTURE_BASE << PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, list[1].size,
			(FIXTURE_FRAMES + 1) << PAGE_SHIFT);
}

static void no_device_has_memory_reserved(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct xen_reserved_device_memory_map arg = {
		.flags = XENMEM_RDM_ALL,
		.nr_entries = 7,
	};

	KUNIT_EXPECT_EQ(test,
			memory_op(f->hvm, XENMEM_reserved_device_memory_map,
				  &arg),
			0);
	KUNIT_EXPECT_EQ(test, arg.nr_entries, 0);
	arg.flags = 2;
	KUNIT_EXPECT_EQ(test,
			memory_op(f->hvm, XENMEM_reserved_device_memory_map,
				  &arg),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			memory_op(f->hvm, XENMEM_reserved_device_memory_map,
				  NULL),
			-EFAULT);
}

static struct kunit_case memory_map_cases[] = {
	KUNIT_CASE(an_entry_has_the_form_of_firmwares),
	KUNIT_CASE(who_has_no_map_is_told_so),
	KUNIT_CASE(a_map_is_told_as_far_as_it_fits),
	KUNIT_CASE(who_may_set_a_map),
	KUNIT_CASE(the_largest_map),
	KUNIT_CASE(no_memory_leaves_the_map),
	KUNIT_CASE(the_machines_map_is_for_control_domains),
	KUNIT_CASE(the_machines_map_must_fit),
	KUNIT_CASE(no_device_has_memory_reserved),
	{ }
};

static struct kunit_suite memory_map_suite = {
	.name = "memcore_memory_map",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = memory_map_cases,
};

kunit_test_suite(memory_map_suite);
