#pragma once

#include "SpscQueue.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Where samples that were read stand: among all that were offered, and in time. */
struct SamplePlace
{
    uint64_t sample = 0;  ///< of the first one, counting from 0 all that were offered, those that did not fit included
    int64_t timeNs = 0;   ///< of the first one, on the writer's clock [ns]; 0: not known
};

/** Samples from the audio region to one reader, wait-free on both sides. What does not fit is not taken and is counted, so
    a slow reader shows and never disturbs the sound.

    With a sample rate it keeps the time of the sound as well: a mark wherever samples do not follow on those before, by place
    or by time. A block whose mark finds no room is not taken, so no sample is ever read with a wrong time. */
class SampleFifo
{
public:
    /** @param minCapacity [samples], rounded up to a power of two; memory is taken here only
        @param sampleRateHz of what is written [Hz], so that read() can tell its time; 0: no times are kept */
    explicit SampleFifo(size_t minCapacity, double sampleRateHz = 0.0)
        : samples(std::bit_ceil(std::max<size_t>(minCapacity, 2))), marks(sampleRateHz > 0.0 ? marksKept : 1), rateHz(sampleRateHz)
    {
    }

    /** Writer thread. All of the block or nothing. @param timeNs of its first sample [ns]; 0: not known
        @returns false (and counts) when it did not fit. */
    bool write(std::span<const float> block, int64_t timeNs = 0) noexcept
    {
        const auto tail = written.load(std::memory_order_relaxed);
        if (samples.size() - (tail - takenSeen) < block.size())
            takenSeen = taken.load(std::memory_order_acquire);  // the reader's cache line is asked for only when room seems short
        if (samples.size() - (tail - takenSeen) < block.size() || ! mark(tail, timeNs))
        {
            dropped.fetch_add(block.size(), std::memory_order_relaxed);
            offered += block.size();
            return false;
        }
        const auto at = tail & (samples.size() - 1);
        const auto first = std::min(block.size(), samples.size() - at);
        std::copy_n(block.data(), first, samples.data() + at);
        std::copy_n(block.data() + first, block.size() - first, samples.data());
        offered += block.size();
        written.store(tail + block.size(), std::memory_order_release);
        return true;
    }

    /** Reader thread. @returns how many samples were copied, at most block.size(). */
    size_t read(std::span<float> block) noexcept
    {
        SamplePlace place;
        size_t count = 0;
        for (auto piece = read(block, place); piece > 0; piece = read(block.subspan(count), place))
            count += piece;
        return count;
    }

    /** Reader thread. The samples of one call follow on each other, in place and time. @param place receives that of the first one; right
        only with a sample rate
        @returns how many samples were copied, at most block.size(), fewer also before a mark */
    size_t read(std::span<float> block, SamplePlace& place) noexcept
    {
        const auto head = taken.load(std::memory_order_relaxed);
        auto count = std::min(block.size(), written.load(std::memory_order_acquire) - head);
        if (rateHz > 0.0 && count > 0)
        {
            while ((hasNext || (hasNext = marks.pop(next))) && next.at == head)
            {
                lastRead = next;
                hasNext = false;
            }
            if (hasNext)
                count = std::min(count, next.at - head);
        }
        place = lastRead.placeAt(head, rateHz);
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
    static constexpr size_t marksKept = 1024;
    static constexpr int64_t sameTimeNs = 1000;  ///< times that differ by less follow on each other [ns]

    struct Mark
    {
        size_t at = 0;           ///< place in the buffer, counted as `written`
        SamplePlace place;

        [[nodiscard]] SamplePlace placeAt(size_t index, double rateHz) const noexcept
        {
            const auto since = index - at;
            const auto known = place.timeNs != 0 && rateHz > 0.0;
            return { place.sample + since, known ? place.timeNs + std::llround(static_cast<double>(since) * 1.0e9 / rateHz) : 0 };
        }
    };

    /** Writer thread. @returns false when a mark is needed and there is no room for it */
    bool mark(size_t tail, int64_t timeNs) noexcept
    {
        if (! (rateHz > 0.0))
            return true;
        const auto expected = lastWritten.placeAt(tail, rateHz);
        const auto isSameTime = (timeNs == 0) == (expected.timeNs == 0) && std::abs(timeNs - expected.timeNs) < sameTimeNs;
        if (isSameTime && expected.sample == offered)
            return true;
        const Mark made { tail, { offered, timeNs } };
        if (! marks.push(made))
            return false;
        lastWritten = made;
        return true;
    }

    std::vector<float> samples;
    SpscQueue<Mark> marks;
    const double rateHz;
    alignas(64) std::atomic<size_t> written { 0 };
    uint64_t offered = 0;         ///< writer only
    size_t takenSeen = 0;         ///< writer only: `taken` as of the last look
    Mark lastWritten;             ///< writer only
    alignas(64) std::atomic<size_t> taken { 0 };
    Mark lastRead, next;          ///< reader only
    bool hasNext = false;         ///< reader only
    std::atomic<uint64_t> dropped { 0 };
};

} // namespace mw
