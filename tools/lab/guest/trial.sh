# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Verbs of the scenarios that put xen-memfront's interface to the proof.
T=/sys/kernel/debug/xen-memtrial

trial_start()
{
	# Where programs lie decides how many tables they need.
	echo 0 >/proc/sys/kernel/randomize_va_space
	expect "xen-memfront loads" load xen-memfront || stop
	expect "the trial loads" load memtrial || stop
}

trial_end()
{
	expect "the trial unloads" unload memtrial
	expect "xen-memfront unloads" unload xen_memfront
}

# trial COMMAND...: what it says becomes results and notes.
trial()
{
	echo "$*" >$T/run || {
		result_bad "trial $* (refused)"
		return 1
	}
	while read -r first rest; do
		case $first in
		ok) result_good "$rest" ;;
		not) result_bad "${rest#ok }" ;;
		*) note "$first $rest" ;;
		esac
	done <$T/result
}
