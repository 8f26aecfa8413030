#include "weir/net/deadlines.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <utility>

namespace weir::net {

// Outlives the watch where its last wait is still queued.
struct deadline_watch::ticker {
    ticker(deadline_watch& w) : watch(&w), pause(w.executor_, w.clock_) {}
    deadline_watch* watch;
    timer pause;
};

void deadline::join(deadline_watch& watch, std::function<void()> cancel) {
    leave();
    cancel_ = std::move(cancel);
    watch.add(*this);
}

void deadline::leave() noexcept {
    if (watch_) watch_->remove(*this);
}

void deadline::until(mono_time due) noexcept {
    due_ = due;
    fired_ = false;
}

void deadline::in_ms(std::int64_t ms) noexcept {
    until(ms > 0 && watch_ ? watch_->time().now() + std::chrono::milliseconds{ms} : mono_time::max());
}

deadline_watch::~deadline_watch() {
    while (first_) remove(*first_);
    if (ticker_) ticker_->watch = nullptr;
}

void deadline_watch::add(deadline& d) {
    d.watch_ = this;
    d.previous_ = nullptr;
    d.next_ = first_;
    if (first_) first_->previous_ = &d;
    first_ = &d;
    if (!ticker_) {
        ticker_ = std::make_shared<ticker>(*this);
        asio::co_spawn(executor_, tick(ticker_), asio::detached);
    }
}

void deadline_watch::remove(deadline& d) noexcept {
    if (d.next_) d.next_->previous_ = d.previous_;
    (d.previous_ ? d.previous_->next_ : first_) = d.next_;
    d.watch_ = nullptr;
    d.next_ = d.previous_ = nullptr;
    if (!first_ && ticker_) ticker_->pause.cancel();
}

// A cancelled stream may end its coroutine and leave the list, so the next entry is taken before each call;
// calls only cancel operations, whose handlers run later.
void deadline_watch::scan() {
    const mono_time now = clock_.now();
    for (deadline* d = first_; d;) {
        deadline* next = d->next_;
        if (d->due_ <= now) {
            d->due_ = now + grain;
            d->fired_ = true;
            d->cancel_();
        }
        d = next;
    }
}

task<void> deadline_watch::tick(std::shared_ptr<ticker> t) {
    while (t->watch && t->watch->first_) {
        co_await t->pause.wait_for(grain);
        if (t->watch && t->watch->first_) t->watch->scan();
    }
    if (t->watch) t->watch->ticker_.reset();
}

}  // namespace weir::net
