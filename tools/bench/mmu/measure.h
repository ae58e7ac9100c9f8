/* SPDX-License-Identifier: GPL-2.0 */
/* Each fills in one line of figures, in nanoseconds, and undoes all it did. */
#ifndef MMUBENCH_MEASURE_H
#define MMUBENCH_MEASURE_H

#include <linux/types.h>

int measure_empty(unsigned int calls, char *result, size_t len);
int measure_mmu_update(unsigned int batch, char *result, size_t len);
int measure_va_mapping(unsigned int batch, char *result, size_t len);
int measure_va_flush(unsigned int batch, char *result, size_t len);
int measure_tree(unsigned int tables, char *result, size_t len);
int measure_threads(unsigned int threads, char *result, size_t len);
int measure_grants(unsigned int batch, char *result, size_t len);
int measure_grant_threads(unsigned int threads, char *result, size_t len);
int measure_domains(unsigned int nr, char *result, size_t len);
int measure_reserve(unsigned int order, char *result, size_t len);
int measure_fragment(unsigned int pages, char *result, size_t len);
int measure_control(unsigned int threads, char *result, size_t len);

#endif /* MMUBENCH_MEASURE_H */
