#pragma once
// What the tests of the mends share: a body, what was asked, and what became of it.

#include "weir/dialect/mends.hpp"

#include "support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace weir::dialect::test {

inline std::string joined(const edit_list& edits, std::string_view body) {
    std::string out;
    for (const std::string_view part : edits.apply(body)) {
        EXPECT_FALSE(part.empty());
        out += part;
    }
    EXPECT_EQ(out.size(), edits.length(body.size()));
    return out;
}

// A body as it goes upstream.
struct mended {
    mended(api_kind api, std::string_view body, const mend_request& about) {
        const indexed_body b(body, api);
        made = plan_edits(b.body, b.index, about);
        text = joined(made.edits, body);
    }
    mended_body made;
    std::string text;
};

// Every mend is on, the model is "m", as in the bodies, and nothing is said about thinking.
inline mend_request all_on() {
    mend_request about;
    about.on = mend_set::all();
    about.model = "m";
    return about;
}

inline mend_set only(mend m) {
    mend_set set;
    set.add(m);
    return set;
}

// The mend is made, alone; and with it switched off the body stays as it is.
inline void expect_mend(mend m, api_kind api, std::string_view body, std::string_view want,
                        mend_request about = all_on()) {
    const mended on(api, body, about);
    EXPECT_EQ(on.text, want) << body;
    EXPECT_EQ(on.made.made.text(), name_of(m)) << body;
    EXPECT_TRUE(nlohmann::json::accept(on.text)) << on.text;
    about.on = only(m);
    EXPECT_EQ(mended(api, body, about).text, want) << "needs another mend: " << body;
    about.on = mend_set::all();
    about.on.remove(m);
    const mended off(api, body, about);
    EXPECT_EQ(off.text, body) << "switched off";
    EXPECT_EQ(off.made.made.text(), "") << body;
}

// Nothing is changed.
inline void expect_left(api_kind api, std::string_view body, const mend_request& about = all_on()) {
    const mended m(api, body, about);
    EXPECT_EQ(m.text, body);
    EXPECT_TRUE(m.made.edits.empty()) << body;
    EXPECT_EQ(m.made.made.text(), "") << body;
    EXPECT_FALSE(m.made.drop_usage_chunk);
    EXPECT_EQ(m.made.schema, "");
}

// Bodies around the members that matter: "A" becomes {"model":"m",A<the conversation>}.
inline std::string chat_with(std::string_view members) {
    return R"({"model":"m",)" + std::string(members) + R"("messages":[{"role":"user","content":"x"}]})";
}
inline std::string messages_with(std::string_view members) {
    return R"({"model":"m",)" + std::string(members) + R"("messages":[{"role":"user","content":"x"}]})";
}
inline std::string responses_with(std::string_view members) {
    return R"({"model":"m",)" + std::string(members) + R"("input":"x"})";
}
inline std::string completions_with(std::string_view members) {
    return R"({"model":"m",)" + std::string(members) + R"("prompt":"x"})";
}

}  // namespace weir::dialect::test
