# SPDX-License-Identifier: Apache-2.0
# Builds the project beside this file in BUILD and looks at what it wrote. With INSTALL, a build folder of the SDK, it
# stands on what that installs.
file(REMOVE_RECURSE ${BUILD})
set(from -D SDK=${SDK})
if(INSTALL)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${INSTALL} --prefix ${BUILD}/prefix OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  set(from -D CMAKE_PREFIX_PATH=${BUILD}/prefix)
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -G ${GENERATOR} -S ${CMAKE_CURRENT_LIST_DIR} -B ${BUILD} ${from}
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
if(INSTALL)  # the installed command finds its library and the plugins beside it by itself
  execute_process(COMMAND ${BUILD}/prefix/bin/alliance instruments OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
  if(NOT listed MATCHES "phq-9")
    message(FATAL_ERROR "the installed command lists no phq-9: ${listed}")
  endif()
endif()
