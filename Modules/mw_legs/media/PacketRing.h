#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

namespace mw
{

/** One received RTP packet as the sip thread sees it; the payload is only lent. */
struct RtpPacket
{
    int64_t arrivalNs = 0;    ///< kernel arrival time, on the engine clock [ns]
    uint32_t ssrc = 0;
    uint32_t timestamp = 0;   ///< [units of the codec's clock rate]
    uint16_t sequence = 0;
    uint8_t payloadType = 0;
    bool marker = false;
    std::span<const uint8_t> payload;
};

/** One packet to send; the payload is only lent. */
struct SendPacket
{
    uint32_t timestamp = 0;   ///< [units of the codec's clock rate], from a random start
    uint8_t payloadType = 0;
    bool marker = false;
    std::span<const uint8_t> payload;
};

/** Records of a header and a payload of any length from one thread to one other, wait-free on both sides. A record lies in
    one piece, so the reader is lent its payload in place. Nothing is overwritten: a full ring refuses, and counts.

    @tparam Header trivially copyable */
template <typename Header>
class ByteRing
{
    static_assert(std::is_trivially_copyable_v<Header> && alignof(Header) <= alignof(uint64_t));

public:
    /** @param minBytes [octets], headers included; rounded up to a power of two, at least 4096. Memory is taken here only. */
    explicit ByteRing(size_t minBytes)
        : capacity(std::bit_ceil(std::max<size_t>(minBytes, 4096))),
          words(std::make_unique_for_overwrite<uint64_t[]>(capacity / sizeof(uint64_t)))
    {
    }

    /** Longest payload that is ever taken [octets]: half the ring, less the header. */
    [[nodiscard]] size_t maxPayload() const noexcept { return capacity / 2 - sizeof(Record); }

    /** Producer thread. @returns false (and counts) when it does not fit; nothing was taken then. */
    [[nodiscard]] bool push(const Header& header, std::span<const uint8_t> payload) noexcept
    {
        const auto tail = written.load(std::memory_order_relaxed);
        const auto waiting = tail - taken.load(std::memory_order_acquire);
        auto start = front.load(std::memory_order_relaxed);
        if (waiting == 0 && offset(tail, start) >= usualBytes)
            front.store(start = tail, std::memory_order_relaxed);  // seen with the record that is published next
        const auto room = capacity - waiting;
        const auto bytes = recordBytes(payload.size());
        const auto toEnd = capacity - offset(tail, start);
        const auto needed = bytes <= toEnd ? bytes : toEnd + bytes;
        if (payload.size() > maxPayload() || needed > room)
        {
            refusals.fetch_add(1, std::memory_order_relaxed);
            return false;
        }

        auto at = tail;
        if (bytes > toEnd)
        {
            words[offset(at, start) / sizeof(uint64_t)] = skipMark;  // the rest is too short: the record begins at the front
            at += toEnd;
        }
        const Record record { payload.size(), header };
        auto* to = bytesAt(offset(at, start));
        std::memcpy(to, &record, sizeof record);
        if (! payload.empty())
            std::memcpy(to + sizeof record, payload.data(), payload.size());
        written.store(at + bytes, std::memory_order_release);
        return true;
    }

    /** Consumer thread. Calls take(const Header&, std::span<const uint8_t>) for each record that waited when it was called.
        @returns their number */
    template <typename Take>
    int drain(Take&& take)
    {
        const auto end = written.load(std::memory_order_acquire);
        auto at = taken.load(std::memory_order_relaxed);
        const auto start = front.load(std::memory_order_relaxed);  // stands while anything waits
        int count = 0;
        while (at != end)
        {
            const auto place = offset(at, start);
            if (words[place / sizeof(uint64_t)] == skipMark)
            {
                at += capacity - place;
                continue;
            }
            Record record;
            const auto* from = bytesAt(place);
            std::memcpy(&record, from, sizeof record);
            take(record.header, std::span<const uint8_t>(from + sizeof record, record.payloadBytes));
            at += recordBytes(record.payloadBytes);
            taken.store(at, std::memory_order_release);
            ++count;
        }
        return count;
    }

    /** Either thread: whether nothing waits; the other may change it at once. */
    [[nodiscard]] bool isEmpty() const noexcept
    {
        return taken.load(std::memory_order_acquire) == written.load(std::memory_order_acquire);
    }

