/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one domain has mapped of another, by the book: a list of mappings and
 * what is at each address. All counts are found by looking at all of it.
 */
#ifndef REF_GRANTS_H
#define REF_GRANTS_H

#include <linux/list.h>
#include <linux/types.h>

#define REF_GRANTS_REFS		12U
#define REF_GRANTS_SLOTS	24U
#define REF_GRANTS_MAPS		96U

/* What is said of a device's address. */
enum ref_device {
	REF_DEVICE_NONE,
	REF_DEVICE_RIGHT,
	REF_DEVICE_WRONG,
};

/**
 * struct ref_offer - what the granting domain has written
 * @page: number of the page, or -1: there is none
 * @readonly: not to be written
 * @valid: to this domain, and of the right kind
 */
struct ref_offer {
	int page;
	bool readonly;
	bool valid;
};

/**
 * struct ref_slot - what is at an address
 * @page: number of the page, or -1: nothing
 * @writable: may be written
 */
struct ref_slot {
	int page;
	bool writable;
};

/**
 * struct ref_map - a mapping
 * @link: place in the list
 * @handle: its handle
 * @ref: what is mapped
 * @page: the page that is
 * @flags: GNTMAP_*, less what was unmapped
 */
struct ref_map {
	struct list_head link;
	u32 handle;
	u32 ref;
	int page;
	unsigned int flags;
};

/**
 * struct ref_grants - all of it
 * @granter_translated: the one
 * @mapper_translated: the other
 * @table: a page that is used as a table, or -1
 * @offer: by grant reference
 * @slot: by address
 * @maps: mappings
 * @unused: and such as are none
 * @map: all of them
 */
struct ref_grants {
	bool granter_translated;
	bool mapper_translated;
	int table;
	struct ref_offer offer[REF_GRANTS_REFS];
	struct ref_slot slot[REF_GRANTS_SLOTS];
	struct list_head maps;
	struct list_head unused;
	struct ref_map map[REF_GRANTS_MAPS];
};

void ref_grants_init(struct ref_grants *r);
struct ref_map *ref_grants_find(struct ref_grants *r, u32 handle);
int ref_grants_map(struct ref_grants *r, u32 handle, unsigned int slot,
		   u32 ref, unsigned int flags);
int ref_grants_unmap(struct ref_grants *r, u32 handle, int slot, int new_slot,
		     enum ref_device device);
void ref_grants_clear(struct ref_grants *r, unsigned int slot);
u32 ref_grants_pin(struct ref_grants *r, u32 ref);
unsigned int ref_grants_count(struct ref_grants *r, int page);
unsigned int ref_grants_type(struct ref_grants *r, int page);

#endif
