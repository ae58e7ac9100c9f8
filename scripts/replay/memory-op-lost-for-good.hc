# SPDX-License-Identifier: GPL-2.0
# Property: frames that a translated guest has and cannot name are still its own.
domain throwaway
caller translated
frame A 4
empty E 2
reservation
populate A0
reservation
remove_from_physmap A1
reservation
remove_from_physmap A1
populate A1
reservation
increase nr=1 list=@null
reservation
increase nr=2 list=@null
increase nr=3 list=@xen start=1
increase nr=1 order=2 list=@null
reservation
add_to_physmap gmfn A2 beyond
reservation
add_to_physmap gmfn A2 E0
add_to_physmap gmfn A3 none
reservation
populate E0
populate E0
decrease E0
decrease E0
reservation
