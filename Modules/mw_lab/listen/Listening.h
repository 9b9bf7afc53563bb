#pragma once

#include "../Engine.h"
#include "CardFeed.h"

#include <juce_audio_devices/juce_audio_devices.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** What a sound card calls: hands the feed's sound to every channel of the device. It is told of the device's rate before. */
class CardCallback final : public juce::AudioIODeviceCallback
{
public:
    /** @param engineRateHz, engineBlockFrames the engine's @param engineClock the one that its ticks follow */
    CardCallback(int engineRateHz, int engineBlockFrames, std::shared_ptr<Clock> engineClock);

    /** What is to be given to MixerProcessor::setTap(); it lives as long as this. */
    [[nodiscard]] const std::shared_ptr<SampleFifo>& fifo() const noexcept { return samples; }

    /** Prepares for a card; what audioDeviceAboutToStart() does. Not while the card calls. */
    void prepare(int cardRateHz, int cardBlockFrames);

    /** Null before the first device. */
    [[nodiscard]] const CardFeed* feed() const noexcept { return cardFeed.get(); }

    void audioDeviceIOCallbackWithContext(const float* const* in, int inChannels, float* const* out, int outChannels, int frames,
                                          const juce::AudioIODeviceCallbackContext& context) override;
    void audioDeviceAboutToStart(juce::AudioIODevice* device) override;
    void audioDeviceStopped() override {}

private:
    const int rateHz, blockFrames;
    const std::shared_ptr<Clock> clock;
    const std::shared_ptr<SampleFifo> samples;
    std::unique_ptr<CardFeed> cardFeed;
};

/** Hears a leg or the mix on a sound card of this machine. There need be none. Control thread. */
class Listening final
{
public:
    enum class What { mix, legIn, legOut };
    struct Source
    {
        What what = What::mix;
        LegId leg = 0;  ///< of legIn and legOut
        bool operator==(const Source&) const = default;
    };
    struct Figures
    {
        int cardRateHz = 0, cardBlockFrames = 0;
        uint64_t underruns = 0, droppedSamples = 0;
        double delayMs = 0.0, correctionPpm = 0.0;
    };

    explicit Listening(Engine& engineToHear);
    ~Listening();
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;

    /** Names of the cards that sound can be played on, as of now; asks the system, which takes some milliseconds. */
    [[nodiscard]] std::vector<std::string> devices();

    /** Opens a card and plays. Another one that was open is closed. @returns an error: no such device, no such leg, or the
        system's words */
    [[nodiscard]] Result<void> start(const std::string& device, const Source& source);

    /** Plays something else from the next block on. @returns an error when the leg has no call, and then all goes on */
    [[nodiscard]] Result<void> listenTo(const Source& source);

    void stop();

    [[nodiscard]] bool isOn() const noexcept { return on; }
    [[nodiscard]] const std::string& device() const noexcept { return deviceName; }

    /** Nothing when nobody listens, or when the leg's call has ended. */
    [[nodiscard]] const std::optional<Source>& source() const noexcept { return heard; }
    [[nodiscard]] Figures figures() const;

private:
    void untap();

    Engine& engine;
    int listener = 0;
    CardCallback callback;
    std::unique_ptr<juce::AudioDeviceManager> manager;  ///< made when it is asked for the first time
    bool on = false;  ///< control thread
    std::string deviceName;
    std::optional<Source> heard;
    std::optional<TapPoint> tapped;
};

} // namespace mw
