# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Totals: a file of one line, "passed failed skipped", for each thing that was run.

# totals_sum FILE...: their sum, in the same form; a missing file is one failure.
totals_sum()
{
	local file passed=0 failed=0 skipped=0 p f s

	for file; do
		if [ -r "$file" ] && read -r p f s <"$file"; then
			((passed += p, failed += f, skipped += s)) || true
		else
			((++failed))
		fi
	done
	printf '%d %d %d\n' "$passed" "$failed" "$skipped"
}

# totals_close NAME FILE...: keep the sum as NAME's, say it, succeed if nothing failed.
totals_close()
{
	local name=$1 passed failed skipped

	shift
	mkdir -p "$BUILD/log"
	totals_sum "$@" >"$BUILD/log/.$name.sum"
	mv "$BUILD/log/.$name.sum" "$BUILD/log/$name.totals"
	read -r passed failed skipped <"$BUILD/log/$name.totals"
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	((!failed))
}

# run_alone: one check of a checkout at a time, for they keep their results in one place.
run_alone()
{
	[ -z "${LAB_ALONE:-}" ] || return 0
	mkdir -p "$BUILD"
	exec {run_lock}>"$BUILD/.running"
	flock -n "$run_lock" || {
		say "another check is running in this checkout; waiting for it"
		flock "$run_lock"
	}
	export LAB_ALONE=yes
}
