#include "PacketStore.h"

#include <algorithm>
#include <bit>

namespace mw
{

PacketStore::PacketStore(size_t window, size_t maxPayload)
    : payloadBytes(maxPayload),
      entries(std::bit_ceil(window)),
      payloads(std::make_unique_for_overwrite<uint8_t[]>(entries.size() * maxPayload))
{
    freeSlots.reserve(entries.size());
    for (auto slot = static_cast<int32_t>(entries.size()); slot-- > 0;)
        freeSlots.push_back(slot);
}

const PacketStore::Entry* PacketStore::find(int64_t sequence) const noexcept
{
    const auto& entry = at(sequence);
    return entry.sequence == sequence ? &entry : nullptr;
}

const PacketStore::Entry* PacketStore::firstSound(int64_t from, int64_t to) const noexcept
{
    if (soundCount() == 0)
        return nullptr;
    for (auto sequence = from; sequence <= to; ++sequence)
        if (const auto* entry = find(sequence); entry != nullptr && entry->isSound())
            return entry;
    return nullptr;
}

void PacketStore::put(Entry entry, bool sound, std::span<const uint8_t> payload) noexcept
{
    remove(at(entry.sequence).sequence);  // a place left over from an earlier round
    entry.slot = -1;
    entry.size = 0;
    if (sound && ! freeSlots.empty() && payload.size() <= payloadBytes)
    {
        entry.slot = freeSlots.back();
        freeSlots.pop_back();
        entry.size = static_cast<uint32_t>(payload.size());
        std::copy(payload.begin(), payload.end(), payloads.get() + static_cast<size_t>(entry.slot) * payloadBytes);
    }
    at(entry.sequence) = entry;
    ++used;
}

std::span<const uint8_t> PacketStore::payloadOf(const Entry& entry) const noexcept
{
    return { payloads.get() + static_cast<size_t>(entry.slot) * payloadBytes, entry.size };
}

void PacketStore::remove(int64_t sequence) noexcept
{
    auto& entry = at(sequence);
    if (sequence < 0 || entry.sequence != sequence)
        return;
    if (entry.slot >= 0)
        freeSlots.push_back(entry.slot);  // within the capacity reserved by the constructor
    entry.sequence = -1;
    entry.slot = -1;
    --used;
}

void PacketStore::clear() noexcept
{
    if (used == 0)
        return;
    for (auto& entry : entries)
        remove(entry.sequence);
}

} // namespace mw
