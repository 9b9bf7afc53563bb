#include "Listening.h"

#include "../report/JuceText.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr int mostCardRateHz = 48000, wantedCardBlockFrames = 480;

Error cannotListen(const std::string& why) { return { ExitCode::environment, "listen", why, "choose another sound device" }; }
} // namespace

// ---- the card's callback ---------------------------------------------------------------------------------------------------

CardCallback::CardCallback(int engineRateHz, int engineBlockFrames, std::shared_ptr<Clock> engineClock)
    : rateHz(engineRateHz), blockFrames(engineBlockFrames), clock(std::move(engineClock)), samples(std::make_shared<SampleFifo>(static_cast<size_t>(engineRateHz)))
{
}

void CardCallback::prepare(int cardRateHz, int cardBlockFrames)
{
    cardFeed = std::make_unique<CardFeed>(CardFeed::Config { rateHz, blockFrames, cardRateHz, cardBlockFrames }, samples);
}

void CardCallback::audioDeviceAboutToStart(juce::AudioIODevice* device)
{
    prepare(static_cast<int>(std::lround(device->getCurrentSampleRate())), device->getCurrentBufferSizeSamples());
}

void CardCallback::audioDeviceIOCallbackWithContext(const float* const*, int, float* const* out, int outChannels, int frames,
                                                    const juce::AudioIODeviceCallbackContext&)
{
    const auto count = static_cast<size_t>(std::max(0, frames));
    const float* rendered = nullptr;
    for (int channel = 0; channel < outChannels; ++channel)
    {
        if (out[channel] == nullptr)
            continue;
        if (rendered != nullptr)
            std::copy_n(rendered, count, out[channel]);
        else if (cardFeed != nullptr)
            cardFeed->render({ out[channel], count }, clock->nowNs());
        else
            std::fill_n(out[channel], count, 0.0f);
        rendered = out[channel];
    }
}

// ---- control -------------------------------------------------------------------------------------------------------------

Listening::Listening(Engine& engineToHear)
    : engine(engineToHear),
      callback(engine.config().sampleRateHz, engine.config().sampleRateHz * engine.config().blockMs / 1000,
               engine.config().clock != nullptr ? engine.config().clock : std::make_shared<RealClock>())
{
    listener = engine.addListener([this](const LegEvent& event, const CallInfo&) {
        if (event.kind == LegEvent::Kind::closed && heard.has_value() && heard->what != What::mix && heard->leg == event.leg)
        {
            untap();
            heard.reset();
        }
    });
}

Listening::~Listening()
{
    engine.removeListener(listener);
    stop();
}

std::vector<std::string> Listening::devices()
{
    if (manager == nullptr)
        manager = std::make_unique<juce::AudioDeviceManager>();
    std::vector<std::string> names;
    for (auto* type : manager->getAvailableDeviceTypes())
    {
        type->scanForDevices();
        for (const auto& name : type->getDeviceNames(false))
            names.push_back(name.toStdString());
    }
    return names;
}

Result<void> Listening::start(const std::string& device, const Source& source)
{
    const auto names = devices();
    if (names.empty())
        return cannotListen("there is no sound device");
    if (std::find(names.begin(), names.end(), device) == names.end())
        return cannotListen("there is no sound device " + device);
    stop();
    if (auto tuned = listenTo(source); ! tuned)
        return tuned;

    for (auto* type : manager->getAvailableDeviceTypes())
        if (type->getDeviceNames(false).contains(juceText(device)))
            manager->setCurrentAudioDeviceType(type->getTypeName(), true);
    juce::AudioDeviceManager::AudioDeviceSetup setup;
    setup.outputDeviceName = juceText(device);
    setup.sampleRate = mostCardRateHz;
    setup.bufferSize = wantedCardBlockFrames;
    const auto problem = manager->initialise(0, 2, nullptr, false, {}, &setup);
    const auto* opened = manager->getCurrentAudioDevice();
    if (problem.isNotEmpty() || opened == nullptr || opened->getName().isEmpty())
    {
        stop();
        return cannotListen(device + ": " + (problem.isNotEmpty() ? problem.toStdString() : std::string("it could not be opened")));
    }
    if (manager->getAudioDeviceSetup().sampleRate > mostCardRateHz)
    {
        stop();
        return cannotListen(device + " offers no rate up to 48000 Hz");
    }
    on = true;
    deviceName = device;
    manager->addAudioCallback(&callback);
    return {};
}

Result<void> Listening::listenTo(const Source& source)
{
    TapPoint point;
    if (source.what != What::mix)
    {
        const auto call = engine.call(source.leg);
        if (! call.has_value() || call->channel < 0 || call->state == CallState::closed)
            return Error { ExitCode::wrongUse, "listen to the leg", "it has no call", {} };
        point = { source.what == What::legIn ? TapPoint::Kind::legIn : TapPoint::Kind::legOut, call->channel };
    }
    untap();
    engine.mixer().setTap(point, callback.fifo(), TapUse::listen);
    tapped = point;
    heard = source;
    return {};
}

void Listening::untap()
{
    if (tapped.has_value())
        engine.mixer().setTap(*tapped, nullptr, TapUse::listen);
    tapped.reset();
}

void Listening::stop()
{
    if (manager != nullptr)
    {
        manager->removeAudioCallback(&callback);
        manager->closeAudioDevice();
    }
    untap();
    heard.reset();
    deviceName.clear();
    on = false;
}

Listening::Figures Listening::figures() const
{
    Figures figures;
    figures.droppedSamples = callback.fifo()->droppedSamples();
    if (const auto* feed = callback.feed(); on && feed != nullptr)
    {
        const auto setup = manager->getAudioDeviceSetup();
        figures.cardRateHz = static_cast<int>(std::lround(setup.sampleRate));
        figures.cardBlockFrames = setup.bufferSize;
        figures.underruns = feed->underruns();
        figures.delayMs = feed->delayMs();
        figures.correctionPpm = feed->correctionPpm();
    }
    return figures;
}

} // namespace mw
