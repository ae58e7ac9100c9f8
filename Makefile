# SPDX-License-Identifier: GPL-2.0
#
# Targets for people. The kernel's build system enters through Kbuild instead.
#
#   KERNEL=  the stock kernel to test on (6.1, or a longer or another version apt offers)
#   XEN=     the hypervisor (4.17)
#   GUEST=   for make shell: pv, pvh, plain, uml, debug, host or host-pvh
#   SETUP=no do not install or download anything, only check
#   SCRIPT=, SEED=, SEEDS=, COUNT=  for make conform, see Documentation/conformance.rst

export KERNEL XEN SETUP
LAB := tools/lab
GUEST ?= pv

.DEFAULT_GOAL := modules
.PHONY: setup modules run shell check check-quick kunit live conform bench style docs clean distclean help

setup:          ## fetch and build everything that the other targets need
	@$(LAB)/setup

modules:        ## build the modules for the stock kernel (the default)
	@$(LAB)/modules

run:            ## show it: a PV and a PVH guest on real Xen, resized live
	@$(LAB)/run

shell:          ## a prompt in GUEST=pv|pvh|plain|uml|debug|host|host-pvh
	@$(LAB)/boot $(GUEST) --shell

check:          ## all tests
	@$(LAB)/check

check-quick:    ## the tests of a coffee break: KUnit, one PV and one PVH boot
	@$(LAB)/check --quick

kunit:          ## KUnit suites, in UML and in the debug kernel
	@$(LAB)/kunit

live:           ## scenarios on real Xen; ONLY="NAME NAME.GUEST" for some of them
	@$(LAB)/live $(ONLY)

conform:        ## the same hypercalls on Xen and on the core, answer by answer
	@tools/conform/conform

bench:          ## measure against the stock driver and Xen; writes build/bench/results.tsv
	@tools/bench/bench

style:          ## checkpatch --strict, sparse, W=1, shell, licence lines
	@$(LAB)/style

docs:           ## write Documentation/api.rst from the sources
	@$(LAB)/docs

clean:          ## remove build/
	@rm -rf build

distclean: clean ## remove build/ and the cache outside the checkout (says which)
	@$(LAB)/uncache

help:           ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14