    /** Records refused so far. Any thread. */
    [[nodiscard]] uint64_t refused() const noexcept { return refusals.load(std::memory_order_relaxed); }

private:
    struct Record
    {
        uint64_t payloadBytes = 0;
        Header header {};
    };
    static constexpr uint64_t skipMark = ~uint64_t { 0 };

    /** A ring that was emptied begins at its front again once so much was written: what is hardly ever full stays in few cache lines
        [octets]. */
    static constexpr size_t usualBytes = 2048;

    static constexpr size_t recordBytes(size_t payload) noexcept
    {
        return (sizeof(Record) + payload + sizeof(uint64_t) - 1) / sizeof(uint64_t) * sizeof(uint64_t);
    }
    size_t offset(size_t position, size_t start) const noexcept { return (position - start) & (capacity - 1); }
    uint8_t* bytesAt(size_t place) noexcept { return reinterpret_cast<uint8_t*>(words.get()) + place; }

    const size_t capacity;
    std::unique_ptr<uint64_t[]> words;
    alignas(64) std::atomic<size_t> written { 0 };
    std::atomic<size_t> front { 0 };  ///< the position that lies at the memory's beginning; changed by the producer while nothing waits
    alignas(64) std::atomic<size_t> taken { 0 };
    std::atomic<uint64_t> refusals { 0 };
};

/** Received packets, from sip to media. */
class ReceiveRing
{
public:
    /** @param bytes room for packets and their headers [octets]: 64 KiB hold about 320 packets of G.711 at 20 ms */
    explicit ReceiveRing(size_t bytes) : ring(bytes) {}

    /** Sip thread. @returns false (and counts) when full or when the payload is longer than maxPayload(). */
    [[nodiscard]] bool push(const RtpPacket& packet) noexcept
    {
        return ring.push({ packet.arrivalNs, packet.ssrc, packet.timestamp, packet.sequence, packet.payloadType, packet.marker },
                         packet.payload);
    }

    /** Media thread. Calls take(const RtpPacket&) for each packet that waits; its payload is valid inside the call. */
    template <typename Take>
    int drain(Take&& take)
    {
        return ring.drain([&take](const Header& header, std::span<const uint8_t> payload) {
            take(RtpPacket { header.arrivalNs, header.ssrc, header.timestamp, header.sequence, header.payloadType,
                             header.marker, payload });
        });
    }

    [[nodiscard]] size_t maxPayload() const noexcept { return ring.maxPayload(); }
    [[nodiscard]] bool isEmpty() const noexcept { return ring.isEmpty(); }
    [[nodiscard]] uint64_t refused() const noexcept { return ring.refused(); }

private:
    struct Header
    {
        int64_t arrivalNs;
        uint32_t ssrc, timestamp;
        uint16_t sequence;
        uint8_t payloadType;
        bool marker;
    };
    ByteRing<Header> ring;
};

/** Packets to send, from media to sip. */
class SendRing
{
public:
    /** @param bytes room for packets and their headers [octets] */
    explicit SendRing(size_t bytes) : ring(bytes) {}

    /** Media thread. @returns false (and counts) when full or when the payload is longer than maxPayload(). */
    [[nodiscard]] bool push(const SendPacket& packet) noexcept
    {
        return ring.push({ packet.timestamp, packet.payloadType, packet.marker }, packet.payload);
    }

    /** Sip thread. Calls send(const SendPacket&) for each packet that waits; its payload is valid inside the call. */
    template <typename Send>
    int drain(Send&& send)
    {
        return ring.drain([&send](const Header& header, std::span<const uint8_t> payload) {
            send(SendPacket { header.timestamp, header.payloadType, header.marker, payload });
        });
    }

    [[nodiscard]] size_t maxPayload() const noexcept { return ring.maxPayload(); }
    [[nodiscard]] bool isEmpty() const noexcept { return ring.isEmpty(); }
    [[nodiscard]] uint64_t refused() const noexcept { return ring.refused(); }

private:
    struct Header
    {
        uint32_t timestamp;
        uint8_t payloadType;
        bool marker;
    };
    ByteRing<Header> ring;
};

} // namespace mw
