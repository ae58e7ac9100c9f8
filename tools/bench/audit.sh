# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# about: the core: a whole audit of a machine whose one domain has 1 GiB
# guests: plain
# clocks: icount
# timeout: 600
# memory: 1024
. /lab/bench/guest.sh

ROUNDS=3

timed_audit()
{
	local start end

	read -r start <$P/now
	audit || {
		result_bad "the audit finds something: $LINE"
		stop
	}
	read -r end <$P/now
	report "$WHO audit_1gib $((end - start))"
}

paging_start spare_mb=0
round=0
while [ $round -lt $ROUNDS ]; do
	round=$((round + 1))
	timed_audit
done
paging_end
