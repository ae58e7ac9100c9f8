# SPDX-License-Identifier: GPL-2.0
# about: a grant table of version 2 is used where the kernel can, and else refused
# guests: pv pvh
# timeout: 60
# append: grant_table.version=2
. /lab/balloon.sh

T=/sys/module/granttrial/parameters

# trial COMMAND: its answer, or its error.
trial()
{
	sh -c "echo '$1' >$T/run" 2>&1 && cat $T/result
}

expect "loads" load xen-memfront || stop
expect_eq "$(cat $M/grants/version)" 2 "the table is of version 2"
expect "the trial loads" load granttrial || stop
expect "there are pages to share" trial "make 8"
answer=$(trial "share 0 77 rw 8")
note "$answer"
if [ "$LAB_GUEST" = pv ]; then
	expect_eq "${answer%% *}" 8 "they are shared"
	expect_eq "$(trial "revoke 0")" "revoked 0" "and no longer"
else
	case $answer in
	*"not supported"*) expect "they are refused" true ;;
	*) expect "they are refused" false ;;
	esac
	expect "the log says why" eval "dmesg | grep -q 'version 2: this kernel cannot end grants'"
fi
expect_eq "$(trial held)" "held 0" "nobody has a page of them"
expect "the trial unloads" rmmod granttrial
expect "unloads" rmmod xen-memfront
