// SPDX-License-Identifier: GPL-2.0
/*
 * The audit of mapped grants.
 *
 * Each handle is either in use or in the one list that it belongs to. Each
 * active entry is pinned as often as mappings say: they are taken from its
 * counters while nobody looks, and put back. A mapping for a device holds
 * references, which are found here; so are all those of a translated domain's
 * mappings, whose entry may be gone. The others are those of page-table entries.
 */
#include <memcore/kunit.h>
#include "../audit.h"
#include "../machine.h"
#include "entry.h"
#include "grant.h"
#include "map.h"
#include "maptrack.h"

/**
 * struct map_audit - the audit of what one domain has mapped
 * @a: the whole
 * @d: the domain
 * @mt: its handles
 * @nr_used: handles in use
 * @nr_host: of these, such as have a host mapping
 * @nr_entries: entries of its P2M that are mapped grants
 */
struct map_audit {
	struct memcore_audit *a;
	struct memcore_domain *d;
	struct memcore_maptrack *mt;
	u32 nr_used;
	unsigned long nr_host;
	unsigned long nr_entries;
};

static void audit_free(struct map_audit *m, u32 handle, unsigned int vcpu)
{
	const struct memcore_mapping *mapping = memcore_mapping(m->mt, handle);

	if (mapping->flags)
		memcore_audit_differ(m->a,
				     "domain %u: handle %u is free and in use",
				     m->d->config.domid, handle);
	if (mapping->vcpu != vcpu)
		memcore_audit_differ(m->a,
				     "domain %u: handle %u of vCPU %u is in the list of %u",
				     m->d->config.domid, handle, mapping->vcpu,
				     vcpu);
}

/* Return: how many handles a list has. */
static u32 audit_list(struct map_audit *m, unsigned int vcpu)
{
	const struct memcore_maptrack_vcpu *list = &m->mt->vcpu[vcpu];
	u32 handle = list->head, last = MC_NO_HANDLE, nr = 0;

	for (; handle != MC_NO_HANDLE && nr <= m->mt->limit; nr++) {
		if (!memcore_mapping(m->mt, handle)) {
			memcore_audit_differ(m->a,
					     "domain %u: free handle %u is none",
					     m->d->config.domid, handle);
			return nr;
		}
		audit_free(m, handle, vcpu);
		last = handle;
		handle = memcore_mapping(m->mt, handle)->ref;
	}
	if (last != list->tail)
		memcore_audit_differ(m->a,
				     "domain %u: list of vCPU %u ends with %u, not %u",
				     m->d->config.domid, vcpu, last,
				     list->tail);
	return nr;
}

static void audit_lists(struct map_audit *m)
{
	u32 nr_free = 0;
	unsigned int i;

	for (i = 0; i < m->mt->nr_vcpus; i++)
		nr_free += audit_list(m, i);
	if (nr_free + m->nr_used != m->mt->limit)
		memcore_audit_differ(m->a,
				     "domain %u: %u handles, %u free, %u in use",
				     m->d->config.domid, m->mt->limit, nr_free,
				     m->nr_used);
}

/* Of whose frame nothing is mapped any more, the domain may be gone. */
static struct memcore_domain *granter_of(struct map_audit *m,
					 const struct memcore_mapping *mapping)
{
	struct memcore_domain *d;

	list_for_each_entry(d, &m->a->machine->domains, link)
		if (d->life == mapping->life)
			return d;
	return NULL;
}

/* Return: the entry that is mapped, or NULL. */
static struct memcore_grant_entry *
entry_of(const struct memcore_domain *granter,
	 const struct memcore_mapping *mapping)
{
	const struct memcore_grant_table *gt = &granter->grants;
	struct memcore_grant_entry *chunk;

	if (mapping->ref >= memcore_grant_nr_entries(gt) || !gt->nr_frames)
		return NULL;
	chunk = gt->active[mapping->ref / MC_ACTIVE_PER_CHUNK];
	return chunk ? &chunk[mapping->ref % MC_ACTIVE_PER_CHUNK] : NULL;
}

