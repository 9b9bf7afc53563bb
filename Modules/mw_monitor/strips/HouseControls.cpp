#include "HouseStripView.h"

#include "../look/Figures.h"

namespace mw
{

namespace
{
constexpr double leastToneHz = 1.0, leastToneDbm0 = -70.0;

StateLook stateOf(bool on, const juce::String& word)
{
    return { on ? StateShape::disc : StateShape::ring, word, on ? &Palette::good : &Palette::off };
}

/** One below the other, from the top; what has no room is not shown. */
void stack(juce::Rectangle<int> area, std::initializer_list<juce::Component*> parts)
{
    for (auto* part : parts)
    {
        const auto fits = area.getHeight() >= layout::rowHeight;
        part->setVisible(fits);
        part->setBounds(fits ? area.removeFromTop(layout::rowHeight) : juce::Rectangle<int>());
        area.removeFromTop(layout::half);
    }
}

class DigitControls final : public HouseControls
{
public:
    explicit DigitControls(MonitorModel& modelToShow) : model(modelToShow)
    {
        on.setButtonText("On");
        on.setTitle("DTMF on");
        on.setTooltip("Whether digits are heard in the mix");
        on.setClickingTogglesState(true);
        addAndMakeVisible(on);
        attachment = std::make_unique<juce::ButtonParameterAttachment>(*model.engine().mixer().parameters().dtmfOn, on, &model.undoManager());
    }

    StateLook look() override
    {
        const auto digit = model.snapshot().mixer.dtmfDigit;
        return digit != 0 ? stateOf(true, juce::String::charToString(static_cast<juce::juce_wchar>(digit))) : stateOf(false, "silent");
    }

    void resized() override { stack(getLocalBounds(), { &on }); }

private:
    MonitorModel& model;
    juce::TextButton on;
    std::unique_ptr<juce::ButtonParameterAttachment> attachment;
};

class ToneControls final : public HouseControls
{
public:
    explicit ToneControls(MonitorModel& modelToShow) : model(modelToShow)
    {
        frequency.setTitle("Frequency of the tone");
        frequency.setTooltip("Frequency [Hz], up to half the engine's rate");
        level.setTitle("Level of the tone");
        level.setTooltip("Level before the fader [dBm0]");
        on.setButtonText("On");
        on.setTitle("Tone on");
        on.setTooltip("Starts and stops the tone");
        for (auto* part : std::initializer_list<juce::Component*> { &on, &frequency, &level })
            addAndMakeVisible(part);
        on.onClick = [this] {
            auto setting = model.tone();
            setting.on = ! setting.on;
            model.setTone(setting);
        };
        frequency.onTyped = [this](const juce::String& typed) {
            const auto most = 0.5 * model.engine().config().sampleRateHz;
            return take(typed, "Hz", leastToneHz, most, &ToneSetting::frequencyHz);
        };
        level.onTyped = [this](const juce::String& typed) {
            return take(typed, "dBm0", leastToneDbm0, overloadDbm0(model.snapshot().law), &ToneSetting::levelDbm0);
        };
    }

    StateLook look() override
    {
        const auto tone = model.tone();
        const auto wide = getWidth() >= layout::compactStripWidth;
        frequency.show(figures::of(tone.frequencyHz, tone.frequencyHz == std::floor(tone.frequencyHz) ? 0 : 1) + (wide ? " Hz" : ""));
        level.show(gainText(tone.levelDbm0) + (wide ? " dBm0" : ""));
        on.setToggleState(tone.on, juce::dontSendNotification);
        return stateOf(tone.on, tone.on ? "on" : "off");
    }

    void resized() override { stack(getLocalBounds(), { &on, &frequency, &level }); }

private:
    bool take(const juce::String& typed, const char* unit, double least, double most, double ToneSetting::*member)
    {
        const auto number = numberFromTyped(typed, unit);
        if (! number.has_value() || *number < least || *number > most)
        {
            model.note(LogEntry::Weight::bad, "'" + typed.toStdString() + "' is not from " + fixedText(least, 0) + " to " + fixedText(most, 2) + " "
                                                  + unit + "; nothing changed");
            return false;
        }
        auto setting = model.tone();
        setting.*member = *number;
        return model.setTone(setting);
    }

    MonitorModel& model;
    juce::TextButton on;
    TypedField frequency, level;
};

class PlayerControls final : public HouseControls
{
public:
    explicit PlayerControls(MonitorModel& modelToShow) : model(modelToShow)
    {
        open.setTitle("Open a sound file");
        open.setTooltip("Choose a WAV, AIFF or FLAC file; it plays at once");
        play.setTitle("Play the file");
        loop.setTitle("Repeat the file");
        loop.setTooltip("Begin again at the end");
        open.setButtonText(juce::String::fromUTF8("Open…"));
        loop.setButtonText("Loop");
        for (auto* part : std::initializer_list<juce::Component*> { &play, &open, &loop })
            addAndMakeVisible(part);
        open.onClick = [this] { choose(); };
        play.onClick = [this] { model.player().state() == Player::State::playing ? model.player().stop() : model.player().play(); };
        loop.onClick = [this] { model.player().setRepeat(model.player().repeat() == Repeat::yes ? Repeat::no : Repeat::yes); };
    }

    StateLook look() override
    {
        auto& player = model.player();
        const auto state = player.state();
        play.setButtonText(state == Player::State::playing ? "Stop" : "Play");
        play.setEnabled(state == Player::State::playing || state == Player::State::stopped);
        play.setTooltip(state == Player::State::empty ? juce::String("Open a file first") : "Play or stop " + player.file().getFileName());
        loop.setToggleState(player.repeat() == Repeat::yes, juce::dontSendNotification);
        switch (state)
        {
            case Player::State::empty: return stateOf(false, "no file");
            case Player::State::loading: return { StateShape::half, "reads", &Palette::waiting };
            case Player::State::stopped: return stateOf(false, "stopped");
            case Player::State::playing: return stateOf(true, "plays");
        }
        return stateOf(false, "no file");
    }

    void resized() override { stack(getLocalBounds(), { &play, &open, &loop }); }

private:
    void choose()
    {
        chooser = std::make_unique<juce::FileChooser>("Play a sound file", model.player().file(), "*.wav;*.aiff;*.aif;*.flac", false);
        chooser->launchAsync(juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles, [this](const juce::FileChooser& done) {
            const auto file = done.getResult();
            if (file == juce::File())
                return;
            if (const auto begun = model.player().load(file); ! begun)
                model.note(LogEntry::Weight::bad, begun.error().message());
        });
    }

    MonitorModel& model;
    juce::TextButton open, play, loop;
    std::unique_ptr<juce::FileChooser> chooser;
};
} // namespace

std::unique_ptr<HouseControls> makeDigitControls(MonitorModel& model) { return std::make_unique<DigitControls>(model); }
std::unique_ptr<HouseControls> makeToneControls(MonitorModel& model) { return std::make_unique<ToneControls>(model); }
std::unique_ptr<HouseControls> makePlayerControls(MonitorModel& model) { return std::make_unique<PlayerControls>(model); }

} // namespace mw
