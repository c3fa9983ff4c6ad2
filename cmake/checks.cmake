# Tests that are more than one program per file: the op runner, headers alone, symbols, layers, style, generated files.
add_executable(test_ops tests/ops/main.c)
target_link_libraries(test_ops PRIVATE rensa)
add_dependencies(test_ops rensa_cpu)
foreach(device cpu ref check:cpu)
  string(REPLACE ":" "_" name ops_${device})
  add_test(NAME ${name} COMMAND test_ops --device ${device} --golden ${PROJECT_SOURCE_DIR}/tests/golden/ops)
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "RENSA_LIBRARY=${PROJECT_BINARY_DIR}/lib/rensa" TIMEOUT 900)
endforeach()

# Allocation failure at every place, and the traps of recording.
file(GLOB fault_tests CONFIGURE_DEPENDS tests/fault/test_*.c)
foreach(file ${fault_tests})
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE "test_" "" name ${name})
  rensa_test(${name} ${file})
endforeach()

# What it counts, a sanitizer adds to.
set_tests_properties(memory PROPERTIES LABELS once)

# Deep graphs on a small stack (ulimit counts KiB); sanitizers need more of it themselves.
if(NOT RENSA_SANITIZE)
  add_test(NAME small_stack COMMAND sh -c "ulimit -s 256 && exec $<TARGET_FILE:test_depth>")
  set_tests_properties(small_stack PROPERTIES ENVIRONMENT "RENSA_LIBRARY=${PROJECT_BINARY_DIR}/lib/rensa" TIMEOUT 600)
endif()

# Checks of the sources and of what is installed. Each is one command that can be run by hand.
function(rensa_check name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS once TIMEOUT 600)
endfunction()
rensa_check(headers ${CMAKE_COMMAND} -E env CC=${CMAKE_C_COMPILER} ${PROJECT_SOURCE_DIR}/tests/compile/run)
rensa_check(symbols ${PROJECT_SOURCE_DIR}/scripts/check_abi $<TARGET_FILE:rensa>)
rensa_check(structs ${CMAKE_COMMAND} -E env CC=${CMAKE_C_COMPILER} ${PROJECT_SOURCE_DIR}/scripts/check_layout)
rensa_check(private ${PROJECT_SOURCE_DIR}/scripts/check_private ${PROJECT_BINARY_DIR}/CMakeFiles)
rensa_check(functions ${PROJECT_SOURCE_DIR}/scripts/check_functions)
rensa_check(layers ${PROJECT_SOURCE_DIR}/scripts/check_layers)
rensa_check(style ${PROJECT_SOURCE_DIR}/scripts/check_style)
rensa_check(links ${PROJECT_SOURCE_DIR}/scripts/check_links)
rensa_check(generated opgen ${PROJECT_SOURCE_DIR} check)
rensa_check(scripts ${PROJECT_SOURCE_DIR}/tests/scripts/run)
rensa_check(leaks ${PROJECT_SOURCE_DIR}/tests/e2e/leaks ${PROJECT_BINARY_DIR})

# The console's page in a browser; skipped where there is none.
rensa_check(page ${PROJECT_SOURCE_DIR}/tests/page/run $<TARGET_FILE:rensa_cli>)
set_tests_properties(page PROPERTIES SKIP_RETURN_CODE 77)

# Downloads for tests/e2e/https.sh.
add_executable(fetch tests/e2e/fetch.c $<TARGET_OBJECTS:rensa_objects>)
target_include_directories(fetch PRIVATE include src)
target_link_libraries(fetch PRIVATE Threads::Threads m ${CMAKE_DL_LIBS})
set_target_properties(fetch PROPERTIES ENABLE_EXPORTS ON)
add_dependencies(fetch rensa_io)

# What cuts the power for tests/e2e/serve_cut.sh.
if(CONSOLE_FOUND AND NOT RENSA_SANITIZE)
  add_library(cut MODULE tests/e2e/cut.c)
endif()

# The command as people use it: tests/e2e/*.sh, each of which can be run by hand with RENSA=build/bin/rensa.
file(GLOB e2e_tests CONFIGURE_DEPENDS tests/e2e/*.sh)
list(FILTER e2e_tests EXCLUDE REGEX "lib\\.sh$")
foreach(file ${e2e_tests})
  get_filename_component(name ${file} NAME_WE)
  add_test(NAME e2e_${name} COMMAND ${file})
  set_tests_properties(e2e_${name} PROPERTIES ENVIRONMENT "RENSA=$<TARGET_FILE:rensa_cli>" TIMEOUT 300)
endforeach()
set_property(TEST e2e_cuda APPEND PROPERTY ENVIRONMENT "FAKE_CUDA_PATH=${fakes}")
set_tests_properties(e2e_bad_files PROPERTIES LABELS once) # limits its memory, of which a sanitizer needs more
set_tests_properties(e2e_serve_cut PROPERTIES LABELS once) # what cuts the power cannot be loaded before a sanitizer
set_tests_properties(e2e_same_bits PROPERTIES LABELS once) # of what is trained
