# librensa: everything below the command, without the loadable parts. Needs libc, libm and pthread only.
file(GLOB RENSA_SOURCES CONFIGURE_DEPENDS
  src/base/*.c src/backend/*.c src/backend/ref/*.c src/backend/null/*.c src/backend/check/*.c
  src/engine/*.c src/ops/*.c src/ops/*/*.c
  src/selftest/*.c src/nn/*.c src/nn/links/*.c src/optim/*.c src/data/*.c src/io/*.c src/train/*.c src/train/extensions/*.c
  src/project/*.c src/report/*.c)
# The objects are shared between the library and the tests, which look inside.
add_library(rensa_objects OBJECT ${RENSA_SOURCES} ${PROJECT_BINARY_DIR}/op_table.c
  ${PROJECT_BINARY_DIR}/project_nets.c)
target_include_directories(rensa_objects PUBLIC include PRIVATE src)
target_compile_definitions(rensa_objects PRIVATE RENSA_LIBRARY_DIR="${CMAKE_INSTALL_FULL_LIBDIR}/rensa")
target_link_libraries(rensa_objects PUBLIC Threads::Threads m ${CMAKE_DL_LIBS})

add_library(rensa SHARED $<TARGET_OBJECTS:rensa_objects>)
target_include_directories(rensa PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_link_libraries(rensa PRIVATE Threads::Threads m ${CMAKE_DL_LIBS})
target_link_options(rensa PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/rensa.map)
set_target_properties(rensa PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/rensa.map)

# A loadable part: librensa_<name>.so beside librensa. It sees base/ and the installed headers.
function(rensa_extension name)
  add_library(rensa_${name} MODULE ${ARGN})
  target_include_directories(rensa_${name} PRIVATE include src)
  set_target_properties(rensa_${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/rensa)
  install(TARGETS rensa_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/rensa)
endfunction()

# The CPU back end. Its vector kernels are compiled once per instruction set; which one runs is decided at load time.
find_package(OpenMP REQUIRED COMPONENTS C)
file(GLOB cpu_sources CONFIGURE_DEPENDS src/backend/cpu/*.c)
file(GLOB cpu_kernels CONFIGURE_DEPENDS src/backend/cpu/kernels/*.c)
list(FILTER cpu_kernels EXCLUDE REGEX "\\.inc\\.c$") # bodies that other files include once per type
# What turns scalar programs into the text of kernels, and that into functions; for any back end.
file(GLOB emit_sources CONFIGURE_DEPENDS src/backend/emit/*.c)
list(FILTER emit_sources EXCLUDE REGEX "(\\.inc|/cuda)\\.c$")
add_library(rensa_emit OBJECT ${emit_sources} ${PROJECT_BINARY_DIR}/emit_ops.c)
target_include_directories(rensa_emit PRIVATE include src)
add_library(rensa_emit_cuda OBJECT src/backend/emit/cuda.c)
target_include_directories(rensa_emit_cuda PRIVATE include src)
rensa_extension(cpu ${cpu_sources} $<TARGET_OBJECTS:rensa_emit>)
# The CUDA back end finds everything of NVIDIA's at run time.
file(GLOB cuda_sources CONFIGURE_DEPENDS src/backend/cuda/*.c)
rensa_extension(cuda ${cuda_sources} ${PROJECT_BINARY_DIR}/cuda_kernels.c $<TARGET_OBJECTS:rensa_emit> $<TARGET_OBJECTS:rensa_emit_cuda>)
target_link_libraries(rensa_cuda PRIVATE Threads::Threads m ${CMAKE_DL_LIBS})

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(isas avx512 avx2 base)
else()
  set(isas base)
endif()
set(isa_avx512 -march=skylake-avx512 -mprefer-vector-width=512)
set(isa_avx2 -march=haswell)
set(isa_base "")
# What emitted kernels (src/backend/emit) do as well is not left to the compiler to round.
set_source_files_properties(src/backend/cpu/kernels/codes_f32.c src/backend/cpu/kernels/codes_f64.c
  src/backend/cpu/kernels/join.c PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
foreach(isa ${isas})
  add_library(rensa_cpu_${isa} OBJECT ${cpu_kernels})
  target_include_directories(rensa_cpu_${isa} PRIVATE include src)
  string(REPLACE ";" " " flags "${isa_${isa}}")
  target_compile_definitions(rensa_cpu_${isa} PRIVATE RNI_ISA=${isa} "RNI_ISA_FLAGS=\"${flags}\"")
  # Not -ffast-math: NaN, infinities and denormals keep their meaning; only what vectorisation needs is given up.
  target_compile_options(rensa_cpu_${isa} PRIVATE -O3 ${isa_${isa}} -fno-math-errno -fno-trapping-math -ffp-contract=fast
    -fopenmp-simd -Wno-unknown-pragmas $<$<C_COMPILER_ID:Clang>:-Wno-pass-failed>)
  target_link_libraries(rensa_cpu_${isa} PRIVATE OpenMP::OpenMP_C)
  target_sources(rensa_cpu PRIVATE $<TARGET_OBJECTS:rensa_cpu_${isa}>)
  target_compile_definitions(rensa_cpu PRIVATE RNI_HAVE_${isa})
endforeach()
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
# Not by its CMake package, which wants OpenCL's headers as well.
find_path(DNNL_INCLUDE_DIR dnnl.h REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
target_include_directories(rensa_cpu SYSTEM PRIVATE ${DNNL_INCLUDE_DIR})
target_link_libraries(rensa_cpu PRIVATE OpenMP::OpenMP_C PkgConfig::OPENBLAS ${DNNL_LIBRARY} Threads::Threads m ${CMAKE_DL_LIBS})

# Compressed files, archives, pictures, downloads.
file(GLOB io_sources CONFIGURE_DEPENDS src/io/ext/*.c)
pkg_check_modules(IO REQUIRED IMPORTED_TARGET zlib libzip libpng libturbojpeg)
rensa_extension(io ${io_sources})
target_link_libraries(rensa_io PRIVATE PkgConfig::IO ${CMAKE_DL_LIBS})

# The command.
file(GLOB cli_sources CONFIGURE_DEPENDS src/cli/*.c)
# Linked with the objects rather than the library: it uses more of them than programs may.
add_executable(rensa_cli ${cli_sources} $<TARGET_OBJECTS:rensa_objects>)
target_include_directories(rensa_cli PRIVATE include src)
target_link_libraries(rensa_cli PRIVATE Threads::Threads m ${CMAKE_DL_LIBS})
set_target_properties(rensa_cli PROPERTIES OUTPUT_NAME rensa)
add_dependencies(rensa_cli rensa_cpu)

# opgen writes what is derived from the tables of functions, links and optimizers: include/rensa/ops.h, src/ops/ops.c, docs.
add_executable(opgen scripts/opgen.c scripts/nngen.c $<TARGET_OBJECTS:rensa_objects>)
target_include_directories(opgen PRIVATE include src)
target_link_libraries(opgen PRIVATE Threads::Threads m ${CMAKE_DL_LIBS})
add_custom_target(ops COMMAND opgen ${PROJECT_SOURCE_DIR} DEPENDS opgen)
