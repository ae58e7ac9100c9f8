/* SPDX-License-Identifier: GPL-2.0 */
/* A script as it is kept after parsing. */
#ifndef _MEMREPLAY_SCRIPT_H
#define _MEMREPLAY_SCRIPT_H

#include <linux/bits.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "pool.h"

#define REPLAY_MAX_FRAMES	1024
#define REPLAY_MAX_BLOCK	9
#define REPLAY_MAX_SIZE		SZ_1M
#define REPLAY_MAX_NAME		16
#define REPLAY_MAX_GUESTS	4
#define REPLAY_NR_SIDES		2
#define REPLAY_MAX_REFS		32
#define REPLAY_MAX_HANDLES	64
#define REPLAY_MAX_NESTING	8
#define REPLAY_MAX_LIST		64
#define REPLAY_MAX_REQUESTS	1024
#define REPLAY_MAX_STATEMENTS	200000

/*
 * Frames by number: those that the script names, the replay's own L3 table,
 * and those that have no page of the guest.
 */
enum {
	REPLAY_WINDOW = REPLAY_MAX_FRAMES,
	REPLAY_NR_PAGES,
	REPLAY_NONE = REPLAY_NR_PAGES,
	REPLAY_BEYOND,
	REPLAY_HOLE,
	REPLAY_FOREIGN,
	REPLAY_TOP,
	REPLAY_HOME,
	REPLAY_NR_FRAMES,
};

/**
 * enum replay_kind - what a value is made of
 * @REPLAY_NUMBER: the number
 * @REPLAY_ENTRY: a frame's address and the number: a page table's entry
 * @REPLAY_MFN: a frame's number
 * @REPLAY_MADDR: a frame's address plus the number
 * @REPLAY_PFN: the guest's number of a frame's page
 * @REPLAY_DIRECT: where the direct map has a frame's page, plus the number
 * @REPLAY_WORD: the address of a word that holds the number
 * @REPLAY_OWN: the caller's domain number
 * @REPLAY_GUEST: the number of the domain that the script has as @frame
 * @REPLAY_OTHER: the number of the other of two domains
 * @REPLAY_REF: the grant reference @number of the domain @frame
 */
enum replay_kind {
	REPLAY_NUMBER,
	REPLAY_ENTRY,
	REPLAY_MFN,
	REPLAY_MADDR,
	REPLAY_PFN,
	REPLAY_DIRECT,
	REPLAY_WORD,
	REPLAY_OWN,
	REPLAY_GUEST,
	REPLAY_OTHER,
	REPLAY_REF,
};

struct replay_value {
	u64 number;
	u16 frame;
	u8 kind;
};

/**
 * struct replay_item - one request, operation, frame or argument of a statement
 * @at: where to, or the first argument
 * @value: what, or the second argument
 * @cmd: of an mmuext operation: the command; of an exchange: 1 for what comes
 * @first: first slot of a range
 * @last: last slot
 * @low: low bits of a request's address; size of an access
 */
struct replay_item {
	struct replay_value at;
	struct replay_value value;
	u32 cmd;
	u16 first;
	u16 last;
	u8 low;
};

enum replay_option {
	REPLAY_OPT_COUNT,
	REPLAY_OPT_DONE,
	REPLAY_OPT_IN,
	REPLAY_OPT_DOM,
	REPLAY_OPT_PTDOM,
	REPLAY_OPT_LIST,
	REPLAY_OPT_FLUSH,
	REPLAY_OPT_ENTRIES,
	REPLAY_OPT_ORDER,
	REPLAY_OPT_NR,
	REPLAY_OPT_START,
	REPLAY_OPT_ARG,
	REPLAY_OPT_IN_ORDER,
	REPLAY_OPT_OUT_ORDER,
	REPLAY_OPT_IN_DOM,
	REPLAY_OPT_OUT_DOM,
	REPLAY_OPT_IN_NR,
	REPLAY_OPT_OUT_NR,
	REPLAY_OPT_EXCHANGED,
	REPLAY_OPT_IN_LIST,
	REPLAY_OPT_OUT_LIST,
	REPLAY_OPT_FLAGS,
	REPLAY_OPT_IN_FLAGS,
	REPLAY_OPT_OUT_FLAGS,
	REPLAY_OPT_SIZE,
	REPLAY_OPT_ID,
	REPLAY_OPT_FIRST,
	REPLAY_OPT_FOREIGN,
	REPLAY_OPT_IDXS,
	REPLAY_OPT_GPFNS,
	REPLAY_OPT_ERRS,
	REPLAY_OPT_VNODES,
	REPLAY_OPT_VCPUS,
	REPLAY_OPT_RANGES,
	REPLAY_OPT_PAD,
	REPLAY_NR_OPTIONS,
};

