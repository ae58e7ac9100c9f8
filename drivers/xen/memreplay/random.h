/* SPDX-License-Identifier: GPL-2.0 */
/* Statements made at random. */
#ifndef _MEMREPLAY_RANDOM_H
#define _MEMREPLAY_RANDOM_H

#include <linux/types.h>

struct replay_parser;
struct replay_statement;

bool replay_random_parse(struct replay_parser *p, struct replay_statement *st);

#endif /* _MEMREPLAY_RANDOM_H */
