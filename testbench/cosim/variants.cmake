# SPDX-License-Identifier: Apache-2.0
# The Verilated variants of rtl/ that the program can put in the place of the model. A row marked
# LONG is built only with -DLOOKASIDE_ALL_VARIANTS=ON, which `./lookaside test --long` sets.
#
# lookaside_tlb_variant(NAME LEVEL n VA_BITS n SETS n WAYS n POLICY plru|lru ASID_BITS n [LONG])

# The platform's defaults: RV64 with any of Sv39, Sv48, Sv57, and RV32.
lookaside_tlb_variant(l1_rv64      LEVEL 1 VA_BITS 57 SETS 1   WAYS 16 POLICY plru ASID_BITS 16)
lookaside_tlb_variant(l2_rv64      LEVEL 2 VA_BITS 57 SETS 128 WAYS 4  POLICY plru ASID_BITS 16)
lookaside_tlb_variant(l1_rv32      LEVEL 1 VA_BITS 32 SETS 1   WAYS 16 POLICY plru ASID_BITS 9)
lookaside_tlb_variant(l2_rv32      LEVEL 2 VA_BITS 32 SETS 128 WAYS 4  POLICY plru ASID_BITS 9)

# Other formats, sizes, policies.
lookaside_tlb_variant(l1_sv39      LEVEL 1 VA_BITS 39 SETS 1   WAYS 16 POLICY plru ASID_BITS 16 LONG)
lookaside_tlb_variant(l1_sv48      LEVEL 1 VA_BITS 48 SETS 1   WAYS 16 POLICY plru ASID_BITS 16 LONG)
lookaside_tlb_variant(l1_rv64_4    LEVEL 1 VA_BITS 57 SETS 1   WAYS 4  POLICY plru ASID_BITS 16 LONG)
lookaside_tlb_variant(l1_rv64_8    LEVEL 1 VA_BITS 57 SETS 1   WAYS 8  POLICY plru ASID_BITS 16 LONG)
lookaside_tlb_variant(l1_rv64_32   LEVEL 1 VA_BITS 57 SETS 1   WAYS 32 POLICY plru ASID_BITS 16 LONG)
lookaside_tlb_variant(l1_rv64_64x2 LEVEL 1 VA_BITS 57 SETS 64  WAYS 2  POLICY plru ASID_BITS 16 LONG)
lookaside_tlb_variant(l1_rv64_lru  LEVEL 1 VA_BITS 57 SETS 1   WAYS 16 POLICY lru  ASID_BITS 16 LONG)
lookaside_tlb_variant(l1_rv32_lru  LEVEL 1 VA_BITS 32 SETS 4   WAYS 4  POLICY lru  ASID_BITS 9  LONG)
lookaside_tlb_variant(l2_rv64_64x2 LEVEL 2 VA_BITS 57 SETS 64  WAYS 2  POLICY lru  ASID_BITS 16 LONG)

# The whole MMU: the platform's defaults, and a small one.
#
# lookaside_mmu_variant(NAME VA_BITS n ASID_BITS n PMP n L1I sets ways L1D sets ways L1_POLICY p
#                       L2 sets ways L2_POLICY p SWEEP 0|1 [LONG])
lookaside_mmu_variant(rv64       VA_BITS 57 ASID_BITS 16 PMP 16 L1I 1 16 L1D 1 16 L1_POLICY plru
                                 L2 128 4 L2_POLICY plru SWEEP 1)
lookaside_mmu_variant(rv32       VA_BITS 32 ASID_BITS 9  PMP 16 L1I 1 16 L1D 1 16 L1_POLICY plru
                                 L2 128 4 L2_POLICY plru SWEEP 1)
lookaside_mmu_variant(rv64_small VA_BITS 57 ASID_BITS 16 PMP 16 L1I 1 4 L1D 2 4 L1_POLICY plru
                                 L2 8 2 L2_POLICY plru SWEEP 0 LONG)
lookaside_mmu_variant(rv64_no_l2 VA_BITS 57 ASID_BITS 16 PMP 16 L1I 1 16 L1D 1 16 L1_POLICY plru
                                 L2 0 4 L2_POLICY plru SWEEP 0 LONG)
lookaside_mmu_variant(rv32_lru   VA_BITS 32 ASID_BITS 9  PMP 4  L1I 1 4 L1D 1 8 L1_POLICY lru
                                 L2 4 4 L2_POLICY lru SWEEP 0 LONG)
