// SPDX-License-Identifier: GPL-2.0
/*
 * Where two domains on Xen meet: first in a directory of xenstore that both may
 * read and write. Each has nodes there, named after its side, 0 or 1:
 *
 *   SIDE/state   "SCRIPT STEP STOPPED": the script that it is at, counted from
 *                when the module was loaded; how far it is with meeting; and the
 *                last script that it had to stop
 *   SIDE/card    what the other must know of it in this script
 *   0/port       an event channel for the other
 *
 * What a step promises is there before the state says so. From then on the turn
 * goes from one to the other by an event, which takes a fraction of the time.
 * Each waits for the other after each event that it sends, so none is lost.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/wait.h>

#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/xenbus.h>
#include <xen/interface/event_channel.h>
#include <asm/xen/hypercall.h>

#include "backend.h"
#include "meet.h"

static char *meet;
module_param(meet, charp, 0400);
MODULE_PARM_DESC(meet, "directory of xenstore where two domains meet");

static bool second;
module_param(second, bool, 0600);
MODULE_PARM_DESC(second, "this is the second of two domains (default 0)");

/* The other domain may still be at something else, or do something long. */
#define FIRST_WAIT	60
#define WAIT		20

/* Steps of meeting. */
enum {
	CARD_IS_THERE,
	PORT_IS_THERE,
	PORT_IS_BOUND,
	READY,
};

struct state {
	u32 script;
	u32 step;
	u32 stopped;
};

static struct state own;

/* Something may have changed: in xenstore, or an event has come. */
static DECLARE_WAIT_QUEUE_HEAD(news);
static bool changed;
static atomic_t events;

static bool watching;
static bool watched;
static char node[80];

/* The event channel, once there is one. */
static int irq = -1;

static void on_change(struct xenbus_watch *watch, const char *path,
		      const char *token)
{
	WRITE_ONCE(changed, true);
	wake_up(&news);
}

static struct xenbus_watch watch = {
	.node = node,
	.callback = on_change,
};

static irqreturn_t on_event(int irq, void *unused)
{
	atomic_inc(&events);
	wake_up(&news);
	return IRQ_HANDLED;
}

static u8 which_side(void)
{
	return second;
}

static void stop_watching(void)
{
	if (watching)
		unregister_xenbus_watch(&watch);
	watching = false;
}

static void hang_up(void)
{
	if (irq >= 0)
		unbind_from_irqhandler(irq, &irq);
	irq = -1;
}

/**
 * replay_meet_end() - forget the other domain
 *
 * Context: may sleep.
 */
void replay_meet_end(void)
{
	hang_up();
	stop_watching();
}

/* Who has changed sides begins anew. */
static int watch_side(bool side)
{
	int ret;

	if (watching && watched == side)
		return 0;
	replay_meet_end();
	snprintf(node, sizeof(node), "%s/%u/state", meet, side);
	ret = register_xenbus_watch(&watch);
	watching = !ret;
	watched = side;
	return ret;
}

static const char *path_of(bool side)
{
	static char path[2][64];

	snprintf(path[side], sizeof(path[side]), "%s/%u", meet, side);
	return path[side];
}

static int write_state(u32 step)
{
	own.step = step;
	return xenbus_printf(XBT_NIL, path_of(second), "state", "%u %u %u",
			     own.script, own.step, own.stopped);
}

static bool read_state(struct state *state)
{
	return xenbus_scanf(XBT_NIL, path_of(!second), "state", "%u %u %u",
			    &state->script, &state->step,
			    &state->stopped) == 3;
}

static bool other_has_stopped(void)
{
	struct state state;

	return read_state(&state) && (state.stopped >= own.script ||
				      state.script > own.script);
}

/* -EAGAIN: not yet. */
static int judge(const struct state *state, u32 step)
{
	if (state->stopped >= own.script || state->script > own.script)
		return -ECANCELED;
	return state->script < own.script || state->step < step ? -EAGAIN : 0;
}

static int wait_for_step(u32 step)
{
	long left = FIRST_WAIT * HZ;
	struct state state;
	int ret;

	while (left) {
		WRITE_ONCE(changed, false);
		ret = read_state(&state) ? judge(&state, step) : -EAGAIN;
		if (ret != -EAGAIN)
			return ret;
		left = wait_event_timeout(news, READ_ONCE(changed), left);
	}
	return -ETIMEDOUT;
}

