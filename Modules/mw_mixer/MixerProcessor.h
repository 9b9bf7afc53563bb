#pragma once

#include "MixerRouting.h"
#include "MixerTypes.h"

#include <juce_audio_processors/juce_audio_processors.h>

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mw
{

class MixerParameters;

/** Sound of the `player` house strip: a file, a list, noise. Made on control, used in the audio region. */
class BlockSource
{
public:
    virtual ~BlockSource() = default;

    /** Fills the block, full scale = 1.0. Audio region: no allocation, lock or system call.
        @param timeNs engine time that the first sample stands for [ns]; 0: not known */
    virtual void render(std::span<float> block, int64_t timeNs) noexcept = 0;

    /** Any thread: whether all was played. */
    [[nodiscard]] virtual bool isFinished() const noexcept = 0;
};

/** The mixing graph as a juce::AudioProcessor: one input and one output channel a leg.

        leg in ─ trim ─ meter ─ [master in gain × strip gain × mute/solo] ─┐
        dtmf, tone, player ─ the same, without master in gain ─────────────┴─ bus (double, exact) ─ mix-minus for each leg
        ─ output gain ─ limiter (counts) ─ meter ─ leg out

    Samples are float, full scale 1.0; nothing clips before the output. The bus sums in double, so any mix of any legs at
    any gain in range is exact to float precision.

    Master in gain is of what comes in, the legs. Solo: while an active leg or a house strip is soloed, only soloed strips are heard. A
    leg that becomes active is heard and served from the first sample of the block on, without a fade; every later change of
    gain, cell, role or mode moves over gainRampMs. Everything is bit-identical however time is cut into blocks.

    Threads: parameters and commands from control; process() in the audio region; snapshots read by anyone. */
class MixerProcessor final : public juce::AudioProcessor
{
public:
    struct Config
    {
        int maxLegs = 64;               ///< 1…2048
        Law law = Law::mu;              ///< what 0 dBm0 means
        size_t commandQueueLength = 1024;
        double gainRampMs = 10.0;       ///< a gain change is spread over this time, inside the blocks [ms]; the first sample of the next block is the first to change
    };

    explicit MixerProcessor(const Config& config);
    MixerProcessor() : MixerProcessor(Config {}) {}
    ~MixerProcessor() override;

    [[nodiscard]] int maxLegs() const noexcept;

    /** Index of a house strip, in commands and rows. */
    [[nodiscard]] int indexOf(HouseStrip strip) const noexcept { return maxLegs() + static_cast<int>(strip); }

    // ---- control thread -----------------------------------------------------------------------------------------------

    // (Control threads are serialised by a mutex that the audio region never takes.)

    /** Queues a command for the next block. Gains are kept in steps of 0.001 dB, clamped to maxGainDb, minus infinity below minGainDb.
        @returns its id; 0 when the queue was full or a value is out of range (index, NaN, DtmfSettings::check, tone), and then
        nothing changes but the count of refused commands */
    uint64_t post(MixerCommand command);

    /** Several commands that take effect in the same block, in order, at the price of one place in the queue. All or none.
        @returns the id of all of them (one CommandDone, of the first one's kind), 0 when refused or empty */
    uint64_t postAll(std::vector<MixerCommand> commands);

    /** Whether post() finds a place in the queue. */
    [[nodiscard]] bool hasRoomForCommand() const;

    /** Commands that took effect since the last call. At most 4 × commandQueueLength stamps wait; later ones are counted as lost. */
    [[nodiscard]] std::vector<CommandDone> takeDone();

    /** Who hears whom, as the commands that were taken into the queue leave it. */
    [[nodiscard]] MixerRouting routing() const;

    /** Counts on with each command that routing() depends on, so that a window need not compare it. */
    [[nodiscard]] uint64_t routingNumber() const;

    /** Replaces the player's source; the former one is freed here after the audio region let go of it. Null: none. */
    void setPlayer(std::shared_ptr<BlockSource> source);

    /** Taps a point from the next block on; a second tap of the same use at the same point replaces the first. Null removes it. */
    void setTap(TapPoint point, std::shared_ptr<SampleFifo> fifo, TapUse use = TapUse::role);

    // ---- any control thread: parameters, also automatable by a host -----------------------------------------------------
    // Values are clamped to minGainDb…maxGainDb; anything below minGainDb is minus infinity; NaN is refused (false).
    bool setMasterInGainDb(double gainDb);
    bool setDtmfGainDb(double gainDb);
    bool setOutputGainDb(double gainDb);
    void setDtmfOn(bool on);
    bool setStripGainDb(int strip, double gainDb);
    void setStripMuted(int strip, bool muted);
    void setStripSoloed(int strip, bool soloed);
    [[nodiscard]] double masterInGainDb() const noexcept;
    [[nodiscard]] double dtmfGainDb() const noexcept;
    [[nodiscard]] double outputGainDb() const noexcept;
    [[nodiscard]] bool isDtmfOn() const noexcept;
    [[nodiscard]] double stripGainDb(int strip) const noexcept;
    [[nodiscard]] bool isStripMuted(int strip) const noexcept;
    [[nodiscard]] bool isStripSoloed(int strip) const noexcept;

    /** The parameters themselves, for attachments of a window and for automation. They live as long as the processor. */
    [[nodiscard]] const MixerParameters& parameters() const noexcept;

    // ---- any thread -----------------------------------------------------------------------------------------------------

    /** Objects that the audio region may still use after setPlayer() or setTap(); they are freed by a later control call. */
    [[nodiscard]] size_t retiredObjects() const;

    /** The mixer as of the last block, whole; rows of the active legs and of the house strips.
        @returns the snapshot's number, 0 before the first block */
    uint64_t readSnapshot(MixerHeader& header, std::vector<StripRow>& rows) const;

    /** Renews the header and some rows of a snapshot that was read before, see LatestRows::renew(). */
    uint64_t renewSnapshot(MixerHeader& header, std::span<StripRow> rows, std::span<const size_t> places) const;

    /** Number of the snapshot that readSnapshot() would give. */
    [[nodiscard]] uint64_t snapshotNumber() const noexcept;

    // ---- audio region -----------------------------------------------------------------------------------------------------

    /** One block. @param in, out maxLegs() pointers each, frames samples behind each; may be the same memory; null pointers
        are silence and not written. Inactive legs' outputs are set to zero. @param frames 1…the prepared block size, or more
        (then worked off in pieces) @param timeNs engine time that the first sample stands for, handed on to the player and the taps
        [ns]; 0: not known */
    void process(const float* const* in, float* const* out, int frames, int64_t timeNs = 0) noexcept;

    // ---- juce::AudioProcessor -----------------------------------------------------------------------------------------------
    /** Takes all memory. Meters and counters, the sample position and what the oscillator plays start anew; legs, cells, gains and
        the tone stay. A rate outside 8000…192000 Hz leaves the mixer silent. */
    void prepareToPlay(double sampleRate, int maximumBlockFrames) override;
    void releaseResources() override;
    void processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer& midi) override;
    using juce::AudioProcessor::processBlock;
    /** Silence: passing legs through would send every caller their own voice. */
    void processBlockBypassed(juce::AudioBuffer<float>& buffer, juce::MidiBuffer& midi) override;
    using juce::AudioProcessor::processBlockBypassed;
    const juce::String getName() const override { return "Milliwatt mixer"; }
    bool acceptsMidi() const override { return false; }
    bool producesMidi() const override { return false; }
    double getTailLengthSeconds() const override { return 0.0; }
    int getNumPrograms() override { return 1; }
    int getCurrentProgram() override { return 0; }
    void setCurrentProgram(int) override {}
    const juce::String getProgramName(int) override { return "default"; }
    void changeProgramName(int, const juce::String&) override {}
    juce::AudioProcessorEditor* createEditor() override { return nullptr; }
    bool hasEditor() const override { return false; }
    bool isBusesLayoutSupported(const BusesLayout& layouts) const override;

    /** Versioned state (MixerState): parameters, mode, roles, trims and cells. A blob that is damaged or of a later version leaves everything as it was. */
    void getStateInformation(juce::MemoryBlock& destination) override;
    void setStateInformation(const void* data, int bytes) override;

    /** The same with its reason. The graph's part takes effect as one command; when the queue has no place for it, nothing changes. */
    [[nodiscard]] Result<void> restoreState(const void* data, size_t bytes);

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};

} // namespace mw
