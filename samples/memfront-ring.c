// SPDX-License-Identifier: GPL-2.0
/*
 * memfront-ring: how two guests share memory through xen-memfront.
 *
 * One has a page, shares it and asks by it; the other maps it and answers. The page
 * is a ring, as Xen's drivers have them: see xen/interface/io/ring.h for what is in
 * it and for the barriers. An event channel tells each side when to look. In the
 * guest that asks:
 *
 *   insmod memfront-ring.ko peer=DOMID
 *   cd /sys/module/memfront_ring/parameters; cat ref port
 *
 * and with what that says, which drivers tell each other through xenstore, in the
 * guest that answers:
 *
 *   insmod memfront-ring.ko peer=DOMID ref=REF port=PORT
 *
 * Neither side trusts the other: what is in the page is copied before it is looked
 * at, counters in it are checked, and a side that lies is not heard any more.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/workqueue.h>

#include <xen/events.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/io/ring.h>
#include <asm/xen/hypercall.h>

#include <memfront/grant.h>

#define QUESTIONS	10000

static ushort peer = DOMID_INVALID;
module_param(peer, ushort, 0444);
MODULE_PARM_DESC(peer, "the other guest's domain number");

static uint ref;
module_param(ref, uint, 0444);
MODULE_PARM_DESC(ref, "the ring's grant reference; not given: have a ring, and ask");

static uint port;
module_param(port, uint, 0444);
MODULE_PARM_DESC(port, "the event channel of the guest that asks");

/* What is the square of nr? */
struct question {
	u32 nr;
};

struct answer {
	u32 nr;
	u64 square;
};

DEFINE_RING_TYPES(square, struct question, struct answer);

/* What both sides have. */
static unsigned int irq;
static void look(struct work_struct *work);
static DECLARE_WORK(work, look);

/*
 * The side that asks.
 * @page:	the ring
 * @share:	how it is shared
 * @ring:	what this side knows of it
 * @asked:	questions
 * @answered:	answers
 * @wrong:	those that were not right
 */
static struct {
	struct page *page;
	struct memfront_share *share;
	struct square_front_ring ring;
	unsigned int asked;
	unsigned int answered;
	unsigned int wrong;
} asker;

/*
 * The side that answers.
 * @map:	the ring
 * @ring:	what this side knows of it
 */
static struct {
	struct memfront_grant_map *map;
	struct square_back_ring ring;
} answerer;

static void take_answer(RING_IDX i)
{
	struct answer a;

	RING_COPY_RESPONSE(&asker.ring, i, &a);
	if (a.nr != asker.answered || a.square != (u64)a.nr * a.nr)
		asker.wrong++;
	if (++asker.answered == QUESTIONS)
		pr_info("done: %u answers, %u wrong\n", asker.answered,
			asker.wrong);
}

/* Return: 0, or -EPROTO if there are more answers than questions. */
static int take_answers(void)
{
	struct square_front_ring *ring = &asker.ring;
	RING_IDX prod = READ_ONCE(ring->sring->rsp_prod);

	if (prod - ring->rsp_cons > ring->req_prod_pvt - ring->rsp_cons)
		return -EPROTO;
	virt_rmb(); /* their number first, then the answers */
	while (ring->rsp_cons != prod)
		take_answer(ring->rsp_cons++);
	return 0;
}

static void put_questions(void)
{
	struct square_front_ring *ring = &asker.ring;
	int notify;

	while (asker.asked < QUESTIONS && !RING_FULL(ring))
		RING_GET_REQUEST(ring, ring->req_prod_pvt++)->nr =
			asker.asked++;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(ring, notify);
	if (notify)
		notify_remote_via_irq(irq);
}

/* Return: 1 if there is more to do, 0 if there will be an event, or an errno. */
static int ask(void)
{
	int err = take_answers(), more;

	if (err)
		return err;
	put_questions();
	RING_FINAL_CHECK_FOR_RESPONSES(&asker.ring, more);
	return more;
}

static void answer_one(RING_IDX i)
{
	struct square_back_ring *ring = &answerer.ring;
	struct question q;
	struct answer *a;

	RING_COPY_REQUEST(ring, i, &q);
	a = RING_GET_RESPONSE(ring, ring->rsp_prod_pvt++);
	a->nr = q.nr;
	a->square = (u64)q.nr * q.nr;
}