enum replay_op {
	/* These call; see replay_op_calls(). */
	REPLAY_MMU_UPDATE,
	REPLAY_VA,
	REPLAY_MMUEXT,
	REPLAY_SET_GDT,
	REPLAY_DESCRIPTOR,
	REPLAY_STACK,
	REPLAY_ASSIST,
	REPLAY_DECREASE,
	REPLAY_POPULATE,
	REPLAY_INCREASE,
	REPLAY_EXCHANGE,
	REPLAY_RESERVATION,
	REPLAY_MAX_RESERVATION,
	/* The rest of memory_op; see memory-other.c. */
	REPLAY_MAX_RAM_PAGE,
	REPLAY_MAX_GPFN,
	REPLAY_MACHPHYS_LIST,
	REPLAY_MACHPHYS_COMPAT_LIST,
	REPLAY_MACHPHYS_MAPPING,
	REPLAY_MEMORY_MAP,
	REPLAY_MACHINE_MEMORY_MAP,
	REPLAY_SET_MEMORY_MAP,
	REPLAY_ADD_TO_PHYSMAP,
	REPLAY_ADD_TO_PHYSMAP_BATCH,
	REPLAY_REMOVE_FROM_PHYSMAP,
	REPLAY_CLAIM,
	REPLAY_GET_POD_TARGET,
	REPLAY_SET_POD_TARGET,
	REPLAY_GET_VNUMAINFO,
	REPLAY_ACQUIRE_RESOURCE,
	REPLAY_RESERVED_MAP,
	REPLAY_MEMORY_OP,
	REPLAY_HYPERCALL,
	REPLAY_MULTICALL,
	REPLAY_SEGMENT_BASE,
	REPLAY_DESTROY,
	/* All operations of grant_table_op; see grant.c. */
	REPLAY_GRANT_MAP,
	REPLAY_GRANT_UNMAP,
	REPLAY_GRANT_REPLACE,
	REPLAY_GRANT_SETUP,
	REPLAY_GRANT_TRANSFER,
	REPLAY_GRANT_COPY,
	REPLAY_GRANT_QUERY,
	REPLAY_GRANT_SET_VERSION,
	REPLAY_GRANT_STATUS_FRAMES,
	REPLAY_GRANT_GET_VERSION,
	REPLAY_GRANT_SWAP,
	REPLAY_GRANT_FLUSH,
	REPLAY_GRANT_OTHER,
	/* These do not. */
	REPLAY_WRITE,
	REPLAY_FILL,
	REPLAY_READ,
	REPLAY_DUMP,
	REPLAY_ROOT,
	REPLAY_ACCESS,
	REPLAY_ENTRY_WRITE,
	REPLAY_ENTRY_READ,
	REPLAY_ENTRY_TAKE,
	REPLAY_VACATE,
	REPLAY_OCCUPY,
	REPLAY_REPEAT,
	REPLAY_END,
	REPLAY_RANDOM,
	REPLAY_WATCH,
	/* These are gone after parsing. */
	REPLAY_DOMAIN,
	REPLAY_CALLER,
	REPLAY_FRAME,
	REPLAY_EMPTY,
	REPLAY_BLOCK,
	REPLAY_NEW_GUEST,
	REPLAY_GRANTS,
};

/**
 * struct replay_statement - one line
 * @text: offset of its words in the script's text
 * @line: its number
 * @step: of a statement that was made at random: which one; else 0
 * @end: of a block: index of its end; of an end: index of its block
 * @first_item: index of its items
 * @nr_items: how many
 * @options: which it has, a bit for each enum replay_option
 * @first_option: index of their values, in the order of the bits
 * @number: a count, a hypercall's number, or on and off
 * @op: enum replay_op
 * @depth: how many blocks it is in that indent it
 * @side: which of two domains it is of
 */
