#pragma once
// A value that another thread gives to a coroutine of a worker.

#include "weir/net/worker.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace weir::net {

template <class T>
class handover {
public:
    explicit handover(worker& on) : on_(on), state_(std::make_shared<state>(on)) {}

    // To be called once, on any thread, while the worker lives. The coroutine need not wait any more by then.
    std::function<void(T)> giver() {
        return [state = state_, &on = on_](T value) {
            on.post([state, v = std::move(value)]() mutable {
                state->value = std::move(v);
                state->wake.cancel();
            });
        };
    }

    task<T> take() {
        auto state = state_;
        while (!state->value) co_await state->wake.wait_until(mono_time::max());
        co_return std::move(*state->value);
    }

private:
    struct state {
        explicit state(worker& on) : wake(on.get_executor(), *on.time) {}
        std::optional<T> value;
        timer wake;
    };
    worker& on_;
    std::shared_ptr<state> state_;
};

}  // namespace weir::net
