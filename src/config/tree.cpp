#include "tree.hpp"

#include "expand.hpp"

#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace weir::config {
namespace {

// Marks of yaml-cpp count from 0.
int line_of(const YAML::Mark& mark) { return mark.line + 1; }
int column_of(const YAML::Mark& mark) { return mark.column + 1; }

// Builds the tree bottom up: a stack of open containers; in a map, a key waits for its value.
class builder : public YAML::EventHandler {
public:
    explicit builder(diagnostics& told) : told_(told) {}

    std::optional<node> take() { return std::move(root_); }
    std::size_t documents() const noexcept { return documents_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ == 2) {
            told_.say(line_of(mark), column_of(mark), "a second document starts here",
                      "one file holds one document; remove the line ---");
        }
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        put(at(mark, node::kind::null, anchor, "?"));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        told_.say(line_of(mark), column_of(mark), "aliases are not read", "write the value out");
        put(at(mark, node::kind::broken, 0, "?"));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        node n = at(mark, node::kind::scalar, anchor, tag);
        n.text = value;
        n.plain = tag == "?";
        put(std::move(n));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(at(mark, node::kind::sequence, anchor, tag));
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(at(mark, node::kind::map, anchor, tag));
    }
    void OnMapEnd() override { close(); }

private:
    struct container {
        node made;
        std::optional<node> key;
        std::set<std::string> seen;
    };

    node at(const YAML::Mark& mark, node::kind what, YAML::anchor_t anchor, const std::string& tag) {
        node n;
        n.what = what;
        n.line = line_of(mark);
        n.column = column_of(mark);
        if (anchor != 0) told_.say(n, "anchors are not read", "write the value out where it is needed");
        if (tag != "?" && tag != "!" && !tag.empty()) told_.say(n, "tags are not read", "remove " + tag);
        return n;
    }
    void open(node n) {
        if (open_.size() == yaml_depth_max) {
            told_.say(n, "nested deeper than " + std::to_string(yaml_depth_max) + " levels");
        }
        open_.push_back({std::move(n), {}, {}});
    }
    void close() {
        node n = std::move(open_.back().made);
        open_.pop_back();
        put(std::move(n));
    }
    void put(node n) {
        if (open_.empty()) {
            if (!root_) root_ = std::move(n);
            return;
        }
        container& parent = open_.back();
        if (parent.made.what == node::kind::sequence) {
            parent.made.items.push_back(std::move(n));
        } else if (!parent.key) {
            parent.key = std::move(n);
        } else {
            put_member(parent, std::move(n));
        }
    }
    void put_member(container& parent, node value) {
        node key = std::move(*parent.key);
        parent.key.reset();
        // yaml-cpp puts a value that is absent where the next token stands
        if (value.what == node::kind::null && value.line > key.line) {
            value.line = key.line;
            value.column = key.column;
        }
        if (key.what != node::kind::scalar) {
            told_.say(key, "a key must be a word");
        } else if (key.plain && key.text == "<<") {
            told_.say(key, "merge keys are not read", "write the values out");
        } else if (!parent.seen.insert(key.text).second) {
            told_.say(key, '`' + key.text + "` is given twice", "remove one of them");
        } else {
            parent.made.members.push_back({std::move(key), std::move(value)});
        }
    }

    diagnostics& told_;
    std::optional<node> root_;
    std::vector<container> open_;
    std::size_t documents_ = 0;
};

std::string_view line_at(std::string_view text, int line) {
    for (; line > 1 && !text.empty(); --line)
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    return text.substr(0, text.find('\n'));
}

void expand_all(node& n, const environment& env, diagnostics& told) {
    if (n.what == node::kind::scalar) {
        auto put_in = expand(n.text, env);
        if (!put_in) {
            told.say(n, std::move(put_in.error().message), std::move(put_in.error().hint));
            n.what = node::kind::broken;
        } else {
            n.expanded = put_in->variables > 0;
            n.text = std::move(put_in->text);
        }
    }
    for (node& item : n.items) expand_all(item, env, told);
    for (member& m : n.members) expand_all(m.value, env, told);
}

}  // namespace

void diagnostics::say(const node& at, std::string message, std::string hint) {
    say(at.line, at.column, std::move(message), std::move(hint));
}

void diagnostics::say(int line, int column, std::string message, std::string hint) {
    into_->push_back({file_, line, column, std::move(message), std::move(hint)});
}

std::optional<node> parse_yaml(const std::string& text, const environment& env, diagnostics& told) {
    if (text.size() > yaml_bytes_max) {
        told.say(0, 0, "longer than " + std::to_string(yaml_bytes_max) + " bytes");
        return std::nullopt;
    }
    builder made{told};
    try {
        std::istringstream in{text};
        YAML::Parser parser{in};
        while (made.documents() < 2 && parser.HandleNextDocument(made)) {}
    } catch (const YAML::Exception& e) {
        // a brace after a dollar sign ends a map that is written in braces
        const bool variable = line_at(text, line_of(e.mark)).find("${") != std::string_view::npos;
        told.say(line_of(e.mark), column_of(e.mark), "not YAML: " + e.msg,
                 variable ? "put quotes around a value with ${...}" : "");
        return std::nullopt;
    }
    auto root = made.take();
    if (!root) {
        told.say(1, 1, "the file is empty");
        return std::nullopt;
    }
    expand_all(*root, env, told);
    return root;
}

std::optional<node> read_yaml(const std::filesystem::path& file, const environment& env, diagnostics& told) {
    std::error_code is_not_known;
    if (std::filesystem::is_directory(file, is_not_known)) {
        told.say(0, 0, "cannot be read: is a folder");
        return std::nullopt;
    }
    errno = 0;
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (in && in.peek() != std::ifstream::traits_type::eof()) text << in.rdbuf();
    if (!in && !in.eof()) {
        told.say(0, 0, std::string{"cannot be read: "} + std::strerror(errno));
        return std::nullopt;
    }
    return parse_yaml(std::move(text).str(), env, told);
}

}  // namespace weir::config
