#include "DigitComparison.h"

#include <algorithm>

namespace mw
{

std::string DigitDisagreement::what() const
{
    if (second == 0)
        return "only ours";
    return ours == 0 ? "only the second opinion" : "another digit";
}

std::vector<DigitDisagreement> compareDigits(std::span<const TimedDigit> ours, std::span<const TimedDigit> second, double slackS)
{
    std::vector<DigitDisagreement> found;
    while (! ours.empty() || ! second.empty())
    {
        const auto oursFirst = second.empty() || (! ours.empty() && ours.front().endS + slackS < second.front().startS);
        const auto secondFirst = ours.empty() || (! second.empty() && second.front().endS + slackS < ours.front().startS);
        if (oursFirst)
            found.push_back({ ours.front().startS, ours.front().digit, 0 });
        else if (secondFirst)
            found.push_back({ second.front().startS, 0, second.front().digit });
        else if (ours.front().digit != second.front().digit)
            found.push_back({ std::min(ours.front().startS, second.front().startS), ours.front().digit, second.front().digit });
        if (! secondFirst)
            ours = ours.subspan(1);
        if (! oursFirst)
            second = second.subspan(1);
    }
    return found;
}

} // namespace mw
