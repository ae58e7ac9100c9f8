/* SPDX-License-Identifier: GPL-2.0 */
/* How often each hypercall was run. */
#ifndef _MEMREPLAY_COUNTS_H
#define _MEMREPLAY_COUNTS_H

#include <linux/types.h>

struct replay_call;
struct replay_run;
struct seq_file;

void replay_count_call(struct replay_run *run,
		       const struct replay_call *call);
void replay_count_access(bool write);
void replay_counts_show(struct seq_file *m);

#endif /* _MEMREPLAY_COUNTS_H */
