# SPDX-License-Identifier: Apache-2.0
# Builds the project beside this file in BUILD and looks at what it wrote.
file(REMOVE_RECURSE ${BUILD})
execute_process(COMMAND ${CMAKE_COMMAND} -G ${GENERATOR} -S ${CMAKE_CURRENT_LIST_DIR} -B ${BUILD} -D SDK=${SDK}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} COMMAND_ERROR_IS_FATAL ANY)
set(folder ${BUILD}/lib/alliance/plugins)
file(READ ${folder}/outside.alliance.json manifest)
string(JSON title GET "${manifest}" name)
string(JSON hash GET "${manifest}" files 0 sha256)
file(SHA256 ${folder}/liballiance_outside.so real)
if(NOT title STREQUAL "A \"quoted\" title \\ and a backslash" OR NOT hash STREQUAL real)
  message(FATAL_ERROR "the manifest says ${title} and ${hash}, the library has ${real}")
endif()
