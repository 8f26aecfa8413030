# The compiler, and the flags that every line of ours is built with.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} destroys some temporaries of a coroutine twice (an aggregate temporary, a "
    "value-capturing lambda or an initializer list in one full expression with co_await), so weir would crash. "
    "Use clang 19: cmake --preset debug")
endif()
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(WARNING "weir is built and tested with clang 19; this is ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_options(-gdwarf-4 -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld)
endif()

add_library(weir_flags INTERFACE)
target_compile_options(weir_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)

if(WEIR_SANITIZE)
  add_compile_options(-fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -O1)
  add_link_options(-fsanitize=${WEIR_SANITIZE})
endif()
if(WEIR_COVERAGE)
  # Traces still name lines; nobody steps through these programs, and they build a tenth faster.
  add_compile_options(-gline-tables-only)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-flto=thin -g0 -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    -ftrivial-auto-var-init=zero -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS)
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
  add_link_options(-flto=thin -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed -Wl,--thinlto-jobs=all)
endif()
