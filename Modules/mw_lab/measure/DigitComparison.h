#pragma once

#include <span>
#include <string>
#include <vector>

namespace mw
{

/** A digit with its place in time, as any receiver heard it. */
struct TimedDigit
{
    char digit = 0;
    double startS = 0.0, endS = 0.0;  ///< [s], both receivers on one clock
};

/** A place where two receivers of the same sound disagree. */
struct DigitDisagreement
{
    double atS = 0.0;       ///< where the earlier of the two began [s]
    char ours = 0;          ///< 0: not heard
    char second = 0;        ///< 0: not heard

    /** "only ours", "only the second opinion", "another digit". */
    [[nodiscard]] std::string what() const;
};

/** Lines two readings up in time. Digits that overlap, or miss each other by at most `slackS`, are taken for the same sound: they agree
    when they are the same digit. Each digit has one partner, so one that a receiver heard as two leaves a rest.
    @param ours, second both in the order of time */
[[nodiscard]] std::vector<DigitDisagreement> compareDigits(std::span<const TimedDigit> ours, std::span<const TimedDigit> second, double slackS = 0.03);

} // namespace mw