/* As ask(). */
static int answer(void)
{
	struct square_back_ring *ring = &answerer.ring;
	RING_IDX prod = READ_ONCE(ring->sring->req_prod);
	int notify, more;

	if (RING_REQUEST_PROD_OVERFLOW(ring, prod))
		return -EPROTO;
	virt_rmb(); /* their number first, then the questions */
	while (ring->req_cons != prod)
		answer_one(ring->req_cons++);
	RING_PUSH_RESPONSES_AND_CHECK_NOTIFY(ring, notify);
	if (notify)
		notify_remote_via_irq(irq);
	RING_FINAL_CHECK_FOR_REQUESTS(ring, more);
	return more;
}

/* No event comes before the last is said to be dealt with. */
static void look(struct work_struct *unused)
{
	int ret = asker.share ? ask() : answer();

	if (ret > 0)
		schedule_work(&work);
	else if (!ret)
		xen_irq_lateeoi(irq, 0);
	else
		pr_err("domain %u does not keep to the protocol\n", peer);
}

/* May be here before who binds it knows the number. */
static irqreturn_t on_event(int nr, void *unused)
{
	irq = nr;
	schedule_work(&work);
	return IRQ_HANDLED;
}

static int bind_port(evtchn_port_t local)
{
	struct evtchn_close op = { .port = local };
	int ret = bind_evtchn_to_irqhandler_lateeoi(local, on_event, 0,
						    KBUILD_MODNAME, &work);

	if (ret < 0) {
		HYPERVISOR_event_channel_op(EVTCHNOP_close, &op);
		return ret;
	}
	irq = ret;
	return 0;
}

static int make_port(void)
{
	struct evtchn_alloc_unbound op = {
		.dom = DOMID_SELF,
		.remote_dom = peer,
	};
	int err = HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &op);

	port = op.port;
	return err ?: bind_port(op.port);
}

static int connect_port(void)
{
	struct evtchn_bind_interdomain op = {
		.remote_dom = peer,
		.remote_port = port,
	};
	int err = HYPERVISOR_event_channel_op(EVTCHNOP_bind_interdomain, &op);

	return err ?: bind_port(op.local_port);
}

/*
 * The share has a reference to the page of its own: while the peer still has it
 * mapped, nobody else gets it.
 */
static void take_back(void)
{
	int err = memfront_grant_revoke(asker.share);

	if (err == -EINPROGRESS)
		pr_info("domain %u has the ring still mapped\n", peer);
	else if (err)
		pr_err("the ring stays shared (%d)\n", err);
	__free_page(asker.page);
}

static int share_ring(void)
{
	struct memfront_share *share;
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct square_sring *sring;

	if (!page)
		return -ENOMEM;
	sring = page_address(page);
	XEN_FRONT_RING_INIT(&asker.ring, sring, PAGE_SIZE);
	share = memfront_grant_share(peer, &page, 1, 0);
	if (IS_ERR(share)) {
		__free_page(page);
		return PTR_ERR(share);
	}
	asker.page = page;
	asker.share = share;
	ref = *memfront_grant_refs(share);
	return 0;
}

static int start_asking(void)
{
	int err = share_ring();

	if (err)
		return err;
	err = make_port();
	if (err)
		take_back();
	return err;
}

static int start_answering(void)
{
	struct memfront_grant_map *map = memfront_grant_map(peer, &ref, 1, 0,
							    NULL);
	struct square_sring *sring;
	int err;

	if (IS_ERR(map))
		return PTR_ERR(map);
	sring = memfront_grant_addr(map);
	BACK_RING_INIT(&answerer.ring, sring, PAGE_SIZE);
	answerer.map = map;
	err = connect_port();
	if (err)
		memfront_grant_unmap(map);
	return err;
}

/* Who comes first asks into nothing; who comes second finds the questions. */
static int __init memfront_ring_init(void)
{
	int err;

	if (peer == DOMID_INVALID || !ref != !port)
		return -EINVAL;
	err = ref ? start_answering() : start_asking();
	if (!err)
		schedule_work(&work);
	return err;
}

static void __exit memfront_ring_exit(void)
{
	disable_irq(irq);
	cancel_work_sync(&work);
	unbind_from_irqhandler(irq, &work);
	if (asker.share)
		take_back();
	else
		memfront_grant_unmap(answerer.map);
}

module_init(memfront_ring_init);
module_exit(memfront_ring_exit);

MODULE_DESCRIPTION("Example of a ring that two guests share through xen-memfront");
MODULE_AUTHOR("The xen-memfront developers");
MODULE_LICENSE("GPL");
