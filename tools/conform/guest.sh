# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# In a guest: run the jobs of make conform and print their transcripts, one after the
# other. A transcript begins with "== NAME" and ends with "== STATUS: what became of it".

JOBS=/run/conform
REPLAY=/sys/kernel/debug/xen-memreplay
CORE=/sys/kernel/debug/xen-memcore

conform_unpack()
{
	mkdir -p $JOBS && tar -xzf /lab/conform.tgz -C $JOBS
}

# conform_list LIST: the names of the jobs of one kind.
conform_list()
{
	cat "$JOBS/$1.list"
}

# conform_run NAME: the kernel's log names it first, for it may be the last word.
conform_run()
{
	echo "conform: $1" >/dev/kmsg
	echo "== $1"
	cat "$JOBS/$1.hc" >$REPLAY/run
	cat $REPLAY/transcript
	echo "== STATUS: $(tr '\n' ' ' <$REPLAY/status)"
	conform_audit
}

# The core recounts everything after each script; Xen has no such thing.
conform_audit()
{
	local found

	[ -r $CORE/audit ] || return 0
	found=$(cat $CORE/audit)
	[ "$found" = ok ] || printf '%s\n' "$found" | sed 's/^/== AUDIT: /'
}

# conform_all LIST
conform_all()
{
	local name

	for name in $(conform_list "$1"); do
		conform_run "$name"
	done
}
