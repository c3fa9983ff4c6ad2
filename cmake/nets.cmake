# src/project/nets/*.json, the built-in projects, become C texts, so that the program needs no files beside it.
file(GLOB RENSA_NETS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/project/nets/*.json)
list(SORT RENSA_NETS)
set(rows "")
foreach(file ${RENSA_NETS})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n      \"" text "${text}")
  string(APPEND rows "    { \"${name}\",\n      \"${text}\" },\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endforeach()
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/project_nets.c CONTENT
"/* Written by cmake/nets.cmake. */
#include \"project/builtin.h\"

const rni_builtin rni_builtins[] = {
${rows}    { 0 },
};
")
