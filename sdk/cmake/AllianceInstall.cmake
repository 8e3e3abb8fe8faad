# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` lays down, and the package that find_package(AllianceSDK) finds: the headers, the library, the
# command, the plugins, what builds one, the pages, and plugins to begin from. The command looks for plugins in
# lib/alliance/plugins beside its own folder.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/AllianceSDK)
set(plugins lib/alliance/plugins)

set_target_properties(alliance_headers PROPERTIES EXPORT_NAME headers)
set_target_properties(alliance_command PROPERTIES EXPORT_NAME command
  INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
install(TARGETS alliance_headers alliance alliance_command EXPORT AllianceSDKTargets)
install(TARGETS alliance_plugin_runner)  # beside the command: that is where a host looks for it
install(EXPORT AllianceSDKTargets NAMESPACE Alliance:: DESTINATION ${package})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/include/alliance DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/sdk/schema/ DESTINATION share/alliance/schema FILES_MATCHING PATTERN "*.fbs")
install(DIRECTORY ${ALLIANCE_PLUGIN_DIR}/ DESTINATION ${plugins} USE_SOURCE_PERMISSIONS)
set(here ${CMAKE_CURRENT_LIST_DIR})
install(FILES ${here}/AllianceAddPlugin.cmake ${here}/WriteManifest.cmake ${here}/plugin.map DESTINATION ${package})

set(ALLIANCE_PLUGINS ${plugins})
set(ALLIANCE_LAYOUT share/alliance/layout.inc)
configure_package_config_file(${here}/AllianceSDKConfig.cmake.in ${CMAKE_BINARY_DIR}/cmake/AllianceSDKConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS ALLIANCE_PLUGINS ALLIANCE_LAYOUT)
# Before 1.0 a minor version may change anything.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/cmake/AllianceSDKConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/cmake/AllianceSDKConfig.cmake ${CMAKE_BINARY_DIR}/cmake/AllianceSDKConfigVersion.cmake
  DESTINATION ${package})

install(FILES ${PROJECT_SOURCE_DIR}/tests/abi/layout.inc DESTINATION share/alliance)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples/09_one_instrument DESTINATION share/alliance/examples)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION share/doc/alliance FILES_MATCHING PATTERN "*.md")
