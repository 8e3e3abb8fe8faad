# SPDX-License-Identifier: Apache-2.0
# How everything here is compiled, and the functions that make a room and a test.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(ALLIANCE_PLUGIN_DIR ${CMAKE_BINARY_DIR}/lib/alliance/plugins)

set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# The generated headers take longer to read than most of our files to compile: files of one target are compiled
# two dozen at a time. Turn it off to lint, or to see that each file stands on its own.
option(ALLIANCE_UNITY "Compile the files of a target together" ON)
set(CMAKE_UNITY_BUILD ${ALLIANCE_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 24)
# Files whose own short names would meet those of others.
function(alliance_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# Scores are the same bytes on every processor: no fused multiply-add, no fast math.
add_compile_options(-Wall -Wextra -Wpedantic -Werror -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Clang counts names that only meet because files are compiled together as shadows; GCC sees those that matter.
  # The others are false alarms of GCC 12 about std::string and std::variant.
  add_compile_options(-Wshadow -Wno-restrict -Wno-maybe-uninitialized)
  # The compiler collects its garbage from a gigabyte on, and not from 128 MB: a tenth less time for large files.
  add_compile_options(--param=ggc-min-heapsize=1048576)
endif()
if(ALLIANCE_SANITIZE)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # under -fsanitize=thread: a false alarm, and Asio's fences
    add_compile_options(-Wno-stringop-overflow $<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
  endif()
  add_compile_options(-fsanitize=${ALLIANCE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ALLIANCE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    if(ALLIANCE_SANITIZE MATCHES "address")  # as GCC says it, and Clang before 21 does not
      add_compile_definitions(__SANITIZE_ADDRESS__=1)
    endif()
    # Programs in C load libraries in C++.
    add_link_options(-fsanitize-link-c++-runtime
      $<$<LINK_LANGUAGE:C>:-Wl,--push-state,--no-as-needed,-lstdc++,--pop-state>)
  endif()
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_program(FLATC flatc REQUIRED)

# One static library per room, from every source file in its folder. SMALL: a room that waits for disks, networks and
# plugins more than it computes. Its code is a third smaller for it, and recording an event took no longer; with
# sanitizers it is not optimised, which compiles in less than half the time.
function(alliance_room name)
  cmake_parse_arguments(ARG "SMALL" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(alliance_${name} STATIC ${sources})
  target_link_libraries(alliance_${name} PUBLIC ${ARG_LINKS})
  target_compile_options(alliance_${name} PRIVATE -ffunction-sections $<$<AND:$<BOOL:${ARG_SMALL}>,$<CONFIG:Release>>:-Os>
    $<$<AND:$<BOOL:${ARG_SMALL}>,$<CONFIG:Debug>>:-O0>)
endfunction()

# Those files of a room that no event, frame or score passes through: made small, while the others stay fast. These are
# first in the room's library, since of an inline function that both have the linker keeps the first.
function(alliance_small name)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE files)
  get_target_property(sources alliance_${name} SOURCES)
  get_target_property(links alliance_${name} LINK_LIBRARIES)
  list(REMOVE_ITEM sources ${files})
  add_library(alliance_${name}_fast OBJECT ${sources})
  target_link_libraries(alliance_${name}_fast PRIVATE ${links})
  target_compile_options(alliance_${name}_fast PRIVATE -ffunction-sections)
  target_compile_options(alliance_${name} PRIVATE $<$<CONFIG:Release>:-Os>)
  set_target_properties(alliance_${name} PROPERTIES SOURCES "${files};$<TARGET_OBJECTS:alliance_${name}_fast>")
endfunction()

# What plugins are made of beside their entry, compiled once: for a plugin, its tests and its fuzzer.
function(alliance_plugin_parts name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name}_parts STATIC ${ARG_SOURCES})
  target_compile_options(${name}_parts PRIVATE -ffunction-sections $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  target_link_libraries(${name}_parts PUBLIC alliance_schema ${ARG_LINKS})
endfunction()

# One test program per folder; ctest knows each of its tests by name. TIMEOUT: seconds of one test, 300 unless given.
function(alliance_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_executable(test_${name} ${sources})
  set_target_properties(test_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(test_${name} PRIVATE ${ARG_LINKS} GTest::gtest_main)
  target_compile_options(test_${name} PRIVATE -O0)  # half as long to compile, a quarter with sanitizers; what they test is not
  target_compile_definitions(test_${name} PRIVATE
    ALLIANCE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    ALLIANCE_BINARY_DIR="${CMAKE_BINARY_DIR}"
    ALLIANCE_PLUGIN_DIR="${ALLIANCE_PLUGIN_DIR}")
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()
