/* SPDX-License-Identifier: GPL-2.0 */
/* Each fills in one line of figures and undoes all it did. */
#ifndef FRONTBENCH_MEASURE_H
#define FRONTBENCH_MEASURE_H

#include <linux/types.h>

/**
 * struct arguments - of a command
 * @nr:		how many entries go into a batch; or whose memory; or where
 * @first:	the first frame
 */
struct arguments {
	unsigned long nr;
	unsigned long first;
};

int measure_pte(const struct arguments *args, char *result, size_t len);
int measure_ptes(const struct arguments *args, char *result, size_t len);
int measure_lookup(const struct arguments *args, char *result, size_t len);
int measure_foreign(const struct arguments *args, char *result, size_t len);
int measure_frames(const struct arguments *args, char *result, size_t len);
int measure_holes(const struct arguments *args, char *result, size_t len);
int measure_kframes(const struct arguments *args, char *result, size_t len);
int measure_byhand(const struct arguments *args, char *result, size_t len);
int measure_gmap(const struct arguments *args, char *result, size_t len);
int measure_gcopy(const struct arguments *args, char *result, size_t len);
int measure_ghit(const struct arguments *args, char *result, size_t len);

#endif /* FRONTBENCH_MEASURE_H */
