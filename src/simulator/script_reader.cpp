#include "script_reader.hpp"

#include "action_reader.hpp"
#include "yaml_reader.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <utility>

namespace weir::simulator {
namespace {

constexpr std::int64_t tokens_max = 1'048'576;
constexpr std::int64_t unit_tokens_max = 65'536;
constexpr std::int64_t units_kept_max = 16 * 1024 * 1024;
constexpr std::size_t script_bytes_max = 4 * 1024 * 1024;

token_range read_range(map_reader& from, const char* key) {
    const YAML::Node pair = from.node(key);
    token_range range{1, 1};
    const auto whole = [](const YAML::Node& n) {
        std::int64_t value = 0;
        return n.IsScalar() && YAML::convert<std::int64_t>::decode(n, value) ? value : std::int64_t{-1};
    };
    const bool is_pair = pair.IsDefined() && pair.IsSequence() && pair.size() == 2;
    if (is_pair) range = {whole(pair[0]), whole(pair[1])};
    if (!is_pair || range.least < 1 || range.most < range.least || range.most > tokens_max) {
        from.complain(std::string(key) + " must be a list of two counts of tokens, the smaller first");
        return {1, 1};
    }
    return range;
}

void read_models(const YAML::Node& list, catalogue& into, problems& found) {
    into.models.clear();
    if (!list.IsSequence() || list.size() == 0) {
        found.add(list.Mark(), "models must be a list of at least one model");
        return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        map_reader from{list[i], "models[" + std::to_string(i) + "]", found};
        model_entry entry;
        entry.id = from.text("id").value_or("");
        entry.name = from.text("name").value_or(entry.id);
        entry.cache = from.text("cache").value_or(entry.id);
        entry.fingerprint = from.text("fingerprint").value_or("fp_sim");
        entry.images = from.flag("images").value_or(false);
        entry.listed = from.flag("listed").value_or(false);
        entry.system_in_history = from.flag("system_in_history").value_or(false);
        entry.messages_names = from.texts("messages_names");
        entry.context_tokens_max = from.count("context_tokens_max", 1, 1LL << 40).value_or(1'048'576);
        entry.output_tokens_max = from.count("output_tokens_max", 1, 1LL << 40).value_or(393'216);
        if (from.usable() && entry.id.empty()) from.complain("id is missing");
        if (into.model(entry.id)) from.complain("the id " + entry.id + " is repeated");
        from.finish();
        into.models.push_back(std::move(entry));
    }
}

void read_efforts(const YAML::Node& node, catalogue& into, problems& found) {
    map_reader from{node, "efforts", found};
    into.efforts.clear();
    into.effort_words.clear();
    const auto off = from.texts("off_words");
    into.effort_off_words = {off.begin(), off.end()};
    into.effort_default = from.text("default").value_or("");
    into.max_tokens_default = from.count("max_tokens_default_off", 1, tokens_max).value_or(1);
    const YAML::Node levels = from.node("levels");
    if (levels.IsDefined() && levels.IsSequence()) {
        for (std::size_t i = 0; i < levels.size(); ++i) {
            map_reader level{levels[i], "efforts.levels[" + std::to_string(i) + "]", found};
            effort_level entry;
            entry.name = level.text("name").value_or("");
            for (const std::string& word : level.texts("words")) into.effort_words[word] = entry.name;
            entry.reasoning = read_range(level, "reasoning_tokens");
            entry.max_tokens_default = level.count("max_tokens_default", 1, tokens_max).value_or(1);
            level.finish();
            into.efforts.push_back(std::move(entry));
        }
    }
    if (from.usable() && !into.effort(into.effort_default))
        from.complain("default must name one of the levels");
    from.finish();
}

rule read_rule(const YAML::Node& node, std::size_t index, problems& found) {
    map_reader from{node, "rules[" + std::to_string(index) + "]", found};
    rule into;
    if (const YAML::Node when = from.node("when"); when.IsDefined()) {
        into.when = read_conditions(when, "rules[" + std::to_string(index) + "].when", found);
    }
    into.act = read_actions(from, found);
    from.finish();
    return into;
}

void read_rest(map_reader& top, script& into, problems& found) {
    if (const YAML::Node keys = top.node("keys"); keys.IsDefined()) {
        map_reader from{keys, "keys", found};
        const auto bad = from.texts("bad");
        const auto broke = from.texts("broke");
        into.bad_keys = {bad.begin(), bad.end()};
        into.broke_keys = {broke.begin(), broke.end()};
        from.finish();
    }
    if (const YAML::Node account = top.node("balance"); account.IsDefined()) {
        map_reader from{account, "balance", found};
        into.account.currency = from.text("currency").value_or(into.account.currency);
        into.account.total = from.text("total").value_or(into.account.total);
        from.finish();
    }
    if (const YAML::Node cache = top.node("cache"); cache.IsDefined()) {
        map_reader from{cache, "cache", found};
        into.cache.unit_tokens =
            from.count("unit_tokens", 1, unit_tokens_max).value_or(into.cache.unit_tokens);
        const auto units = from.count("units_max", 0, units_kept_max);
        if (units) into.cache.units_max = static_cast<std::size_t>(*units);
        from.finish();
    }
    if (const YAML::Node usual = top.node("default"); usual.IsDefined()) {
        map_reader from{usual, "default", found};
        into.usual = read_actions(from, found);
        from.finish();
    }
    if (const YAML::Node rules = top.node("rules"); rules.IsDefined()) {
        if (!rules.IsSequence()) {
            found.add(rules.Mark(), "rules must be a list");
            return;
        }
        for (std::size_t i = 0; i < rules.size(); ++i) into.rules.push_back(read_rule(rules[i], i, found));
    }
}

}  // namespace

result<script> read_script(std::string_view yaml, const catalogue& base) try {
    script into;
    into.offered = base;
    problems found;
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(yaml));
    if (documents.size() > 1) found.add(documents[1].Mark(), "a script is one document");
    // An empty file is a script that changes nothing.
    if (documents.empty() || documents.front().IsNull()) return into;
    map_reader top{documents.front(), "the script", found};
    if (const YAML::Node models = top.node("models"); models.IsDefined())
        read_models(models, into.offered, found);
    if (const YAML::Node efforts = top.node("efforts"); efforts.IsDefined()) {
        read_efforts(efforts, into.offered, found);
    }
    read_rest(top, into, found);
    top.finish();
    if (!found.none()) return weir_fault(errc::bad_config, found.text());
    return into;
} catch (const YAML::Exception& e) {
    problems found;
    found.add(e.mark, e.msg);
    return weir_fault(errc::bad_config, found.text());
}

result<script> parse_script(std::string_view yaml) { return read_script(yaml, default_catalogue()); }

result<script> load_script(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return weir_fault(errc::file, file.string() + ": cannot be read");
    std::string text;
    for (char c = 0; text.size() <= script_bytes_max && in.get(c);) text += c;
    if (in.bad()) return weir_fault(errc::file, file.string() + ": cannot be read");
    if (text.size() > script_bytes_max)
        return weir_fault(errc::bad_config, file.string() + ": longer than 4 MiB");
    auto read = parse_script(text);
    if (!read) read.error().detail = file.string() + ":\n" + read.error().detail;
    return read;
}

}  // namespace weir::simulator
