# SPDX-License-Identifier: Apache-2.0
# Programs that take long to compile and of which only the long tests make use: the first long test
# builds them.
lookaside_verilate(rtl_tlb_sv39_large MODULE lookaside_tlb PREFIX TlbSv39Large
  PARAMETERS Sets=64 Ways=2)
lookaside_verilate(rtl_tlb_l2_sv39_large MODULE lookaside_tlb_l2 PREFIX TlbL2Sv39Large
  PARAMETERS Sets=64 Ways=2)
lookaside_verilate(rtl_tlb_sv48 MODULE lookaside_tlb PREFIX TlbSv48
  PARAMETERS VaBits=48 Ways=8 Policy=1)
lookaside_verilate(rtl_tlb_sv57 MODULE lookaside_tlb PREFIX TlbSv57
  PARAMETERS VaBits=57 Sets=4 Ways=4)
set(libraries rtl_tlb_sv39_large rtl_tlb_l2_sv39_large rtl_tlb_sv48 rtl_tlb_sv57)

add_executable(rtl_tlb_large_test tlb_large_test.cpp)
target_link_libraries(rtl_tlb_large_test PRIVATE lookaside_stimulus ${libraries} GTest::gmock_main
  lookaside_warnings)
target_include_directories(rtl_tlb_large_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
set_target_properties(${libraries} rtl_tlb_large_test PROPERTIES EXCLUDE_FROM_ALL ON)

add_test(NAME rtl_long_build COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR}
  --target rtl_tlb_large_test)
set_tests_properties(rtl_long_build PROPERTIES LABELS long TIMEOUT 1800
  FIXTURES_SETUP rtl_long_build)

rtl_long_test(rtl_tlb_long.Sv39Large rtl_tlb_large_test RtlTlbLockstep.Sv39SetAssociative64x2
  10000000)
rtl_long_test(rtl_tlb_long.L2Large rtl_tlb_large_test RtlTlbLockstep.Sv39SecondLevelSweep64x2
  10000000)
rtl_long_test(rtl_tlb_long.Sv48 rtl_tlb_large_test RtlTlbLockstep.Sv48FullyAssociativeLru
  10000000)
rtl_long_test(rtl_tlb_long.Sv57 rtl_tlb_large_test RtlTlbLockstep.Sv57SetAssociative
  10000000)
