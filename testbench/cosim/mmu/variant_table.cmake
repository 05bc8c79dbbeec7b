# SPDX-License-Identifier: Apache-2.0
# What turns the MMU rows of variants.cmake into libraries and into the C++ table of them.
#
# lookaside_mmu_variant(NAME VA_BITS n ASID_BITS n PMP n L1I sets ways L1D sets ways L1_POLICY p
#                       L2 sets ways L2_POLICY p SWEEP 0|1 [LONG])
# lookaside_mmu_variant_table(TARGET) makes an object library out of the rows given since the last
# one; it defines lookaside::cosim::mmu_variants().

function(lookaside_mmu_variant NAME)
  # SOURCES: files that take the place of those of the same modules in rtl/, for tests.
  cmake_parse_arguments(V "LONG" "VA_BITS;ASID_BITS;PMP;L1_POLICY;L2_POLICY;SWEEP"
    "L1I;L1D;L2;SOURCES" ${ARGN})
  set(policies plru lru)
  list(FIND policies ${V_L1_POLICY} l1_policy)
  list(FIND policies ${V_L2_POLICY} l2_policy)
  set(enum_plru tlb::Replacement::kTreePlru)
  set(enum_lru tlb::Replacement::kLru)
  set(make nullptr)
  foreach(tlb L1I L1D L2)
    list(GET V_${tlb} 0 ${tlb}_sets)
    list(GET V_${tlb} 1 ${tlb}_ways)
    math(EXPR ${tlb} "${${tlb}_sets} * ${${tlb}_ways}")
  endforeach()
  if(NOT V_LONG OR LOOKASIDE_ALL_VARIANTS)
    set(PREFIX VariantMmu_${NAME})
    if(NOT TARGET variant_mmu_${NAME})
      set(l2 lookaside_mmu__DOT__u_miss__DOT__g_l2__DOT__u_l2)
      if(L2 EQUAL 0)
        set(L2_INSIDE "static_cast<void>(l2);")
      elseif(V_SWEEP)
        set(L2_INSIDE "l2.match = low_word(root.${l2}__DOT__g_sweep__DOT__u_tlb__DOT__match);
    l2.state = root.${l2}__DOT__g_sweep__DOT__u_tlb__DOT__state_q;")
      else()
        set(L2_INSIDE "l2.match = low_word(root.${l2}__DOT__g_flip_flop__DOT__u_tlb__DOT__match);")
      endif()
      lookaside_verilate(variant_mmu_${NAME} MODULE lookaside_mmu PREFIX ${PREFIX}
        SOURCES ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/inside.vlt
                ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../tlb/inside.vlt
                ${V_SOURCES} ${PROJECT_SOURCE_DIR}/rtl/lookaside_mmu.sv
        PARAMETERS VaBits=${V_VA_BITS} AsidBits=${V_ASID_BITS} PmpEntries=${V_PMP}
                   L1ISets=${L1I_sets} L1IWays=${L1I_ways} L1DSets=${L1D_sets} L1DWays=${L1D_ways}
                   L1Policy=${l1_policy} L2Sets=${L2_sets} L2Ways=${L2_ways} L2Policy=${l2_policy}
                   L2Sweep=${V_SWEEP})
      set(source ${CMAKE_CURRENT_BINARY_DIR}/mmu_${NAME}.cpp)
      configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/variant.cpp.in ${source} @ONLY)
      target_sources(variant_mmu_${NAME} PRIVATE ${source})
      target_link_libraries(variant_mmu_${NAME} PUBLIC lookaside_cosim_mmu)
    endif()
    set(make make_${PREFIX})
    set_property(GLOBAL APPEND_STRING PROPERTY LOOKASIDE_MMU_MAKERS
      "std::unique_ptr<MmuPort> ${make}();\n")
    set_property(GLOBAL APPEND PROPERTY LOOKASIDE_MMU_LIBRARIES variant_mmu_${NAME})
  endif()
  set(sweep_0 false)
  set(sweep_1 true)
  set_property(GLOBAL APPEND_STRING PROPERTY LOOKASIDE_MMU_ROWS
    "      {\"${NAME}\", ${V_VA_BITS}, ${V_ASID_BITS}, ${V_PMP}, {${L1I_sets}, ${L1I_ways}, ${enum_${V_L1_POLICY}}}, {${L1D_sets}, ${L1D_ways}, ${enum_${V_L1_POLICY}}}, {${L2_sets}, ${L2_ways}, ${enum_${V_L2_POLICY}}}, ${sweep_${V_SWEEP}}, ${make}},\n")
endfunction()

function(lookaside_mmu_variant_table TARGET)
  get_property(MAKERS GLOBAL PROPERTY LOOKASIDE_MMU_MAKERS)
  get_property(ROWS GLOBAL PROPERTY LOOKASIDE_MMU_ROWS)
  get_property(libraries GLOBAL PROPERTY LOOKASIDE_MMU_LIBRARIES)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/variant_table.cpp.in
    ${CMAKE_CURRENT_BINARY_DIR}/${TARGET}.cpp @ONLY)
  add_library(${TARGET} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${TARGET}.cpp)
  target_link_libraries(${TARGET} PUBLIC lookaside_cosim_mmu ${libraries})
  foreach(property MAKERS ROWS LIBRARIES)
    set_property(GLOBAL PROPERTY LOOKASIDE_MMU_${property})
  endforeach()
endfunction()
