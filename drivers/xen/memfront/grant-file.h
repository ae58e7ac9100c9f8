/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file that tells of grants.
 */
#ifndef _MEMFRONT_GRANT_FILE_H
#define _MEMFRONT_GRANT_FILE_H

#include <linux/fs.h>

extern const struct file_operations grants_fops;

#endif /* _MEMFRONT_GRANT_FILE_H */
