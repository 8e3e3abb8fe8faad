# SPDX-License-Identifier: Apache-2.0
# For tests/kit/arm64.sh: Debian's cross compiler, and libraries that were unpacked beside it.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH $ENV{ALLIANCE_ARM64} /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-L$ENV{ALLIANCE_ARM64}/usr/lib/aarch64-linux-gnu -Wl,-rpath-link,$ENV{ALLIANCE_ARM64}/usr/lib/aarch64-linux-gnu")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-L$ENV{ALLIANCE_ARM64}/usr/lib/aarch64-linux-gnu -Wl,-rpath-link,$ENV{ALLIANCE_ARM64}/usr/lib/aarch64-linux-gnu")
