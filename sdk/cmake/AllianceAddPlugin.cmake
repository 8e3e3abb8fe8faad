# SPDX-License-Identifier: Apache-2.0
# alliance_add_plugin(NAME
#   ID org.example.thing VERSION 1.0.0 TITLE "..." VENDOR "..." LICENCE Apache-2.0
#   KINDS measure [timing tailoring programme transport]
#   SOURCES a.cpp ... | LIBRARY file  [LINKS target ...] [DATA folder] [SCHEMA] [DESTINATION folder]
#   [ASKS network read write environment])
#
# Builds a library that exports alliance_plugin_entry_v1 and nothing else, and writes NAME.alliance.json
# with the library's hash beside it. LIBRARY is one that a command of yours builds, with another compiler: it is
# copied there. ASKS is what it needs of the operator in a process of its own. DATA is copied to a folder called NAME beside the manifest. SCHEMA
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
  cmake_parse_arguments(ARG "SCHEMA" "ID;VERSION;TITLE;VENDOR;LICENCE;DATA;DESTINATION;LIBRARY" "KINDS;SOURCES;LINKS;ASKS" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "alliance_add_plugin(${name}): ${ARG_UNPARSED_ARGUMENTS} is not understood")
  endif()
  foreach(needed ID VERSION TITLE VENDOR LICENCE KINDS)
    if(NOT ARG_${needed})
      message(FATAL_ERROR "alliance_add_plugin(${name}): ${needed} is missing")
    endif()
  endforeach()
  if(ARG_LIBRARY AND (ARG_SOURCES OR ARG_LINKS OR ARG_SCHEMA))
    message(FATAL_ERROR "alliance_add_plugin(${name}): a LIBRARY that is built already takes no SOURCES, LINKS or SCHEMA")
  elseif(NOT ARG_LIBRARY AND NOT ARG_SOURCES)
    message(FATAL_ERROR "alliance_add_plugin(${name}): SOURCES, or a LIBRARY, is missing")
  endif()
  if(NOT ARG_DESTINATION AND ALLIANCE_PLUGIN_DIR)
    set(ARG_DESTINATION ${ALLIANCE_PLUGIN_DIR})
  elseif(NOT ARG_DESTINATION)
    set(ARG_DESTINATION ${CMAKE_BINARY_DIR}/lib/alliance/plugins)
  endif()

  set(target plugin_${name})
  set(copy)
  set(needs ${ALLIANCE_CMAKE_DIR}/plugin.map)
  if(ARG_DATA)
    get_filename_component(data_folder ${ARG_DATA} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
    set(copy COMMAND ${CMAKE_COMMAND} -E copy_directory ${data_folder} ${ARG_DESTINATION}/${name})
    # A changed definition is copied although no source changed.
    file(GLOB_RECURSE data CONFIGURE_DEPENDS ${data_folder}/*)
    list(APPEND needs ${data})
  endif()
  set(library ${ARG_DESTINATION}/liballiance_${name}.so)
  set(manifest ${ARG_DESTINATION}/${name}.alliance.json)
  list(JOIN ARG_KINDS "," kinds)
  list(JOIN ARG_ASKS "," asks)
  set(write_manifest COMMAND ${CMAKE_COMMAND}
    -D "LIBRARY=${library}" -D "MANIFEST=${manifest}" -D "ID=${ARG_ID}" -D "TITLE=${ARG_TITLE}" -D "VENDOR=${ARG_VENDOR}"
    -D "VERSION=${ARG_VERSION}" -D "LICENCE=${ARG_LICENCE}" -D "KINDS=${kinds}" -D "ASKS=${asks}"
    -P ${ALLIANCE_CMAKE_DIR}/WriteManifest.cmake)

  if(ARG_LIBRARY)
    get_filename_component(built ${ARG_LIBRARY} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
    # Replaced and never written into: a host may have it loaded.
    add_custom_command(OUTPUT ${library} ${manifest} DEPENDS ${built} ${needs}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${ARG_DESTINATION}
      COMMAND ${CMAKE_COMMAND} -E rm -f ${library}
      COMMAND ${CMAKE_COMMAND} -E copy ${built} ${library}
      ${write_manifest} ${copy} VERBATIM)
    add_custom_target(${target} ALL DEPENDS ${library} ${manifest})
    return()
  endif()

  add_library(${target} MODULE ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME alliance_${name}
    PREFIX lib SUFFIX .so
    LIBRARY_OUTPUT_DIRECTORY ${ARG_DESTINATION}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${needs}")
  # Scores are the same bytes on every processor; no symbol that ties libraries to one another.
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  if(CMAKE_CXX_COMPILER)  # a project in C alone needs no C++ compiler
    target_compile_features(${target} PRIVATE cxx_std_20)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  endif()
  # One exported function, nothing left to be found at run time, and nothing in it that is not used: a host hashes all
  # of it before it is loaded.
  target_link_options(${target} PRIVATE -Wl,--version-script=${ALLIANCE_CMAKE_DIR}/plugin.map -Wl,--as-needed
    -Wl,--gc-sections)
  if(NOT ALLIANCE_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
  endif()
  _alliance_target(headers headers)
  target_link_libraries(${target} PRIVATE ${headers} ${ARG_LINKS})
  if(ARG_SCHEMA)
    _alliance_target(schema schema)
    target_link_libraries(${target} PRIVATE ${schema})
  endif()
  add_custom_command(TARGET ${target} POST_BUILD ${write_manifest} ${copy} VERBATIM)
endfunction()
