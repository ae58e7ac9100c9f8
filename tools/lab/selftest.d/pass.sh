# SPDX-License-Identifier: GPL-2.0
# about: every verb, on the good side
# timeout: 60
expect "true is true" true
expect_fail "false is false" false
expect_within 10 12 2 "ten is about twelve"
expect_between 5 5 6 "five is between"
mark_log
echo "lab: a word" >/dev/kmsg
expect_log "lab: a word" "the log has it"
expect_no_log "no such word" "the log does not have it"
expect_fail "time runs out" wait_until 1 false
expect "waiting ends" wait_until 5 true
memhold 8 42 >/run/hold &
hold=$!
expect "memory is held" wait_until 10 grep -q ready /run/hold
kill -TERM $hold
wait $hold
expect_eq $? 0 "and did not change"
report "some words"
