#pragma once

#include "../pilot/PilotSpec.h"
#include "FigureExpectation.h"
#include "FigureSet.h"

#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** Something that is wrong with a call, named as an engineer would name it. */
struct Fault
{
    std::string name;            ///< "loss", "muted", "echo"; see findFaults()
    std::string where;           ///< "network", "sender", "this machine": where to look
    std::string what;            ///< "1.02 % of the packets were lost: 10 of 980"
    std::optional<double> value; ///< how much
    std::string unit;            ///< of the value

    /** "fault in the network, loss: 1.02 % of the packets were lost: 10 of 980" */
    [[nodiscard]] std::string line() const;
};

/** What is known of what should be: without it, nobody can say that a leg is missing or too loud. */
struct FaultReference
{
    std::vector<FigureExpectation> expectations;  ///< of `hears.NAME`, and of levels
    PilotNames names;                             ///< with the level each is sent at, where it is said
    bool digitsExpected = false;                  ///< whether digits are to come
};

/** Reads a call's figures and names what is wrong. Pure.

        no packets       the call was answered, and no RTP came
        silence          packets came, and hardly any sound in them
        loss             packets that never came
        late packets     packets that came and were not heard, for the jitter buffer's depth
        reordered, doubled
        stall            this machine gave blocks up, or missed samples of the analysis
        gaps             breaks in the sound that the packets carried; with their distance when it is regular
        muted            a pilot that is expected was not heard, or no more
        swapped          one pilot was heard in place of another one
        unexpected leg   a pilot was heard that is expected not to be
        echo             this side's own pilot came back
        gain             a pilot, or a level that is expected, arrived higher or lower than it should
        short digit, short pause, twist, digit frequency, digit level     beyond what the standard obliges a receiver to accept
        drift            the peer's clock is off by 20 ppm or more, and in 15 s or more that moved the sound by 0.8 ms
        clipping         runs of samples at full scale
        payload type, stream   packets of a type that nobody agreed on; jumps of sequence, timestamp or source

    @returns each kind once, in this order */
[[nodiscard]] std::vector<Fault> findFaults(const FigureSet& figures, const FaultReference& reference);

/** Adds them: the table "faults", `faults.count` and `faults.names`. */
void addFaults(FigureSet& figures, const FaultReference& reference);

/** As lines for people, one a fault, from the table. */
[[nodiscard]] std::vector<std::string> faultLines(const FigureSet& figures);

} // namespace mw
