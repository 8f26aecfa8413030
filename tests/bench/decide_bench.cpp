// How long a decision takes under the shipped configuration, whole and phase by phase. No socket is opened.

#include "weir/classifier/features.hpp"
#include "weir/classifier/linear.hpp"
#include "weir/config/settings.hpp"
#include "weir/dialect/ask.hpp"
#include "weir/dialect/body_index.hpp"
#include "weir/dialect/identity.hpp"
#include "weir/proxy/judge.hpp"

#include "bodies.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>

namespace weir::bench {

namespace {

const config::settings& shipped() {
    static const config::settings settings = [] {
        auto loaded =
            config::load(WEIR_SOURCE_DIR "/config/weir.yaml", [](std::string_view) { return std::nullopt; });
        if (loaded) return std::move(*loaded);
        for (const auto& p : loaded.error()) std::cerr << config::to_text(p) << '\n';
        std::exit(1);
    }();
    return settings;
}

using make_body = std::string (*)(std::size_t bytes);
constexpr wall_time noon{milliseconds{1'793'534'400'000}};

// A body with what each phase makes of it, for the phases after it.
struct prepared {
    const config::settings& settings = shipped();
    classifier::word_matcher words{settings.routes.words};
    padded_text body;
    dialect::body_indexer indexer;
    dialect::body_index index;
    dialect::ask ask;

    prepared(make_body make, const benchmark::State& state)
        : body(make(static_cast<std::size_t>(state.range(0)))),
          index(*indexer.read(dialect::api_kind::chat, body, settings.bounds)),
          ask(dialect::ask_of(body, index, settings.asks)) {}

    const classifier::linear& weights() const { return *settings.routes.default_policy().learned.kind; }
};

void judge(benchmark::State& state, make_body make) {
    prepared p(make, state);
    state::session_store sessions(p.settings.sessions);
    const proxy::surroundings by{p.settings, p.words, noon, unix_ms(noon), {&sessions, nullptr, nullptr}};
    for (auto _ : state) {
        auto judged = proxy::judge(dialect::api_kind::chat, p.body, p.indexer, by, {});
        if (!judged || !judged->route) state.SkipWithError("the body was refused");
        benchmark::DoNotOptimize(judged);
    }
}

void index(benchmark::State& state, make_body make) {
    prepared p(make, state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(p.indexer.read(dialect::api_kind::chat, p.body, p.settings.bounds));
    }
}

void ask(benchmark::State& state, make_body make) {
    prepared p(make, state);
    for (auto _ : state) benchmark::DoNotOptimize(dialect::ask_of(p.body, p.index, p.settings.asks));
}

void features(benchmark::State& state, make_body make) {
    prepared p(make, state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(classifier::features_of(p.body, p.index, p.ask, p.words));
    }
}

void identity(benchmark::State& state, make_body make) {
    prepared p(make, state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(dialect::identity_of(p.body, p.index, p.ask, p.settings.asks));
    }
}

void learned(benchmark::State& state, make_body make) {
    prepared p(make, state);
    const auto f = classifier::features_of(p.body, p.index, p.ask, p.words);
    for (auto _ : state) benchmark::DoNotOptimize(classifier::score(f, p.ask.request, p.weights()));
}

void decide(benchmark::State& state, make_body make) {
    prepared p(make, state);
    const auto f = classifier::features_of(p.body, p.index, p.ask, p.words);
    for (auto _ : state) benchmark::DoNotOptimize(router::decide(p.settings.routes, p.index, f, {}));
}

void sizes(benchmark::internal::Benchmark* b) {
    b->Arg(1 << 10)->Arg(32 << 10)->Arg(512 << 10)->Unit(benchmark::kMicrosecond);
}

// NOLINTBEGIN: what the macros of the library expand to
#define WEIR_PHASES(body)                                         \
    BENCHMARK_CAPTURE(judge, body, body##_body)->Apply(sizes);    \
    BENCHMARK_CAPTURE(index, body, body##_body)->Apply(sizes);    \
    BENCHMARK_CAPTURE(ask, body, body##_body)->Apply(sizes);      \
    BENCHMARK_CAPTURE(features, body, body##_body)->Apply(sizes); \
    BENCHMARK_CAPTURE(identity, body, body##_body)->Apply(sizes); \
    BENCHMARK_CAPTURE(learned, body, body##_body)->Apply(sizes);  \
    BENCHMARK_CAPTURE(decide, body, body##_body)->Apply(sizes)
WEIR_PHASES(agent);
WEIR_PHASES(document);
WEIR_PHASES(talk);
#undef WEIR_PHASES
// NOLINTEND

}  // namespace

}  // namespace weir::bench

BENCHMARK_MAIN();
