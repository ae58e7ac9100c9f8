/* SPDX-License-Identifier: GPL-2.0 */
#ifndef GRANTTRIAL_TRIAL_H
#define GRANTTRIAL_TRIAL_H

#include <memfront/grant.h>

#include "../pair.h"

#define MAX_PAGES	4096
#define REFS_PER_PAGE	(PAGE_SIZE / sizeof(grant_ref_t))
#define MAX_LIST_PAGES	(MAX_PAGES / REFS_PER_PAGE)

/**
 * struct list - references that another domain has told
 * @domid:	which
 * @nr:		how many
 * @refs:	them
 */
struct list {
	domid_t domid;
	unsigned int nr;
	grant_ref_t *refs;
};

int list_read(const char *text, struct list *list);
void list_free(struct list *list);

int giver_make(const char *args);
int giver_share(const char *args);
int giver_fill(const char *args);
int giver_check(const char *args);
int giver_revoke(const char *args);
int giver_held(const char *args);
void giver_exit(void);

int taker_map(const char *args);
int taker_look(const char *args);
int taker_poke(const char *args);
int taker_check(const char *args);
int taker_fill(const char *args);
int taker_unmap(const char *args);
int taker_rounds(const char *args);
int taker_copy(const char *args);
int taker_cache(const char *args);
void taker_exit(void);

#endif