static void find_references(struct map_audit *m,
			    const struct memcore_mapping *mapping,
			    const struct memcore_domain *granter,
			    const struct memcore_grant_entry *entry)
{
	struct memcore_frametable *ft = &m->a->machine->frames;
	struct memcore_frame *frame = memcore_frame(ft, entry->mfn);
	struct memcore_found *found = &m->a->found[frame - ft->frames];

	if (mapping->flags & GNTMAP_device_map) {
		found->count++;
		found->type += !(mapping->flags & GNTMAP_readonly);
	}
	if (mapping->flags & GNTMAP_host_map && m->d->config.translated) {
		found->count++;
		found->type += memcore_mapping_takes_type(mapping->flags, m->d,
							  granter);
	}
}

static void find_mapping(struct map_audit *m, u32 handle)
{
	struct memcore_mapping *mapping = memcore_mapping(m->mt, handle);
	struct memcore_domain *granter;
	struct memcore_grant_entry *entry;

	if (!mapping->flags)
		return;
	m->nr_used++;
	m->nr_host += !!(mapping->flags & GNTMAP_host_map);
	granter = granter_of(m, mapping);
	if (!granter)
		return;
	entry = entry_of(granter, mapping);
	if (!entry || entry->domid != m->d->config.domid) {
		memcore_audit_differ(m->a,
				     "domain %u: handle %u maps %u of domain %u, which is not its",
				     m->d->config.domid, handle, mapping->ref,
				     granter->config.domid);
		return;
	}
	entry->pin -= memcore_mapping_pin(mapping->flags);
	find_references(m, mapping, granter, entry);
}

static int count_entry(struct mc_gfn gfn, struct mc_mfn mfn,
		       enum mc_p2m_type type, void *data)
{
	struct map_audit *m = data;

	m->nr_entries += type == MC_P2M_GRANT_RW || type == MC_P2M_GRANT_RO;
	return 0;
}

static void audit_maptrack(struct memcore_audit *a, struct memcore_domain *d)
{
	struct map_audit m = { .a = a, .d = d, .mt = d->grants.maptrack };
	u32 handle;

	for (handle = 0; handle < m.mt->limit; handle++)
		find_mapping(&m, handle);
	/* A dying domain's are gone, all at once. */
	if (m.mt->limit)
		audit_lists(&m);
	if (d->p2m.had_special)
		memcore_p2m_for_each(&d->p2m, count_entry, &m);
	/* One that was removed, not unmapped, leaves its handle behind. */
	if (d->config.translated && m.nr_entries > m.nr_host)
		memcore_audit_differ(a,
				     "domain %u: %lu grants in the P2M, %lu mapped",
				     d->config.domid, m.nr_entries, m.nr_host);
}

/* What is left of the counters is what no mapping says. */
static void audit_pin(struct memcore_audit *a, const struct memcore_domain *d,
		      u32 ref)
{
	const struct memcore_grant_entry *entry;

	entry = &d->grants.active[ref / MC_ACTIVE_PER_CHUNK]
				 [ref % MC_ACTIVE_PER_CHUNK];
	if (entry->pin)
		memcore_audit_differ(a,
				     "domain %u: entry %u is pinned %x more than mapped",
				     d->config.domid, ref, entry->pin);
}

static void audit_pins(struct memcore_audit *a, const struct memcore_domain *d)
{
	u32 ref, end;

	if (!d->grants.nr_frames)
		return;
	end = memcore_grant_nr_entries(&d->grants);
	for (ref = 0; ref < end; ref++)
		audit_pin(a, d, ref);
}

static void put_pins_back(struct memcore_audit *a, struct memcore_domain *d)
{
	struct map_audit m = { .a = a, .d = d, .mt = d->grants.maptrack };
	const struct memcore_mapping *mapping;
	struct memcore_grant_entry *entry;
	struct memcore_domain *granter;
	u32 handle;

	for (handle = 0; handle < m.mt->limit; handle++) {
		mapping = memcore_mapping(m.mt, handle);
		granter = mapping->flags ? granter_of(&m, mapping) : NULL;
		entry = granter ? entry_of(granter, mapping) : NULL;
		if (entry && entry->domid == d->config.domid)
			entry->pin += memcore_mapping_pin(mapping->flags);
	}
}

/**
 * memcore_audit_grant_map() - audit all mapped grants, and find references
 * @a: the audit, with all locks held
 */
void memcore_audit_grant_map(struct memcore_audit *a)
{
	struct memcore_domain *d;

	list_for_each_entry(d, &a->machine->domains, link)
		audit_maptrack(a, d);
	list_for_each_entry(d, &a->machine->domains, link)
		audit_pins(a, d);
	list_for_each_entry(d, &a->machine->domains, link)
		put_pins_back(a, d);
}
