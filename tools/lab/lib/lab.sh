# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Read by every tool of the lab: where things are, and the parts.

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOT=$(cd "$LAB/../.." && pwd)
BUILD=$ROOT/build

# No tool ends without a word.
set -E
trap 'echo "lab: unexpected failure in ${BASH_SOURCE[0]##*/}, line $LINENO: $BASH_COMMAND" >&2' ERR

. "$LAB/lib/say.sh"
. "$LAB/lib/cache.sh"
. "$LAB/lib/apt.sh"
. "$LAB/lib/host.sh"
. "$LAB/lib/kernel.sh"
. "$LAB/lib/xen.sh"
. "$LAB/lib/testkernel.sh"
. "$LAB/lib/modules.sh"
. "$LAB/lib/initramfs.sh"
. "$LAB/lib/guest.sh"
. "$LAB/lib/scenario.sh"
. "$LAB/lib/verdict.sh"
. "$LAB/lib/totals.sh"
