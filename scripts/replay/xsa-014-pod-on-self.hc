# SPDX-License-Identifier: GPL-2.0
# XSA-14: nobody marks pages of its own as populated on demand; a PV domain has none such.
caller pv translated
frame A
populate A flags=pod
populate A flags=pod order=18
populate A flags=pod order=19
decrease A
populate A flags=pod
populate A flags=pod dom=own
set_pod_target nr=0
set_pod_target nr=0 dom=own
get_pod_target
populate A
