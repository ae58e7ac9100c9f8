/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM memfront

#if !defined(_MEMFRONT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _MEMFRONT_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(memfront_mmu_issue,

	TP_PROTO(unsigned int calls, unsigned int requests, long ret),

	TP_ARGS(calls, requests, ret),

	TP_STRUCT__entry(
		__field(unsigned int, calls)
		__field(unsigned int, requests)
		__field(long, ret)
	),

	TP_fast_assign(
		__entry->calls = calls;
		__entry->requests = requests;
		__entry->ret = ret;
	),

	TP_printk("calls=%u requests=%u ret=%ld", __entry->calls,
		  __entry->requests, __entry->ret)
);

TRACE_EVENT(memfront_mmu_refused,

	TP_PROTO(const char *call, unsigned int index, unsigned int requests,
		 int err),

	TP_ARGS(call, index, requests, err),

	TP_STRUCT__entry(
		__string(call, call)
		__field(unsigned int, index)
		__field(unsigned int, requests)
		__field(int, err)
	),

	TP_fast_assign(
		__assign_str(call, call);
		__entry->index = index;
		__entry->requests = requests;
		__entry->err = err;
	),

	TP_printk("call=%s index=%u requests=%u err=%d", __get_str(call),
		  __entry->index, __entry->requests, __entry->err)
);

DECLARE_EVENT_CLASS(memfront_map,

	TP_PROTO(unsigned int domid, unsigned int frames, unsigned int mapped),

	TP_ARGS(domid, frames, mapped),

	TP_STRUCT__entry(
		__field(unsigned int, domid)
		__field(unsigned int, frames)
		__field(unsigned int, mapped)
	),

	TP_fast_assign(
		__entry->domid = domid;
		__entry->frames = frames;
		__entry->mapped = mapped;
	),

	TP_printk("domid=%u frames=%u mapped=%u", __entry->domid,
		  __entry->frames, __entry->mapped)
);

DEFINE_EVENT(memfront_map, memfront_foreign_map,

	TP_PROTO(unsigned int domid, unsigned int frames, unsigned int mapped),

	TP_ARGS(domid, frames, mapped)
);

DEFINE_EVENT(memfront_map, memfront_grant_map,

	TP_PROTO(unsigned int domid, unsigned int frames, unsigned int mapped),

	TP_ARGS(domid, frames, mapped)
);

DECLARE_EVENT_CLASS(memfront_unmap,

	TP_PROTO(unsigned int domid, unsigned int frames, int err),

	TP_ARGS(domid, frames, err),

	TP_STRUCT__entry(
		__field(unsigned int, domid)
		__field(unsigned int, frames)
		__field(int, err)
	),

	TP_fast_assign(
		__entry->domid = domid;
		__entry->frames = frames;
		__entry->err = err;
	),

	TP_printk("domid=%u frames=%u err=%d", __entry->domid,
		  __entry->frames, __entry->err)
);

DEFINE_EVENT(memfront_unmap, memfront_foreign_unmap,

	TP_PROTO(unsigned int domid, unsigned int frames, int err),

	TP_ARGS(domid, frames, err)
);

DEFINE_EVENT(memfront_unmap, memfront_grant_unmap,

	TP_PROTO(unsigned int domid, unsigned int frames, int err),

	TP_ARGS(domid, frames, err)
);

#endif /* _MEMFRONT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
