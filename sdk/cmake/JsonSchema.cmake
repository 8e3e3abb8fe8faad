# SPDX-License-Identifier: Apache-2.0
# cmake -D FLATC=flatc -D SCHEMAS=folder -D FILE=instrument -D ROOT=Table -D WORK=folder -D OUTPUT=file.schema.json
#   -P JsonSchema.cmake
# The JSON Schema of one table, for editors. flatc's generator knows no optional numbers: to JSON they are numbers.
file(MAKE_DIRECTORY ${WORK})
file(GLOB schemas ${SCHEMAS}/*.fbs)
foreach(schema ${schemas})
  get_filename_component(name ${schema} NAME)
  file(READ ${schema} text)
  string(REPLACE " = null" "" text "${text}")
  if(name STREQUAL "${FILE}.fbs")
    string(REGEX REPLACE "root_type [A-Za-z]+" "root_type ${ROOT}" text "${text}")
  endif()
  file(WRITE ${WORK}/${name} "${text}")
endforeach()
execute_process(COMMAND ${FLATC} --jsonschema -o ${WORK} ${WORK}/${FILE}.fbs RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "flatc made no JSON Schema of ${FILE}.fbs")
endif()
get_filename_component(folder ${OUTPUT} DIRECTORY)
file(MAKE_DIRECTORY ${folder})
file(COPY_FILE ${WORK}/${FILE}.schema.json ${OUTPUT})
