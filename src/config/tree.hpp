#pragma once
// A YAML file as a tree of our own, in which every key and value knows its place. yaml-cpp's own nodes lose
// duplicate keys and the places of keys, so the tree is built from its events.

#include "weir/config/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::config {

struct member;

struct node {
    enum class kind : std::uint8_t {
        null,
        scalar,
        sequence,
        map,
        broken
    };  // broken: a problem was told already

    kind what = kind::null;
    std::string text;             // scalar
    bool plain = false;           // scalar without quotes
    bool expanded = false;        // a variable went into the text: it may be a secret, so it is not told
    std::vector<node> items;      // sequence
    std::vector<member> members;  // map, in the order of the file
    int line = 0;                 // from 1
    int column = 0;               // from 1
};

struct member {
    node key;
    node value;
};

// Collects problems of one file.
class diagnostics {
public:
    diagnostics(std::string file, std::vector<problem>& into) : file_(std::move(file)), into_(&into) {}

    void say(const node& at, std::string message, std::string hint = {});
    void say(int line, int column, std::string message, std::string hint = {});
    const std::string& file() const noexcept { return file_; }

private:
    std::string file_;
    std::vector<problem>* into_;
};

inline constexpr std::size_t yaml_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t yaml_depth_max = 64;

// The one document in `text`, with variables put in (see expand.hpp). Told as problems: text that is no YAML,
// a second document, anchors, aliases, merge keys and tags (they make a file mean what it does not show),
// keys given twice, keys that are no plain words, variables that are not set. nullopt only where there is no
// tree to look at.
std::optional<node> parse_yaml(const std::string& text, const environment& env, diagnostics& told);

// Reads a file and parses it.
std::optional<node> read_yaml(const std::filesystem::path& file, const environment& env, diagnostics& told);

}  // namespace weir::config
