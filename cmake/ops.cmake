# src/ops/<topic>/<name>.c defines `rn_op_<name>`, or `rn_ops_<name>[]`, a family that ends with an empty row.
# This writes the table that lists them all, so that adding a function is adding a file.
file(GLOB RENSA_OP_FILES CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src/ops/*/*.c)
list(SORT RENSA_OP_FILES)
set(declared "")
set(rows "")
foreach(file ${RENSA_OP_FILES})
  get_filename_component(name ${file} NAME_WE)
  get_filename_component(topic ${file} DIRECTORY)
  get_filename_component(topic ${topic} NAME)
  file(STRINGS ${PROJECT_SOURCE_DIR}/${file} family REGEX "^const rn_op rn_ops_${name}\\[\\]")
  file(STRINGS ${PROJECT_SOURCE_DIR}/${file} single REGEX "^const rn_op rn_op_${name}( |$)")
  if(family)
    string(APPEND declared "extern const rn_op rn_ops_${name}[];\n")
    string(APPEND rows "    { rn_ops_${name}, \"${topic}\", \"${file}\", true },\n")
  elseif(single)
    string(APPEND declared "extern const rn_op rn_op_${name};\n")
    string(APPEND rows "    { &rn_op_${name}, \"${topic}\", \"${file}\", false },\n")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
endforeach()
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/op_table.c CONTENT
"/* Written by cmake/ops.cmake. */
#include \"engine/op_table.h\"

${declared}
const rni_op_row rni_op_rows[] = {
${rows}    { 0 },
};
")
