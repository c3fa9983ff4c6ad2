# The console (`rensa serve`): built where its libraries are; elsewhere the command says what is missing.
pkg_check_modules(CONSOLE IMPORTED_TARGET libmicrohttpd>=0.9.71 sqlite3 libsodium)
if(CONSOLE_FOUND)
  # The page, web/dist, becomes part of the program. F.gz beside F is the same, packed.
  file(GLOB_RECURSE page_files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/web/dist ${PROJECT_SOURCE_DIR}/web/dist/*)
  list(SORT page_files)
  set(blocks "")
  set(rows "")
  set(count 0)
  macro(page_block file result)
    math(EXPR count "${count} + 1")
    string(APPEND blocks "extern const unsigned char file_${count}[], end_${count}[];\n__asm__(\".section .rodata\\n\"\n"
      "        \"file_${count}: .incbin \\\"${PROJECT_SOURCE_DIR}/web/dist/${file}\\\"\\n\"\n        \"end_${count}: .byte 0\\n\"\n"
      "        \".previous\\n\");\n")
    set(${result} "file_${count}, end_${count}")
  endmacro()
  foreach(file ${page_files})
    if(file MATCHES "\\.gz$")
      continue()
    endif()
    page_block(${file} plain)
    set(packed "0, 0")
    if("${file}.gz" IN_LIST page_files)
      page_block(${file}.gz packed)
    endif()
    string(APPEND rows "    { \"/${file}\", ${plain}, ${packed} },\n")
  endforeach()
  set(page_source ${PROJECT_BINARY_DIR}/page_files.c)
  file(GENERATE OUTPUT ${page_source} CONTENT
"/* Written by cmake/console.cmake. */
#include \"console/page.h\"

${blocks}
const rni_page_file rni_page_files[] = {
${rows}    { 0 },
};
")
  list(TRANSFORM page_files PREPEND ${PROJECT_SOURCE_DIR}/web/dist/)
  set_source_files_properties(${page_source} PROPERTIES OBJECT_DEPENDS "${page_files}")
  file(GLOB console_sources CONFIGURE_DEPENDS src/console/*.c)
  add_library(rensa_console OBJECT ${console_sources} ${page_source})
  target_include_directories(rensa_console PRIVATE include src)
  target_link_libraries(rensa_console PUBLIC PkgConfig::CONSOLE)
  target_compile_definitions(rensa_cli PRIVATE RENSA_CONSOLE)
  target_link_libraries(rensa_cli PRIVATE PkgConfig::CONSOLE)
  target_sources(rensa_cli PRIVATE $<TARGET_OBJECTS:rensa_console>)
else()
  message(STATUS "libmicrohttpd, sqlite3 or libsodium is missing: `rensa serve` will not be there")
endif()
