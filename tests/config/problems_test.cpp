#include "config_folder.hpp"

namespace weir::config {
namespace {

constexpr const char* top = "weir.yaml";

void expect_each(const std::vector<breakage>& table) {
    for (const breakage& b : table) expect_one_problem(b);
}

TEST(yaml, that_means_what_it_does_not_show_is_refused_with_its_place) {
    expect_each({
        {top, "log: {format: json}", "log: {format: json}\n@log: {format: text}", "`log` is given twice"},
        {top, "{json_depth_max: 64}", "{json_depth_max: 64, @json_depth_max: 65}", "given twice"},
        {top, "listen: 127.0.0.1:8787\nadmin", "listen: @&a 127.0.0.1:8787\nadmin", "anchors are not read"},
        {top, "cors: {origins: []}", "cors: @!!map {origins: []}", "tags are not read"},
        {top, "{drain_ms: 1}", "{drain_ms: 1, @<<: {}}", "merge keys are not read"},
        {top, "{drain_ms: 1}", "{@[a, b]: 1}", "a key must be a word"},
        {top, "log: {format: json}\n", "log: {format: json}\n@---\nlisten: x\n", "a second document"},
        {top, "log: {format: json}\n", "log: {format:\n@", "not YAML"},
        {top, "{drain_ms: 1}", "{drain_ms: $@{MS}}", "not YAML", "quotes around"},
    });
}

TEST(yaml, that_is_an_alias_is_refused_where_it_stands) {
    config_folder folder;
    folder.replace(top, "listen: 127.0.0.1:8787\nadmin_listen: 127.0.0.1:8788",
                   "listen: &a 127.0.0.1:8787\nadmin_listen: *a");
    const auto got = load(folder.path(), variables({}));
    ASSERT_FALSE(got);
    ASSERT_EQ(got.error().size(), 2U) << all_of(got.error());
    EXPECT_EQ(got.error()[0].message, "anchors are not read");
    EXPECT_EQ(got.error()[1].message, "aliases are not read");
    EXPECT_EQ(got.error()[1].line, 2);
    EXPECT_EQ(got.error()[1].column, 15);
}

TEST(yaml, that_cannot_be_read_is_one_problem) {
    config_folder folder;
    for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
             {"", "empty"},
             {"# nothing\n", "empty"},
             {"- a\n- b\n", "must be a map"},
             {"just text", "must be a map"},
             {std::string(20'000, '['), "not YAML"},
             {std::string(5 * 1024 * 1024, '#'), "longer than"}}) {
        folder.write(top, text);
        const auto got = load(folder.path(), variables({}));
        ASSERT_FALSE(got);
        EXPECT_NE(got.error().back().message.find(message), std::string::npos) << all_of(got.error());
    }
    const auto absent = load(folder.path("absent.yaml"), variables({}));
    ASSERT_FALSE(absent);
    EXPECT_NE(to_text(absent.error().front()).find("absent.yaml: error: cannot be read: No such file"),
              std::string::npos)
        << all_of(absent.error());
    EXPECT_FALSE(load(folder.path("."), variables({})));
}

TEST(setting, with_an_unknown_name_is_refused_with_the_one_that_was_meant) {
    expect_each({
        {top, "listen: 127.0.0.1:8787\nadmin", "@lisen: 127.0.0.1:8787\nadmin", "`lisen`", "`listen`"},
        {top, "log: {format: json}", "log: {@fromat: json}", "log: no setting is called `fromat`",
         "`format`"},
        {top, "{drain_ms: 1}", "{@drain: 1}", "`drain`"},
        {top, "{json_depth_max: 64}", "{@json_dept_max: 64}", "`json_dept_max`", "`json_depth_max`"},
        {top, "client_keys: []", "client_keys: []\n@zebra: 1", "`zebra`"},
        {top, "{origins: []}", "{origins: [], @orgins: []}", "cors", "`origins`"},
        {top, "api_key: sk-0123456789abcdef}", "api_key: sk-0123456789abcdef, @ca_fil: x}",
         "upstreams.deepseek", "`ca_file`"},
    });
}

TEST(setting, of_the_wrong_type_or_out_of_range_is_refused_with_its_place) {
    expect_each({
        {top, "{json_depth_max: 64}", "{json_depth_max: @2000}", "between 4 and 1024, is `2000`"},
        {top, "{json_depth_max: 64}", "{json_depth_max: @-1}", "between 4 and 1024"},
        {top, "{json_depth_max: 64}", "{json_depth_max: @many}", "whole number, is `many`"},
        {top, "{json_depth_max: 64}", "{json_depth_max: @010}", "leading zero"},
        {top, "{json_depth_max: 64}", "{json_depth_max: @1.5}", "whole number"},
        {top, "{json_depth_max: 64}", "{json_depth_max: @99999999999999999999}", "whole number"},
        {top, "{json_depth_max: 64}", "{json_depth_max: @[]}", "whole number, is a list"},
        {top, "{drain_ms: 1}", "{drain_ms: @86400001}", "between 0 and 86400000"},
        {top, "cors: {origins: []}", "cors: @[]", "must be a map, is a list"},
        {top, "{origins: []}", "{origins: @x}", "must be a list"},
        {top, "{origins: []}", "{origins: [@{}]}", "must be a text, is a map"},
        {top, "images: true", "images: @yes", "true or false, is `yes`"},
        {top, "durability: power", "durability: @pwoer", "not known here", "`power`"},
        {top, "{file: ledger.db", "{file: @\"\"", "must not be empty"},
        {top, "log: {format: json}", "log: {format: @xml}", "`xml`", "one of: automatic, text, json"},
        {top, "{format: json}", "{format: json}\nworkers: @-1", "between 0 and 64"},
    });
}

TEST(address, that_is_none_is_refused) {
    const std::string listen = "listen: 127.0.0.1:8787\nadmin";
    expect_each({
        {top, listen, "listen: @127.0.0.1\nadmin", "has no port"},
        {top, listen, "listen: @127.0.0.1:99999\nadmin", "between 0 and 65535"},
        {top, listen, "listen: @127.0.0.1:-1\nadmin", "between 0 and 65535"},
        {top, listen, "listen: @example.com:80\nadmin", "no IP address"},
        {top, listen, "listen: @\":80\"\nadmin", "no IP address"},
        {top, listen, "listen: @\"[::1:80\"\nadmin", "no IP address"},
        {top, "admin_listen: 127.0.0.1:8788", "admin_listen: @[a]", "must be a text"},
    });
    expect_one_problem({top, "listen: 127.0.0.1:8787\nadmin_listen: 127.0.0.1:8788",
                        "@listen: 127.0.0.1:8787\nadmin_listen: 127.0.0.1:8787", "the same address"});
}

TEST(base_url, that_cannot_be_called_is_refused) {
    const std::string url = "\"https://api.deepseek.com\"";
    expect_each({
        {top, url, "@api.deepseek.com", "must be a URL"},
        {top, url, "@ftp://api.deepseek.com", "https:// or http://"},
        {top, url, "@\"https://api.deepseek.com?x=1\"", "must end with its path"},
        {top, url, "@\"https://api.deepseek.com#x\"", "must end with its path"},
        {top, url, "@\"https:///v1\"", "has no host"},
        {top, url, "@\"https://h:99999\"", "between 1 and 65535"},
    });
}

TEST(upstream, needs_a_key_that_is_not_empty) {
    expect_each({
        {top, "sk-0123456789abcdef", "@\"\"", "must not be empty", "passthrough"},
        {top, "sk-0123456789abcdef", "@\"${KEY:-}\"", "must not be empty"},
        {top, "sk-0123456789abcdef", "@\"two words\"", "printable ASCII"},
        {top, "{base_url: \"https://api.deepseek.com\", api_key: sk-0123456789abcdef}",
         "@{base_url: \"https://api.deepseek.com\"}", "`api_key` is missing"},
    });
}

}  // namespace
}  // namespace weir::config
