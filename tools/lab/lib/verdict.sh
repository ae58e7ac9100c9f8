# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What became of a boot. Only the private channel can say that it passed; the console
# can only say that it crashed.

readonly PASS=0 FAIL=1 CRASH=2 TIMEOUT=3 SKIP=4

# What a kernel or Xen prints when something is wrong, whatever the scenario thinks. After the
# platform timer's line no clock is right.
CRASH_WORDS='Kernel panic|BUG: |\bBUG at |Oops|(^|\] )WARNING: |general protection fault|KASAN: |UBSAN: |possible (circular|recursive) locking|possible irq lock inversion|inconsistent lock state|suspicious RCU usage|blocked for more than|soft lockup|new suspected memory leaks|rcu_.*detected stalls|\(XEN\) (Panic|Xen BUG|Assertion|FATAL|Platform timer appears)|Hardware Dom0 (crashed|shutdown: crash)'
# After these nothing more will come.
FATAL_WORDS='Kernel panic|\(XEN\) Panic on CPU|Hardware Dom0 crashed'

# verdict_crash CONSOLE [ALLOWED]: the first line that tells of a crash.
verdict_crash()
{
	tr -d '\r' <"$1" | grep -aE "$CRASH_WORDS" |
		{ if [ -n "${2:-}" ]; then grep -avE "$2" || true; else cat; fi; } | head -n 1
}

# verdict_count CHANNEL: "passed failed skipped complete|partial".
verdict_count()
{
	tr -d '\r' <"$1" | awk '
	/^not ok / { failed++; next }
	/^ok / { if (/# SKIP/) skipped++; else passed++; next }
	/^1\.\.0 # SKIP/ { skipped++; plan = 1; next }
	/^1\.\.[0-9]+/ { plan = substr($1, 4) + 0 }
	END {
		whole = plan && plan == passed + failed + skipped
		print passed + 0, failed + 0, skipped + 0, whole ? "complete" : "partial"
	}'
}

# verdict_name STATUS
verdict_name()
{
	case $1 in
	"$PASS") printf pass ;;
	"$FAIL") printf fail ;;
	"$CRASH") printf crash ;;
	"$TIMEOUT") printf time-out ;;
	"$SKIP") printf skip ;;
	*) printf 'trouble' ;;
	esac
}
