/* SPDX-License-Identifier: GPL-2.0 */
/* Other domains, for scripts of a control domain. */
#ifndef _MEMREPLAY_GUESTS_H
#define _MEMREPLAY_GUESTS_H

struct replay_run;
struct replay_statement;

int replay_guests_make(struct replay_run *run);
long replay_guest_destroy(struct replay_run *run,
			  const struct replay_statement *st);
void replay_guests_end(struct replay_run *run);

#endif /* _MEMREPLAY_GUESTS_H */
