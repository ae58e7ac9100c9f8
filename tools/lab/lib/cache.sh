# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The cache: everything downloaded, unpacked or built outside the checkout. A directory
# appears in it whole or not at all: it is made in a stage beside and renamed.

CACHE=${MEMFRONT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xen-memfront}
STAGE=
CACHE_LOCK=

# Also ends what still writes in the stage when a run is interrupted.
cache_leave()
{
	# shellcheck disable=SC2046 # a list of numbers
	kill $(jobs -p) 2>/dev/null || true
	wait
	cache_clean_stage
}

cache_clean_stage()
{
	[ -z "$STAGE" ] || rm -rf "$STAGE"
	STAGE=
}

# One writer at a time; whoever else comes waits and then finds the work done.
cache_lock()
{
	[ -z "$CACHE_LOCK" ] || return 0
	mkdir -p "$CACHE/record" 2>/dev/null || die "cannot create the cache $CACHE"
	exec {CACHE_LOCK}>"$CACHE/lock" || die "cannot write in the cache $CACHE"
	if ! flock -n "$CACHE_LOCK"; then
		say "another run is filling $CACHE; waiting for it"
		flock "$CACHE_LOCK"
	fi
	# With the lock held, any stage found here was left by a killed run.
	rm -rf "$CACHE"/.stage.*
	trap cache_leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# cache_stage MIB WHAT: an empty directory to work in, if there is room for it.
cache_stage()
{
	local free

	free=$(df -Pm "$CACHE" | awk 'NR == 2 { print $4 }')
	((free >= $1)) || die "$2 needs $1 MiB in $CACHE, only $free are free"
	cache_clean_stage
	STAGE=$(mktemp -d "$CACHE/.stage.XXXXXX") || die "cannot write in the cache $CACHE"
	chmod 755 "$STAGE"
}

# cache_publish PATH: what stands in the stage becomes $CACHE/PATH in one step.
cache_publish()
{
	mkdir -p "$(dirname "$CACHE/$1")"
	rm -rf "${CACHE:?}/$1"
	mv -T "$STAGE" "$CACHE/$1" || die "cannot move the finished work to $CACHE/$1"
	STAGE=
}

# cache_record NAME: write stdin as a record, in one step.
cache_record()
{
	cat >"$CACHE/record/.$1.new" &&
		mv "$CACHE/record/.$1.new" "$CACHE/record/$1" ||
		die "cannot write the record $1 in $CACHE"
}

# cache_keep_log FILE NAME: failed work leaves only its log, and says where it is.
cache_keep_log()
{
	mkdir -p "$CACHE/log"
	cp "$1" "$CACHE/log/$2" 2>/dev/null || true
	printf '%s' "$CACHE/log/$2"
}
