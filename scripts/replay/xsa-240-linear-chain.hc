# SPDX-License-Identifier: GPL-2.0
# XSA-240, XSA-309: a chain of linear tables A to B to C is refused from either end, also after unpinning.
frame A
frame B
frame C
mmuext PIN_L4_TABLE A
mmuext PIN_L4_TABLE B
mmuext PIN_L4_TABLE C
A[0] = B|pu
B[0] = C|pu
C[0] = A|pu
A[1] = B|pu
A[2] = C|pu
C[0] = B|pu
A[0] = 0
B[0] = C|pu
A[1] = 0
B[0] = C|pu
B[1] = C|pu
A[0] = B|pu
A[2] = 0
C[0] = A|pu
B[0] = 0
B[1] = 0
A[0] = B|pu
# While it is only an entry.
mmuext UNPIN_TABLE B
B[0] = C|pu
C[0] = B|pu
A[0] = 0
C[0] = B|pu
A[0] = B|pu
C[0] = 0
dump A
dump B
dump C
# Self.
A[0] = A|pu
A[1] = C|pu
C[1] = A|pu
A[0] = 0
A[1] = 0
# Tables that become one and are written before.
mmuext UNPIN_TABLE A
mmuext UNPIN_TABLE C
mmu_update B[0] = 0
mmu_update A[0] = B|pu ; B[0] = C|pu
mmuext PIN_L4_TABLE A
mmuext PIN_L4_TABLE B
mmuext PIN_L4_TABLE A
mmuext UNPIN_TABLE B
mmuext PIN_L4_TABLE C
mmuext PIN_L4_TABLE A
mmu_update B[0] = 0
mmuext PIN_L4_TABLE A
dump A
