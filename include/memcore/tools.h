/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests and tools may see and turn on the core: the audit, statistics and
 * fault injection. The same is under debugfs in xen-memcore/.
 */
#ifndef MEMCORE_TOOLS_H
#define MEMCORE_TOOLS_H

#include <linux/types.h>

/* What the control domain beside an adopted ordinary guest has. */
#define MEMCORE_NEIGHBOUR_FRAMES	16

/**
 * enum memcore_stat - what the core counts, since it was loaded
 * @MEMCORE_STAT_HYPERCALLS: hypercalls entered (a continuation is not counted)
 * @MEMCORE_STAT_CONTINUATIONS: times a preempted hypercall was entered again
 * @MEMCORE_STAT_INCREASED: extents handed out by increase_reservation
 * @MEMCORE_STAT_DECREASED: extents taken back by decrease_reservation
 * @MEMCORE_STAT_POPULATED: extents handed out by populate_physmap
 * @MEMCORE_STAT_FRAMES_RELEASED: frames of the adopted kernel released
 * @MEMCORE_STAT_FRAMES_FILLED: holes of the adopted kernel filled again
 * @MEMCORE_STAT_UNSCRUBBED: released frames whose page was not all zero
 * @MEMCORE_STAT_ZEROED: holes whose page had to be zeroed when filled
 * @MEMCORE_STAT_SPLITS: superpages split in a P2M
 * @MEMCORE_STAT_INJECTED: hypercalls changed by an injected fault
 * @MEMCORE_STAT_CRASHES: times a domain did what Xen crashes it for
 * @MEMCORE_NR_STATS: how many there are
 */
enum memcore_stat {
	MEMCORE_STAT_HYPERCALLS,
	MEMCORE_STAT_CONTINUATIONS,
	MEMCORE_STAT_INCREASED,
	MEMCORE_STAT_DECREASED,
	MEMCORE_STAT_POPULATED,
	MEMCORE_STAT_FRAMES_RELEASED,
	MEMCORE_STAT_FRAMES_FILLED,
	MEMCORE_STAT_UNSCRUBBED,
	MEMCORE_STAT_ZEROED,
	MEMCORE_STAT_SPLITS,
	MEMCORE_STAT_INJECTED,
	MEMCORE_STAT_CRASHES,
	MEMCORE_NR_STATS,
};

/**
 * struct memcore_faults - answers to be changed on purpose
 * @refuse_calls: so many next increase, decrease or populate calls do nothing
 * @partial_calls: so many next such calls stop early
 * @partial_extents: and do at most this many extents each
 * @withhold_frames: free frames that no allocation may have; ~0UL: all
 * @preempt_at: preempt at every such check (1: at each); 0: never
 * @fail_alloc_at: the core's own memory allocation that fails next, counted
 *                 from now (1: the next one); 0: none
 *
 * Refusals are used up before partial answers.
 */
struct memcore_faults {
	unsigned int refuse_calls;
	unsigned int partial_calls;
	unsigned int partial_extents;
	unsigned long withhold_frames;
	unsigned int preempt_at;
	unsigned int fail_alloc_at;
};

/**
 * struct memcore_status - the adopted domain and the machine at one moment
 * @translated: the kernel was adopted as an auto-translated domain
 * @tot_pages: frames that the domain has
 * @max_pages: frames that it may have
 * @holes: RAM pages of the running kernel with no frame behind them
 * @free_frames: free frames of the machine
 * @nr_frames: frames of the machine
 */
struct memcore_status {
	bool translated;
	unsigned long tot_pages;
	unsigned long max_pages;
	unsigned long holes;
	unsigned long free_frames;
	unsigned long nr_frames;
};

/**
 * struct memcore_peer - a domain that nothing runs
 * @domid: its number
 * @translated: its type
 * @nr_pages: pages that it has to play with, at pfn 0 and up
 * @nr_pfns: all of them; behind those are its page tables, if it is a PV domain
 * @p2m: machine frame of each; of a translated domain the pfn itself
 * @root: machine frame of its root table, or 0
 */
struct memcore_peer {
	u16 domid;
	bool translated;
	unsigned long nr_pages;
	unsigned long nr_pfns;
	unsigned long *p2m;
	unsigned long root;
};

int memcore_tool_audit(char *buf, size_t len);
u64 memcore_tool_stat(enum memcore_stat stat);
void memcore_tool_status(struct memcore_status *status);
void memcore_tool_get_faults(struct memcore_faults *faults);
void memcore_tool_set_faults(const struct memcore_faults *faults);
int memcore_tool_set_max_pages(unsigned long max_pages);
long memcore_tool_call_as(u16 domid, unsigned int nr, unsigned long a1,
			  unsigned long a2, unsigned long a3, unsigned long a4,
			  unsigned long a5);
int memcore_tool_peer_make(bool translated, unsigned long nr_pages,
			   struct memcore_peer *peer);
int memcore_tool_peer_end(struct memcore_peer *peer);
int memcore_tool_access_as(u16 domid, unsigned long addr, void *buf, size_t len,
			   unsigned int access);

#endif
