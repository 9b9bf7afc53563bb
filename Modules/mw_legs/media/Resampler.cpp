#include "Resampler.h"

#include <algorithm>
#include <cmath>
#include <speex/speex_resampler.h>
#include <stdexcept>

namespace mw
{

namespace
{
int speexQualityFor(ResamplerQuality quality) noexcept
{
    switch (quality)
    {
        case ResamplerQuality::fast: return 5;
        case ResamplerQuality::medium: return 8;
        case ResamplerQuality::best: return 10;
    }
    return 5;
}
} // namespace

struct Resampler::State
{
    SpeexResamplerState* converter = nullptr;

    ~State()
    {
        if (converter != nullptr)
            ::speex_resampler_destroy(converter);
    }

    /** @returns samples written; takes all of the input as long as there is room for the output. */
    size_t run(const float* in, size_t inFrames, float* out, size_t outRoom) noexcept
    {
        size_t made = 0;
        while (inFrames > 0)
        {
            auto taken = static_cast<spx_uint32_t>(inFrames), given = static_cast<spx_uint32_t>(outRoom - made);
            if (::speex_resampler_process_float(converter, 0, in, &taken, out + made, &given) != RESAMPLER_ERR_SUCCESS || (taken == 0 && given == 0))
                break;
            in += taken;
            inFrames -= taken;
            made += given;
        }
        return made;
    }
};

Resampler::Resampler(int inRateHz, int outRateHz, size_t maxFrames, ResamplerQuality quality) : inRate(inRateHz), outRate(outRateHz)
{
    if (isBypassed())
        return;

    state = std::make_unique<State>();
    int error = 0;
    state->converter = ::speex_resampler_init(1, static_cast<spx_uint32_t>(inRateHz), static_cast<spx_uint32_t>(outRateHz), speexQualityFor(quality), &error);
    if (state->converter == nullptr)
        throw std::runtime_error(::speex_resampler_strerror(error));

    constexpr int reserve = 2;  // for the rounding of either count
    delay = ::speex_resampler_get_output_latency(state->converter) + reserve;
    memory = 2 * static_cast<size_t>(::speex_resampler_get_input_latency(state->converter)) + 64;  // the whole filter, and what waits in the fifo
    const auto ratio = std::max(1.0, static_cast<double>(outRateHz) / static_cast<double>(inRateHz));
    fifo.resize(reserve + 4 * static_cast<size_t>(std::ceil(static_cast<double>(maxFrames) * ratio)) + 64);
    fifoWritten = reserve;
}

Resampler::~Resampler() = default;

size_t Resampler::inputFramesFor(size_t outFrames) const noexcept
{
    const auto outAfter = given + static_cast<int64_t>(outFrames);
    return static_cast<size_t>(std::max<int64_t>(0, (outAfter * inRate + outRate - 1) / outRate - taken));
}

size_t Resampler::outputFramesFor(size_t inFrames) const noexcept
{
    const auto inAfter = taken + static_cast<int64_t>(inFrames);
    return static_cast<size_t>(std::max<int64_t>(0, inAfter * outRate / inRate - given));
}

void Resampler::convert(std::span<const float> in) noexcept
{
    std::copy(fifo.begin() + static_cast<std::ptrdiff_t>(fifoRead), fifo.begin() + static_cast<std::ptrdiff_t>(fifoWritten), fifo.begin());
    fifoWritten -= fifoRead;
    fifoRead = 0;
    fifoWritten += state->run(in.data(), in.size(), fifo.data() + fifoWritten, fifo.size() - fifoWritten);
}

bool Resampler::staysSilent(std::span<const float> in, std::span<const float> out) noexcept
{
    // Bit by bit what the converter would give: it and the fifo hold zeros alone, and it stands still over whole periods of
    // the ratio, after which it would be in the same state.
    const auto allZero = std::ranges::all_of(in, [](float sample) { return sample == 0.0f; });
    const auto heldZerosOnly = zeros >= memory;
    zeros = allZero ? std::min(zeros + in.size(), memory) : 0;
    return allZero && heldZerosOnly && static_cast<int64_t>(in.size()) * outRate == static_cast<int64_t>(out.size()) * inRate;
}

void Resampler::process(std::span<const float> in, std::span<float> out) noexcept
{
    taken += static_cast<int64_t>(in.size());
    given += static_cast<int64_t>(out.size());
    while (taken >= inRate && given >= outRate)
    {
        taken -= inRate;
        given -= outRate;
    }

    if (isBypassed())
    {
        std::copy_n(in.begin(), std::min(in.size(), out.size()), out.begin());
        return;
    }
    if (staysSilent(in, out))
    {
        std::ranges::fill(out, 0.0f);
        return;
    }
    convert(in);
    const auto count = std::min(out.size(), fifoWritten - fifoRead);
    std::copy_n(fifo.begin() + static_cast<std::ptrdiff_t>(fifoRead), count, out.begin());
    fifoRead += count;
    if (count < out.size())
    {
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(count), out.end(), 0.0f);
        missing += out.size() - count;
    }
}

} // namespace mw
