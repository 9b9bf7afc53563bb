#include "Fuzz.h"

#include <mw_lab/mw_lab.h>
#include <mw_lab/play/SoundFile.h>

#include <cmath>

namespace mw::fuzz
{
namespace
{

/** A sound file (WAV, AIFF, FLAC) as `--play` checks and loads it. The first octet chooses the engine's rate. */
class SoundFileTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        constexpr int rates[] { 8000, 16000, 32000, 48000 };
        const auto rateHz = rates[bytes.octet() & 3];
        const MemoryFile content(bytes.rest());
        const juce::File file(juce::String(content.path()));

        const auto checked = checkSoundFile(file);
        const auto loaded = loadSoundFile(file, rateHz);
        if (! checked)
        {
            MW_PROMISE(! loaded.ok() && ! checked.error().why.empty());
            return;
        }
        if (! loaded)
        {
            MW_PROMISE(! loaded.error().why.empty());
            return;
        }
        const auto& clip = loaded.value();
        MW_PROMISE(clip.sampleRateHz == rateHz);
        MW_PROMISE(static_cast<double>(clip.samples.size()) <= (maxSoundFileSeconds + 1.0) * rateHz);
        for (const auto sample : clip.samples)
            MW_PROMISE(std::isfinite(sample));
    }
};

const Registration<SoundFileTarget> registrationSoundFile("SoundFile");

} // namespace
} // namespace mw::fuzz
