#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mw
{

/** A pilot's level changed and stayed changed: a gain, a mute, a solo somewhere on its way. */
struct PilotStep
{
    int number = 0;
    int64_t timeNs = 0;        ///< absolute time of the sound at which half of the change was done [ns]
    double beforeRms = 0.0, afterRms = 0.0;  ///< full scale = 1.0; below a hundredth of the other one: it was gone
};

/** A pilot was away for a while and came back as it was. */
struct PilotBreak
{
    int number = 0;
    int64_t startNs = 0;       ///< absolute time of the sound [ns]
    double lengthMs = 0.0;     ///< so much of the pilot is missing [ms]
};

/** Finds steps and breaks in the gain of one pilot as it was measured over short pieces of time.

    Steps by binary segmentation: the split that divides a stretch into two levels best (weighted least squares) is a step when it is
    significant, more than 3 % (0.26 dB), and both levels last 40 ms or more. Its time is where half of the change lies, from the area
    under the gain. Breaks: below 0.3 of the level before for 8 to 500 ms, and back to within 2 dB of it. Beneath other sound the
    pieces are too noisy for breaks, and steps must be greater or last longer. One thread. */
class PilotSteps
{
public:
    struct Piece
    {
        int64_t startNs = 0;   ///< [ns]
        double lengthNs = 0.0; ///< [ns]
        double gain = 0.0;     ///< amplitude of the pilot's lines
        double sigma = 0.0;    ///< standard error of it
    };

    explicit PilotSteps(int pilotNumber) : number(pilotNumber) {}

    /** Pieces must follow on each other; where one does not, what came before is settled first. */
    void add(const Piece& piece);

    /** Settles what has been heard long enough, or all of it. */
    void settle(bool all);

    std::vector<PilotStep> steps;    ///< found; for the owner to take away
    std::vector<PilotBreak> breaks;

private:
    void findBreaks(bool all);
    void findSteps(bool all);
    void split(size_t from, size_t to, double excess, std::vector<size_t>& places) const;
    [[nodiscard]] double meanOf(size_t from, size_t to) const;
    [[nodiscard]] double medianBefore(size_t at) const;
    [[nodiscard]] bool tryBreak(size_t at, double level, bool all, size_t& behind);

    const int number;
    std::vector<Piece> pieces;
    size_t scanned = 0;              ///< pieces that were looked at for breaks
};

} // namespace mw
