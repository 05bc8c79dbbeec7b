# SPDX-License-Identifier: Apache-2.0
# What turns the rows of variants.cmake into libraries and into the C++ table of them.
#
# lookaside_variant_table(TARGET) makes an object library out of the rows given since the last one;
# it defines lookaside::cosim::tlb_variants().
function(lookaside_tlb_variant NAME)
  # For tests. MODULE, SOURCES: another module with the same ports around an instance u_tlb. SOURCES
  # alone: files that take the place of those of the same modules in rtl/.
  cmake_parse_arguments(VARIANT "LONG" "LEVEL;VA_BITS;SETS;WAYS;POLICY;ASID_BITS;MODULE" "SOURCES"
    ${ARGN})
  set(policies plru lru)
  list(FIND policies ${VARIANT_POLICY} policy)
  set(enum_plru kTreePlru)
  set(enum_lru kLru)
  set(make nullptr)
  if(NOT VARIANT_LONG OR LOOKASIDE_ALL_VARIANTS)
    set(PREFIX Variant_${NAME})
    set(VA_BITS ${VARIANT_VA_BITS})
    math(EXPR ENTRIES "${VARIANT_SETS} * ${VARIANT_WAYS}")
    if(VARIANT_LEVEL EQUAL 1)
      set(module lookaside_tlb)
      set(CLASS VerilatedTlb)
      set(PATH lookaside_tlb)
      set(INSIDE "inside.policy = low_word(root.\${PATH}__DOT__state_q[model.hit_set_o]);")
    else()
      set(module lookaside_tlb_l2)
      set(CLASS VerilatedTlbL2)
      set(PATH lookaside_tlb_l2__DOT__g_sweep__DOT__u_tlb)
      set(INSIDE "inside.state = root.\${PATH}__DOT__state_q;")
    endif()
    if(VARIANT_MODULE)
      set(module ${VARIANT_MODULE})
      set(PATH ${VARIANT_MODULE}__DOT__u_tlb)
    else()
      list(APPEND VARIANT_SOURCES ${PROJECT_SOURCE_DIR}/rtl/${module}.sv)
    endif()
    string(REPLACE "\${PATH}" "${PATH}" INSIDE "${INSIDE}")
    if(NOT TARGET variant_${NAME})
      lookaside_verilate(variant_${NAME} MODULE ${module} PREFIX ${PREFIX}
        PARAMETERS VaBits=${VARIANT_VA_BITS} Sets=${VARIANT_SETS} Ways=${VARIANT_WAYS}
                   AsidBits=${VARIANT_ASID_BITS} Policy=${policy}
        SOURCES ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/tlb/inside.vlt ${VARIANT_SOURCES})
      set(source ${CMAKE_CURRENT_BINARY_DIR}/${NAME}.cpp)
      configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/tlb/variant.cpp.in ${source} @ONLY)
      target_sources(variant_${NAME} PRIVATE ${source})
      target_link_libraries(variant_${NAME} PUBLIC lookaside_cosim_tlb)
    endif()
    set(make make_${PREFIX})
    set_property(GLOBAL APPEND_STRING PROPERTY LOOKASIDE_TLB_MAKERS
      "std::unique_ptr<TlbPort> ${make}();\n")
    set_property(GLOBAL APPEND PROPERTY LOOKASIDE_TLB_LIBRARIES variant_${NAME})
  endif()
  set_property(GLOBAL APPEND_STRING PROPERTY LOOKASIDE_TLB_ROWS
    "      {\"${NAME}\", ${VARIANT_LEVEL}, ${VARIANT_VA_BITS}, ${VARIANT_SETS}, ${VARIANT_WAYS}, tlb::Replacement::${enum_${VARIANT_POLICY}}, ${VARIANT_ASID_BITS}, ${make}},\n")
endfunction()

function(lookaside_variant_table TARGET)
  get_property(MAKERS GLOBAL PROPERTY LOOKASIDE_TLB_MAKERS)
  get_property(ROWS GLOBAL PROPERTY LOOKASIDE_TLB_ROWS)
  get_property(libraries GLOBAL PROPERTY LOOKASIDE_TLB_LIBRARIES)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/tlb/variant_table.cpp.in
    ${CMAKE_CURRENT_BINARY_DIR}/${TARGET}.cpp @ONLY)
  add_library(${TARGET} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${TARGET}.cpp)
  target_link_libraries(${TARGET} PUBLIC lookaside_cosim_tlb ${libraries})
  foreach(property MAKERS ROWS LIBRARIES)
    set_property(GLOBAL PROPERTY LOOKASIDE_TLB_${property})
  endforeach()
endfunction()
