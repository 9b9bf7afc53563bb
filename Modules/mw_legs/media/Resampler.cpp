#include "Resampler.h"

#include <algorithm>
#include <cmath>
#include <samplerate.h>
#include <stdexcept>

namespace mw
{

namespace
{
int samplerateConverterFor(ResamplerQuality quality) noexcept
{
    switch (quality)
    {
        case ResamplerQuality::fast: return SRC_SINC_FASTEST;
        case ResamplerQuality::medium: return SRC_SINC_MEDIUM_QUALITY;
        case ResamplerQuality::best: return SRC_SINC_BEST_QUALITY;
    }
    return SRC_SINC_FASTEST;
}
} // namespace

struct Resampler::State
{
    SRC_STATE* converter = nullptr;
    double ratio = 1.0;

    ~State() { src_delete(converter); }

    /** @returns samples written; takes all of the input as long as there is room for the output. */
    size_t run(const float* in, size_t inFrames, float* out, size_t outRoom) noexcept
    {
        SRC_DATA data {};
        data.data_in = in;
        data.input_frames = static_cast<long>(inFrames);
        data.data_out = out;
        data.output_frames = static_cast<long>(outRoom);
        data.src_ratio = ratio;
        size_t made = 0;
        while (data.output_frames > 0 && src_process(converter, &data) == 0)
        {
            made += static_cast<size_t>(data.output_frames_gen);
            data.data_in += data.input_frames_used;
            data.input_frames -= data.input_frames_used;
            data.data_out += data.output_frames_gen;
            data.output_frames -= data.output_frames_gen;
            if (data.input_frames == 0 || (data.input_frames_used == 0 && data.output_frames_gen == 0))
                break;
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
    state->converter = src_new(samplerateConverterFor(quality), 1, &error);
    if (state->converter == nullptr)
        throw std::runtime_error(src_strerror(error));
    state->ratio = static_cast<double>(outRateHz) / static_cast<double>(inRateHz);

    // The converter gives its first sample when it has seen half its filter; how much that is, it does not say.
    std::vector<float> probe(static_cast<size_t>(std::ceil(state->ratio)) + 64);
    const float zero = 0.0f;
    int64_t seen = 0;
    while (seen < inRate)
    {
        ++seen;
        if (state->run(&zero, 1, probe.data(), probe.size()) > 0)
            break;
    }
    src_reset(state->converter);

    delay = static_cast<int>((seen * outRate + inRate - 1) / inRate) + 2;  // two for the rounding of either count
    memory = 4 * static_cast<size_t>(seen) + 64;  // the whole filter, then what waits in the fifo
    fifo.resize(static_cast<size_t>(delay) + 4 * static_cast<size_t>(std::ceil(static_cast<double>(maxFrames) * std::max(1.0, state->ratio))) + 64);
    fifoWritten = static_cast<size_t>(delay);
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
