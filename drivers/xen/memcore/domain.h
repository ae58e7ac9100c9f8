/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_DOMAIN_H
#define MEMCORE_DOMAIN_H

#include <linux/kref.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include "grant/grant.h"
#include "heap.h"
#include "p2m/p2m.h"

struct memcore_machine;
struct memcore_map;
struct memcore_domain;
struct memcore_frame;
struct memcore_vcpu;
struct memcore_vnuma;

/**
 * struct memcore_domain_ops - what the owner of real pages wants to hear
 * @filled: @frame is now at @gfn, where there was a hole or not
 * @released: the page that @filled lent to a frame is not its content any
 *            more; of a translated domain, called when @gfn becomes a hole, of
 *            a PV domain when the frame's last reference is dropped; not
 *            when the domain ends
 *
 * Called with the domain's lock held.
 */
struct memcore_domain_ops {
	void (*filled)(struct memcore_domain *d, struct mc_gfn gfn,
		       struct memcore_frame *frame);
	void (*released)(struct memcore_domain *d, struct mc_gfn gfn);
};

/**
 * struct memcore_domain_config - what a domain is, for good
 * @domid: its number, below DOMID_FIRST_RESERVED
 * @max_pages: frames it may have at first
 * @nr_pfns: for a PV domain: the length of its P2M
 * @nr_vcpus: virtual CPUs; 0 counts as 1
 * @address_bits: its frames must have no wider address; 0: any will do
 * @vcpus_later: XEN_DOMCTL_max_vcpus is still to come, as one might see
 * @translated: gfns are translated; if not, it is a PV domain
 * @control: may act on other domains, extents up to order 18
 * @hardware: has the hardware, extents up to order 12
 * @max_grant_frames: shared frames of its grant table; 0: Xen's default
 * @max_maptrack_frames: frames of what it maps of others; 0: Xen's default,
 *                       MC_NO_MAPTRACK: none
 * @max_grant_version: the highest that its grant table may have; 0: 2
 * @info_flags: more XEN_DOMINF_* that it is told to have
 * @handle: what its maker calls it
 * @ops: may be NULL
 */
struct memcore_domain_config {
	u16 domid;
	unsigned int max_pages;
	unsigned long nr_pfns;
	unsigned int nr_vcpus;
	unsigned int address_bits;
	bool vcpus_later;
	bool translated;
	bool control;
	bool hardware;
	unsigned int max_grant_frames;
	unsigned int max_maptrack_frames;
	unsigned int max_grant_version;
	u32 info_flags;
	u8 handle[16];
	const struct memcore_domain_ops *ops;
};

/**
 * struct memcore_domain - a domain
 * @config: what it is; max_pages there is where @max_pages started
 * @machine: where it lives
 * @life: a number that no other domain of the machine has or had
 * @link: place in the machine's list
 * @ref: one for the list, one for each user
 * @rcu: for freeing
 * @lock: covers all fields below, @p2m, and the owner's fields of the frames
 *        that it owns; lock order: see machine.h
 * @tot_pages: frames that it owns, without @xen_pages
 * @xen_pages: frames of the hypervisor's that are shared with it, see shared.c
 * @max_pages: frames that it may own; may be less than it does
 * @heap: what it has claimed, and where its frames come from
 * @auto_affinity: nobody has said which nodes it shall have frames of
 * @has_vcpus: its maker has asked for its vCPUs
 * @dying: gets nothing any more
 * @ended: dying, and has only the frames that others still hold (for good)
 * @crashed: it did what Xen crashes a domain for (never cleared)
 * @p2m: its P2M, if translated
 * @map: what it is told of its memory; NULL if nothing
 * @vnuma: its virtual nodes; NULL if it has none
 * @shared_info: the frame of its shared info; NULL before somebody needs it
 * @grants: its grant table; has locks of its own
 * @vcpus: its virtual CPUs, @nr_vcpus of them; not covered by @lock
 * @nr_vcpus: their number, for good
 * @vm_assist: what it asked Xen to help with, a bit for each VMASST_TYPE_*
 *             (atomic)
 */
