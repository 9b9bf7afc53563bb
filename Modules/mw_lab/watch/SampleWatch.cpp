#include "SampleWatch.h"

#include <algorithm>

namespace mw
{

SampleWatch::SampleWatch(MixerProcessor& mixerToTap, TapPoint point, size_t samplesKept, TapUse useOfTap)
    : mixer(mixerToTap),
      tapped(point),
      use(useOfTap),
      fifo(std::make_shared<SampleFifo>(static_cast<size_t>(std::max(8000.0, mixer.getSampleRate()) * tapSeconds))),
      kept(std::max<size_t>(1, samplesKept)),
      fresh(4096)
{
    mixer.setTap(tapped, fifo, use);
}

SampleWatch::~SampleWatch() { mixer.setTap(tapped, nullptr, use); }

size_t SampleWatch::look()
{
    const auto waiting = fifo->available();  // what comes while this runs is for the next look
    for (size_t done = 0; done < waiting;)
    {
        const auto count = fifo->read(std::span(fresh).first(std::min(fresh.size(), waiting - done)));
        done += count;
        total += count;
        const auto news = std::min(count, kept.size());
        std::copy(kept.begin() + static_cast<std::ptrdiff_t>(news), kept.end(), kept.begin());
        std::copy_n(fresh.begin() + static_cast<std::ptrdiff_t>(count - news), news,
                kept.end() - static_cast<std::ptrdiff_t>(news));
    }
    return waiting;
}

} // namespace mw
