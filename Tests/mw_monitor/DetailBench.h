#pragma once

#include "MonitorBench.h"

#include <cmath>
#include <numbers>
#include <vector>

namespace mw::test
{

/** What the tests of the details share: tones that legs speak, levels that they hear, mouse events. */
class DetailBench : public MonitorBench
{
public:
    using MonitorBench::MonitorBench;

    DetailPanel& detail() { return *find<DetailPanel>(*view, "Details"); }

    /** The leg speaks a sine in G.711 µ-law from now on. */
    void speak(LegId leg, double hz, double dbm0)
    {
        const auto amplitude = 32768.0 * sineAmplitudeFromDbm0(dbm0, Law::mu);
        legs->setVoice(leg, [hz, amplitude](std::span<uint8_t> octets, uint64_t first) {
            for (size_t i = 0; i < octets.size(); ++i)
            {
                const auto phase = 2.0 * std::numbers::pi * hz * static_cast<double>(first + i) / 8000.0;
                octets[i] = FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lround(amplitude * std::sin(phase))));
            }
        });
    }

    /** Media with a look at every step of the histories. */
    void live(double seconds)
    {
        for (int step = 0; step < static_cast<int>(seconds * historyHz + 0.5); ++step)
            run(1.0 / historyHz);
    }

    /** Level of what the leg's peer hears in the next half second, after ramps and buffers settled [dBm0]. */
    double heardLevel(LegId leg)
    {
        run(0.5);
        legs->forgetHeard(leg);
        run(0.5);
        double power = 0.0;
        size_t count = 0;
        for (const auto& packet : legs->heard(leg))
            for (const auto octet : packet.payload)
            {
                const auto sample = static_cast<double>(FakePcmuCodec::decodeSample(octet)) / 32768.0;
                power += sample * sample;
                ++count;
            }
        return count > 0 ? dbm0FromRms(std::sqrt(power / static_cast<double>(count)), Law::mu) : silenceDb;
    }

    static juce::MouseEvent mouse(juce::Component& on, juce::Point<float> at,
            juce::ModifierKeys mods = juce::ModifierKeys::leftButtonModifier)
    {
        const auto now = juce::Time::getCurrentTime();
        return { juce::Desktop::getInstance().getMainMouseSource(), at, mods, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, &on, &on, now, at,
                now, 1, false };
    }

    /** The component of this title on the tab in front: the pages of plots have the same controls. */
    template <typename Type>
    Type* inFront(const juce::String& title)
    {
        for (auto* child : detail().getChildren())
        {
            if (! child->isShowing())
                continue;
            if (auto* found = find<Type>(*child, title))
                return found;
        }
        return nullptr;
    }

    /** A click as a person makes it. */
    static void click(juce::Button& button)
    {
        button.triggerClick();
        pump(50);
    }
};

} // namespace mw::test
