#pragma once

#include "MonitorBench.h"

#include <mw_monitor/strips/LegStrip.h>
#include <mw_monitor/strips/StripList.h>

#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

namespace mw::test
{

/** What tests of strips do over and over: let peers speak, read what is heard, drag, type, choose from a menu. */
class StripsBench
{
public:
    explicit StripsBench(int maxLegs = 64) : bench(maxLegs) {}

    MixerProcessor& mixer() { return bench.engine->mixer(); }
    StripList& list() { return *find<StripList>("Strips of the calls"); }

    template <typename Type>
    Type* find(const juce::String& title)
    {
        return MonitorBench::find<Type>(*bench.view, title);
    }

    /** A peer says 1 kHz at a level from now on [dBm0]. */
    void speak(LegId leg, double levelDbm0, FakeNetwork network = {})
    {
        const auto amplitude = sineAmplitudeFromDbm0(levelDbm0, Law::mu) * 32768.0;
        bench.legs->setVoice(leg, [amplitude](std::span<uint8_t> octets, uint64_t firstSample) {
            for (size_t i = 0; i < octets.size(); ++i)
            {
                const auto phase = 2.0 * juce::MathConstants<double>::pi * static_cast<double>((firstSample + i) % 8) / 8.0 + 0.3;
                octets[i] = FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lround(std::clamp(amplitude * std::sin(phase), -32767.0, 32767.0))));
            }
        }, network);
    }

    /** Level that a leg is sent [dBm0]. */
    double levelOut(LegId leg)
    {
        const auto* row = bench.view->model().snapshot().strip(bench.engine->call(leg)->channel);
        return dbm0FromRms(static_cast<double>(row->out.rms), Law::mu);
    }

    static MeterMarks* marksBeside(juce::Component& part)
    {
        for (auto* sibling : part.getParentComponent()->getChildren())
            if (auto* marks = dynamic_cast<MeterMarks*>(sibling))
                return marks;
        return nullptr;
    }

    static juce::MouseEvent eventAt(juce::Component& component, juce::Point<float> at, juce::ModifierKeys mods, juce::Point<float> from = {})
    {
        const auto now = juce::Time::getCurrentTime();
        return { juce::Desktop::getInstance().getMainMouseSource(), at, mods.withFlags(juce::ModifierKeys::leftButtonModifier), 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
                 &component, &component, now, from, now, 1, at != from };
    }

    /** Presses in the middle of a component, moves down by each of these [px], and lets go. */
    static void drag(juce::Component& component, std::initializer_list<float> way, juce::ModifierKeys mods)
    {
        const auto from = component.getLocalBounds().toFloat().getCentre();
        component.mouseDown(eventAt(component, from, mods, from));
        auto at = from;
        for (const auto down : way)
        {
            at = from.translated(0.0f, down);
            component.mouseDrag(eventAt(component, at, mods, from));
        }
        component.mouseUp(eventAt(component, at, mods, from));
    }

    void type(const char* title, const char* text) { find<juce::Label>(title)->setText(juce::String::fromUTF8(text), juce::sendNotificationSync); }

    /** Does what the first item does whose text begins like this. @returns false when there is none that can be chosen */
    static bool choose(const juce::PopupMenu& menu, const juce::String& beginning)
    {
        for (juce::PopupMenu::MenuItemIterator items(menu); items.next();)
            if (items.getItem().text.startsWith(beginning) && items.getItem().isEnabled && items.getItem().action)
                return items.getItem().action(), true;
        return false;
    }

    MonitorBench bench;
};

} // namespace mw::test
