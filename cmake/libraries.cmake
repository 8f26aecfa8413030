# Libraries of Debian 12. The header-only giants of Boost are compiled once each, in a library of their own.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_path(VALIJSON_INCLUDE_DIR valijson/validator.hpp REQUIRED)

add_library(weir_valijson INTERFACE)
add_library(weir::valijson ALIAS weir_valijson)
target_include_directories(weir_valijson SYSTEM INTERFACE ${VALIJSON_INCLUDE_DIR})

set_target_properties(simdjson::simdjson PROPERTIES INTERFACE_COMPILE_DEFINITIONS "SIMDJSON_EXCEPTIONS=0")

function(weir_boost_library name source)
  set(file ${CMAKE_BINARY_DIR}/boost/${name}.cpp)
  file(GENERATE OUTPUT ${file} CONTENT "${source}\n")
  add_library(weir_${name} STATIC ${file})
  add_library(weir::${name} ALIAS weir_${name})
  target_link_libraries(weir_${name} PUBLIC Boost::headers)
endfunction()

weir_boost_library(asio "#include <boost/asio/impl/src.hpp>\n#include <boost/asio/ssl/impl/src.hpp>")
target_compile_definitions(weir_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(weir_asio PUBLIC OpenSSL::SSL Threads::Threads)

weir_boost_library(beast "#include <boost/beast/src.hpp>")
target_compile_definitions(weir_beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION BOOST_BEAST_USE_STD_STRING_VIEW)
target_link_libraries(weir_beast PUBLIC weir_asio)

weir_boost_library(url "#include <boost/url/src.hpp>")
target_compile_definitions(weir_url PUBLIC BOOST_URL_NO_LIB=1 BOOST_URL_STATIC_LINK=1)
# Two minutes with sanitizers, for a library that reads addresses of the configuration alone.
if(WEIR_SANITIZE)
  target_compile_options(weir_url PRIVATE -fno-sanitize=all -fno-profile-instr-generate -fno-coverage-mapping)
endif()
