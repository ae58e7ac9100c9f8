/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory shared between domains by grants: an owner of a page lets another domain
 * use it under a number, the reference, and takes it back.
 */
#ifndef _MEMFRONT_GRANT_H
#define _MEMFRONT_GRANT_H

#include <linux/bits.h>
#include <linux/types.h>

#include <xen/interface/xen.h>
#include <xen/interface/grant_table.h>

struct memfront_cached_grant;
struct memfront_grant_cache;
struct memfront_grant_map;
struct memfront_share;
struct page;

#define MEMFRONT_GRANT_READ_ONLY	BIT(0)

struct memfront_grant_map *memfront_grant_map(domid_t domid,
					      const grant_ref_t *refs,
					      unsigned int nr,
					      unsigned int flags, int *errs);
void *memfront_grant_addr(const struct memfront_grant_map *map);
struct page *memfront_grant_page(const struct memfront_grant_map *map,
				 unsigned int i);
int memfront_grant_unmap(struct memfront_grant_map *map);
void memfront_grant_unmap_async(struct memfront_grant_map *map,
				void (*done)(void *data, int err), void *data);

/**
 * struct memfront_grant_copy - bytes to be copied between granted pages and memory
 *				of this kernel
 * @domid:	who grants
 * @refs:	the granted pages, in order: as many as the bytes lie in
 * @offset:	the first byte, counted from the start of the first of them
 * @local:	memory of the kernel's own: of the direct map or from vmalloc()
 * @len:	how many bytes; 0: none
 * @to_grant:	copy into the granted pages, not out of them
 * @err:	set to 0 or an errno
 */
struct memfront_grant_copy {
	domid_t domid;
	const grant_ref_t *refs;
	unsigned int offset;
	void *local;
	size_t len;
	bool to_grant;
	int err;
};

int memfront_grant_copy(struct memfront_grant_copy *copies, unsigned int nr);

struct memfront_share *memfront_grant_share(domid_t domid,
					    struct page *const *pages,
					    unsigned int nr,
					    unsigned int flags);
const grant_ref_t *memfront_grant_refs(const struct memfront_share *share);
int memfront_grant_revoke(struct memfront_share *share);

struct memfront_grant_cache *memfront_grant_cache_create(unsigned int max,
							 unsigned int flags);
void memfront_grant_cache_destroy(struct memfront_grant_cache *cache);
struct memfront_cached_grant *
memfront_grant_cache_get(struct memfront_grant_cache *cache, domid_t domid,
			 grant_ref_t ref);
void *memfront_grant_cache_addr(const struct memfront_cached_grant *grant);
struct page *
memfront_grant_cache_page(const struct memfront_cached_grant *grant);
void memfront_grant_cache_put(struct memfront_grant_cache *cache,
			      struct memfront_cached_grant *grant);
int memfront_grant_cache_forget(struct memfront_grant_cache *cache,
				domid_t domid, grant_ref_t ref);
int memfront_grant_cache_forget_domain(struct memfront_grant_cache *cache,
				       domid_t domid);

#endif /* _MEMFRONT_GRANT_H */
