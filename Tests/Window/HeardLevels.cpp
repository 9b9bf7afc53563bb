#include "HeardLevels.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>

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

/** What was heard for each expected level, and how many silences stand between them that were not expected. */
struct Alignment
{
    std::vector<double> matched;
    size_t silences = 0;
};

/** A level to be heard, and whether its control passed through those between it and the one before. */
struct Expected
{
    double dbm0;
    bool isByDegrees;
};

/** Lays what was heard beside what was expected. A machine that stood still for a moment is heard as silence, and as the same level
    once more behind it, or as what a control passed through: neither is a step. Of all ways the one with the fewest such silences;
    none where nothing fits. */
std::optional<Alignment> align(const std::vector<double>& heard, const std::vector<Expected>& expected)
{
    constexpr auto never = std::numeric_limits<size_t>::max();
    const auto rows = heard.size(), columns = expected.size();
    const auto matches = [&](size_t i, size_t at) { return at < columns && isSame(heard[i], expected[at].dbm0); };
    const auto isStray = [&](size_t i) { return heard[i] == HeardLevels::silent; };
    const auto isBack = [&](size_t i, size_t at) { return i > 0 && at > 0 && isStray(i - 1) && isSame(heard[i], expected[at - 1].dbm0); };
    const auto isOnTheWay = [&](size_t i, size_t at) {
        if (at == 0 || at >= columns || ! expected[at].isByDegrees)
            return false;
        const auto [low, high] = std::minmax(expected[at - 1].dbm0, expected[at].dbm0);
        return heard[i] > low && heard[i] < high;
    };

    // The fewest silences from here to the end, where i levels have been heard and `at` of them were steps.
    std::vector<std::vector<size_t>> fewest(rows + 1, std::vector<size_t>(columns + 1, never));
    fewest[rows][columns] = 0;
    for (size_t i = rows; i-- > 0;)
        for (size_t at = 0; at <= columns; ++at)
        {
            auto& here = fewest[i][at];
            if (matches(i, at))
                here = std::min(here, fewest[i + 1][at + 1]);
            if (isBack(i, at) || isOnTheWay(i, at))
                here = std::min(here, fewest[i + 1][at]);
            if (isStray(i) && fewest[i + 1][at] != never)
                here = std::min(here, fewest[i + 1][at] + 1);
        }
    if (fewest[0][0] == never)
        return std::nullopt;

    Alignment found;
    for (size_t i = 0, at = 0; i < rows; ++i)
    {
        if (matches(i, at) && fewest[i + 1][at + 1] == fewest[i][at])
        {
            found.matched.push_back(heard[i]);
            ++at;
        }
        else if (! ((isBack(i, at) || isOnTheWay(i, at)) && fewest[i + 1][at] == fewest[i][at]))
            ++found.silences;
    }
    return found;
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
    std::vector<Expected> expected;
    for (const auto& step : steps)
        if (expected.empty() || ! isSame(expected.back().dbm0, step.dbm0))
            expected.push_back({ step.dbm0, step.way == Way::byDegrees });
    std::string both = "expected:";
    for (const auto& level : expected)
        both += " " + textOf(level.dbm0);
    both += "\nheard:   ";
    for (const auto level : heard)
        both += " " + textOf(level);
    const auto alignment = align(heard, expected);
    ASSERT_TRUE(alignment.has_value()) << both;
    ASSERT_LE(alignment->silences, stalls) << "more silences than the machine's stalls explain\n" << both;
    const auto& matched = alignment->matched;
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
