/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many things asked of the hypervisor at once, with an answer for each.
 */
#ifndef _MEMFRONT_ANSWERS_H
#define _MEMFRONT_ANSWERS_H

#include <linux/atomic.h>

/* Not an errno: it has still to be asked for. */
#define ANSWER_WANTED		1

/**
 * struct answers - a request for many things
 * @ask:	ask for each thing i with errs[i] == ANSWER_WANTED, and set errs[i]
 *		to 0 or an errno; or return an errno: then those that are still
 *		wanted have not been asked for
 * @errs:	for each thing: 0, an errno or ANSWER_WANTED
 * @nr:		how many things
 * @good:	how many of @errs @ask has set to 0, if it counts; if all, nobody
 *		looks for others
 * @again:	the errno of a thing that is worth asking for again
 * @retries:	counts the rounds for such
 */
struct answers {
	int (*ask)(struct answers *answers);
	int *errs;
	unsigned int nr;
	unsigned int good;
	int again;
	atomic_long_t *retries;
};

void answers_get(struct answers *answers);
void answers_persist(struct answers *answers, int err);
int answers_first_error(const int *errs, unsigned int nr, unsigned int *good);

#endif /* _MEMFRONT_ANSWERS_H */
