/* SPDX-License-Identifier: GPL-2.0 */
/* Grant tables: the guest's own, and what it has mapped of others. */
#ifndef _MEMREPLAY_GRANTS_H
#define _MEMREPLAY_GRANTS_H

#include <linux/types.h>

#include "run.h"
#include "script.h"

struct replay_call;
struct replay_statement;

/* In the place of a status until there is one. */
#define REPLAY_NO_STATUS	0x5a5a

/**
 * struct replay_handle - a mapping of a grant that has a name
 * @number: what the hypervisor calls it
 * @left: which mappings it still stands for, GNTMAP_host_map and _device_map
 * @flags: GNTMAP_* that it was made with
 * @host: where in the guest, as the hypercall names it
 * @bus: its address for devices
 * @known: it was made once, so @number means something
 */
struct replay_handle {
	u32 number;
	u32 left;
	u32 flags;
	u64 host;
	u64 bus;
	bool known;
};

/**
 * struct replay_grants - what a domain does with grants
 * @shared: the page in whose place the first frame of the table is seen
 * @status: the page in whose place the first status frame is seen
 * @table: number of the first frame of the table
 * @table_va: where it is seen
 * @version: of the entries
 * @nr_frames: frames of the table at the start
 * @handles: mappings by name
 * @has_refs: the run's references are taken from the kernel
 * @sees_status: so can the status frame, at a page of a translated domain
 * @open: the table can be seen
 */
struct replay_grants {
	struct replay_frame shared;
	struct replay_frame status;
	u64 table;
	unsigned long table_va;
	u32 version;
	u32 nr_frames;
	struct replay_handle handles[REPLAY_MAX_HANDLES];
	bool has_refs;
	bool sees_status;
	bool open;
};

bool replay_script_grants(const struct replay_script *script);
int replay_grants_take(struct replay_run *run);
long replay_grants_open(struct replay_run *run);
void replay_grants_unmap(struct replay_run *run);
void replay_grants_close(struct replay_run *run);
bool replay_grants_release(struct replay_run *run);

long replay_grant_op(struct replay_run *run, unsigned int cmd, void *op,
		     unsigned int count);
void replay_grant_build(struct replay_run *run, struct replay_call *call);
void replay_grant_effect(struct replay_run *run,
			 const struct replay_call *call);
void replay_grant_show(struct replay_run *run, const struct replay_call *call);
u64 replay_grant_address(struct replay_run *run,
			 const struct replay_value *at);

void replay_vacate(struct replay_run *run, const struct replay_statement *st);
void replay_occupy(struct replay_run *run, const struct replay_statement *st);
bool replay_grants_forbid(struct replay_run *run,
			  const struct replay_statement *st);
bool replay_grants_cover(struct replay_run *run, u16 frame);

void replay_entry_write(struct replay_run *run,
			const struct replay_statement *st);
void replay_entry_read(struct replay_run *run,
		       const struct replay_statement *st);
void replay_entry_take(struct replay_run *run,
		       const struct replay_statement *st);

#endif /* _MEMREPLAY_GRANTS_H */
