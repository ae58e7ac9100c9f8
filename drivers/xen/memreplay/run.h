/* SPDX-License-Identifier: GPL-2.0 */
/* A script that runs. */
#ifndef _MEMREPLAY_RUN_H
#define _MEMREPLAY_RUN_H

#include <linux/types.h>

#include "arena.h"
#include "backend.h"
#include "call.h"
#include "script.h"
#include "transcript.h"

#define REPLAY_MAX_EXTRAS	1024

struct multicall_entry;
struct replay_grants;

/* What is in the place of an answer until there is one. */
#define REPLAY_NO_ANSWER	0x5a5a5a5a

/* What a translated guest can have at a page. */
enum replay_special {
	REPLAY_NOTHING,
	REPLAY_SHARED_INFO,
	REPLAY_OTHER_FRAME,
};

/**
 * struct replay_frame - a frame that has a name
 * @page: the running kernel's page, or NULL
 * @paged: there is a page of the guest's
 * @pfn: its number
 * @mfn: the machine frame behind it; the last one that was, if @lost
 * @lost: the machine frame was given back
 * @special: what is at the page instead of memory: enum replay_special
 * @special_idx: and which of them
 * @unknown: what came to it may hold anything; of a frame without a page
 * @batch: of frames that came in one piece; 0: it came alone
 * @root: holds the guest's part of a root table
 * @torn: since "root" the script wrote into the kernel's slots: whether that
 *        changed them is another thing on each machine
 * @hidden: was a root table, so the hypervisor has written its own slots
 * @shadow: what it held when it was last looked at, if the script watches
 */
struct replay_frame {
	struct page *page;
	bool paged;
	unsigned long pfn;
	u64 mfn;
	bool lost;
	u8 special;
	u64 special_idx;
	bool unknown;
	u32 batch;
	bool root;
	bool torn;
	bool hidden;
	u64 *shadow;
};

/**
 * struct replay_run - a script that runs
 * @script: the script
 * @out: what it says
 * @frames: by number, see script.h
 * @arena: what hypercalls point to
 * @page: room for a page's content
 * @footing: what the guest stood on
 * @home_va: where the direct map has the root table it stood on
 * @user_root: machine frame of the root table of user mode
 * @root: the frame that is the root table; REPLAY_HOME: the guest's own
 * @away: the guest does not stand where it stood
 * @watch: changed words are to be listed
 * @refused: the statement would take the guest's footing away
 * @reservation: of the guest at the start
 * @call: the call under way
 * @list: the multicall under way, or NULL
 * @inner: the calls in it
 * @guests: numbers of the other domains; DOMID_INVALID: there is none any more
 * @extras: machine frames that the guest has and no page
 * @nr_extras: how many
 * @nr_batches: how often frames came in one piece
 * @shared_info: page where a translated guest has it; ~0: it has none
 * @memory_map: the guest's, before the script changed it
 * @nr_memory_map: its length
 * @left: how often each open repeat is still to be done
 * @nr_left: how many are open
 * @stopped: why it ended before its end, or NULL
 * @side: which of two domains it is of
 * @turn: how often the side has changed
 * @turn_side: whose turn it is
 * @first: the first domain's part
 * @next: of the first, the other domain's part, if it runs here, too
 * @backend: what is behind this domain
 * @other_domid: number of the other domain
 * @refs: grant references of both domains
 * @adrift: the other domain may still use what is of this one
 * @grants: what the domain does with grants; NULL if the script does not
 */
struct replay_run {
	const struct replay_script *script;
	struct replay_transcript *out;
	struct replay_frame frames[REPLAY_NR_FRAMES];
	struct replay_arena arena;
	u64 *page;
	struct replay_footing footing;
	unsigned long home_va;
	u64 user_root;
	u16 root;
	bool away;
	bool watch;
	bool refused;
	long reservation;
	struct replay_call call;
	struct multicall_entry *list;
	struct replay_call inner[REPLAY_MAX_LIST];
	u16 guests[REPLAY_MAX_GUESTS];
	u64 extras[REPLAY_MAX_EXTRAS];
	u32 nr_extras;
	u32 nr_batches;
	unsigned long shared_info;
	u8 *memory_map;
	u32 nr_memory_map;
	u32 left[REPLAY_MAX_NESTING];
	u32 nr_left;
	const char *stopped;
	u8 side;
	u32 turn;
	u8 turn_side;
	struct replay_run *first;
	struct replay_run *next;
	struct replay_backend backend;
	u16 other_domid;
	bool adrift;
	u32 refs[REPLAY_NR_SIDES][REPLAY_MAX_REFS];
	struct replay_grants *grants;
};

int replay_run(const struct replay_script *script,
	       struct replay_transcript *out, const char **why);
int replay_run_prepare(struct replay_run *run);
void replay_undo(struct replay_run *run);

/**
 * replay_frame_is_own() - is a frame of the domain whose run this is?
 * @run: the run
 * @frame: its number
 *
 * The numbers of others' frames are only to be spoken of: as frames of this
 * domain they would be some that the script does not know.
 */
static inline bool replay_frame_is_own(const struct replay_run *run,
				       unsigned int frame)
{
	const struct replay_script *script = run->script;

	return frame == REPLAY_WINDOW ||
	       (frame < script->nr_frames && !script->frames[frame].foreign &&
		script->frames[frame].side == run->side);
}

static inline long replay_hypercall(unsigned int nr, unsigned long a1,
				    unsigned long a2, unsigned long a3,
				    unsigned long a4)
{
	return replay_backend.hypercall(nr, a1, a2, a3, a4, 0);
}

#endif /* _MEMREPLAY_RUN_H */
