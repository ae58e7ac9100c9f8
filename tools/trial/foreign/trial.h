/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FOREIGNTRIAL_TRIAL_H
#define FOREIGNTRIAL_TRIAL_H

#include "../pair.h"

int taker_map(const char *args);
int taker_range(const char *args);
int taker_look(const char *args);
int taker_check(const char *args);
int taker_fill(const char *args);
int taker_unmap(const char *args);
void taker_exit(void);

int giver_make(const char *args);
int giver_frames(const char *args);
int giver_fill(const char *args);
int giver_check(const char *args);
int giver_drop(const char *args);
void giver_exit(void);

#endif
