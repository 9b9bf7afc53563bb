#pragma once

#include "../Roles.h"
#include "../measure/LegAnalyser.h"
#include "../record/Recorder.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** What a source hears on one of its calls: recorded, or measured and perhaps recorded as well. Control thread. */
class SourceEar
{
public:
    /** Whether a source listens at all. */
    [[nodiscard]] static bool isWanted(const SourceRoleConfig& config) { return config.record != juce::File() || measures(config); }

    /** Whether what comes back is measured. */
    [[nodiscard]] static bool measures(const SourceRoleConfig& config)
    {
        return config.reports.areWanted() || ! config.expectations.empty();
    }

    /** @param expectedPilots PilotMeasurement::expectedPilots() @param number of the call, counting from 1 @param codec CallInfo::codec */
    [[nodiscard]] static Result<std::unique_ptr<SourceEar>> create(const SourceRoleConfig& config, const std::vector<int>& expectedPilots, int number,
                                                                   const std::string& codec, Background& background);

    /** What is to be given to MixerProcessor::setTap(). */
    [[nodiscard]] const std::shared_ptr<SampleFifo>& fifo() const noexcept { return analyser != nullptr ? analyser->fifo() : recorder->fifo(); }

    /** To be called when the mixer no longer fills the fifo. Idempotent. */
    void finish();

    // ---- after finish() -------------------------------------------------------------------------------------------------
    /** What was measured, or null. */
    [[nodiscard]] const LegAnalysis* analysis() const noexcept { return heard.has_value() ? &*heard : nullptr; }

    /** For the page's pictures; null: none are wanted, or of too many calls. */
    [[nodiscard]] const std::shared_ptr<SoundHistory>& soundHistory() const noexcept { return history; }

    /** The recording's path; empty: there is none. */
    [[nodiscard]] std::string recording() const;
    [[nodiscard]] std::optional<Error> recordingError() const;

    /** "recorded: 3.0 s in FILE, 0 samples dropped"; empty without a recording. */
    [[nodiscard]] std::string recordingLine() const;

private:
    std::unique_ptr<LegAnalyser> analyser;
    std::unique_ptr<Recorder> recorder;
    std::shared_ptr<SoundHistory> history;
    std::optional<LegAnalysis> heard;
};

} // namespace mw
