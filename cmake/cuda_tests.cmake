# The CUDA back end without a GPU: a driver and an NVRTC that the host stands in for (tests/cuda), in a folder that the
# back end is told to look into.
set(fakes ${PROJECT_BINARY_DIR}/lib/fake_cuda)
foreach(fake driver nvrtc)
  add_library(fake_${fake} SHARED tests/cuda/fake_${fake}.c)
  target_link_libraries(fake_${fake} PRIVATE Threads::Threads ${CMAKE_DL_LIBS})
  target_compile_definitions(fake_${fake} PRIVATE FAKE_EMULATE="${PROJECT_SOURCE_DIR}/tests/cuda/emulate.h")
  target_compile_options(fake_${fake} PRIVATE -Wno-missing-prototypes -fvisibility=default)
  set_target_properties(fake_${fake} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${fakes} PREFIX "" NO_SONAME TRUE)
endforeach()
set_target_properties(fake_driver PROPERTIES OUTPUT_NAME libcuda SUFFIX .so.1)
set_target_properties(fake_nvrtc PROPERTIES OUTPUT_NAME libnvrtc SUFFIX .so.13)

file(GLOB cuda_tests CONFIGURE_DEPENDS tests/cuda/test_*.c)
foreach(file ${cuda_tests})
  get_filename_component(name ${file} NAME_WE)
  string(REPLACE "test_" "" name ${name})
  rensa_test(${name} ${file})
  add_dependencies(test_${name} rensa_cuda fake_driver fake_nvrtc)
  target_include_directories(test_${name} PRIVATE tests/cuda)
  target_compile_definitions(test_${name} PRIVATE FAKE_DRIVER="${fakes}/libcuda.so.1")
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "RENSA_CUDA_PATH=${fakes}"
    "XDG_CACHE_HOME=${PROJECT_BINARY_DIR}/cuda_cache")
endforeach()

# What cuda_api.h says, against NVIDIA's headers where they are.
find_path(RENSA_CUDA_INCLUDE cuda.h PATHS /usr/local/cuda/include /usr/local/cuda-13.0/include $ENV{CUDA_HOME}/include
  NO_DEFAULT_PATH)
if(RENSA_CUDA_INCLUDE)
  add_library(nvidia_headers OBJECT tests/cuda/nvidia_headers.c)
  target_include_directories(nvidia_headers PRIVATE src)
  target_include_directories(nvidia_headers SYSTEM PRIVATE ${RENSA_CUDA_INCLUDE})
endif()

# A part of the op runner; all of it takes many compilations: rensa selftest --device cuda:0.
foreach(part mean/forward relu/ softmax/)
  string(REPLACE "/" "_" name ops_cuda_${part})
  add_test(NAME ${name} COMMAND test_ops --device cuda:0 ${part})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600 ENVIRONMENT
    "RENSA_LIBRARY=${PROJECT_BINARY_DIR}/lib/rensa;RENSA_CUDA_PATH=${fakes};XDG_CACHE_HOME=${PROJECT_BINARY_DIR}/cuda_cache")
endforeach()
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/cuda_cache)
