# SPDX-License-Identifier: GPL-2.0
# about: make conform, the core's half: every job on the in-tree core
# timeout: 600
. /lab/conform.sh

OUT=/run/transcripts
PEER=pv

# As xl makes a domain: it may have 1 MiB more than it has, and the machine has that.
core_up()
{
	local max=$CORE/max_pages

	load xen-memcore spare_mb=16 "$@" && echo $(($(cat $max) + 256)) >$max &&
		load xen-memreplay peer=$PEER
}

core_down()
{
	unload xen_memreplay && unload xen_memcore
}

# in_core LIST [PARAMETER...]: a list of jobs on a core of its own.
in_core()
{
	local list=$1

	shift
	core_up "$@" || return 1
	conform_all "$list" >>$OUT
	core_down
}

# peers TYPE LIST ADOPT: jobs of two domains; the other is of this type.
peers()
{
	PEER=$1
	in_core "$2" "$3"
}

# throwaways LIST PARAMETER...: what kills the domain gets a new core each time.
throwaways()
{
	local name list=$1

	shift
	for name in $(conform_list "$list"); do
		core_up "$@" || return 1
		conform_run "$name" >>$OUT
		core_down || return 1
	done
}

: >$OUT
expect "the jobs are there" conform_unpack || stop
expect "ordinary jobs" in_core ordinary adopt=pv
expect "those of a translated domain" in_core ordinary-translated adopt=translated
expect "jobs of a control domain" in_core control adopt=pv control=1
expect "jobs that end their domain" throwaways throwaway adopt=pv
expect "those of a translated domain" throwaways throwaway-translated adopt=translated
expect "jobs of two domains, the first PV" peers translated peer adopt=pv
expect "and the other way round" peers pv peer-translated adopt=translated
gzip -c $OUT >$OUT.gz
expect "the transcripts are on their way" channel send $OUT.gz
