/* SPDX-License-Identifier: GPL-2.0 */
/* What is behind: real Xen, or the in-tree core. */
#ifndef _MEMREPLAY_BACKEND_H
#define _MEMREPLAY_BACKEND_H

#include <linux/types.h>

struct page;

/**
 * struct replay_footing - what a script may pull from under the guest
 * @root: machine frame of the root table of kernel mode
 * @user_root: that of user mode, or 0
 * @gdt: machine frame of the GDT
 * @gdt_entries: descriptors in it; 0: none
 * @stack_segment: of kernel mode
 * @stack: pointer of kernel mode
 * @base: segment bases, by SEGBASE_*; the last is a selector
 */
struct replay_footing {
	u64 root;
	u64 user_root;
	u64 gdt;
	u32 gdt_entries;
	u64 stack_segment;
	u64 stack;
	u64 base[4];
};

/**
 * struct replay_backend - the hypervisor, and the guest's way to its own memory
 * @name: what it is called
 * @hypercall: enter it
 * @direct_va: where the direct map has a page
 * @load: the CPU reads up to 8 bytes, or a page; false if that faults
 * @store: the CPU writes 1, 2, 4 or 8 bytes
 * @footing: what the guest stands on, on the CPU that runs
 * @detach: let go of it
 * @p2m: machine frame of each pfn, the guest's to write
 * @p2m_size: length of @p2m
 * @m2p: pfn of each machine frame
 * @m2p_size: length of @m2p
 * @own_domid: the caller's domain number
 * @control: the caller is privileged
 * @side: which of two domains the caller is; NULL: the first
 * @sleeps: making and ending domains needs a context that may sleep
 * @translated: the caller's frames are numbered by itself
 * @shared_info: page of a translated kernel's where it has its shared info
 * @make_peer: makes the other of two domains, which is run from here, too
 * @end_peer: ends it
 * @begin: a script of two domains is the next
 * @meet: meets the other domain, if it runs by itself
 * @tell: tells it that it is its turn
 * @await: waits until it is this one's turn
 * @stop: tells that this one goes no further
 * @take_pfn: gives a page of a caller that is not the running kernel
 * @take_refs: gives grant references that are nobody's else
 * @give_refs: takes them back
 */
struct replay_backend {
	const char *name;
	long (*hypercall)(unsigned int nr, unsigned long a1, unsigned long a2,
			  unsigned long a3, unsigned long a4,
			  unsigned long a5);
	unsigned long (*direct_va)(unsigned long pfn);
	bool (*load)(unsigned long va, void *to, size_t size);
	bool (*store)(unsigned long va, const void *from, size_t size);
	void (*footing)(struct replay_footing *footing);
	void (*detach)(void);
	unsigned long *p2m;
	unsigned long p2m_size;
	const unsigned long *m2p;
	unsigned long m2p_size;
	u16 own_domid;
	bool control;
	u8 (*side)(void);
	bool sleeps;
	bool translated;
	unsigned long (*shared_info)(void);
	int (*make_peer)(struct replay_backend *peer);
	void (*end_peer)(void);
	void (*begin)(void);
	int (*meet)(char *card, size_t size);
	void (*tell)(void);
	int (*await)(void);
	void (*stop)(void);
	bool (*take_pfn)(unsigned long *pfn);
	int (*take_refs)(u32 *refs, u32 nr);
	void (*give_refs)(const u32 *refs, u32 nr);
};

extern struct replay_backend replay_backend;

static inline bool replay_backend_present(void)
{
	return replay_backend.hypercall;
}

/* The frame behind a page of the guest. */
static inline u64 replay_backend_mfn(unsigned long pfn)
{
	return replay_backend.translated ? pfn : replay_backend.p2m[pfn];
}

static inline void replay_backend_set_mfn(unsigned long pfn, u64 mfn)
{
	if (!replay_backend.translated)
		replay_backend.p2m[pfn] = mfn;
}

int replay_backend_attach(void);
void replay_backend_detach(void);
bool replay_backend_foreign(u64 *mfn);

int replay_core_attach(struct replay_backend *backend);

#if IS_ENABLED(CONFIG_XEN_PV)
bool replay_xen_present(void);
int replay_xen_attach(struct replay_backend *backend);
int replay_xen_attach_translated(struct replay_backend *backend);
long replay_xen_call(unsigned int nr, unsigned long a1, unsigned long a2,
		     unsigned long a3, unsigned long a4, unsigned long a5);
unsigned long replay_xen_direct_va(unsigned long pfn);
bool replay_xen_load(unsigned long va, void *to, size_t size);
bool replay_xen_store(unsigned long va, const void *from, size_t size);
void replay_xen_detach(void);
#else
static inline bool replay_xen_present(void)
{
	return false;
}

static inline int replay_xen_attach(struct replay_backend *backend)
{
	return -ENODEV;
}
#endif

#endif /* _MEMREPLAY_BACKEND_H */
