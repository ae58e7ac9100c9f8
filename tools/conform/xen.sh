# SPDX-License-Identifier: GPL-2.0
# about: make conform, Xen's half: every job on real Xen, in an ordinary PV or PVH domU or both, in
# dom0 where a job asks for a control domain, and in a domU of its own where it ends its domain
# timeout: 1500
# dom0_mem: 640M
# smp: 1
# append: DOMU_MEMORY=192 DOMU_MAXMEM=192 DOMU_TIMEOUT=600 DOMU_BOOT=150
. /lab/conform.sh

OUT=/run/transcripts
MEET=/replay
PREPARE=". /lab/verbs.sh; . /lab/conform.sh; conform_unpack && load xen-memreplay meet=$MEET"

prepare()
{
	in_domu pv "$PREPARE" && in_domu pvh "$PREPARE"
}

# side pv|pvh N|Y LIST: in the domU, its part of jobs of two domains; Y: as the second.
side()
{
	in_domu "$1" ". /lab/conform.sh; echo $2 >/sys/module/xen_memreplay/parameters/second
		conform_all $3 >/run/$3; gzip /run/$3"
}

# peers FIRST SECOND LIST: both at once. They meet where both may read and write.
peers()
{
	local other LAB_PAUSE=1

	xenstore-write $MEET "" && xenstore-chmod $MEET n0 "b$(domid_of pv)" "b$(domid_of pvh)" || return 1
	side "$2" Y "$3" &
	other=$!
	side "$1" N "$3" && wait $other
}

# handed_over pv|pvh FILE: out of the domU, in granted pages.
handed_over()
{
	local number

	number=$(in_domu "$1" "parcel give $2.gz") &&
		parcel take "$(domid_of "$1")" "$number" >>$OUT.gz
}

# Kernels that grant have no grants for others to play with: the granting module comes last.
ordinary()
{
	in_domu "$1" ". /lab/conform.sh; conform_all $2 >$OUT && gzip $OUT &&
		insmod /lab/host/xen-gntalloc.ko limit=1024" || return 1
	handed_over "$1" $OUT
}

part()
{
	echo "== PART $1" | gzip >>$OUT.gz
}

# parts FIRST SECOND LIST: of jobs of two domains, what each has told.
parts()
{
	part first
	handed_over "$1" "/run/$3" || return 1
	part second
	handed_over "$2" "/run/$3" || return 1
	part whole
}

control()
{
	load xen-memreplay && conform_all control | gzip >>$OUT.gz
}

# throwaway_create NAME pv|pvh: a domU like that under another name.
throwaway_create()
{
	sed -e "s/loglevel=5/loglevel=8/" -e "s/^name = .*/name = \"$1\"/" \
		-e "s/domu-$2/domu-$1/" "/etc/xen/$2.cfg" >"/etc/xen/$1.cfg"
	xl create "/etc/xen/$1.cfg" >/dev/null
}

# What a domain that does not live can have told: its console. Each call is there before it
# is made, and again with its answer: a line that the next one goes on with is dropped.
throwaway_told()
{
	tr -d '\r' <"$DOMU_LOGS/guest-$1.log" | sed -n 's/^.*xen[-_]memreplay: //p' | awk '
	NR > 1 && index($0, last) != 1 { print last }
	{ last = $0 }
	END { if (NR) print last }'
}

# throwaway NAME pv|pvh: its transcript; it is over when the domain is, or when it says so.
throwaway()
{
	local status

	throwaway_create "$1" "$2" && wait_until "${DOMU_BOOT:-60}" agent_ready "$1" || return 1
	status=$(in_domu "$1" "$PREPARE && cat $JOBS/$1.hc >$REPLAY/run; cat $REPLAY/status")
	if [ $? -eq 125 ]; then status=killed; else xl destroy "$1"; fi
	# The last words may still be in the ring.
	sleep 0.3
	echo "== $1"
	throwaway_told "$1"
	echo "== STATUS: $status"
}

# throwaways pv|pvh LIST
throwaways()
{
	local name

	for name in $(conform_list "$2"); do
		throwaway "$name" "$1" >/run/one || return 1
		gzip </run/one >>$OUT.gz
	done
}

expect "the jobs are there" conform_unpack || stop
expect "both domUs are ready" prepare || stop
expect "jobs of two domains, the first PV" peers pv pvh peer || stop
expect "and the other way round" peers pvh pv peer-translated || stop
expect "ordinary jobs" ordinary pv ordinary || stop
expect "those of a translated domain" ordinary pvh ordinary-translated || stop
expect "what two domains have told" parts pv pvh peer
expect "and the other way round" parts pvh pv peer-translated
expect "jobs of a control domain" control
xl destroy pv
expect "jobs that end their domain" throwaways pv throwaway
xl destroy pvh
expect "those of a translated domain" throwaways pvh throwaway-translated
expect "the transcripts are on their way" channel send $OUT.gz