struct memcore_domain {
	struct memcore_domain_config config;
	struct memcore_machine *machine;
	u32 life;
	struct list_head link;
	struct kref ref;
	struct rcu_head rcu;
	spinlock_t lock; /* outside the heap's */
	unsigned int tot_pages;
	unsigned int xen_pages;
	unsigned int max_pages;
	struct memcore_heap_user heap;
	bool auto_affinity;
	bool has_vcpus;
	bool dying;
	bool ended;
	bool crashed;
	struct memcore_p2m p2m;
	struct memcore_map *map;
	struct memcore_vnuma *vnuma;
	struct memcore_frame *shared_info;
	struct memcore_grant_table grants;
	struct memcore_vcpu *vcpus;
	unsigned int nr_vcpus;
	unsigned long vm_assist;
};

struct memcore_domain *
memcore_domain_create(struct memcore_machine *machine,
		      const struct memcore_domain_config *config);
struct memcore_domain *
memcore_domain_new(struct memcore_machine *machine,
		   const struct memcore_domain_config *config);
int memcore_domain_destroy(struct memcore_domain *d);
bool memcore_domain_is_gone(const struct memcore_domain *d);
void memcore_domains_end(struct memcore_machine *machine);
struct memcore_domain *memcore_domain_get(struct memcore_domain *caller,
					  u16 domid);
int memcore_domain_get_remote(struct memcore_domain *caller, u16 domid,
			      struct memcore_domain **d);
void memcore_domain_put(struct memcore_domain *d);
void memcore_domain_set_max_pages(struct memcore_domain *d,
				  unsigned int max_pages);
unsigned int memcore_domain_max_order(const struct memcore_domain *d);
bool memcore_domain_may_target(const struct memcore_domain *caller,
			       const struct memcore_domain *d);
unsigned long memcore_domain_maximum_gpfn(struct memcore_domain *d);
void memcore_domain_crash(struct memcore_domain *d);
int memcore_domain_shared_info(struct memcore_domain *d,
			       struct memcore_frame **frame);

int memcore_domain_may_have(const struct memcore_domain *d, unsigned long nr);
struct mc_mfn memcore_domain_alloc(struct memcore_domain *d,
				   unsigned int order);
struct mc_mfn memcore_domain_alloc_at(struct memcore_domain *d,
				      struct memcore_heap_request *req);
void memcore_domain_count_pages(struct memcore_domain *d, long nr);
void memcore_domain_assign(struct memcore_domain *d, struct mc_mfn mfn,
			   unsigned int order);
int memcore_domain_steal(struct memcore_domain *d,
			 struct memcore_frame *frame);
int memcore_domain_map(struct memcore_domain *d, struct mc_gfn gfn,
		       struct mc_mfn mfn, unsigned int order, gfp_t gfp);
struct memcore_frame *memcore_domain_unmap(struct memcore_domain *d,
					   struct mc_gfn gfn);
int memcore_domain_remove_page(struct memcore_domain *d, struct mc_gfn gfn);

struct memcore_frame *memcore_frame_get(struct memcore_domain *d,
					struct mc_mfn mfn);
bool memcore_frame_can_get(const struct memcore_machine *machine,
			   const struct memcore_frame *frame);
bool memcore_frame_get_any(struct memcore_machine *machine,
			   struct memcore_frame *frame);
void memcore_frame_get_more(struct memcore_frame *frame);
struct memcore_domain *memcore_frame_owner(struct memcore_machine *machine,
					   const struct memcore_frame *frame);
void memcore_frame_put(struct memcore_machine *machine,
		       struct memcore_frame *frame);
void memcore_frame_free(struct memcore_domain *d, struct memcore_frame *frame,
			bool dirty);
void memcore_frame_free_locked(struct memcore_domain *d,
			       struct memcore_frame *frame);
void memcore_frame_put_allocation(struct memcore_domain *d,
				  struct memcore_frame *frame);
void memcore_frame_put_allocation_locked(struct memcore_domain *d,
					 struct memcore_frame *frame);

#endif
