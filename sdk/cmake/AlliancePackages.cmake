# SPDX-License-Identifier: Apache-2.0
# cpack --config build/CPackConfig.cmake -B FOLDER: the components of AllianceInstall.cmake as Debian packages.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME alliance)
set(CPACK_PACKAGE_VENDOR "Alliance SDK")
set(CPACK_PACKAGE_CONTACT "Alliance SDK maintainers <maintainers@alliance-sdk.invalid>" CACHE STRING "Who answers for packages")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_COMPONENTS_ALL core dev tools plugins)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# What a library needs is read from the library, ours included, which no package of the system has.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/lib)

# package(COMPONENT NAME SECTION SUMMARY TEXT [DEPENDS...])
function(alliance_package component name section summary text)
  string(TOUPPER ${component} upper)
  list(JOIN ARGN ", " depends)
  foreach(pair "PACKAGE_NAME;${name}" "PACKAGE_SECTION;${section}" "PACKAGE_DEPENDS;${depends}"
      "DESCRIPTION;${summary}\n${text}")
    list(POP_FRONT pair key)
    set(CPACK_DEBIAN_${upper}_${key} "${pair}" PARENT_SCOPE)
  endforeach()
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/${name} RENAME copyright COMPONENT ${component})
endfunction()

set(same "(= ${PROJECT_VERSION})")
alliance_package(core liballiance1 libs "Measures of the working alliance, inside a therapy platform"
  "Scores instruments, says which are due, keeps account of minutes, proposes adaptations and delivers reports, through a C interface.")
alliance_package(dev liballiance-dev libdevel "Headers of the Alliance SDK"
  "What embeds the library and what builds a plugin: headers, schema, examples, documents, for CMake and pkg-config."
  "liballiance1 ${same}")
alliance_package(tools alliance-tools science "The alliance command"
  "Scores files, shows reviews, receives reports, checks plugins; with the program that runs a plugin in a process of its own."
  "liballiance1 ${same}")
alliance_package(plugins alliance-plugins science "Plugins of the Alliance SDK"
  "Instruments, schedules, tailoring rules, programme adapters and transports."
  "liballiance1 ${same}")
# tests/release/sbom.py makes them of what was linked; without them a package is for trying out.
install(FILES ${CMAKE_BINARY_DIR}/sbom/alliance.spdx.json ${CMAKE_BINARY_DIR}/sbom/THIRD-PARTY.txt
  DESTINATION share/doc/liballiance1 COMPONENT core OPTIONAL)
set(CPACK_DEBIAN_CORE_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_DEV_PACKAGE_SHLIBDEPS OFF)
include(CPack)
