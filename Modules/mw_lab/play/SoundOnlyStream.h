#pragma once

#include <juce_core/juce_core.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace mw
{

/** A RIFF or IFF file in which every chunk but those that tell of the sound is called "none".

    JUCE's readers take up cue points, markers and XML as well, believe what these announce, and then take minutes and
    memory for a file of a few hundred octets. */
class SoundOnlyStream final : public juce::InputStream
{
public:
    /** @param hiddenNames places of the names that are to be hidden, in ascending order */
    SoundOnlyStream(std::unique_ptr<juce::InputStream> wholeFile, std::vector<int64_t> hiddenNames)
        : source(std::move(wholeFile)), hidden(std::move(hiddenNames))
    {
    }

    juce::int64 getTotalLength() override { return source->getTotalLength(); }
    bool isExhausted() override { return source->isExhausted(); }
    juce::int64 getPosition() override { return source->getPosition(); }
    bool setPosition(juce::int64 position) override { return source->setPosition(position); }

    int read(void* destination, int most) override
    {
        const int64_t from = source->getPosition();
        const auto count = source->read(destination, most);
        auto* octets = static_cast<char*>(destination);
        constexpr int64_t nameLength = 4;
        for (auto at = std::upper_bound(hidden.begin(), hidden.end(), from - nameLength); at != hidden.end() && *at < from + count; ++at)
            for (int64_t i = 0; i < nameLength; ++i)
                if (const auto place = *at + i - from; place >= 0 && place < count)
                    octets[place] = "none"[i];
        return count;
    }

private:
    const std::unique_ptr<juce::InputStream> source;
    const std::vector<int64_t> hidden;
};

} // namespace mw
