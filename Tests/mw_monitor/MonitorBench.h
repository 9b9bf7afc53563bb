#pragma once

#include "../Support/FakeLegs.h"

#include <mw_monitor/mw_monitor.h>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mw::test
{

/** An engine with fake legs on a manual clock, and the whole of the window's content over it, on a desktop window of its own so
    that focus and mouse work as for a person. */
class MonitorBench
{
public:
    explicit MonitorBench(int maxLegs = 64, int rateHz = 16000)
    {
        FakeLegFactory::Config legConfig;
        legConfig.clock = clock;
        legConfig.port.engineRateHz = rateHz;
        legConfig.port.maxBlockFrames = rateHz / 50;
        legs = std::make_unique<FakeLegFactory>(legConfig);
        Engine::Config config;
        config.clock = clock;
        config.sampleRateHz = rateHz;
        config.runMediaThread = false;
        config.mixer.maxLegs = maxLegs;
        engine = std::make_unique<Engine>(config, *legs);
        EXPECT_TRUE(engine->start().ok());
        view = std::make_unique<MonitorView>(*engine, MonitorActions { .tryDemo = {}, .quit = [this] { ++quits; } });
        view->addToDesktop(juce::ComponentPeer::windowAppearsOnTaskbar);
        view->setVisible(true);
        pump();
    }

    ~MonitorBench()
    {
        view.reset();
        engine->stop();
        juce::Typeface::clearTypefaceCache();  // it keeps every glyph that was ever drawn, which is no leak
    }

    /** Somebody calls and is answered. @returns the call's number */
    LegId call(const std::string& uri)
    {
        const auto leg = legs->ring(uri);
        run(0.1);
        return leg;
    }

    /** Media for a time [s], then one look of the window. */
    void run(double seconds)
    {
        for (int tick = 0; tick < static_cast<int>(seconds * 50.0 + 0.5); ++tick)
        {
            legs->pump();
            engine->handleEvents();
            engine->runTick();
            clock->advanceNs(20'000'000);
        }
        view->model().look();
    }

    /** Lets the message loop deliver what waits. */
    static void pump(int ms = 20) { juce::MessageManager::getInstance()->runDispatchLoopUntil(ms); }

    /** The first component below another with this title (setTitle), or null. */
    template <typename Type = juce::Component>
    static Type* find(juce::Component& below, const juce::String& title)
    {
        for (auto* child : below.getChildren())
        {
            if (child->getTitle() == title)
                if (auto* found = dynamic_cast<Type*>(child))
                    return found;
            if (auto* found = find<Type>(*child, title))
                return found;
        }
        return nullptr;
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    std::unique_ptr<FakeLegFactory> legs;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<MonitorView> view;
    int quits = 0;
};

} // namespace mw::test
