# SPDX-License-Identifier: Apache-2.0
# What a library shows to the loader is exactly SYMBOLS.
execute_process(COMMAND ${NM} -D --defined-only --format=posix ${LIBRARY} OUTPUT_VARIABLE table
  COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" lines "${table}")
set(found)
foreach(line ${lines})
  string(REGEX REPLACE " .*" "" symbol "${line}")
  list(APPEND found ${symbol})
endforeach()
if(NOT "${found}" STREQUAL "${SYMBOLS}")
  message(FATAL_ERROR "${LIBRARY} exports '${found}' where '${SYMBOLS}' was expected")
endif()
