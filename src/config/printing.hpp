#pragma once
// Writing settings as YAML.

#include "weir/router/routing.hpp"

#include <yaml-cpp/emitter.h>

#include <cstdint>
#include <string>
#include <vector>

namespace weir::config {

// One entry of a map.
void put(YAML::Emitter& out, const char* key, const std::string& value);
void put(YAML::Emitter& out, const char* key, std::int64_t value);
void put(YAML::Emitter& out, const char* key, bool value);
void put(YAML::Emitter& out, const char* key, const std::vector<std::string>& values);
// In units: 2500 is 2.500.
void put_thousandths(YAML::Emitter& out, const char* key, std::int64_t value);
// An entry whose value ends with YAML::EndMap, or with YAML::EndSeq.
void open_map(YAML::Emitter& out, const std::string& key);
void open_list(YAML::Emitter& out, const std::string& key);

// Policies and rules.
void put_policies(YAML::Emitter& out, const router::routing& r);

}  // namespace weir::config
