#include "Voices.h"

#include <Integration/SupportG711.h>

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>

namespace mw::bench
{

namespace
{

/** What all callers send together is −20 dBm0 at the loudest, so that the mix is no overload. */
double amplitudeFor(int count) { return std::max(120.0, 2300.0 / std::sqrt(static_cast<double>(count))); }

class G711Voice final : public Voice
{
public:
    G711Voice(int number, int count) : first(static_cast<uint64_t>(number))
    {
        for (size_t step = 0; step < tones.size(); ++step)
            for (size_t n = 0; n < tones[step].size(); ++n)
                tones[step][n] = g711::encode(static_cast<int>(amplitudeFor(count) * static_cast<double>(step + 1) / tones.size()
                                                               * std::sin(2.0 * std::numbers::pi * (3 + number % 50) * static_cast<double>(n) / tones[step].size())),
                                              g711::Law::mu);
    }

    uint8_t payloadType() const noexcept override { return 0; }
    std::string attributes() const override { return {}; }
    uint32_t clockRateHz() const noexcept override { return 8000; }

    std::span<const uint8_t> payload(uint64_t frame) const noexcept override
    {
        const auto step = (frame + first) % (2 * tones.size());
        return tones[step < tones.size() ? step : 2 * tones.size() - 1 - step];
    }

    bool isSound(std::span<const uint8_t> came) override
    {
        // µ-law's two zeros are silence.
        return std::any_of(came.begin(), came.end(), [](uint8_t octet) { return octet != 0xFF && octet != 0x7F; });
    }

private:
    std::array<std::array<uint8_t, 160>, 8> tones {};  ///< one tone, rising
    const uint64_t first;
};

class OpusVoice final : public Voice
{
public:
    OpusVoice(int number, int count) : decoder(::opus_decoder_create(rateHz, 1, nullptr), ::opus_decoder_destroy)
    {
        const std::unique_ptr<OpusEncoder, decltype(&::opus_encoder_destroy)> encoder(::opus_encoder_create(rateHz, 1, OPUS_APPLICATION_AUDIO, nullptr),
                                                                                      ::opus_encoder_destroy);
        if (encoder == nullptr || decoder == nullptr)
            throw std::runtime_error("libopus makes no encoder or decoder: no memory?");
        std::minstd_rand random(static_cast<unsigned>(number) + 1u);
        std::uniform_real_distribution<double> noise(-1.0, 1.0);
        const auto pitchHz = 100.0 + 3.0 * (number % 50);
        std::array<int16_t, frames> samples;
        std::array<uint8_t, 1275> packet;  // the longest of opus
        for (size_t n = 0; n < said.size(); ++n)
        {
            for (size_t i = 0; i < samples.size(); ++i)
            {
                const auto seconds = static_cast<double>(n * frames + i) / rateHz;
                auto sum = 0.1 * noise(random);
                for (int harmonic = 1; harmonic <= 20; ++harmonic)
                    sum += std::sin(2.0 * std::numbers::pi * pitchHz * harmonic * seconds) / harmonic;
                const auto envelope = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * (4.0 * seconds + 0.07 * number));
                samples[i] = static_cast<int16_t>(amplitudeFor(count) * envelope * sum);
            }
            const auto octets = ::opus_encode(encoder.get(), samples.data(), frames, packet.data(), static_cast<opus_int32>(packet.size()));
            if (octets <= 0)
                throw std::runtime_error(std::string("libopus does not encode: ") + ::opus_strerror(octets));
            said[n].assign(packet.begin(), packet.begin() + octets);
        }
    }

    uint8_t payloadType() const noexcept override { return 96; }
    std::string attributes() const override { return "a=rtpmap:96 opus/48000/2\r\n"; }
    uint32_t clockRateHz() const noexcept override { return rateHz; }
    std::span<const uint8_t> payload(uint64_t frame) const noexcept override { return said[frame % said.size()]; }

    bool isSound(std::span<const uint8_t> came) override
    {
        constexpr uint64_t judged = 10;
        if (++heard % judged != 0)
            return false;
        std::array<int16_t, 5760> samples;  // 120 ms
        const auto count = ::opus_decode(decoder.get(), came.data(), static_cast<opus_int32>(came.size()), samples.data(), static_cast<int>(samples.size()), 0);
        return count > 0 && std::any_of(samples.begin(), samples.begin() + count, [](int16_t sample) { return std::abs(sample) > 30; });
    }

private:
    static constexpr int rateHz = 48000, frames = rateHz / 50;

    std::unique_ptr<OpusDecoder, decltype(&::opus_decoder_destroy)> decoder;
    std::array<std::vector<uint8_t>, 50> said;
    uint64_t heard = 0;
};

} // namespace

std::unique_ptr<Voice> g711Voice(int number, int count) { return std::make_unique<G711Voice>(number, count); }
std::unique_ptr<Voice> opusVoice(int number, int count) { return std::make_unique<OpusVoice>(number, count); }

} // namespace mw::bench
