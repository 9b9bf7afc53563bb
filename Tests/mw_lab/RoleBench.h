#pragma once

#include "LabBench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mw::lab_test
{

/** Roles on manual time, with legs by script. */
class RoleBench : public ::testing::Test
{
protected:
    /** Runs manual time until the role is done, at most so long. */
    void runUntilDone(Role& role, double seconds)
    {
        for (int i = 0; i < static_cast<int>(seconds * 50.0) && ! role.isDone(); ++i)
            step(*clock, legs, role.engine(), &role);
    }
    void run(Role& role, double seconds)
    {
        for (int i = 0; i < static_cast<int>(seconds * 50.0); ++i)
            step(*clock, legs, role.engine(), &role);
    }
    static std::string all(const RoleOutcome& outcome)
    {
        auto text = outcome.verdict;
        for (const auto& line : outcome.lines)
            text += "\n" + line;
        return text;
    }
    SourceRoleConfig source(const std::string& play)
    {
        SourceRoleConfig config;
        config.engine = manualConfig(clock);
        config.callUri = "sip:callee@x";
        config.play = PlaySpec::parse(play).value();
        return config;
    }
    SinkRoleConfig sink()
    {
        SinkRoleConfig config;
        config.engine = manualConfig(clock);
        config.reports.json = folder.file("sink.json");
        return config;
    }
    MixerRoleConfig mixer()
    {
        MixerRoleConfig config;
        config.engine = manualConfig(clock);
        return config;
    }
    juce::var report() { return juce::JSON::parse(folder.file("sink.json")); }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'000'000'000);
    ScriptedLegs legs { clock };
    TestFolder folder;
};

inline std::vector<float> digitsAsSound(const std::string& digits)
{
    DtmfSettings settings;
    settings.sequence = DtmfSequence::parse(digits).value();
    DtmfOscillator oscillator;
    oscillator.prepare(8000.0);
    oscillator.play(settings);
    std::vector<float> sound(digits.size() * 1600 + 1600);
    oscillator.render(sound);
    return sound;
}

inline std::string digitsIn(const std::vector<float>& sound)
{
    DtmfReceiver receiver;
    receiver.prepare(8000.0);
    std::string digits;
    DtmfDetection detection;
    for (size_t at = 0; at < sound.size(); at += 160)
    {
        receiver.process(std::span(sound).subspan(at, std::min<size_t>(160, sound.size() - at)));
        while (receiver.take(detection))
            digits += detection.digit;
    }
    receiver.flush();
    while (receiver.take(detection))
        digits += detection.digit;
    return digits;
}

} // namespace mw::lab_test
