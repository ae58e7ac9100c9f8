/* SPDX-License-Identifier: GPL-2.0 */
/* The words of the language that stand for numbers. */
#ifndef _MEMREPLAY_NAMES_H
#define _MEMREPLAY_NAMES_H

#include <linux/types.h>

struct replay_name {
	const char *name;
	u64 number;
};

extern const struct replay_name replay_hypercalls[];
extern const struct replay_name replay_mmuext_commands[];
extern const struct replay_name replay_mmu_commands[];
extern const struct replay_name replay_memory_commands[];
extern const struct replay_name replay_mem_flags[];
extern const struct replay_name replay_spaces[];
extern const struct replay_name replay_resources[];
extern const struct replay_name replay_domains[];
extern const struct replay_name replay_flushes[];
extern const struct replay_name replay_assists[];
extern const struct replay_name replay_assist_commands[];
extern const struct replay_name replay_segments[];
extern const struct replay_name replay_errors[];
extern const struct replay_name replay_flags[];
extern const struct replay_name replay_statuses[];
extern const struct replay_name replay_grant_commands[];
extern const struct replay_name replay_grant_words[];
extern const struct replay_name replay_grant_flags[];
extern const struct replay_name replay_map_flags[];
extern const struct replay_name replay_copy_flags[];
extern const struct replay_name replay_flush_flags[];

bool replay_name_find(const struct replay_name *names, const char *name,
		      u64 *number);
const char *replay_name_of(const struct replay_name *names, u64 number);

#endif /* _MEMREPLAY_NAMES_H */
