#pragma once

#include "LabBench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>
#include <vector>

namespace mw::lab_test
{

inline std::vector<uint8_t> randomOctets(size_t count, uint32_t seed)
{
    std::mt19937 random(seed);
    std::vector<uint8_t> octets(count);
    for (auto& octet : octets)
        do
            octet = static_cast<uint8_t>(random());
        while (octet == 0x7f);  // negative zero, which no encoder makes again
    return octets;
}

/** Where a stretch begins inside another, or -1. */
inline std::ptrdiff_t find(const std::vector<uint8_t>& in, std::span<const uint8_t> what)
{
    const auto found = std::search(in.begin(), in.end(), what.begin(), what.end());
    return found == in.end() ? -1 : found - in.begin();
}

/** An engine on manual time, with legs by script. */
class EngineBench : public ::testing::Test
{
protected:
    void make(int maxLegs = 8) { engine = std::make_unique<Engine>(manualConfig(clock, maxLegs), legs); }
    void steps(int count)
    {
        for (int i = 0; i < count; ++i)
            step(*clock, legs, *engine);
    }
    MixerCommand mode(MixMode mixMode)
    {
        MixerCommand command;
        command.kind = MixerCommand::Kind::setMode;
        command.mode = mixMode;
        return command;
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(1'000'000'000);
    ScriptedLegs legs { clock };
    std::unique_ptr<Engine> engine;
};

} // namespace mw::lab_test
