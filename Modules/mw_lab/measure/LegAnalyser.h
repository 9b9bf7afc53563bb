#pragma once

#include "../record/Background.h"
#include "../record/RecordingFile.h"
#include "ActiveLevel.h"
#include "SoundMeasurement.h"

#include <mw_mixer/mw_mixer.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** A stretch of time in which one tone dominated. */
struct ToneStretch
{
    double startS = 0.0, endS = 0.0;  ///< since the leg's first sample [s], to the window
    double frequencyHz = 0.0;         ///< median of its windows [Hz]
    double levelDbm0 = 0.0;           ///< of the tone alone, median of its windows [dBm0]
};

/** A digit that was heard in the sound, on the engine's clock. */
struct InBandDigit
{
    char digit = 0;
    int64_t startNs = 0;      ///< of the sound as it was played; 0: not known [ns]
    double durationMs = 0.0;
};

/** What was heard on one leg. Nothing is assumed: what was not measured is empty. */
struct LegAnalysis
{
    double seconds = 0.0;             ///< sound taken in, silence included [s]
    double activeSeconds = 0.0;       ///< windows above the floor, see ActiveLevel [s]
    std::optional<double> levelDbm0;  ///< RMS of these windows [dBm0]
    double peak = 0.0;                ///< highest absolute sample, full scale = 1.0
    uint64_t clippedSamples = 0;      ///< at 16-bit full scale
    uint64_t missedSamples = 0;       ///< lost between the audio region and the analysis: must be 0 for a figure to be trusted
    std::vector<DtmfDetection> digits;         ///< read to Q.24, quiet background (talk-off safe); 40 ms and longer
    std::vector<InBandDigit> digitTimes;       ///< the same digits on the engine's clock
    std::vector<DtmfDetection> digitsInMix;    ///< read with other sound allowed beside them; 70 ms and longer
    std::vector<ToneStretch> tones;   ///< where a tone stood 6 dB above everything else for 500 ms or more
    FigureSet figures;                ///< of the measurements that were added

    [[nodiscard]] static std::string textOf(const std::vector<DtmfDetection>& digits);

    /** The longest stretch of a tone, or null. */
    [[nodiscard]] const ToneStretch* mainTone() const noexcept;
};

/** Listens to a leg: the audio region fills a SampleFifo, the recorder thread empties it into the receivers and meters of
    mw_signal and, if asked, into a WAV file. Made and finished on the control thread. */
class LegAnalyser final : private juce::TimeSliceClient
{
public:
    /** How long the analysis may stall before samples are missed [s]: 256 KiB a leg at 16 kHz. With a recording it is the
        Recorder's time, since a disk stalls for longer than a processor. */
    static constexpr int bufferSeconds = 4;
    static constexpr int toneWindowMs = 500;      ///< [ms]
    static constexpr size_t maxDetections = 100000;  ///< of digits and of tones; further ones are not kept

    /** @param wav recording of what is heard, or null @param standard the column of Q.24 by which digits are read */
    LegAnalyser(int sampleRateHz, Law law, std::unique_ptr<RecordingFile> wav, Background& background,
                DtmfStandard standard = DtmfStandard::q24UnitedStates);
    ~LegAnalyser() override;

    /** Feeds a measurement as well. Before start(). */
    void add(std::unique_ptr<SoundMeasurement> measurement) { measurements.push_back(std::move(measurement)); }

    /** Begins to work. @returns an error when no thread could be started */
    [[nodiscard]] Result<void> start() { return background.add(*this); }

    /** What is to be given to MixerProcessor::setTap(). */
    [[nodiscard]] const std::shared_ptr<SampleFifo>& fifo() const noexcept { return samples; }

    /** Analyses what still waits and ends. To be called when the mixer no longer fills the fifo. Idempotent. */
    const LegAnalysis& finish();

    /** After finish(): the recording, or null. */
    [[nodiscard]] const RecordingFile* recording() const noexcept { return wav.get(); }

private:
    int useTimeSlice() override;
    void drain();
    void analyse(std::span<const float> block, const SamplePlace& place);
    void takeDigits();
    void takeTone(uint64_t endSample);
    void closeTone();

    const int rate;
    const Law law;
    std::unique_ptr<RecordingFile> wav;
    Background& background;
    std::shared_ptr<SampleFifo> samples;
    std::vector<float> piece;
    ActiveLevel level;
    DtmfReceiver quietReceiver, mixReceiver;
    ToneMeter toneMeter;
    uint64_t toneFill = 0, toneWindow = 0;
    int64_t anchorNs = 0;        ///< engine time of the sample below, 0: not known [ns]
    uint64_t anchorSample = 0;   ///< of those that the receivers were fed
    ToneStretch openTone;
    std::vector<double> openToneHz, openToneDbm0;
    std::vector<std::unique_ptr<SoundMeasurement>> measurements;
    LegAnalysis result;
    bool finished = false;  ///< control thread
};

} // namespace mw
