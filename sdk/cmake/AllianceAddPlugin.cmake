# SPDX-License-Identifier: Apache-2.0
# alliance_add_plugin(NAME
#   ID org.example.thing VERSION 1.0.0 TITLE "..." VENDOR "..." LICENCE Apache-2.0
#   KINDS measure [timing tailoring programme transport]
#   SOURCES a.cpp ... [LINKS target ...] [DATA folder] [SCHEMA] [DESTINATION folder])
#
# Builds a library that exports alliance_plugin_entry_v1 and nothing else, and writes NAME.alliance.json
# with the library's hash beside it. DATA is copied to a folder called NAME beside the manifest. SCHEMA
# gives the sources the generated headers of sdk/schema.
include_guard(GLOBAL)

set(ALLIANCE_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

function(alliance_add_plugin name)
  cmake_parse_arguments(ARG "SCHEMA" "ID;VERSION;TITLE;VENDOR;LICENCE;DATA;DESTINATION" "KINDS;SOURCES;LINKS" ${ARGN})
  foreach(needed ID VERSION TITLE VENDOR LICENCE KINDS SOURCES)
    if(NOT ARG_${needed})
      message(FATAL_ERROR "alliance_add_plugin(${name}): ${needed} is missing")
    endif()
  endforeach()
  if(NOT ARG_DESTINATION)
    set(ARG_DESTINATION ${ALLIANCE_PLUGIN_DIR})
  endif()

  set(target plugin_${name})
  add_library(${target} MODULE ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME alliance_${name}
    LIBRARY_OUTPUT_DIRECTORY ${ARG_DESTINATION}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${ALLIANCE_CMAKE_DIR}/plugin.map)
  target_compile_options(${target} PRIVATE -ffp-contract=off -fno-gnu-unique)
  target_link_options(${target} PRIVATE -Wl,--version-script=${ALLIANCE_CMAKE_DIR}/plugin.map)
  if(NOT ALLIANCE_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
  endif()
  target_link_libraries(${target} PRIVATE alliance_headers ${ARG_LINKS})
  if(ARG_SCHEMA)
    target_link_libraries(${target} PRIVATE alliance_schema)
  endif()

  set(copy)
  if(ARG_DATA)
    set(copy COMMAND ${CMAKE_COMMAND} -E copy_directory ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DATA} ${ARG_DESTINATION}/${name})
  endif()
  list(JOIN ARG_KINDS "," kinds)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_COMMAND}
      -D "LIBRARY=$<TARGET_FILE:${target}>" -D "MANIFEST=${ARG_DESTINATION}/${name}.alliance.json"
      -D "ID=${ARG_ID}" -D "TITLE=${ARG_TITLE}" -D "VENDOR=${ARG_VENDOR}" -D "VERSION=${ARG_VERSION}"
      -D "LICENCE=${ARG_LICENCE}" -D "KINDS=${kinds}"
      -P ${ALLIANCE_CMAKE_DIR}/WriteManifest.cmake
    ${copy}
    VERBATIM)
  if(ARG_DATA)  # a changed definition is copied although no source changed
    file(GLOB_RECURSE data CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DATA}/*)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${data})
  endif()
endfunction()
