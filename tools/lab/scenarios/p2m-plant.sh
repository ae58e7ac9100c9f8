# SPDX-License-Identifier: GPL-2.0
# about: the P2M: what a trial plants is what the check names; its range grows and shrinks
# guests: pv
# timeout: 300
. /lab/trial.sh

CHECK=/sys/kernel/debug/xen-memfront/p2m_check

# named: the frames that the check of just now has named, in order.
named()
{
	grep -o 'pfn 0x[0-9a-f]*' /tmp/check | cut -d' ' -f2 | sort -u | tr '\n' ' '
}

trial_start
cat $CHECK >/tmp/check
note "$(head -n 5 /tmp/check | tr '\n' ';')"
expect_eq "$(named)" "" "at first nothing is wrong"
for kind in 0 1 2; do
	echo "plant $kind" >$T/run || result_bad "plant $kind (refused)"
	wanted=$(sed 's/^pfns //' $T/result | tr ' ' '\n' | sort -u | tr '\n' ' ')
	cat $CHECK >/tmp/check
	note "planted $wanted: $(tr '\n' ';' </tmp/check)"
	expect_eq "$(named)" "$wanted" "plant $kind: the check names just $wanted"
	echo right >$T/run || result_bad "right (refused)"
	cat $CHECK >/tmp/check
	expect_eq "$(named)" "" "plant $kind: put right, nothing is wrong"
done
trial range
cat $CHECK >/tmp/check
note "$(tail -n 1 /tmp/check)"
expect_eq "$(named)" "" "with the range extended nothing is wrong"
trial_end
