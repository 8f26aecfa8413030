#pragma once
// YAML maps read strictly: every problem is noted with its place, unknown and repeated keys among them, and
// reading goes on. yaml-cpp throws only where this calls it.

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::simulator {

class problems {
public:
    // "line 3, column 5: WHAT"
    void add(const YAML::Mark& where, const std::string& what);
    bool none() const noexcept { return list_.empty(); }
    std::string text() const;  // one a line

private:
    std::vector<std::string> list_;
};

// One map. Members that were not asked for when finish() is called are unknown keys.
class map_reader {
public:
    // `name` is for messages: "rules[0]"
    map_reader(const YAML::Node& node, std::string name, problems& into);

    bool usable() const noexcept { return usable_; }

    std::optional<std::string> text(const char* key);
    std::optional<bool> flag(const char* key);
    // Within [least, most], both ends included.
    std::optional<std::int64_t> count(const char* key, std::int64_t least, std::int64_t most);
    std::vector<std::string> texts(const char* key);
    // A member of any kind; an undefined node where it is absent.
    YAML::Node node(const char* key);
    void finish();
    void complain(const std::string& what);

private:
    std::optional<std::string> scalar(const char* key);

    YAML::Node map_;
    std::string name_;
    problems& problems_;
    std::vector<std::string> asked_;
    bool usable_ = false;
};

}  // namespace weir::simulator
