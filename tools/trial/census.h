/* SPDX-License-Identifier: GPL-2.0 */
/* What the hypervisor knows of this domain's memory. */
#ifndef MEMTRIAL_CENSUS_H
#define MEMTRIAL_CENSUS_H

struct seq_file;

int census_take(void);
void census_give(void);
int census_write(struct seq_file *s);
int keys_write(struct seq_file *s);

#endif /* MEMTRIAL_CENSUS_H */
