#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mw
{

/** Packets of one stream by sequence number, within a window. Memory is taken by the constructor only; payloads lie in slots
    that are used last-in first-out, so that a short queue stays in few cache lines. Media thread. */
class PacketStore
{
public:
    struct Entry
    {
        int64_t sequence = -1;   ///< extended, never wraps
        int64_t timestamp = 0;   ///< extended, never wraps [units of the clock rate]
        int64_t arrivalNs = 0;
        uint32_t size = 0;       ///< of the payload [octets]
        int32_t slot = -1;       ///< -1: a packet without sound, kept so that its number is not taken for a loss
        bool marker = false;
        [[nodiscard]] bool isSound() const noexcept { return slot >= 0; }
    };

    /** @param window packets, a power of two @param maxPayload longest payload [octets] */
    PacketStore(size_t window, size_t maxPayload);

    [[nodiscard]] int64_t window() const noexcept { return static_cast<int64_t>(entries.size()); }
    [[nodiscard]] size_t maxPayload() const noexcept { return payloadBytes; }

    /** Packets that wait, those without sound included. */
    [[nodiscard]] size_t count() const noexcept { return used; }

    /** Packets of sound that wait. */
    [[nodiscard]] size_t soundCount() const noexcept { return entries.size() - freeSlots.size(); }

    /** Null when it has not come. */
    [[nodiscard]] const Entry* find(int64_t sequence) const noexcept;

    /** The first packet of sound in [from, to]; null when there is none. */
    [[nodiscard]] const Entry* firstSound(int64_t from, int64_t to) const noexcept;

    /** Keeps a copy. The number's place must be free and the payload fit. */
    void put(Entry entry, bool sound, std::span<const uint8_t> payload) noexcept;

    [[nodiscard]] std::span<const uint8_t> payloadOf(const Entry& entry) const noexcept;

    void remove(int64_t sequence) noexcept;
    void clear() noexcept;

private:
    Entry& at(int64_t sequence) noexcept { return entries[static_cast<size_t>(sequence) & (entries.size() - 1)]; }
    const Entry& at(int64_t sequence) const noexcept { return entries[static_cast<size_t>(sequence) & (entries.size() - 1)]; }

    const size_t payloadBytes;
    std::vector<Entry> entries;
    std::vector<int32_t> freeSlots;
    std::unique_ptr<uint8_t[]> payloads;
    size_t used = 0;
};

} // namespace mw
