# SPDX-License-Identifier: Apache-2.0
# Writes a plugin's manifest after the library was linked: only then is its hash known.
file(SHA256 ${LIBRARY} hash)
get_filename_component(file ${LIBRARY} NAME)
string(REPLACE "," "\", \"" kinds "${KINDS}")
set(asks)
if(ASKS)
  string(REPLACE "," "\", \"" asks "${ASKS}")
  set(asks "\n  \"asks\": [\"${asks}\"],")
endif()
foreach(text ID TITLE VENDOR VERSION LICENCE)  # what JSON would take for its own
  string(REPLACE "\\" "\\\\" ${text} "${${text}}")
  string(REPLACE "\"" "\\\"" ${text} "${${text}}")
endforeach()
file(WRITE ${MANIFEST} "{
  \"format\": 1,
  \"id\": \"${ID}\",
  \"name\": \"${TITLE}\",
  \"vendor\": \"${VENDOR}\",
  \"version\": \"${VERSION}\",
  \"licence\": \"${LICENCE}\",
  \"kinds\": [\"${kinds}\"],
  \"abi_major\": 1,
  \"abi_minor\": 0,
  \"runtime\": \"native\",${asks}
  \"library\": \"${file}\",
  \"files\": [{\"path\": \"${file}\", \"sha256\": \"${hash}\"}]
}
")
