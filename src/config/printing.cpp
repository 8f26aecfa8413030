#include "printing.hpp"

namespace weir::config {
namespace {

std::string in_thousandths(std::int64_t value) {
    return std::to_string(value / 1000) + '.' + std::to_string(1000 + value % 1000).substr(1);
}

}  // namespace

void put(YAML::Emitter& out, const char* key, const std::string& value) {
    out << YAML::Key << key << YAML::Value << YAML::DoubleQuoted << value;
}
void put(YAML::Emitter& out, const char* key, std::int64_t value) {
    out << YAML::Key << key << YAML::Value << std::to_string(value);
}
void put(YAML::Emitter& out, const char* key, bool value) {
    out << YAML::Key << key << YAML::Value << (value ? "true" : "false");
}
void put(YAML::Emitter& out, const char* key, const std::vector<std::string>& values) {
    out << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const auto& value : values) out << YAML::DoubleQuoted << value;
    out << YAML::EndSeq;
}
void put_thousandths(YAML::Emitter& out, const char* key, std::int64_t value) {
    out << YAML::Key << key << YAML::Value << in_thousandths(value);
}
void open_map(YAML::Emitter& out, const std::string& key) {
    out << YAML::Key << key << YAML::Value << YAML::BeginMap;
}
void open_list(YAML::Emitter& out, const std::string& key) {
    out << YAML::Key << key << YAML::Value << YAML::BeginSeq;
}

}  // namespace weir::config