static int read_card(char *card, size_t size)
{
	char *text = xenbus_read(XBT_NIL, path_of(!second), "card", NULL);

	if (IS_ERR(text))
		return PTR_ERR(text);
	strscpy(card, text, size);
	kfree(text);
	return 0;
}

static int listen_to(evtchn_port_t port)
{
	int ret = bind_evtchn_to_irqhandler(port, on_event, 0, KBUILD_MODNAME,
					    &irq);

	if (ret >= 0)
		irq = ret;
	return min(ret, 0);
}

static int offer_port(u16 domid)
{
	struct evtchn_alloc_unbound op = {
		.dom = DOMID_SELF,
		.remote_dom = domid,
	};
	int ret = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &op);

	if (!ret)
		ret = listen_to(op.port);
	if (!ret)
		ret = xenbus_printf(XBT_NIL, path_of(0), "port", "%u", op.port);
	if (!ret)
		ret = write_state(PORT_IS_THERE);
	return ret ?: wait_for_step(PORT_IS_BOUND);
}

static int bind_port(u16 domid)
{
	struct evtchn_bind_interdomain op = { .remote_dom = domid };
	int ret = wait_for_step(PORT_IS_THERE);

	if (ret)
		return ret;
	if (xenbus_scanf(XBT_NIL, path_of(0), "port", "%u",
			 &op.remote_port) != 1)
		return -ENOENT;
	ret = HYPERVISOR_event_channel_op(EVTCHNOP_bind_interdomain, &op);
	if (!ret)
		ret = listen_to(op.local_port);
	if (ret)
		return ret;
	/* Xen sends one with the binding, in case that one was lost. */
	wait_event_timeout(news, atomic_read(&events), HZ);
	atomic_set(&events, 0);
	return write_state(PORT_IS_BOUND);
}

/* The card begins with the number of the domain, and its type. */
static int call_up(const char *card)
{
	unsigned int domid, translated;

	if (irq >= 0)
		return 0;
	if (sscanf(card, "%u %u", &domid, &translated) != 2)
		return -EINVAL;
	return second ? bind_port(domid) : offer_port(domid);
}

/* With what the other must know, and then what it has told. */
static int meet_other(char *card, size_t size)
{
	int ret = watch_side(!second);

	if (ret)
		return ret;
	ret = xenbus_printf(XBT_NIL, path_of(second), "card", "%s", card);
	if (!ret)
		ret = write_state(CARD_IS_THERE);
	if (!ret)
		ret = wait_for_step(CARD_IS_THERE);
	if (!ret)
		ret = read_card(card, size);
	if (!ret)
		ret = call_up(card);
	/* What came before is of another script; what comes after is of this. */
	atomic_set(&events, 0);
	if (!ret)
		ret = write_state(READY);
	return ret ?: wait_for_step(READY);
}

static void begin_script(void)
{
	own.script++;
}

static void tell_other(void)
{
	notify_remote_via_irq(irq);
}

/* -ETIMEDOUT, or -ECANCELED if the other has stopped. */
static int await_other(void)
{
	u32 left = WAIT;

	while (!wait_event_timeout(news, atomic_read(&events), HZ)) {
		if (other_has_stopped())
			return -ECANCELED;
		if (!left--)
			return -ETIMEDOUT;
	}
	atomic_dec(&events);
	return 0;
}

static void stop_here(void)
{
	own.stopped = own.script;
	write_state(own.step);
}

static int by_number(const void *one, const void *other)
{
	u32 a = *(const u32 *)one, b = *(const u32 *)other;

	return a < b ? -1 : a > b;
}

/* In order: as long as the kernel grants nothing, they are always the same. */
static int take_refs(u32 *refs, u32 nr)
{
	grant_ref_t head;
	u32 i;

	if (gnttab_alloc_grant_references(nr, &head))
		return -ENOSPC;
	for (i = 0; i < nr; i++)
		refs[i] = gnttab_claim_grant_reference(&head);
	sort(refs, nr, sizeof(*refs), by_number, NULL);
	return 0;
}

static void give_refs(const u32 *refs, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		gnttab_free_grant_reference(refs[i]);
}

/**
 * replay_meet_attach() - let a backend meet others, and have grants
 * @backend: the backend, else complete
 */
void replay_meet_attach(struct replay_backend *backend)
{
	backend->take_refs = take_refs;
	backend->give_refs = give_refs;
	backend->side = which_side;
	backend->begin = begin_script;
	backend->meet = meet ? meet_other : NULL;
	backend->tell = tell_other;
	backend->await = await_other;
	backend->stop = stop_here;
}