struct replay_statement {
	u32 text;
	u32 line;
	u32 step;
	u32 end;
	u32 first_item;
	u32 nr_items;
	u64 options;
	u32 first_option;
	u32 number;
	u8 op;
	u8 depth;
	u8 side;
};

/**
 * struct replay_frame_name - a frame's name
 * @name: the name
 * @empty: there is no page of the guest's behind it
 * @foreign: the frame is one of another domain that the script has made
 * @order: it is the first of a block of 2^@order pages
 * @room: how many names from this on stand for consecutive pages
 * @side: which of two domains has it
 */
struct replay_frame_name {
	char name[REPLAY_MAX_NAME];
	bool empty;
	bool foreign;
	u8 order;
	u16 room;
	u8 side;
};

/* Types of caller. */
#define REPLAY_CALLER_PV		BIT(0)
#define REPLAY_CALLER_TRANSLATED	BIT(1)

/**
 * struct replay_guest_name - another domain that the script wants
 * @name: the name
 * @first: its first frame
 * @nr: how many it has
 */
struct replay_guest_name {
	char name[REPLAY_MAX_NAME];
	u32 first;
	u32 nr;
};

/**
 * struct replay_refs_name - grant references of one domain
 * @name: what they are called, without their number
 * @nr: how many there are
 */
struct replay_refs_name {
	char name[REPLAY_MAX_NAME];
	u32 nr;
};

/**
 * struct replay_script - a script, parsed
 * @statements: in order, struct replay_statement
 * @items: struct replay_item
 * @options: struct replay_value
 * @text: strings, each ended by a zero byte
 * @frames: what the frames are called
 * @nr_frames: how many
 * @guests: what the other domains are called
 * @nr_guests: how many
 * @refs: what the grant references of each domain are called
 * @peer: there are two domains: the first, and its peer
 * @side: which of them the line being read is of
 * @grants: says something of grants
 * @throwaway: the domain will not live through it
 * @control: only for a privileged caller
 * @callers: types of caller that it is for, REPLAY_CALLER_*
 * @shared_info: moves the guest's shared info
 * @memory_map: changes the guest's memory map
 * @foreign: names a frame of another domain
 */
struct replay_script {
	struct replay_pool statements;
	struct replay_pool items;
	struct replay_pool options;
	struct replay_pool text;
	struct replay_frame_name frames[REPLAY_MAX_FRAMES];
	unsigned int nr_frames;
	struct replay_guest_name guests[REPLAY_MAX_GUESTS];
	unsigned int nr_guests;
	struct replay_refs_name refs[REPLAY_NR_SIDES];
	bool peer;
	bool grants;
	u8 side;
	bool throwaway;
	bool control;
	u8 callers;
	bool shared_info;
	bool memory_map;
	bool foreign;
};

void replay_script_init(struct replay_script *script);
void replay_script_free(struct replay_script *script);
struct replay_statement *replay_statement(const struct replay_script *script,
					  u32 index);
struct replay_item *replay_item(const struct replay_script *script,
				const struct replay_statement *st, u32 index);
const struct replay_value *replay_option(const struct replay_script *script,
					 const struct replay_statement *st,
					 enum replay_option option);
const char *replay_text(const struct replay_script *script,
			const struct replay_statement *st);
int replay_guest_find(const struct replay_script *script, const char *name);
int replay_frame_find(const struct replay_script *script, const char *name);
const char *replay_frame_name(const struct replay_script *script, u16 frame);

static inline bool replay_op_calls(enum replay_op op)
{
	return op < REPLAY_WRITE;
}

static inline bool replay_op_grants(enum replay_op op)
{
	return op >= REPLAY_GRANT_MAP && op <= REPLAY_GRANT_OTHER;
}

/* May the line being read name the frame as a page of its own domain's? */
static inline bool replay_frame_is_page(const struct replay_script *script,
					u16 frame)
{
	return frame < REPLAY_MAX_FRAMES && !script->frames[frame].empty &&
	       script->frames[frame].side == script->side;
}

#endif /* _MEMREPLAY_SCRIPT_H */
