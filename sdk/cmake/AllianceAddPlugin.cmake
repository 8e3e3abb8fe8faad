# SPDX-License-Identifier: Apache-2.0
# alliance_add_plugin(NAME
#   ID org.example.thing VERSION 1.0.0 TITLE "..." VENDOR "..." LICENCE Apache-2.0
#   KINDS measure [timing tailoring programme transport]
#   SOURCES a.cpp ... [LINKS target ...] [DATA folder] [SCHEMA] [DESTINATION folder])
#
# Builds a library that exports alliance_plugin_entry_v1 and nothing else, and writes NAME.alliance.json
# with the library's hash beside it. DATA is copied to a folder called NAME beside the manifest. SCHEMA
# gives the sources the generated headers of sdk/schema. DESTINATION is ALLIANCE_PLUGIN_DIR where that is
# set, else lib/alliance/plugins of the build folder.
#
# Usable from any project that has a target alliance_headers (or Alliance::headers) with the contract's
# headers; SCHEMA needs alliance_schema (or Alliance::schema) besides.
include_guard(GLOBAL)

set(ALLIANCE_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})


# The target by its own name or by that of an installed package.
function(_alliance_target out name)
  foreach(target alliance_${name} Alliance::${name})
    if(TARGET ${target})
      set(${out} ${target} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "alliance_add_plugin: there is no target alliance_${name}; add the SDK to the project first")
endfunction()

function(alliance_add_plugin name)
  cmake_parse_arguments(ARG "SCHEMA" "ID;VERSION;TITLE;VENDOR;LICENCE;DATA;DESTINATION" "KINDS;SOURCES;LINKS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "alliance_add_plugin(${name}): ${ARG_UNPARSED_ARGUMENTS} is not understood")
  endif()
  foreach(needed ID VERSION TITLE VENDOR LICENCE KINDS SOURCES)
    if(NOT ARG_${needed})
      message(FATAL_ERROR "alliance_add_plugin(${name}): ${needed} is missing")
    endif()
  endforeach()
  if(NOT ARG_DESTINATION AND ALLIANCE_PLUGIN_DIR)
    set(ARG_DESTINATION ${ALLIANCE_PLUGIN_DIR})
  elseif(NOT ARG_DESTINATION)
    set(ARG_DESTINATION ${CMAKE_BINARY_DIR}/lib/alliance/plugins)
  endif()

  set(target plugin_${name})
  add_library(${target} MODULE ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME alliance_${name}
    PREFIX lib
    LIBRARY_OUTPUT_DIRECTORY ${ARG_DESTINATION}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${ALLIANCE_CMAKE_DIR}/plugin.map)
  target_compile_features(${target} PRIVATE cxx_std_20)
  # Scores are the same bytes on every processor; no symbol that ties libraries to one another.
  target_compile_options(${target} PRIVATE -ffp-contract=off $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  # One exported function, and nothing left to be found at run time.
  target_link_options(${target} PRIVATE -Wl,--version-script=${ALLIANCE_CMAKE_DIR}/plugin.map)
  if(NOT ALLIANCE_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
  endif()
  _alliance_target(headers headers)
  target_link_libraries(${target} PRIVATE ${headers} ${ARG_LINKS})
  if(ARG_SCHEMA)
    _alliance_target(schema schema)
    target_link_libraries(${target} PRIVATE ${schema})
  endif()

  set(copy)
  if(ARG_DATA)
    get_filename_component(data_folder ${ARG_DATA} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
    set(copy COMMAND ${CMAKE_COMMAND} -E copy_directory ${data_folder} ${ARG_DESTINATION}/${name})
    # A changed definition is copied although no source changed.
    file(GLOB_RECURSE data CONFIGURE_DEPENDS ${data_folder}/*)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${data})
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
endfunction()
