#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace mw
{

/** The latest header and rows that one thread published, read whole by any number of others.

    A sequence lock over atomic words: the writer never waits and never allocates; a reader that meets a write in progress
    reads again. Every word is stored with release and loaded with acquire order, so that a reader that saw any word of a
    newer write is sure to see the sequence number change too. Only the rows in use are copied.

    @tparam Header, Row  trivially copyable */
template <typename Header, typename Row>
class LatestRows
{
    static_assert(std::is_trivially_copyable_v<Header> && std::is_trivially_copyable_v<Row>);

public:
    /** @param maxRows the most rows that publish() will be given; memory is taken here and nowhere else. Control thread. */
    explicit LatestRows(size_t maxRows)
        : rowCapacity(maxRows),
          words(std::make_unique<std::atomic<uint64_t>[]>(headerWords + maxRows * rowWords))
    {
    }

    [[nodiscard]] size_t maxRows() const noexcept { return rowCapacity; }

    /** Writer thread only, wait-free. Rows beyond maxRows() are not taken. */
    void publish(const Header& header, std::span<const Row> rows) noexcept
    {
        const auto count = std::min(rows.size(), rowCapacity);
        const auto begun = sequence.load(std::memory_order_relaxed) + 1;
        sequence.store(begun, std::memory_order_relaxed);  // odd: a write is under way

        store(0, header);
        for (size_t i = 0; i < count; ++i)
            store(headerWords + i * rowWords, rows[i]);

        rowCount.store(count, std::memory_order_release);
        sequence.store(begun + 1, std::memory_order_release);
    }

    /** Any thread but the writer. Copies what was published last.
        @param rows resized to the rows published
        @returns the number of the snapshot, counting from 1; 0 when nothing was published yet */
    uint64_t read(Header& header, std::vector<Row>& rows) const
    {
        return whenWhole([&] {
            const auto count = rowCount.load(std::memory_order_acquire);
            load(0, header);
            rows.resize(count);
            for (size_t i = 0; i < count; ++i)
                load(headerWords + i * rowWords, rows[i]);
            return true;
        });
    }

    /** Any thread but the writer. Renews the header and some of the rows that read() gave. The others are not looked at: what nobody
        reads stays in the writer's cache.
        @param rows as read() gave them, of which those at `places` (below rows.size()) are renewed
        @returns the number of the snapshot; 0 when nothing was published yet or it has another number of rows: then read() is due, and
                 what header and rows hold is of no use */
    uint64_t renew(Header& header, std::span<Row> rows, std::span<const size_t> places) const
    {
        return whenWhole([&] {
            if (rowCount.load(std::memory_order_acquire) != rows.size())
                return false;
            load(0, header);
            for (const auto i : places)
                load(headerWords + i * rowWords, rows[i]);
            return true;
        });
    }

    /** Any thread. @returns the number of the snapshot that read() would give, without reading it */
    [[nodiscard]] uint64_t number() const noexcept { return sequence.load(std::memory_order_acquire) / 2; }

private:
    static constexpr size_t wordsFor(size_t bytes) { return (bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t); }
    static constexpr size_t headerWords = wordsFor(sizeof(Header));
    static constexpr size_t rowWords = wordsFor(sizeof(Row));

    /** @param reads what has to be of one snapshot, and again if it was not; false gives it up
        @returns the snapshot's number, or 0 */
    template <typename Reads>
    uint64_t whenWhole(Reads reads) const
    {
        for (;;)
        {
            const auto before = sequence.load(std::memory_order_acquire);
            if (before == 0)
                return 0;
            if ((before & 1u) != 0)
                continue;
            const auto taken = reads();
            if (sequence.load(std::memory_order_relaxed) == before)
                return taken ? before / 2 : 0;
        }
    }

    template <typename T>
    void store(size_t at, const T& value) noexcept
    {
        const auto* const from = reinterpret_cast<const unsigned char*>(&value);
        auto* const place = words.get() + at;
        constexpr auto whole = sizeof(T) / sizeof(uint64_t);
#pragma GCC unroll 16
        for (size_t i = 0; i < whole; ++i)
        {
            uint64_t word;
            std::memcpy(&word, from + i * sizeof(word), sizeof(word));
            place[i].store(word, std::memory_order_release);
        }
        if constexpr (whole < wordsFor(sizeof(T)))
        {
            uint64_t last = 0;
            std::memcpy(&last, from + whole * sizeof(last), sizeof(T) - whole * sizeof(last));
            place[whole].store(last, std::memory_order_release);
        }
    }

    template <typename T>
    void load(size_t at, T& value) const noexcept
    {
        std::array<uint64_t, wordsFor(sizeof(T))> copy {};
        for (size_t i = 0; i < copy.size(); ++i)
            copy[i] = words[at + i].load(std::memory_order_acquire);
        std::memcpy(static_cast<void*>(&value), copy.data(), sizeof(T));
    }

    const size_t rowCapacity;
    std::unique_ptr<std::atomic<uint64_t>[]> words;
    std::atomic<uint64_t> sequence { 0 };
    std::atomic<size_t> rowCount { 0 };
};

/** The latest value of one struct: LatestRows without rows. */
template <typename T>
class LatestValue
{
public:
    LatestValue() : rows(0) {}

    /** Writer thread only, wait-free. */
    void publish(const T& value) noexcept { rows.publish(value, {}); }

    /** Any thread but the writer. @returns the number of the snapshot, 0 when there is none yet. */
    uint64_t read(T& value) const
    {
        std::vector<char> none;
        return rows.read(value, none);
    }

private:
    LatestRows<T, char> rows;
};

} // namespace mw
