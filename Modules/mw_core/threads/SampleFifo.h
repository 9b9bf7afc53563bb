#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Samples from the audio region to one reader, wait-free on both sides. What does not fit is not taken and is counted, so
    a slow reader shows and never disturbs the sound. */
class SampleFifo
{
public:
    /** @param minCapacity [samples], rounded up to a power of two; memory is taken here only */
    explicit SampleFifo(size_t minCapacity) : samples(std::bit_ceil(std::max<size_t>(minCapacity, 2))) {}

    /** Writer thread. All of the block or nothing. @returns false (and counts) when it did not fit. */
    bool write(std::span<const float> block) noexcept
    {
        const auto tail = written.load(std::memory_order_relaxed);
        if (samples.size() - (tail - taken.load(std::memory_order_acquire)) < block.size())
        {
            dropped.fetch_add(block.size(), std::memory_order_relaxed);
            return false;
        }
        const auto at = tail & (samples.size() - 1);
        const auto first = std::min(block.size(), samples.size() - at);
        std::copy_n(block.data(), first, samples.data() + at);
        std::copy_n(block.data() + first, block.size() - first, samples.data());
        written.store(tail + block.size(), std::memory_order_release);
        return true;
    }

    /** Reader thread. @returns how many samples were copied, at most block.size(). */
    size_t read(std::span<float> block) noexcept
    {
        const auto head = taken.load(std::memory_order_relaxed);
        const auto count = std::min(block.size(), written.load(std::memory_order_acquire) - head);
        const auto at = head & (samples.size() - 1);
        const auto first = std::min(count, samples.size() - at);
        std::copy_n(samples.data() + at, first, block.data());
        std::copy_n(samples.data(), count - first, block.data() + first);
        taken.store(head + count, std::memory_order_release);
        return count;
    }

    /** Either thread. */
    [[nodiscard]] size_t available() const noexcept
    {
        const auto head = taken.load(std::memory_order_acquire);
        return written.load(std::memory_order_acquire) - head;
    }

    /** Samples that did not fit so far. Any thread. */
    [[nodiscard]] uint64_t droppedSamples() const noexcept { return dropped.load(std::memory_order_relaxed); }

private:
    std::vector<float> samples;
    alignas(64) std::atomic<size_t> written { 0 };
    alignas(64) std::atomic<size_t> taken { 0 };
    std::atomic<uint64_t> dropped { 0 };
};

} // namespace mw
