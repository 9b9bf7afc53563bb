#include "SipCodec.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mw
{

SipCodec::SipCodec(const struct aucodec& codecTable, CodecFormat format)
    : table(&codecTable), codecFormat(std::move(format)), muLaw(codecFormat.name == "PCMU"), g722(codecFormat.name == "G722")
{
    if (table->ch > 1)
        interleaved.resize(maxFrames * table->ch);
    else if (table->plch != nullptr)
        concealed.resize(maxFrames);
}

SipCodec* SipCodec::make(const struct aucodec& table, CodecFormat format, const char* fmtp, std::string& why)
{
    std::unique_ptr<SipCodec> codec(new SipCodec(table, std::move(format)));
    if (table.encupdh != nullptr)
    {
        struct auenc_state* state = nullptr;
        if (const auto failed = adapter::makeEncoder(&state, &table, codec->codecFormat.ptimeMs, fmtp); failed != 0)
        {
            why = std::string("no encoder for ") + table.name + ": " + std::strerror(failed);
            return nullptr;
        }
        codec->encoder.reset(state);
    }
    if (table.decupdh != nullptr)
    {
        struct audec_state* state = nullptr;
        if (const auto failed = table.decupdh(&state, &table, fmtp); failed != 0)
        {
            why = std::string("no decoder for ") + table.name + ": " + std::strerror(failed);
            return nullptr;
        }
        codec->decoder.reset(state);
    }
    return codec.release();
}

int SipCodec::decode(std::span<const uint8_t> payload, bool marker, std::span<int16_t> pcm) noexcept
{
    if (released || payload.empty())
        return -1;
    auto* samples = interleaved.empty() ? pcm.data() : interleaved.data();
    auto count = interleaved.empty() ? pcm.size() : interleaved.size();
    // baresip's G.722 decoder does not look at the room that it is given; the others do. Two samples an octet (G.722, 64 kbit/s).
    if (g722 && payload.size() > count / 2)
        return -1;
    if (table->dech(decoder.get(), AUFMT_S16LE, samples, &count, marker, payload.data(), payload.size()) != 0)
        return -1;
    // librem decodes the octet of silence, 0xff, as 2; G.711 says 0. Nothing else becomes 2. It leaves the other zero, 0x7f, at
    // -2, which is 0x7f again when it is sent on.
    if (muLaw)
        std::replace(samples, samples + count, int16_t { 2 }, int16_t { 0 });
    return interleaved.empty() ? static_cast<int>(count) : foldDown(count, pcm);
}

int SipCodec::conceal(std::span<int16_t> pcm) noexcept
{
    if (released || table->plch == nullptr)
        return 0;
    // baresip's opus makes up as much as its last packet held, whatever room it is told of; it gets room for the longest.
    auto& room = interleaved.empty() ? concealed : interleaved;
    auto count = room.size();
    if (table->plch(decoder.get(), AUFMT_S16LE, room.data(), &count, nullptr, 0) != 0)
        return 0;
    if (! interleaved.empty())
        return foldDown(count, pcm);
    count = std::min(count, pcm.size());
    std::copy_n(room.begin(), count, pcm.begin());
    return static_cast<int>(count);
}

int SipCodec::encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool& marker) noexcept
{
    if (released)
        return -1;
    const auto* samples = pcm.data();
    auto count = pcm.size();
    if (! interleaved.empty())
    {
        count = pcm.size() * table->ch;
        if (count > interleaved.size())
            return -1;
        for (size_t frame = 0; frame < pcm.size(); ++frame)
            for (size_t channel = 0; channel < table->ch; ++channel)
                interleaved[frame * table->ch + channel] = pcm[frame];
        samples = interleaved.data();
    }
    auto length = payload.size();
    if (table->ench(encoder.get(), &marker, payload.data(), &length, AUFMT_S16LE, samples, count) != 0)
        return -1;
    return static_cast<int>(length);
}

int SipCodec::foldDown(size_t samples, std::span<int16_t> pcm) const noexcept
{
    const auto channels = static_cast<size_t>(table->ch);
    const auto frames = std::min(samples / channels, pcm.size());
    for (size_t frame = 0; frame < frames; ++frame)
    {
        int sum = 0;
        for (size_t channel = 0; channel < channels; ++channel)
            sum += interleaved[frame * channels + channel];
        pcm[frame] = static_cast<int16_t>(sum / static_cast<int>(channels));
    }
    return static_cast<int>(frames);
}

void SipCodec::release() noexcept
{
    released = true;
    encoder.reset();
    decoder.reset();
}

CodecPtr SipCodecs::make(const struct aucodec& table, const CodecFormat& format, const char* fmtp, std::string& why)
{
    std::unique_ptr<SipCodec> made(SipCodec::make(table, format, fmtp, why));
    if (! made)
        return nullptr;
    {
        const std::scoped_lock lock(mutex);
        alive.insert(made.get());
    }
    // Should there be no memory for the owner's own record, the deleter is called, as it is at the end.
    return CodecPtr(made.release(), [self = shared_from_this()](Codec* last) noexcept { self->giveBack(static_cast<SipCodec*>(last)); });
}

void SipCodecs::giveBack(SipCodec* codec) noexcept
{
    const std::scoped_lock lock(mutex);
    if (ended)
    {
        delete codec;
        return;
    }
    codec->nextReturned = std::exchange(returned, codec);
}

void SipCodecs::freeReturned() noexcept
{
    const std::scoped_lock lock(mutex);
    freeList();
}

void SipCodecs::freeList() noexcept
{
    while (auto* codec = returned)
    {
        returned = codec->nextReturned;
        alive.erase(codec);
        delete codec;
    }
}

void SipCodecs::releaseAll() noexcept
{
    const std::scoped_lock lock(mutex);
    freeList();
    for (auto* codec : alive)
        codec->release();
    alive.clear();
    ended = true;
}

std::vector<CodecChoice> codecChoices(int engineRateHz)
{
    CodecChoice l16 { "L16", {} };
    std::vector<int> rates { 16000, 8000, 48000, 32000, 44100 };
    std::stable_partition(rates.begin(), rates.end(), [&](int rate) { return rate == engineRateHz; });
    for (const auto channels : { 1, 2 })
        for (const auto rate : rates)
            l16.variants.push_back("L16/" + std::to_string(rate) + "/" + std::to_string(channels));
    // opus runs as one channel here: its decoder folds a stereo payload down, and any receiver plays mono on both sides.
    return { { "PCMU", { "PCMU/8000/1" } },
             { "PCMA", { "PCMA/8000/1" } },
             { "G722", { "G722/16000/1" } },
             { "opus", { "opus/48000/1" } },
             l16 };
}

} // namespace mw
