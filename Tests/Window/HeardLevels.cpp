#include "HeardLevels.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace
{
constexpr double fullScaleDbm0 = 3.17, floorDbm0 = -65.0;  // µ law
constexpr size_t hop = 80, window = 400;                   // 10 and 50 ms at 8 kHz
constexpr size_t leastHops = 25;                           // what stands for 250 ms is no passage
constexpr double steadyDb = 0.08, sameDb = 0.15;

bool isSame(double one, double other) { return std::abs(one - other) < sameDb; }

std::string textOf(double dbm0)
{
    if (dbm0 == HeardLevels::silent)
        return "silence";
    char text[32];
    std::snprintf(text, sizeof text, "%.2f dBm0", dbm0);
    return text;
}
} // namespace

std::vector<double> HeardLevels::levelsOf(const WavFile& recording)
{
    std::vector<double> at;
    const std::span<const float> all(recording.samples);
    for (size_t i = 0; i + window <= all.size(); i += hop)
    {
        const auto level = sound::rmsDbfs(all.subspan(i, window)) + fullScaleDbm0;
        at.push_back(level < floorDbm0 ? silent : level);
    }
    std::vector<double> levels;
    for (size_t begin = 0; begin < at.size();)
    {
        auto end = begin + 1;
        double sum = at[begin];
        while (end < at.size() && std::abs(at[end] - sum / static_cast<double>(end - begin)) < steadyDb)
            sum += at[end++];
        const auto level = sum / static_cast<double>(end - begin);
        if (end - begin >= leastHops && (levels.empty() || ! isSame(levels.back(), level)))
            levels.push_back(level);
        begin = end - begin >= leastHops ? end : begin + 1;
    }
    // The call begins and ends with silence.
    if (! levels.empty() && levels.front() == silent)
        levels.erase(levels.begin());
    if (! levels.empty() && levels.back() == silent)
        levels.pop_back();
    return levels;
}

void HeardLevels::compareWith(const WavFile& recording, size_t stalls) const
{
    const auto heard = levelsOf(recording);
    std::vector<double> expected;
    for (const auto& step : steps)
        if (expected.empty() || ! isSame(expected.back(), step.dbm0))
            expected.push_back(step.dbm0);
    std::string both = "expected:";
    for (const auto level : expected)
        both += " " + textOf(level);
    both += "\nheard:   ";
    for (const auto level : heard)
        both += " " + textOf(level);
    // A machine that stood still for a moment is heard as silence, and as the same level once more behind it: neither is a step.
    std::vector<double> matched;
    size_t silences = 0;
    for (size_t i = 0; i < heard.size(); ++i)
    {
        const auto at = matched.size();
        if (at < expected.size() && std::abs(heard[i] - expected[at]) <= sameDb)
            matched.push_back(heard[i]);
        else if (heard[i] == silent)
            ++silences;
        else
            ASSERT_TRUE(silences > 0 && at > 0 && isSame(heard[i], expected[at - 1])) << "step " << at + 1 << "\n" << both;
    }
    ASSERT_LE(silences, stalls) << "more silences than the machine's stalls explain\n" << both;
    ASSERT_EQ(matched.size(), expected.size()) << both;
    size_t at = 0;
    for (size_t i = 0; i < steps.size(); ++i)
    {
        if (i > 0 && ! isSame(steps[i].dbm0, steps[i - 1].dbm0))
            ++at;
        EXPECT_NEAR(matched[at], steps[i].dbm0, toleranceDb) << steps[i].control << ", " << steps[i].how << "\n" << both;
        row(steps[i].control, steps[i].how, "says " + textOf(steps[i].dbm0) + ", heard " + textOf(matched[at]));
    }
}

void HeardLevels::row(const std::string& control, const std::string& how, const std::string& farEnd)
{
    if (const auto* file = std::getenv("MILLIWATT_CONTROLS_TABLE"))
        std::ofstream(file, std::ios::app) << "| " << control << " | " << how << " | " << farEnd << " |\n";
}
