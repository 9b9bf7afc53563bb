#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace mw
{

/** Bounded queue from one thread to one other, wait-free on both sides. Nothing is overwritten: a full queue refuses, and
    the producer counts it.

    @tparam T trivially copyable */
template <typename T>
class SpscQueue
{
    static_assert(std::is_trivially_copyable_v<T>);

public:
    /** @param minCapacity at least this many values fit; rounded up to a power of two. Memory is taken here only. */
    explicit SpscQueue(size_t minCapacity) : slots(std::bit_ceil(minCapacity < 2 ? size_t { 2 } : minCapacity)) {}

    /** Producer thread. @returns false when the queue is full; the value was not taken. */
    [[nodiscard]] bool push(const T& value) noexcept
    {
        const auto tail = written.load(std::memory_order_relaxed);
        if (tail - taken.load(std::memory_order_acquire) == slots.size())
            return false;
        slots[tail & (slots.size() - 1)] = value;
        written.store(tail + 1, std::memory_order_release);
        return true;
    }

    /** Consumer thread. @returns false when there is nothing. */
    [[nodiscard]] bool pop(T& value) noexcept
    {
        const auto head = taken.load(std::memory_order_relaxed);
        if (head == written.load(std::memory_order_acquire))
            return false;
        value = slots[head & (slots.size() - 1)];
        taken.store(head + 1, std::memory_order_release);
        return true;
    }

    /** Either thread; the other may change it at once. */
    [[nodiscard]] size_t size() const noexcept
    {
        const auto head = taken.load(std::memory_order_acquire);
        return written.load(std::memory_order_acquire) - head;
    }

    [[nodiscard]] size_t capacity() const noexcept { return slots.size(); }

private:
    std::vector<T> slots;
    alignas(64) std::atomic<size_t> written { 0 };
    alignas(64) std::atomic<size_t> taken { 0 };
};

} // namespace mw
