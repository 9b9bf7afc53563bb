#include "CodecBench.h"
#include "Fuzz.h"

namespace mw::fuzz
{
namespace
{

/** Payloads of any content and length into the decoder of each codec, with losses between them and a block now and then the
    other way. */
class CodecTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        const auto choice = bytes.octet();
        const auto codec = codecs.make(choice & 7u, (choice & 8) != 0 ? 20 : 60, (choice & 16) != 0 ? "useinbandfec=1;stereo=1;usedtx=1" : nullptr);
        const auto packetFrames = static_cast<size_t>(codec->format().sampleRateHz / 1000 * codec->format().ptimeMs);
        for (int steps = 0; ! bytes.isEmpty() && steps < 32; ++steps)
        {
            const auto kind = bytes.octet();
            const auto room = guarded((kind & 0x20) != 0 ? size_t { 40 } : size_t { 5760 });
            if ((kind & 0xc0) == 0xc0)
                check(codec->conceal(room), room.size());
            else if ((kind & 0xc0) == 0x80)
                encode(*codec, packetFrames, bytes.u16());
            else
            {
                // Memory of its own, as the jitter buffer's packets have: aligned, and of an exact length.
                const auto taken = bytes.take(size_t { bytes.octet() });
                const std::vector<uint8_t> payload(taken.begin(), taken.end());
                check(codec->decode(payload, (kind & 1) != 0, room), room.size());
            }
        }
        codecs.bench.run();  // the codec before goes where it came from
    }

private:
    /** Room of an exact length, so that a sanitizer sees the first sample beyond it. */
    std::span<int16_t> guarded(size_t frames)
    {
        pcm = std::make_unique<int16_t[]>(frames);
        return { pcm.get(), frames };
    }

    static void check(int samples, size_t room) { MW_PROMISE(samples <= static_cast<int>(room)); }

    static void encode(Codec& codec, size_t frames, uint16_t seed)
    {
        std::vector<int16_t> sound(frames);
        for (size_t i = 0; i < frames; ++i)
            sound[i] = static_cast<int16_t>(static_cast<int>((i * 31 + 7) * seed % 65536) - 32768);
        std::vector<uint8_t> payload(frames * 4 + 64);
        auto marker = false;
        MW_PROMISE(codec.encode(sound, payload, marker) <= static_cast<int>(payload.size()));
    }

    CodecBench codecs;
    std::unique_ptr<int16_t[]> pcm;
};

const Registration<CodecTarget> registrationCodec("Codec");

} // namespace
} // namespace mw::fuzz
