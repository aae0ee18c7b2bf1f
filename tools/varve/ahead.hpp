// tools/varve/ahead.hpp: items made on other threads before they are asked for, given in order.
//
// Use      for many items that need nothing of each other, taken by one who does need their order.
// Threads  one for each core but the taker's, which makes the next item itself rather than wait for
//          it. Where the system gives no threads, all is made when it is taken. `make` is called on
//          any of them, and throws nothing.
// Bounds   at most `window` items are made and not taken; with one core none but the one asked for.
#pragma once

#include "adapters/rocksdb/large_pages.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tools::varve {

template <class Item>
class Ahead {
public:
    static constexpr std::size_t window = 64;
    static constexpr std::size_t count_for_threads = 8;  // fewer are made sooner than a thread

    Ahead(std::size_t count, std::function<Item(std::size_t)> make,
          unsigned cores = std::thread::hardware_concurrency())
        : count_{count}, make_{std::move(make)} {
        if (count_ < count_for_threads) return;
        try {
            for (; cores > 1; --cores) threads_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
            return;
        }
    }
    Ahead(const Ahead&) = delete;
    Ahead& operator=(const Ahead&) = delete;
    ~Ahead() {
        {
            const std::lock_guard lock{mutex_};
            count_ = begun_;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    // The next item; to be called as often as there are items.
    Item take() {
        std::unique_lock lock{mutex_};
        while (items_.empty() || !items_.front()) {
            if (may_begin())
                make_next(lock);
            else
                changed_.wait(lock);
        }
        Item item = std::move(*items_.front());
        items_.pop_front();
        ++taken_;
        lock.unlock();
        changed_.notify_all();
        return item;
    }

private:
    [[nodiscard]] bool may_begin() const { return begun_ < count_ && begun_ < taken_ + window; }

    // Unlocked while it is made. A place in a deque stays where it is when others come and go.
    void make_next(std::unique_lock<std::mutex>& lock) {
        const std::size_t index = begun_++;
        std::optional<Item>& place = items_.emplace_back();
        lock.unlock();
        Item item = make_(index);
        lock.lock();
        place = std::move(item);
    }

    void work() {
        adapters::rocksdb::use_large_pages();
        std::unique_lock lock{mutex_};
        while (begun_ < count_) {
            if (!may_begin()) {
                changed_.wait(lock);
                continue;
            }
            make_next(lock);
            changed_.notify_all();
        }
    }

    std::size_t count_;
    std::function<Item(std::size_t)> make_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t begun_{};
    std::size_t taken_{};
    std::deque<std::optional<Item>> items_;  // begun and not taken; without a value: being made
    std::vector<std::thread> threads_;
};

}  // namespace tools::varve
