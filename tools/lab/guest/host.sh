# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A Xen host in a few lines: toolstack daemons, one PV and one PVH domU with an agent.

DOMU_LOGS=/var/log/xen
DOMU_MEMORY=${DOMU_MEMORY:-384}
DOMU_MAXMEM=${DOMU_MAXMEM:-512}
COMMAND_ID=0

# step COMMAND...: what fails says so.
step()
{
	"$@" || {
		echo "host: failed: $*"
		return 1
	}
}

host_modules()
{
	local module

	for module in xen-evtchn xen-privcmd xenfs xen-gntdev xen-gntalloc; do
		step insmod "/lab/host/$module.ko" || return 1
	done
}

host_directories()
{
	mkdir -p /var/lib/xenstored /var/lib/xen /var/lock $DOMU_LOGS /etc/xen /run/xen /run/xenstored
	: >/etc/xen/xl.conf
	ln -s /run /var/run
	mount -t xenfs xenfs /proc/xen
}

host_daemons()
{
	step xenstored --pid-file /run/xenstored.pid &&
		step wait_until 20 xenstore-exists / &&
		step xen-init-dom0 &&
		step xenconsoled --log=all --log-dir=$DOMU_LOGS --pid-file=/run/xenconsoled.pid
}

# domu_create NAME [LINE...]: NAME is pv or pvh, with a number after it if there are more of a
# kind; the lines are for xl.
domu_create()
{
	local name=$1

	cat >"/etc/xen/$1.cfg" <<-END
	name = "$1"
	type = "${1%%[0-9]*}"
	kernel = "/lab/domu/vmlinuz"
	ramdisk = "/lab/domu/initramfs"
	memory = $DOMU_MEMORY
	maxmem = $DOMU_MAXMEM
	vcpus = 1
	on_crash = "destroy"
	on_poweroff = "destroy"
	on_reboot = "destroy"
	tsc_mode = "native"
	extra = "console=hvc0 loglevel=5 panic=-1 lab.mode=domu lab.guest=domu-$1 $DOMU_EXTRA"
	END
	shift
	printf '%s\n' "$@" >>"/etc/xen/$name.cfg"
	step xl create "/etc/xen/$name.cfg" >/dev/null
}

agent_ready()
{
	[ -n "$(xenstore-read "/local/domain/$(domid_of "$1")/data/lab/status" 2>/dev/null)" ]
}

# domus_ready NAME...: their agents answer.
domus_ready()
{
	local name

	for name; do
		step wait_until ${DOMU_BOOT:-60} agent_ready "$name" || {
			xl list
			return 1
		}
	done
}

host_up()
{
	host_modules && step host_directories && host_daemons || return 1
	for kind in ${DOMUS:-pv pvh}; do
		domu_create "$kind" || return 1
	done
	domus_ready ${DOMUS:-pv pvh}
}

# domid_of NAME: fails when the domain is gone.
domid_of()
{
	xl domid "$1" 2>/dev/null
}

# has_zombie: a domain is dead, and not gone.
has_zombie()
{
	xl list | grep -q '(null)'
}

has_no_zombie()
{
	! has_zombie
}

# xl_mem NAME: Xen's figure of what the domain has, in KiB.
xl_mem()
{
	xentop -b -i 1 | awk -v name="$1" '$1 == name { print $5 }'
}

# in_domu NAME COMMAND: run a shell command inside; its output and its status, or 124
# when it takes too long, or 125 when the domain is gone.
in_domu()
{
	local base status

	base=/local/domain/$(domid_of "$1")/data/lab || return 125
	COMMAND_ID=$((COMMAND_ID + 1))
	# In a substitution the counter would not survive: the clock makes it unique.
	in_domu_id=$(($(now_ms) * 16 + COMMAND_ID % 16))
	xenstore-write "$base/command" "$in_domu_id $2" || return 125
	wait_until "${DOMU_TIMEOUT:-60}" domu_over "$base" || return 124
	status=$(xenstore-read "$base/status" 2>/dev/null) || return 125
	set -- $status
	domu_output "$base" "$3"
	return "$2"
}

# xenstore-read ends each piece with a newline of its own: take that one off.
domu_output()
{
	local n=0 text

	while [ "$n" -lt "$2" ]; do
		text=$(xenstore-read -R "$1/out/$n"; echo .)
		printf '%s' "${text%.}"
		n=$((n + 1))
	done
}

# domu_over BASE: there is an answer, or there will be none. While there is neither it sleeps,
# a second at most, until the answer comes: to look again and again would take the CPU from
# the domU.
domu_over()
{
	domu_answered "$1" || domu_tells "$1" || ! xenstore-exists "$1"
}

# The first event is that the watch is set. The shell would tell that it was ended.
domu_tells()
{
	{ timeout 1 xenstore-watch -n 2 "$1/status"; } >/dev/null 2>&1
	domu_answered "$1"
}

domu_answered()
{
	local now

	now=$(xenstore-read "$1/status" 2>/dev/null)
	[ "${now%% *}" = "$in_domu_id" ]
}

# The domUs' consoles, for the kept log and for the lab to judge.
host_logs()
{
	local log

	for log in $DOMU_LOGS/guest-*.log; do
		[ -e "$log" ] || continue
		echo "---- $log"
		cat "$log"
	done
}
