/* SPDX-License-Identifier: GPL-2.0 */
/* How a grant table gets and loses frames. */
#ifndef MEMCORE_GRANT_TABLE_H
#define MEMCORE_GRANT_TABLE_H

struct memcore_frame;
struct memcore_grant_table;

int memcore_grant_alloc_frames(struct memcore_grant_table *gt,
			       struct memcore_frame **frames, unsigned int from,
			       unsigned int to);
void memcore_grant_free_frames(struct memcore_grant_table *gt,
			       struct memcore_frame **frames, unsigned int from,
			       unsigned int to);
void memcore_grant_set_size(struct memcore_grant_table *gt,
			    unsigned int nr_frames, unsigned int version);
int memcore_grant_grow(struct memcore_grant_table *gt, unsigned int nr);

#endif
