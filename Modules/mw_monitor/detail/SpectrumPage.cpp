#include "SpectrumPage.h"

#include "../look/Layout.h"

namespace mw
{

SpectrumPage::SpectrumPage(MonitorModel& modelToShow) : model(modelToShow), spectrumView(modelToShow)
{
    setTitle("Spectrum page");
    for (auto* button : { &received, &sent })
    {
        setButtonStyle(*button, ButtonStyle::toggle);
        button->setClickingTogglesState(true);
        button->setRadioGroupId(1);
    }
    setButtonStyle(hold, ButtonStyle::toggle);
    hold.setClickingTogglesState(true);
    received.setToggleState(true, juce::dontSendNotification);
    hold.setToggleState(true, juce::dontSendNotification);
    received.setTitle("Spectrum of what the leg sends us");
    sent.setTitle("Spectrum of what the leg is sent");
    hold.setTitle("Hold peaks of the spectrum");
    received.setTooltip("What comes from the selected leg, after its trim");
    sent.setTooltip("What the selected leg is sent: its mix");
    hold.setTooltip("Draw the greatest level of each line since then");
    received.onClick = sent.onClick = [this] { refresh(); };
    hold.onClick = [this] { spectrumView.holdPeaks(hold.getToggleState()); };
    source.setFont(layout::smallFont());
    source.setJustificationType(juce::Justification::centredRight);
    source.setTitle("Source of the spectrum");
    toolRow.add(source, 152);
    toolRow.add(received, 76);
    toolRow.add(sent, 52);
    toolRow.add(hold, 92);
    addAndMakeVisible(spectrumView);
    addAndMakeVisible(waveform);
}

TapPoint SpectrumPage::wantedPoint() const
{
    const auto* call = model.call(model.selected());
    if (call == nullptr || call->channel < 0 || call->state == CallState::closed)
        return { TapPoint::Kind::mix, 0 };
    return { sent.getToggleState() ? TapPoint::Kind::legOut : TapPoint::Kind::legIn, call->channel };
}

void SpectrumPage::listenAt(TapPoint point)
{
    auto& mixer = model.engine().mixer();
    spectrum = std::make_unique<LevelSpectrum>(model.engine().config().sampleRateHz, model.snapshot().law);
    watch.reset();
    watch = std::make_unique<SampleWatch>(mixer, point, spectrum->length());
    spectrumView.clear();
    waveform.clear();
    tellSource();
}

void SpectrumPage::tellSource()
{
    const auto point = watch->point();
    const auto* call = point.kind == TapPoint::Kind::mix ? nullptr : model.call(model.selected());
    source.setText(call == nullptr ? juce::String("the mix") : juceText(call->peerName.empty() ? call->peerUri
            : call->peerName), juce::dontSendNotification);
    received.setEnabled(call != nullptr);
    sent.setEnabled(call != nullptr);
}

void SpectrumPage::setShown(bool shown)
{
    isShown = shown;
    if (! shown)
        watch.reset();
}

void SpectrumPage::refresh()
{
    if (! isShown)
        return;
    if (const auto wanted = wantedPoint(); watch == nullptr || watch->point() != wanted)
        listenAt(wanted);
    if (watch->look() == 0 || watch->taken() < spectrum->length())
        return;
    const auto samples = watch->latest();
    const auto levels = spectrum->analyse(samples);  // before strongest(), which is of the latest one
    spectrumView.show(levels, spectrum->binHz(), spectrum->strongest());
    waveform.show(samples.last(std::min(samples.size(),
            static_cast<size_t>(WaveformView::seconds * model.engine().config().sampleRateHz))));
}

void SpectrumPage::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void SpectrumPage::resized()
{
    auto area = getLocalBounds().reduced(layout::grid, layout::half);
    waveform.setBounds(area.removeFromRight(area.getWidth() / 3));
    area.removeFromRight(layout::grid);
    spectrumView.setBounds(area);
}

} // namespace mw
