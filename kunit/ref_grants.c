// SPDX-License-Identifier: GPL-2.0
#include <linux/types.h>
#include <xen-public/xen.h>
#include <xen-public/grant_table.h>
#include "ref_grants.h"

#define BOTH	(GNTMAP_host_map | GNTMAP_device_map)

void ref_grants_init(struct ref_grants *r)
{
	unsigned int i;

	INIT_LIST_HEAD(&r->maps);
	INIT_LIST_HEAD(&r->unused);
	for (i = 0; i < REF_GRANTS_MAPS; i++)
		list_add(&r->map[i].link, &r->unused);
	for (i = 0; i < REF_GRANTS_SLOTS; i++)
		r->slot[i].page = -1;
}

struct ref_map *ref_grants_find(struct ref_grants *r, u32 handle)
{
	struct ref_map *m;

	list_for_each_entry(m, &r->maps, link)
		if (m->handle == handle)
			return m;
	return NULL;
}

static bool writes(unsigned int flags)
{
	return !(flags & GNTMAP_readonly);
}

/* Any mapping of this grant, or one that writes. */
static struct ref_map *user_of(struct ref_grants *r, u32 ref, bool writer)
{
	struct ref_map *m;

	list_for_each_entry(m, &r->maps, link)
		if (m->ref == ref && (!writer || writes(m->flags)))
			return m;
	return NULL;
}

/* Return: the page, or a status. */
static int page_of(struct ref_grants *r, u32 ref, unsigned int flags)
{
	struct ref_map *user = user_of(r, ref, false);
	const struct ref_offer *o = &r->offer[ref];

	if (!user && !o->valid)
		return GNTST_general_error;
	if (writes(flags) && !user_of(r, ref, true) && o->readonly)
		return GNTST_general_error;
	if (user)
		return user->page;
	return o->page < 0 ? GNTST_bad_page : o->page;
}

static bool takes_type(const struct ref_grants *r, unsigned int flags)
{
	return writes(flags) && (flags & GNTMAP_device_map ||
				 !r->granter_translated);
}

static int add(struct ref_grants *r, u32 handle, u32 ref, int page,
	       unsigned int flags)
{
	struct ref_map *m = list_first_entry(&r->unused, struct ref_map, link);

	list_move_tail(&m->link, &r->maps);
	m->handle = handle;
	m->ref = ref;
	m->page = page;
	m->flags = flags;
	return GNTST_okay;
}

/* What a map returns; if that is GNTST_okay it was given @handle. */
int ref_grants_map(struct ref_grants *r, u32 handle, unsigned int slot,
		   u32 ref, unsigned int flags)
{
	int page;

	if (!(flags & BOTH))
		return GNTST_bad_gntref;
	if (r->mapper_translated && flags & (GNTMAP_device_map |
					     GNTMAP_contains_pte |
					     GNTMAP_application_map))
		return GNTST_general_error;
	if (ref >= REF_GRANTS_REFS)
		return GNTST_bad_gntref;
	page = page_of(r, ref, flags);
	if (page < 0)
		return page;
	if (takes_type(r, flags) && page == r->table)
		return GNTST_general_error;
	if (r->mapper_translated && r->slot[slot].page >= 0)
		return GNTST_general_error;
	if (flags & GNTMAP_host_map)
		r->slot[slot] = (struct ref_slot){ page, writes(flags) };
	return add(r, handle, ref, page, flags);
}

static bool is_there(const struct ref_grants *r, const struct ref_map *m,
		     int slot)
{
	return r->slot[slot].page == m->page &&
	       (r->mapper_translated ||
		r->slot[slot].writable == writes(m->flags));
}

static int unmap_host(struct ref_grants *r, struct ref_map *m, int slot,
		      int new_slot)
{
	struct ref_slot moved = { .page = -1 };

	if (new_slot >= 0 &&
	    (r->mapper_translated || m->flags & GNTMAP_contains_pte))
		return GNTST_general_error;
	if (new_slot >= 0) {
		moved = r->slot[new_slot];
		ref_grants_clear(r, new_slot);
	}
	if (!is_there(r, m, slot))
		return GNTST_general_error;
	r->slot[slot] = moved;
	m->flags &= ~GNTMAP_host_map;
	return GNTST_okay;
}

/* What an unmap returns: @slot and @new_slot may be -1 for none. */
int ref_grants_unmap(struct ref_grants *r, u32 handle, int slot, int new_slot,
		     enum ref_device device)
{
	struct ref_map *m = ref_grants_find(r, handle);
	int rc = GNTST_okay;

	if (!m)
		return GNTST_bad_handle;
	if (m->flags & GNTMAP_device_map && device == REF_DEVICE_WRONG)
		return GNTST_bad_dev_addr;
	if (m->flags & GNTMAP_host_map && slot >= 0)
		rc = unmap_host(r, m, slot, new_slot);
	if (rc != GNTST_okay)
		return rc;
	if (device == REF_DEVICE_RIGHT)
		m->flags &= ~GNTMAP_device_map;
	if (!(m->flags & BOTH))
		list_move(&m->link, &r->unused);
	return GNTST_okay;
}

void ref_grants_clear(struct ref_grants *r, unsigned int slot)
{
	r->slot[slot].page = -1;
}

u32 ref_grants_pin(struct ref_grants *r, u32 ref)
{
	u8 users[4] = { };
	struct ref_map *m;

	list_for_each_entry(m, &r->maps, link) {
		if (m->ref != ref)
			continue;
		users[!writes(m->flags)] += !!(m->flags & GNTMAP_host_map);
		users[2 + !writes(m->flags)] += !!(m->flags &
						   GNTMAP_device_map);
	}
	return users[0] | users[1] << 8 | users[2] << 16 | users[3] << 24;
}

/* General references of a page: its own, and one for each use. */
unsigned int ref_grants_count(struct ref_grants *r, int page)
{
	unsigned int n = 1 + (page == r->table), i;
	struct ref_map *m;

	for (i = 0; i < REF_GRANTS_SLOTS; i++)
		n += r->slot[i].page == page;
	list_for_each_entry(m, &r->maps, link)
		n += m->page == page && m->flags & GNTMAP_device_map;
	return n;
}

/* Of entries in tables, or of mappings where there are none. */
unsigned int ref_grants_type(struct ref_grants *r, int page)
{
	unsigned int n = page == r->table, i;
	struct ref_map *m;

	for (i = 0; i < REF_GRANTS_SLOTS && !r->mapper_translated; i++)
		n += r->slot[i].page == page && r->slot[i].writable &&
		     !r->granter_translated;
	list_for_each_entry(m, &r->maps, link) {
		if (m->page != page || !writes(m->flags))
			continue;
		n += !!(m->flags & GNTMAP_device_map);
		n += r->mapper_translated && !r->granter_translated;
	}
	return n;
}
