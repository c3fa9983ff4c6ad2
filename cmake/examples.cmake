# examples/: programs that see the installed headers only. Built with the tests, else by `ninja examples`.
add_custom_target(examples)
function(rensa_example name source)
  add_executable(example_${name} examples/${source})
  add_dependencies(examples example_${name})
  if(NOT RENSA_TESTS)
    set_target_properties(example_${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)
  endif()
  target_link_libraries(example_${name} PRIVATE rensa m)
  set_target_properties(example_${name} PROPERTIES OUTPUT_NAME ${name}
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin/examples)
  add_dependencies(example_${name} rensa_cpu rensa_io)
endfunction()

rensa_example(mnist_loop mnist/loop.c)
rensa_example(mnist_trainer mnist/trainer.c)
rensa_example(cifar cifar/cifar.c)
rensa_example(char_lm char_lm/char_lm.c)
rensa_example(vae vae/vae.c)
rensa_example(dcgan dcgan/dcgan.c)
rensa_example(siamese siamese/siamese.c)
rensa_example(regression regression/regression.c)
rensa_example(double_backprop double_backprop/double_backprop.c)
rensa_example(kernels kernels/kernels.c)
rensa_example(plugin_op plugin_op/plugin_op.c)

# Each is a test at its small size: tests/e2e/example compares a number that it prints with a bound.
function(rensa_example_test name)
  cmake_parse_arguments(ARG "" "PROGRAM;CHECK" "OPTIONS;ARGS" ${ARGN})
  separate_arguments(check UNIX_COMMAND "${ARG_CHECK}")
  add_test(NAME example_${name} COMMAND ${PROJECT_SOURCE_DIR}/tests/e2e/example ${ARG_OPTIONS} ${check}
    $<TARGET_FILE:example_${ARG_PROGRAM}> ${ARG_ARGS})
  set_tests_properties(example_${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300
    ENVIRONMENT "RENSA_LIBRARY=${PROJECT_BINARY_DIR}/lib/rensa")
endfunction()

if(RENSA_TESTS)
  rensa_example_test(mnist_loop PROGRAM mnist_loop CHECK "'test accuracy' gt 0.92" ARGS --small)
  rensa_example_test(mnist_trainer PROGRAM mnist_trainer CHECK "'test accuracy' gt 0.8" ARGS --small)
  rensa_example_test(cifar_resnet PROGRAM cifar CHECK "'train loss' lt 2.15" OPTIONS -n cifar10 ARGS resnet --small)
  rensa_example_test(cifar_vgg PROGRAM cifar CHECK "'train loss' lt 2.2" OPTIONS -n cifar10 ARGS vgg --small)
  rensa_example_test(char_lm_lstm PROGRAM char_lm CHECK "'validation loss' lt 2.6" OPTIONS -n tinyshakespeare
    ARGS lstm --small)
  rensa_example_test(char_lm_gpt PROGRAM char_lm CHECK "'validation loss' lt 2.8" OPTIONS -n tinyshakespeare
    ARGS gpt --small)
  rensa_example_test(char_lm_file PROGRAM char_lm CHECK "'validation loss' lt 4"
    ARGS lstm --small ${PROJECT_SOURCE_DIR}/docs/project.md)
  rensa_example_test(vae PROGRAM vae CHECK "'train loss' lt 240" OPTIONS -w vae.png ARGS --small)
  rensa_example_test(dcgan PROGRAM dcgan CHECK "'mean brightness' lt 0.35" OPTIONS -w dcgan.png ARGS --small)
  rensa_example_test(siamese PROGRAM siamese CHECK "'told apart:' gt 0.65" ARGS --small)
  rensa_example_test(regression PROGRAM regression CHECK "R2 gt 0.97"
    ARGS --small ${PROJECT_SOURCE_DIR}/examples/regression/pendulum.csv)
  rensa_example_test(double_backprop PROGRAM double_backprop CHECK "distance gt 2.7" ARGS --small)
  rensa_example_test(kernels PROGRAM kernels CHECK "huber gt 1.62")
  add_test(NAME example_plugin_op COMMAND example_plugin_op) # checks itself
endif()
if(RENSA_TESTS)
  add_test(NAME installed COMMAND ${CMAKE_COMMAND} -E env CC=${CMAKE_C_COMPILER}
    ${PROJECT_SOURCE_DIR}/tests/e2e/installed ${PROJECT_BINARY_DIR})
  add_test(NAME tutorial COMMAND ${PROJECT_SOURCE_DIR}/tests/e2e/tutorial ${PROJECT_BINARY_DIR})
  set_tests_properties(installed tutorial PROPERTIES TIMEOUT 300 LABELS once RESOURCE_LOCK installing)
endif()

if(RENSA_TESTS)
  add_executable(make_pictures tests/e2e/make_pictures.c)
  target_link_libraries(make_pictures PRIVATE rensa)
  add_test(NAME projects COMMAND ${PROJECT_SOURCE_DIR}/tests/e2e/projects $<TARGET_FILE:rensa_cli>
    $<TARGET_FILE:make_pictures>)
  add_test(NAME project_reference COMMAND ${PROJECT_SOURCE_DIR}/tests/e2e/reference $<TARGET_FILE:rensa_cli>)
  set_tests_properties(projects project_reference PROPERTIES TIMEOUT 300
    ENVIRONMENT "RENSA_LIBRARY=${PROJECT_BINARY_DIR}/lib/rensa")
endif()
