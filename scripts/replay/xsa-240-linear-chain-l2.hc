# SPDX-License-Identifier: GPL-2.0
# XSA-240, XSA-309, at the lower levels: chains are refused; the counts end at nothing.
frame A
frame B
frame C
frame D
mmuext PIN_L2_TABLE A
mmuext PIN_L2_TABLE B
mmuext PIN_L2_TABLE C
A[0] = B|pu
B[0] = C|pu
C[0] = A|pu
mmu_update A[0..511] = B|pu
mmu_update A[0..511] = 0
B[0] = C|pu
A[0] = B|pu
B[0] = 0
A[0] = B|pu
mmuext UNPIN_TABLE A
mmuext UNPIN_TABLE B
mmuext UNPIN_TABLE C
mmu_update A[0] = 0
mmuext PIN_L3_TABLE A
mmuext PIN_L3_TABLE B
mmuext PIN_L3_TABLE C
A[7] = B|pu
B[7] = C|pu
C[7] = B|pu
C[7] = A|pu
mmu_update A[0..511] = B|pu
mmu_update A[0..511] = 0
B[7] = C|pu
mmuext UNPIN_TABLE A
mmuext UNPIN_TABLE B
mmuext UNPIN_TABLE C
mmu_update B[7] = 0
mmuext PIN_L1_TABLE A
mmuext PIN_L1_TABLE B
mmuext PIN_L1_TABLE C
