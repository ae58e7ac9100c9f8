/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMTRIAL_ROUNDS_H
#define MEMTRIAL_ROUNDS_H

int command_trees(unsigned int rounds, unsigned int seed);
int command_refused(unsigned int rounds, unsigned int seed);
int command_hold(unsigned int nr_l1, unsigned int unused);
int command_drop(unsigned int unused, unsigned int unused2);
int command_plant(unsigned int kind, unsigned int unused);
int command_right(unsigned int unused, unsigned int unused2);
int command_range(unsigned int unused, unsigned int unused2);
int command_ops(unsigned int unused, unsigned int unused2);
int command_full(unsigned int requests, unsigned int unused);
int command_contexts(unsigned int unused, unsigned int unused2);
int command_translated(unsigned int unused, unsigned int unused2);

#endif /* MEMTRIAL_ROUNDS_H */
