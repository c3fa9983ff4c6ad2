# What emitted kernels (src/backend/emit) are made of besides their own lines: the functions of one element that the CPU
# back end is compiled from, with what they include, as C texts.
function(rensa_flatten file out)
  get_property(seen GLOBAL PROPERTY RENSA_FLATTENED)
  if(file IN_LIST seen)
    set(${out} "" PARENT_SCOPE)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY RENSA_FLATTENED ${file})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${file})
  file(READ ${PROJECT_SOURCE_DIR}/src/${file} text)
  string(REGEX MATCH "#include \"([^\"]*)\"\n" line "${text}")
  while(line)
    rensa_flatten(${CMAKE_MATCH_1} included)
    string(REPLACE "${line}" "${included}" text "${text}")
    string(REGEX MATCH "#include \"([^\"]*)\"\n" line "${text}")
  endwhile()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# An array of lines, ended by NULL.
set(arrays "")
macro(rensa_emit_text name file)
  set_property(GLOBAL PROPERTY RENSA_FLATTENED "")
  rensa_flatten(${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\",\n    \"" text "${text}")
  string(APPEND arrays "const char *const ${name}[] = {\n    \"${text}\",\n    0,\n};\n")
endmacro()
rensa_emit_text(rni_emit_ops_f32 backend/cpu/kernels/ops_f32.h)
rensa_emit_text(rni_emit_ops_f64 backend/cpu/kernels/ops_f64.h)
rensa_emit_text(rni_emit_ops_i64 backend/cpu/kernels/ops_i64.h)
rensa_emit_text(rni_emit_tile backend/cpu/kernels/tile.h)
rensa_emit_text(rni_emit_device backend/emit/device.inc.c)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/emit_ops.c CONTENT
"/* Written by cmake/emit.cmake. */
#include \"backend/emit/emit.h\"

${arrays}")

# Kernels of the CUDA back end.
set(arrays "")
rensa_emit_text(rni_cuda_matmul_text backend/cuda/kernels/matmul.cu)
rensa_emit_text(rni_cuda_softmax_text backend/cuda/kernels/softmax.cu)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/cuda_kernels.c CONTENT
"/* Written by cmake/emit.cmake. */
#include \"backend/cuda/kernels.h\"

${arrays}")
