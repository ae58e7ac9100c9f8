/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MEMCORE_RAM_H
#define MEMCORE_RAM_H

unsigned long *memcore_ram_map(unsigned long *nr_pfns);

#endif
