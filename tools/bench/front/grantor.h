/* SPDX-License-Identifier: GPL-2.0 */
/* Who grants the pages that a stop-watch maps. */
#ifndef FRONTBENCH_GRANTOR_H
#define FRONTBENCH_GRANTOR_H

#include <linux/types.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

struct page;

#define GRANTOR_REFS	512U

/**
 * struct grantor - a domain that grants
 * @domid:	the domain; 0: this one, which then is PV
 * @refs:	what it grants
 * @share:	this one: what makes it so
 * @page:	another: where its grant table is seen
 */
struct grantor {
	domid_t domid;
	grant_ref_t refs[GRANTOR_REFS];
	struct memfront_share *share;
	struct page *page;
};

int grantor_take(struct grantor *g, domid_t domid, struct page **own);
int grantor_give(struct grantor *g);

#endif /* FRONTBENCH_GRANTOR_H */
