/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver that is built into the kernel: taking the balloon over from it,
 * keeping its files true meanwhile, and handing the balloon back.
 */
#ifndef _MEMFRONT_TAKEOVER_H
#define _MEMFRONT_TAKEOVER_H

#include <linux/errno.h>
#include <linux/types.h>

#include "backoff.h"
#include "ledger.h"

/**
 * struct stock_figures - the stock driver's account, in pages
 * @current_pages: what the guest has
 * @target_pages: what it should have
 */
struct stock_figures {
	unsigned long current_pages;
	unsigned long target_pages;
};

#if IS_ENABLED(CONFIG_XEN_BALLOON)
bool takeover_present(void);
bool takeover_supported(void);
int takeover_watch(void (*hear)(unsigned long pages));
int takeover_begin(struct ledger *ledger, void (*hear)(unsigned long pages));
long takeover_adopt(struct ledger *ledger);
void takeover_count(long pages);
void takeover_deafen(void);
void takeover_end(struct ledger *ledger);
bool *takeover_scrub_setting(void);
void takeover_load_limits(struct backoff *backoff);
void takeover_store_limits(const struct backoff *backoff);
void takeover_show(const struct stock_figures *figures,
		   const struct backoff *backoff, unsigned long holes);
void takeover_show_target(unsigned long pages);
bool takeover_missed_target(unsigned long *pages);
struct stock_figures takeover_figures(void);
unsigned long takeover_holes(void);
void takeover_steer(unsigned long target_pages);
#else
static inline bool takeover_present(void)
{
	return false;
}

static inline bool takeover_supported(void)
{
	return false;
}

static inline int takeover_watch(void (*hear)(unsigned long pages))
{
	return -ENODEV;
}

static inline int takeover_begin(struct ledger *ledger,
				 void (*hear)(unsigned long pages))
{
	return -ENODEV;
}

static inline void takeover_deafen(void) { }
static inline void takeover_end(struct ledger *ledger) { }

static inline bool *takeover_scrub_setting(void)
{
	return NULL;
}

static inline void takeover_load_limits(struct backoff *backoff) { }
static inline void takeover_store_limits(const struct backoff *backoff) { }
static inline void takeover_show(const struct stock_figures *figures,
				 const struct backoff *backoff,
				 unsigned long holes) { }

static inline struct stock_figures takeover_figures(void)
{
	return (struct stock_figures){};
}

static inline unsigned long takeover_holes(void)
{
	return 0;
}

static inline void takeover_steer(unsigned long target_pages) { }
#endif

#endif /* _MEMFRONT_TAKEOVER_H */
