/* SPDX-License-Identifier: GPL-2.0 */
/* Entries of grant tables: what the guest wrote, and who uses it now. */
#ifndef MEMCORE_GRANT_ENTRY_H
#define MEMCORE_GRANT_ENTRY_H

#include <linux/bits.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include "../frame.h"

struct memcore_domain;
struct memcore_frame;
struct memcore_grant_table;

/* Four counters of a byte each: uses by CPUs and by devices. */
#define MC_PIN_HOST_WRITE	BIT(0)
#define MC_PIN_HOST_READ	BIT(8)
#define MC_PIN_DEV_WRITE	BIT(16)
#define MC_PIN_DEV_READ		BIT(24)
#define MC_PIN_HOST_WRITE_MASK	GENMASK(7, 0)
#define MC_PIN_HOST_READ_MASK	GENMASK(15, 8)
#define MC_PIN_DEV_WRITE_MASK	GENMASK(23, 16)
#define MC_PIN_DEV_READ_MASK	GENMASK(31, 24)
#define MC_PIN_WRITE_MASK	(MC_PIN_HOST_WRITE_MASK | MC_PIN_DEV_WRITE_MASK)

/**
 * struct memcore_grant_entry - an active entry: a grant that is in use
 * @lock: covers all fields; taken under the table's lock. The audit reads the
 *        fields without, with all vCPUs stopped
 * @pin: counters of the users, MC_PIN_*; 0: the other fields mean nothing
 * @domid: whose use it is
 * @start: first byte of the frame that may be used
 * @length: and how many
 * @is_sub_page: it may be copied, but not mapped
 * @trans_ref: the grant that is used in its place
 * @trans_domain: whose that is; the table's own domain if not transitive
 * @mfn: the frame
 *
 * A pin is counted when its frame is known, and holds no reference itself:
 * whoever pins has one.
 */
struct memcore_grant_entry {
	spinlock_t lock; /* inside the table's */
	u32 pin;
	u16 domid;
	u16 start;
	u16 length;
	bool is_sub_page;
	u32 trans_ref;
	struct memcore_domain *trans_domain;
	struct mc_mfn mfn;
};

/**
 * memcore_grant_pin_is_full() - would a counter overflow?
 * @pin: the counters
 * @more: what is to be added: a sum of MC_PIN_*
 *
 * As on Xen a counter goes up to 128.
 *
 * Return: true if it would.
 */
static inline bool memcore_grant_pin_is_full(u32 pin, u32 more)
{
	return pin & (more << 7);
}

struct memcore_grant_entry *memcore_grant_entry(struct memcore_grant_table *gt,
						u32 ref);
void *memcore_grant_shared(struct memcore_grant_table *gt, u32 ref);
u16 *memcore_grant_status(struct memcore_grant_table *gt, u32 ref);
int memcore_grant_entry_acquire(struct memcore_grant_table *gt, u32 ref,
				struct memcore_grant_entry **entry);
void memcore_grant_entry_release(struct memcore_grant_entry *entry);
u16 memcore_grant_entry_flags(struct memcore_grant_table *gt, u32 ref);
u64 memcore_grant_entry_gfn(struct memcore_grant_table *gt, u32 ref);
bool memcore_grant_entry_change(struct memcore_grant_table *gt, u32 ref,
				bool (*change)(u32 *word, const void *data),
				const void *data);
void memcore_grant_entry_set_gfn(struct memcore_grant_table *gt, u32 ref,
				 u64 gfn);
void memcore_grant_entry_set_flags(struct memcore_grant_table *gt, u32 ref,
				   u16 flags);
int memcore_grant_entry_claim(struct memcore_grant_table *gt, u32 ref,
			      const struct memcore_grant_entry *entry,
			      u16 domid, bool readonly, bool map);
void memcore_grant_entry_reduce(struct memcore_grant_table *gt, u32 ref,
				const struct memcore_grant_entry *entry,
				bool readonly);
void memcore_grant_entry_unpin(struct memcore_grant_table *gt, u32 ref,
			       struct memcore_grant_entry *entry, u32 less);
int memcore_grant_frame_get(struct memcore_domain *d, u64 gfn,
			    struct memcore_frame **frame);
int memcore_grant_pin(struct memcore_domain *d, u32 ref, u16 domid, u32 more,
		      struct memcore_frame **frame);
void memcore_grant_unpin(struct memcore_domain *d, u32 ref, u32 less);

#endif
