# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` lays down, in four components that depend on the one before or on core alone:
#
#   core     the library
#   dev      the headers, the schema, what builds a plugin, the examples; find_package(AllianceSDK), pkg-config alliance
#   tools    the command, and the runner of plugins in a process of their own
#   plugins  those that come with the SDK
#
#   cmake --install build --prefix FOLDER [--component core]... [--strip]
#
# The tree may be moved as a whole. The command looks for plugins in lib/alliance/plugins beside its own folder.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/AllianceSDK)
set(plugins lib/alliance/plugins)
set(here ${CMAKE_CURRENT_LIST_DIR})

# core
install(TARGETS alliance EXPORT AllianceSDKTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT core NAMELINK_COMPONENT dev)

# dev
set_target_properties(alliance_headers PROPERTIES EXPORT_NAME headers)
install(TARGETS alliance_headers EXPORT AllianceSDKTargets COMPONENT dev)
install(EXPORT AllianceSDKTargets NAMESPACE Alliance:: DESTINATION ${package} COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/include/alliance DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/schema/ DESTINATION share/alliance/schema COMPONENT dev
  FILES_MATCHING PATTERN "*.fbs")
install(FILES ${here}/AllianceAddPlugin.cmake ${here}/WriteManifest.cmake ${here}/plugin.map DESTINATION ${package}
  COMPONENT dev)
set(ALLIANCE_PLUGINS ${plugins})
set(ALLIANCE_LAYOUT share/alliance/layout.inc)
configure_package_config_file(${here}/AllianceSDKConfig.cmake.in ${CMAKE_BINARY_DIR}/cmake/AllianceSDKConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS ALLIANCE_PLUGINS ALLIANCE_LAYOUT)
# Before 1.0 a minor version may change anything.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/cmake/AllianceSDKConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/cmake/AllianceSDKConfig.cmake ${CMAKE_BINARY_DIR}/cmake/AllianceSDKConfigVersion.cmake
  DESTINATION ${package} COMPONENT dev)
file(RELATIVE_PATH ALLIANCE_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)  # from the file to the prefix
configure_file(${here}/alliance.pc.in ${CMAKE_BINARY_DIR}/cmake/alliance.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/cmake/alliance.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
install(FILES ${PROJECT_SOURCE_DIR}/tests/abi/layout.inc DESTINATION share/alliance COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION share/alliance COMPONENT dev PATTERN run EXCLUDE
  PATTERN __pycache__ EXCLUDE PATTERN node_modules EXCLUDE PATTERN .gitignore EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION share/doc/alliance COMPONENT dev FILES_MATCHING
  PATTERN "*.md" PATTERN site EXCLUDE)

# tools
set_target_properties(alliance_command PROPERTIES EXPORT_NAME command
  INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
install(TARGETS alliance_command EXPORT AllianceSDKToolsTargets COMPONENT tools)
install(TARGETS alliance_plugin_runner COMPONENT tools)  # beside the command: that is where a host looks for it
install(EXPORT AllianceSDKToolsTargets NAMESPACE Alliance:: DESTINATION ${package} COMPONENT tools)

# plugins: as they are, because a manifest holds its library's hash
install(DIRECTORY ${ALLIANCE_PLUGIN_DIR}/ DESTINATION ${plugins} USE_SOURCE_PERMISSIONS COMPONENT plugins)
