#pragma once

#include <Integration/SupportBench.h>

#include <string>
#include <vector>

/** Levels that stood still at the far end, in their order: what a sink recorded against what the controls of the window said. */
class HeardLevels
{
public:
    static constexpr double silent = -1000.0, toleranceDb = 0.1;

    /** How a control came to where it stands. A mouse that is dragged and a key pressed several times pass through what lies
        between, and where the machine stands still meanwhile that is heard for as long. */
    enum class Way { atOnce, byDegrees };

    /** From now on the far end is to hear this level. @param dbm0 as the control says it, `silent` for nothing */
    void expect(const std::string& control, const std::string& how, double dbm0, Way way = Way::atOnce) { steps.push_back({ control, how, dbm0, way }); }

    /** Compares with the recording, step by step; fails the test where a level differs by more than the tolerance, or where there
        are more or fewer of them. Steps that change nothing count as one. Writes a row a step into the table of controls.
        @param stalls times that the machine stood still, each of which may be heard as a silence */
    void compareWith(const WavFile& recording, size_t stalls) const;

    /** A row of the table of controls (MILLIWATT_CONTROLS_TABLE names its file; without it none is written). */
    static void row(const std::string& control, const std::string& how, const std::string& farEnd);

private:
    struct Step
    {
        std::string control, how;
        double dbm0;
        Way way;
    };
    static std::vector<double> levelsOf(const WavFile& recording);

    std::vector<Step> steps;
};
