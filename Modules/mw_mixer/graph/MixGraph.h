#pragma once

#include "CellTable.h"
#include "RampedValue.h"
#include "../MixerParameters.h"
#include "../MixerRouting.h"
#include "../MixerTypes.h"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace mw
{

class BlockSource;

/** What hangs on the graph from outside; published whole by control, see Handover. */
struct Attachments
{
    std::shared_ptr<BlockSource> player;
    using Taps = std::array<std::shared_ptr<SampleFifo>, tapUseCount>;  ///< by TapUse, null where nothing taps
    std::vector<Taps> legIn, legOut;                                    ///< by leg
    Taps mix;
};

/** The mixing arithmetic of MixerProcessor: strips, who hears whom, outputs.

        1  each active leg:  in → finite → trim → meter, tap → fader → strip (double)
        2  the strips of sources, of sinks and of the house are summed apart: three buses
        3  each role hears a weighted sum of the three, as the mode says: two more buses
        4  each active leg:  its role's bus − what it hears of itself − and + its cells → output gain → limiter → meter, tap → out

    A change of mode, role, cell or gain moves along a GainRamp, so none of them clicks. Results do not depend on block sizes.

    Members are grouped by thread; nothing here is shared between threads but the parameters' atomics. */
class MixGraph
{
public:
    MixGraph(const MixerParameters& parameters, int maxLegs, Law law, double gainRampMs);

    // ---- control thread, while no block is under way ------------------------------------------------------------------

    /** Takes all memory. Meters, counters and what the oscillator plays start anew; legs, roles, cells, trims and the tone stay.
        @returns false (and stays as it was) for a rate outside 8000…192000 Hz or frames < 1 */
    bool prepare(double sampleRateHz, int maxFrames);

    // ---- audio region ----------------------------------------------------------------------------------------------------

    /** Takes one command; the caller checked its indices. Before readParameters() of the block. */
    void execute(const MixerCommand& command) noexcept;

    /** Reads every parameter of the active strips once: what the block works with. */
    void readParameters() noexcept;

    /** Before the pieces of a block: whether its outputs lie apart from its inputs, which then need not be copied. */
    void beginBlock(const float* const* in, const float* const* out, size_t frames) noexcept;

    /** Mixes one piece of a block, 1…maxFrames() samples starting `offset` samples into each pointer's memory.
        @param blockTimeNs engine time of the block's first sample [ns]; 0: not known */
    void processPiece(const float* const* in, float* const* out, size_t offset, size_t frames,
                      const Attachments* attachments, int64_t blockTimeNs) noexcept;

    /** Rows of the active legs and the house strips. @returns them; valid until the next call */
    std::span<const StripRow> fillRows() noexcept;

    /** The graph's part of the header. */
    void fillHeader(MixerHeader& header) const noexcept;

    [[nodiscard]] size_t maxFrames() const noexcept { return blockCapacity; }

private:
    static constexpr size_t groupCount = 3;  ///< strips are summed as sources, sinks, house
    enum Group : size_t { sources, sinks, house };

    struct Strip
    {
        bool active = false;
        bool isStarting = true;        ///< its gains jump at the start of the next block instead of moving there
        bool audible = false;          ///< the strip's buffer holds sound in this piece
        bool muted = false, soloed = false;
        float storedGain = 0.0f;       ///< the parameter's value that stripGain belongs to
        double stripGain = 1.0;
        double shownGain = 1.0;        ///< the gain that shownDb belongs to
        float shownDb = 0.0f;
        GainRamp trim, fader;
        LevelMeter meter;
        uint64_t clipsAtReset = 0;
        float* memory = nullptr;       ///< a row of soundMemory
        const float* sound = nullptr;  ///< this piece after the trim: in the strip's memory, or the input itself
        float gain = 1.0f;             ///< with which the strip is heard in this piece, unless it is wide
        bool isWide = false;           ///< `samples` holds this piece after the fader
        double* samples = nullptr;     ///< only where the fader moves, or a cell or a role needs it
    };

    struct Leg
    {
        LegRole role = LegRole::source;
        GainRamp sinkShare;            ///< 0: source, 1: sink, between while the role changes
        Limiter limiter;
        LevelMeter meter;
        uint64_t clipsAtReset = 0;
    };

    [[nodiscard]] int legCount() const noexcept { return mostLegs; }
    [[nodiscard]] int houseIndex(HouseStrip strip) const noexcept { return legCount() + static_cast<int>(strip); }
    [[nodiscard]] Strip& stripAt(int index) noexcept { return strips[static_cast<size_t>(index)]; }
    [[nodiscard]] bool isLeg(int index) const noexcept { return index < legCount(); }

    // commands
    void setLegActive(int leg, bool active) noexcept;
    void setRole(int leg, LegRole role) noexcept;
    void setCell(int leg, int from, double gainDb) noexcept;
    void clearCell(int leg, int from) noexcept;
    void aimHeardGains() noexcept;
    void resetMeters() noexcept;
    void settleCells(int leg, bool prepareRamps) noexcept;

    // who hears whom
    [[nodiscard]] double shareTarget(int leg, int from) const noexcept;
    [[nodiscard]] double shareNow(int leg, int from) const noexcept;
    [[nodiscard]] double shareAt(double hearingSink, int from, double fromSink, size_t sample) const noexcept;
    [[nodiscard]] bool isShareSteady(int leg, int from) const noexcept;

    // a piece
    void runLeg(int leg, const float* input, size_t frames, const Attachments::Taps* taps) noexcept;
    void refuseUnusable(std::span<float> block) noexcept;
    void runSilentStrip(int index, size_t frames) noexcept;
    void runStrip(int index, size_t frames, const Attachments::Taps* taps) noexcept;
    void writeTaps(const Attachments::Taps* taps, std::span<const float> block) noexcept
    {
        if (taps != nullptr)
            writeToTaps(*taps, block);
    }
    void writeToTaps(const Attachments::Taps& taps, std::span<const float> block) noexcept;
    void runHouse(size_t frames, const Attachments* attachments) noexcept;
    [[nodiscard]] std::span<const double> wideSamples(Strip& strip, size_t frames) noexcept;
    void addTo(Group group, const Strip& strip, size_t frames) noexcept
    {
        sounds[group] = true;
        if (strip.isWide)
        {
            addWide(group, strip, frames);
            return;
        }
        auto& together = waiting[group];
        together.parts[together.count++] = { { strip.sound, frames }, strip.gain };
        if (together.count == together.parts.size())
            addWaiting(group);
    }
    void addWide(Group group, const Strip& strip, size_t frames) noexcept;
    void addWaiting(Group group) noexcept;
    void sumStrips(size_t frames) noexcept;
    void sumHeard(size_t frames) noexcept;
    bool mixLeg(int leg, std::span<float> out) noexcept;
    bool mixLegApart(int leg, std::span<float> out) noexcept;
    void applyCells(MixBus& bus, int leg, size_t frames) noexcept;
    void correctShare(MixBus& bus, int leg, int from, GainRamp* cell, size_t frames) noexcept;
    void closeWithOutputGain(std::span<const double> mix, std::span<float> out) const noexcept;
    void finishMaster(size_t frames, const Attachments::Taps* taps) noexcept;
    void closeWithOutputGain(const MixBus& bus, std::span<const double> mix, std::span<float> out) const noexcept;

    const MixerParameters& parameters;
    const int mostLegs;
    const Law law;
    const double gainRampMs;

    double rateHz = 0.0;
    size_t blockCapacity = 0;

    std::vector<Strip> strips;            ///< legs, then house strips
    std::vector<Leg> legs;
    std::vector<int> activeLegs;          ///< ascending; capacity maxLegs
    CellTable cells;
    MixMode mode = MixMode::conference;
    bool funnelReturn = false;

    DtmfOscillator dtmf;
    ToneSource tone;
    double toneHz = 1000.0, toneDbm0 = silenceDb;
    bool dtmfOn = true;
    bool isFresh = true;                  ///< no block since prepare(): shared gains jump
    bool legsChanged = true;              ///< since parameters were read
    uint64_t changesRead = 0;             ///< of the parameters, when they were read
    bool heardGainsAreSteady = true;      ///< in this piece
    bool sharedGainsAreSteady = true;     ///< the same, and the output gain is too
    bool inputsStay = false;              ///< in this block: no output is written over an input

    std::vector<float> soundMemory;       ///< planar, one aligned row a strip
    std::vector<double> stripMemory;      ///< the same
    std::vector<float> blockScratch;
    std::vector<double> shareScratch;
    std::array<MixBus, groupCount> groups;
    struct Waiting
    {
        std::array<MixBus::Part, 8> parts;
        size_t count = 0;
    };
    std::array<Waiting, groupCount> waiting;  ///< to be added together
    std::array<bool, groupCount> sounds {};  ///< whether a strip was added to the group in this piece
    std::array<MixBus, 2> heard;          ///< by the hearing leg's role, of several groups or while a gain moves
    std::array<MixBus*, 2> heardBus { &heard[0], &heard[1] };  ///< by the role: what it hears in this piece, `heard` or one group's bus
    std::array<std::array<RampedValue, groupCount>, 2> heardGain;
    std::array<bool, 2> hearsItsKind {};  ///< by role: whether its bus has the strips of its own role, and so the leg's own
    MixBus everything;
    RampedValue outputGain;
    float storedMasterIn = 0.0f, storedOutput = 0.0f;
    double masterInGain = 1.0, outputGainLinear = 1.0;

    Limiter masterLimiter;
    LevelMeter masterMeter;
    uint64_t masterClipsAtReset = 0;
    uint64_t nonFinite = 0, legsLimited = 0, tapDropped = 0;
    int64_t pieceTimeNs = 0;              ///< of the piece's first sample [ns]; 0: not known

    std::vector<StripRow> rows;
};

} // namespace mw
