#pragma once
// What the tests of this folder share: a folder of their own and rows to fill it with.

#include "weir/metering/row.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace weir::metering::testing {

// A new folder that goes with the object.
class temporary_folder {
public:
    temporary_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "weir-metering-XXXXXX").string();
        if (const char* const made = ::mkdtemp(pattern.data())) path_ = made;
        EXPECT_FALSE(path_.empty()) << "no folder " << pattern;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

inline std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::filesystem::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

// A request that was served, with every field set to something of its own.
inline row served_row(std::int64_t id) {
    row r;
    r.id = {id};
    r.started_ms = 1'795'000'000'000 + id;
    r.ended_ms = r.started_ms + 250;
    r.duration_us = 250'123;
    r.first_byte_us = 90'456;
    r.key_id = "team-a";
    r.endpoint = "chat";
    r.session = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    r.stream = true;
    r.model_asked = "auto";
    r.model_sent = "deepseek-v4-flash";
    r.model_served = "deepseek-v4-flash-0910";
    r.fingerprint = "fp_8802369eaa";
    r.mended = "developer_role, user_id";
    r.checked = "schema_fits";
    r.tier = "flash";
    r.effort = "low";
    r.reason = "bounded";
    r.policy = "bounded/1";
    r.traffic_class = "interactive";
    r.decision = R"({"v":1,"reason":"bounded"})";
    r.score = 300;
    r.tokens = {100, 20, 30, 10};
    r.suspect = true;
    r.price_version = "2026-11-21";
    r.price_tariff = "off_peak";
    r.cost = {21'300'000};
    r.baselines = {{"flash", {21'300'000}}, {"pro", {74'800'000}}};
    r.status = 200;
    r.upstream_status = 200;
    r.error = "";
    r.finish_reason = "stop";
    r.attempts = 1;
    r.request_bytes = 1'234;
    r.answer_bytes = 5'678;
    return r;
}

// What is known of it when it goes upstream.
inline row begun_row(std::int64_t id) {
    row r = served_row(id);
    r.model_served.clear();
    r.fingerprint.clear();
    r.checked.clear();
    r.traffic_class.clear();
    r.decision.clear();
    r.tokens = {0, 400, 0, 0};
    r.cost = {60'000'000};
    r.baselines = {{"flash", {60'000'000}}, {"pro", {264'000'000}}};
    return r;
}

// Every field, one line each, so that a failing comparison shows which one it was.
inline std::string described(const row& r) {
    std::string text;
    const auto add = [&text](std::string_view name, const std::string& value) {
        text += std::string(name) + '=' + value + '\n';
    };
    add("id", std::to_string(r.id.value));
    add("parent", std::to_string(r.parent.value));
    add("started", std::to_string(r.started_ms));
    add("ended", std::to_string(r.ended_ms));
    add("duration", std::to_string(r.duration_us));
    add("first_byte", std::to_string(r.first_byte_us));
    add("key", r.key_id);
    add("endpoint", r.endpoint);
    add("session", r.session);
    add("stream", std::to_string(r.stream));
    add("asked", r.model_asked);
    add("sent", r.model_sent);
    add("served", r.model_served);
    add("fingerprint", r.fingerprint);
    add("served_other", std::to_string(r.served_other));
    add("mended", r.mended);
    add("checked", r.checked);
    add("tier", r.tier);
    add("effort", r.effort);
    add("reason", r.reason);
    add("policy", r.policy);
    add("class", r.traffic_class);
    add("decision", r.decision);
    add("score", std::to_string(r.score));
    add("hit", std::to_string(r.tokens.hit));
    add("miss", std::to_string(r.tokens.miss));
    add("output", std::to_string(r.tokens.output));
    add("reasoning", std::to_string(r.tokens.reasoning));
    add("estimated", std::to_string(r.estimated));
    add("suspect", std::to_string(r.suspect));
    add("price_version", r.price_version);
    add("currency", r.currency);
    add("tariff", r.price_tariff);
    add("cost", std::to_string(r.cost.value));
    for (const auto& [name, cost] : r.baselines) add("baseline " + name, std::to_string(cost.value));
    add("outcome", std::string(name_of(r.how)));
    add("status", std::to_string(r.status));
    add("upstream_status", std::to_string(r.upstream_status));
    add("error", r.error);
    add("finish", r.finish_reason);
    add("attempts", std::to_string(r.attempts));
    add("request_bytes", std::to_string(r.request_bytes));
    add("answer_bytes", std::to_string(r.answer_bytes));
    return text;
}

}  // namespace weir::metering::testing
