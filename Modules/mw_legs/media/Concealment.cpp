#include "Concealment.h"

#include <algorithm>
#include <cmath>

namespace mw
{

Concealment::Concealment(int sampleRateHz)
    : fadeSamples(sampleRateHz * 60 / 1000),
      joinSamples(sampleRateHz * 2 / 1000),
      seamSamples(sampleRateHz * 5 / 1000),
      history(static_cast<size_t>(sampleRateHz * 20 / 1000))
{
}

void Concealment::remember(std::span<const int16_t> pcm) noexcept
{
    const auto length = history.size();
    if (pcm.size() >= length)
    {
        std::copy(pcm.end() - static_cast<std::ptrdiff_t>(length), pcm.end(), history.begin());
        known = length;
        return;
    }
    std::copy(history.begin() + static_cast<std::ptrdiff_t>(pcm.size()), history.end(), history.begin());
    std::copy(pcm.begin(), pcm.end(), history.end() - static_cast<std::ptrdiff_t>(pcm.size()));
    known = std::min(length, known + pcm.size());
}

int16_t Concealment::next() noexcept
{
    if (made >= fadeSamples || known == 0)
    {
        made = std::min(made + 1, 2 * fadeSamples);
        return 0;
    }
    // Each round begins with the received end played backwards, which joins without a step, crossfaded into the repetition.
    const auto* first = history.data() + (history.size() - known);
    const auto at = static_cast<size_t>(made) % known;
    auto value = static_cast<float>(first[at]);
    if (at < static_cast<size_t>(joinSamples) && at < known)
    {
        const auto weight = (static_cast<float>(at) + 0.5f) / static_cast<float>(joinSamples);
        value = value * weight + static_cast<float>(first[known - 1 - at]) * (1.0f - weight);
    }
    value *= 1.0f - static_cast<float>(made) / static_cast<float>(fadeSamples);
    ++made;
    return static_cast<int16_t>(std::lrint(value));
}

void Concealment::fill(std::span<int16_t> pcm) noexcept
{
    active = true;
    for (auto& sample : pcm)
        sample = next();
}

void Concealment::fadeCodecMade(std::span<int16_t> pcm) noexcept
{
    for (auto& sample : pcm)
    {
        if (made >= fadeSamples)
        {
            const auto gain = static_cast<float>(2 * fadeSamples - made) / static_cast<float>(fadeSamples);
            sample = static_cast<int16_t>(std::lrint(static_cast<float>(sample) * std::max(0.0f, gain)));
        }
        made = std::min(made + 1, 2 * fadeSamples);
    }
}

void Concealment::joinTo(std::span<int16_t> pcm) noexcept
{
    if (active)
    {
        const auto count = std::min(pcm.size(), static_cast<size_t>(joinSamples));
        for (size_t i = 0; i < count; ++i)
        {
            const auto weight = (static_cast<float>(i) + 0.5f) / static_cast<float>(count);
            const auto value = static_cast<float>(pcm[i]) * weight + static_cast<float>(next()) * (1.0f - weight);
            pcm[i] = static_cast<int16_t>(std::lrint(value));
        }
    }
    end();
}

void Concealment::end() noexcept
{
    active = false;
    made = 0;
}

void Concealment::crossfade(std::span<const int16_t> former, std::span<int16_t> pcm) const noexcept
{
    const auto count = std::min({ former.size(), pcm.size(), static_cast<size_t>(seamSamples) });
    for (size_t i = 0; i < count; ++i)
    {
        const auto weight = (static_cast<float>(i) + 0.5f) / static_cast<float>(count);
        const auto value = static_cast<float>(pcm[i]) * weight + static_cast<float>(former[i]) * (1.0f - weight);
        pcm[i] = static_cast<int16_t>(std::lrint(value));
    }
}

void Concealment::reset() noexcept
{
    known = 0;
    end();
}

} // namespace mw
