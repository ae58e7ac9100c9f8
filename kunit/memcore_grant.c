// SPDX-License-Identifier: GPL-2.0
#include <linux/irqflags.h>
#include "memcore_grant.h"

long grant_op(struct memcore_domain *d, unsigned long cmd, void *list,
	      unsigned int count)
{
	return memcore_call(d, __HYPERVISOR_grant_table_op, cmd,
			    (unsigned long)list, count, 0, 0);
}

/* Return: the status, or the error, both of which are below 0. */
s16 grant_setup(struct memcore_domain *d, domid_t domid, unsigned int nr,
		xen_pfn_t *frames)
{
	struct gnttab_setup_table op = {
		.dom = domid,
		.nr_frames = nr,
		.status = 1,
	};
	long ret;

	set_xen_guest_handle(op.frame_list, frames);
	ret = grant_op(d, GNTTABOP_setup_table, &op, 1);
	return ret ?: op.status;
}

s16 grant_status_frames(struct memcore_domain *d, domid_t domid,
			unsigned int nr, u64 *frames)
{
	struct gnttab_get_status_frames op = {
		.dom = domid,
		.nr_frames = nr,
		.status = 1,
	};
	long ret;

	set_xen_guest_handle(op.frame_list, frames);
	ret = grant_op(d, GNTTABOP_get_status_frames, &op, 1);
	return ret ?: op.status;
}

long grant_set_version(struct memcore_domain *d, u32 version)
{
	struct gnttab_set_version op = { .version = version };

	return grant_op(d, GNTTABOP_set_version, &op, 1);
}

/* A table of a version, with one frame. */
void grant_start(struct kunit *test, struct memcore_domain *d, u32 version)
{
	xen_pfn_t frame;

	KUNIT_ASSERT_EQ(test, grant_setup(d, DOMID_SELF, 1, &frame),
			GNTST_okay);
	KUNIT_ASSERT_EQ(test, grant_set_version(d, version), 0);
}

/* Return: what the domain calls the frame in a grant. */
unsigned long grant_new_frame(struct kunit *test, struct memcore_domain *d,
			      unsigned long gfn)
{
	struct fixture *f = test->priv;

	fixture_populate(test, d, gfn, 1);
	return d->config.translated ? gfn : f->list[0];
}

void grant_write(struct memcore_domain *d, u32 ref, u16 flags, domid_t domid,
		 u64 frame)
{
	union grant_entry_v2 *v2 = memcore_grant_shared(&d->grants, ref);

	v2->hdr.domid = domid;
	memcore_grant_entry_set_gfn(&d->grants, ref, frame);
	v2->hdr.flags = flags;
}

/* Of version 2. */
void grant_write_part(struct memcore_domain *d, u32 ref, u16 flags,
		      domid_t domid, u64 frame, u16 offset, u16 length)
{
	union grant_entry_v2 *v2 = memcore_grant_shared(&d->grants, ref);

	v2->sub_page.page_off = offset;
	v2->sub_page.length = length;
	grant_write(d, ref, flags | GTF_sub_page, domid, frame);
}

void grant_write_transitive(struct memcore_domain *d, u32 ref, domid_t domid,
			    domid_t third, u32 third_ref)
{
	union grant_entry_v2 *v2 = memcore_grant_shared(&d->grants, ref);

	v2->transitive.trans_domid = third;
	v2->transitive.gref = third_ref;
	v2->hdr.domid = domid;
	v2->hdr.flags = GTF_transitive;
}

u16 grant_flags(struct memcore_domain *d, u32 ref)
{
	return memcore_grant_entry_flags(&d->grants, ref);
}

/* How the guest is told that a grant is used. */
u16 grant_use(struct memcore_domain *d, u32 ref)
{
	return *memcore_grant_status(&d->grants, ref) & GRANT_PIN_MASK;
}

u64 grant_frame(struct memcore_domain *d, u32 ref)
{
	return memcore_grant_entry_gfn(&d->grants, ref);
}

struct memcore_frame *grant_frame_at(struct memcore_domain *d,
				     unsigned long gfn)
{
	struct mc_mfn mfn = mc_mfn(gfn);

	if (d->config.translated)
		mfn = memcore_p2m_get(&d->p2m, mc_gfn(gfn), NULL);
	return memcore_frame(&d->machine->frames, mfn);
}

void *grant_bytes(struct kunit *test, struct memcore_domain *d,
		  unsigned long gfn)
{
	void *bytes = memcore_content_make(d->machine, grant_frame_at(d, gfn));

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	return bytes;
}

/* As a mapping does in a vCPU's call, where interrupts are off. */
int grant_pin(struct memcore_domain *d, u32 ref, domid_t domid, u32 more,
	      struct memcore_frame **frame)
{
	unsigned long flags;
	int rc;

	local_irq_save(flags);
	rc = memcore_grant_pin(d, ref, domid, more, frame);
	local_irq_restore(flags);
	return rc;
}

void grant_unpin(struct memcore_domain *d, u32 ref, u32 less,
		 struct memcore_frame *frame)
{
	unsigned long flags;

	local_irq_save(flags);
	memcore_grant_unpin(d, ref, less);
	local_irq_restore(flags);
	memcore_frame_put(d->machine, frame);
}
