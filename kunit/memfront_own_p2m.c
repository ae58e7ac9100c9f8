// SPDX-License-Identifier: GPL-2.0
#include <linux/vmalloc.h>

#include "balloon.h"
#include "memfront_fixture.h"
#include "memfront_own_p2m.h"

static int put_own_p2m(struct own_p2m *own, unsigned long nr)
{
	own->list = vmalloc(nr * sizeof(*own->list));
	if (!own->list)
		return -ENOMEM;
	memset(own->list, 0xff, nr * sizeof(*own->list));
	own->tree = p2m_tree_create(own->list, nr);
	if (!own->tree) {
		vfree(own->list);
		return -ENOMEM;
	}
	balloon_stop(&memfront_balloon);
	own->saved = memfront_hv;
	memfront_hv.p2m = own->list;
	memfront_hv.p2m_size = nr;
	memfront_hv.p2m_tree = own->tree;
	return 0;
}

/* Whole leaves of entries. */
int own_p2m_begin(struct kunit *test, unsigned long nr)
{
	struct own_p2m *own;
	int ret = need_core(test);

	if (ret || memfront_hv.translated)
		return ret;
	own = kunit_kzalloc(test, sizeof(*own), GFP_KERNEL);
	if (!own)
		return -ENOMEM;
	ret = put_own_p2m(own, nr);
	if (!ret)
		test->priv = own;
	return ret;
}

void own_p2m_end(struct kunit *test)
{
	struct own_p2m *own = test->priv;

	no_faults();
	if (!own)
		return;
	memfront_hv = own->saved;
	balloon_start(&memfront_balloon);
	p2m_tree_destroy(own->tree);
	vfree(own->list);
}

bool has_own_p2m(struct kunit *test)
{
	if (!test->priv)
		kunit_skip(test, "the kernel is not adopted as PV");
	return test->priv;
}
