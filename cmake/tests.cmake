# tests/unit/*.c: one program per file, linked with the library's objects so that it may look inside.
#
# Labels say where a test runs besides the release build, in which all do: those labelled `once` nowhere, as they look at
# the sources or at what is installed; under the thread sanitizer only those labelled `threads` (CMakePresets.json).
find_package(PkgConfig REQUIRED)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

add_library(rensa_testmain OBJECT tests/unit/main.c)
target_include_directories(rensa_testmain PRIVATE include tests/unit)
target_link_libraries(rensa_testmain PRIVATE PkgConfig::CMOCKA)

function(rensa_test name)
  add_executable(test_${name} ${ARGN} $<TARGET_OBJECTS:rensa_testmain> $<TARGET_OBJECTS:rensa_objects>)
  target_include_directories(test_${name} PRIVATE include src tests/unit)
  target_link_libraries(test_${name} PRIVATE PkgConfig::CMOCKA Threads::Threads m ${CMAKE_DL_LIBS})
  target_compile_definitions(test_${name} PRIVATE RENSA_TESTS="${PROJECT_SOURCE_DIR}/tests")
  set_target_properties(test_${name} PROPERTIES ENABLE_EXPORTS ON)
  add_dependencies(test_${name} rensa_cpu rensa_io)
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "RENSA_LIBRARY=${PROJECT_BINARY_DIR}/lib/rensa" TIMEOUT 1200)
  file(STRINGS ${ARGV1} threads REGEX "pthread|threads" LIMIT_COUNT 1)
  if(threads)
    set_tests_properties(${name} PROPERTIES LABELS threads)
  endif()
endfunction()

file(GLOB unit_tests CONFIGURE_DEPENDS tests/unit/test_*.c)
if(NOT CONSOLE_FOUND)
  list(FILTER unit_tests EXCLUDE REGEX "/test_console")
endif()
foreach(file ${unit_tests})
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE "test_" "" name ${name})
  rensa_test(${name} ${file})
  if(name MATCHES "^console")
    target_sources(test_${name} PRIVATE $<TARGET_OBJECTS:rensa_console>)
    target_link_libraries(test_${name} PRIVATE PkgConfig::CONSOLE)
  endif()
endforeach()
target_sources(test_compiled PRIVATE $<TARGET_OBJECTS:rensa_emit>)
target_sources(test_cuda_text PRIVATE ${PROJECT_BINARY_DIR}/cuda_kernels.c $<TARGET_OBJECTS:rensa_emit> $<TARGET_OBJECTS:rensa_emit_cuda>)
include(cmake/cuda_tests.cmake)
include(cmake/fuzz.cmake)
include(cmake/checks.cmake)

# The calls of every exported function with NULL.
file(GLOB public_headers CONFIGURE_DEPENDS include/rensa/*.h)
set(null_calls ${PROJECT_BINARY_DIR}/null_calls/null_calls.inc)
add_custom_command(OUTPUT ${null_calls}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/null_calls
  COMMAND ${CMAKE_COMMAND} -E env CC=${CMAKE_C_COMPILER} ${PROJECT_SOURCE_DIR}/tests/abi/calls
    ${PROJECT_SOURCE_DIR}/include >${null_calls}
  DEPENDS ${PROJECT_SOURCE_DIR}/tests/abi/calls ${public_headers})
rensa_test(null tests/abi/test_null.c ${null_calls})
target_include_directories(test_null PRIVATE ${PROJECT_BINARY_DIR}/null_calls)
