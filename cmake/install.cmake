# cmake --install: headers, library, loadable parts, command, pkg-config file, CMake package, manual page.
include(CMakePackageConfigHelpers)

install(TARGETS rensa EXPORT rensa LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(TARGETS rensa_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES docs/rensa.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

# The file says where things are as seen from itself, so that it is right under any prefix of `cmake --install`.
file(RELATIVE_PATH RENSA_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/rensa.pc.in ${PROJECT_BINARY_DIR}/rensa.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/rensa.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

configure_package_config_file(cmake/rensa-config.cmake.in ${PROJECT_BINARY_DIR}/rensa-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rensa)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/rensa-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/rensa-config.cmake ${PROJECT_BINARY_DIR}/rensa-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rensa)
install(EXPORT rensa NAMESPACE rensa:: FILE rensa-targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/rensa)
