// SPDX-License-Identifier: GPL-2.0
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <memcore/memcore.h>
#include <memcore/tools.h>

#include "balloon.h"
#include "grant-map.h"
#include "memfront_fixture.h"
#include "memfront_grants.h"
#include "memfront_hollow.h"
#include "window.h"

/* In jiffies: only a case tries to unmap what is kept. */
#define HOUR	(3600UL * HZ)

struct layer layer;

long grants_core_op(unsigned int cmd, void *op)
{
	return memcore_hypercall(__HYPERVISOR_grant_table_op, cmd,
				 (unsigned long)op, 1, 0, 0);
}

static bool is_answered_here(bool matches)
{
	if (!matches || !layer.times)
		return false;
	layer.times--;
	return true;
}

static long map_op(struct gnttab_map_grant_ref *op)
{
	if (is_answered_here(op->ref == layer.ref)) {
		op->status = layer.status;
		return 0;
	}
	return grants_core_op(GNTTABOP_map_grant_ref, op);
}

static long copy_op(struct gnttab_copy *op)
{
	if (is_answered_here(op->flags & GNTCOPY_source_gref &&
			     op->source.u.ref == layer.ref)) {
		op->status = layer.status;
		return 0;
	}
	return grants_core_op(GNTTABOP_copy, op);
}

static long unmap_op(struct gnttab_unmap_grant_ref *op)
{
	if (is_answered_here(!layer.ref && (op->handle == layer.handle ||
					    layer.handle == GRANT_NO_HANDLE))) {
		op->status = layer.status;
		return 0;
	}
	return grants_core_op(GNTTABOP_unmap_grant_ref, op);
}

static long one_op(unsigned int cmd, void *list, unsigned int i)
{
	switch (cmd) {
	case GNTTABOP_map_grant_ref:
		return map_op((struct gnttab_map_grant_ref *)list + i);
	case GNTTABOP_unmap_grant_ref:
		return unmap_op((struct gnttab_unmap_grant_ref *)list + i);
	default:
		return copy_op((struct gnttab_copy *)list + i);
	}
}

static long grant_list(unsigned int cmd, void *list, unsigned int nr)
{
	unsigned int i;
	long ret = 0;

	for (i = 0; i < nr && !ret; i++)
		ret = one_op(cmd, list, i);
	return ret;
}

static long layered_call(unsigned int nr, unsigned long a1, unsigned long a2,
			 unsigned long a3, unsigned long a4, unsigned long a5)
{
	if (nr != __HYPERVISOR_grant_table_op)
		return memcore_hypercall(nr, a1, a2, a3, a4, a5);
	layer.calls++;
	if (layer.fail_call && !--layer.fail_call)
		return -EFAULT;
	if (layer.times)
		return grant_list(a1, (void *)a2, a3);
	return memcore_hypercall(nr, a1, a2, a3, a4, a5);
}

unsigned int grants_version(void)
{
	struct gnttab_get_version op = { .dom = DOMID_SELF };

	grants_core_op(GNTTABOP_get_version, &op);
	return op.version;
}

/* All entries go, but the first eight; nobody may have one mapped. */
long grants_set_version(unsigned int version)
{
	struct gnttab_set_version op = { .version = version };

	return grants_core_op(GNTTABOP_set_version, &op);
}

/* In version 2 a frame of status words for 8 others. */
static unsigned int table_frames(void)
{
	struct gnttab_query_size op = { .dom = DOMID_SELF };

	grants_core_op(GNTTABOP_query_size, &op);
	return op.nr_frames +
	       (grants_version() == 2 ? DIV_ROUND_UP(op.nr_frames, 8) : 0);
}

/* The first frame is there when somebody asks for it, but always counted. */
static void open_table(void)
{
	xen_pfn_t frame;
	struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = 1 };

	set_xen_guest_handle(op.frame_list, &frame);
	grants_core_op(GNTTABOP_setup_table, &op);
}

static unsigned long spare_frames(void)
{
	struct memcore_status status;

	memcore_tool_status(&status);
	return status.free_frames + table_frames();
}

static int offer_all(struct granter *g)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < NR && !err; i++)
		err = granter_offer(g, FIRST_REF + i, i, 0, OWN_DOMID) ?:
		      granter_write(g, i, 1000 * g->peer.domid + i);
	return err;
}

static int make_granters(struct grants *s)
{
	return granter_make(&s->pv, false, NR) ?:
	       granter_make(&s->translated, true, NR) ?:
	       offer_all(&s->pv) ?: offer_all(&s->translated);
}

int grants_init(struct kunit *test)
{
	struct grants *s;
	unsigned int i;
	int ret = need_core(test);

	if (ret)
		return ret;
	balloon_stop(&memfront_balloon);
	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	test->priv = s;
	s->before = memfront_hv;
	s->xen = take_account().xen;
	open_table();
	s->frames = spare_frames();
	if (memfront_hv.translated)
		memfront_hv.physmap = &hollow_source_ops;
	layer = (struct layer){};
	s->delay = grant_kept_first_delay;
	grant_kept_first_delay = HOUR;
	static_call_update(memfront_hypercall, layered_call);
	for (i = 0; i < NR; i++)
		s->refs[i] = FIRST_REF + i;
	s->g = &s->pv;
	return make_granters(s);
}

static void expect_ended(struct kunit *test, struct granter *g)
{
	if (g->peer.domid)
		KUNIT_EXPECT_EQ(test, granter_end(g), 0);
}

/* Whatever the case did, all is as it was. */
void grants_exit(struct kunit *test)
{
	struct grants *s = test->priv;

	no_faults();
	if (s) {
		layer = (struct layer){};
		KUNIT_EXPECT_EQ(test, grant_maps_recover(), 0);
		grant_kept_first_delay = s->delay;
		static_call_update(memfront_hypercall, memcore_hypercall);
		grant_idle_drop();
		windows_drop_idle();
		memfront_hv = s->before;
		expect_core_sound(test);
		expect_ended(test, &s->pv);
		expect_ended(test, &s->translated);
		KUNIT_EXPECT_EQ(test, hollow_source.taken, 0);
		KUNIT_EXPECT_EQ(test, take_account().xen, s->xen);
		KUNIT_EXPECT_EQ(test, spare_frames(), s->frames);
		expect_core_sound(test);
	}
	balloon_start(&memfront_balloon);
}

/* Run a case for what a domain of either type grants. */
void grants_for_both(struct kunit *test, void (*run)(struct kunit *test))
{
	struct grants *s = test->priv;

	s->g = &s->pv;
	run(test);
	s->g = &s->translated;
	run(test);
}

/* Those in use, as the granting domain sees it. */
unsigned int grants_count_uses(struct granter *g, u16 uses)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR; i++)
		nr += granter_uses(g, FIRST_REF + i) == uses;
	return nr;
}
