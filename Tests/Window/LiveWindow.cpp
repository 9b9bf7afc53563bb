#include "LiveWindow.h"

#include "TouchedControls.h"

#include <algorithm>

using namespace std::chrono_literals;
using namespace mw;

void LiveWindow::SetUp()
{
    Bench::SetUp();
    SipConfig sip;
    sip.listen = "127.0.0.1:0";
    sip.rtpPortMin = ports::freeBlock(40);
    sip.rtpPortMax = sip.rtpPortMin + 39;
    sip.codecs = { "L16", "PCMU" };
    sip.maxLegs = 16;
    sip.port.engineRateHz = rateHz;
    sip.port.maxBlockFrames = rateHz / 50;
    Engine::Config config;
    config.clock = std::make_shared<RealClock>();
    sip.clock = config.clock;
    config.sampleRateHz = rateHz;
    config.mixer.maxLegs = sip.maxLegs;
    factory = makeSipStack(sip);
    bench = std::make_unique<Engine>(config, *factory);
    const auto started = bench->start();
    ASSERT_TRUE(started.ok()) << started.error().message();
}

void LiveWindow::TearDown()
{
    window.reset();
    bench->stop();
    sources.clear();
    sinks.clear();
    bench.reset();
    factory.reset();
    juce::Typeface::clearTypefaceCache();  // it keeps every glyph that was ever drawn, which is no leak
    Bench::TearDown();
}

void LiveWindow::open(MonitorActions actions)
{
    auto opened = MonitorWindow::open(*bench, std::move(actions));
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    window = std::move(opened).value();
    xWindow = std::to_string(reinterpret_cast<std::uintptr_t>(window->getWindowHandle()));
    ASSERT_TRUE(until([this] { return window->isShowing(); }));
    pump(100);
    desk::giveFocus(xWindow);
    ASSERT_TRUE(until([this] { return view().hasKeyboardFocus(true); })) << "the window takes the focus";
}

// ---- hands ---------------------------------------------------------------------------------------------------------------------

namespace
{
std::vector<std::string> positionOf(juce::Component& component, juce::Point<float> part)
{
    const auto area = component.getLocalBounds().toFloat();
    const auto at = component.localPointToGlobal(area.getRelativePoint(part.x, part.y)).roundToInt();
    return { std::to_string(at.x), std::to_string(at.y) };
}

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& more)
{
    first.insert(first.end(), more.begin(), more.end());
    return first;
}
} // namespace

void LiveWindow::moveTo(juce::Component& component, juce::Point<float> part)
{
    touched::note(component);
    desk::xdotool(joined({ "mousemove" }, positionOf(component, part)));
    pump();
}

void LiveWindow::click(juce::Component& component, int times, int button)
{
    moveTo(component);
    desk::xdotool({ "click", "--repeat", std::to_string(times), "--delay", "60", std::to_string(button) });
    pump(80);
}

void LiveWindow::drag(juce::Component& component, juce::Point<float> part, juce::Point<int> by, const std::string& modifier)
{
    moveTo(component, part);
    if (! modifier.empty())
        desk::xdotool({ "keydown", modifier });
    desk::xdotool({ "mousedown", "1" });
    pump();
    constexpr int steps = 4;
    for (int i = 1; i <= steps; ++i)
    {
        const auto now = by * i / steps, before = by * (i - 1) / steps;
        desk::xdotool({ "mousemove_relative", "--", std::to_string(now.x - before.x), std::to_string(now.y - before.y) });
        pump();
    }
    desk::xdotool({ "mouseup", "1" });
    if (! modifier.empty())
        desk::xdotool({ "keyup", modifier });
    pump();
}

void LiveWindow::keys(const std::vector<std::string>& names)
{
    desk::xdotool(joined({ "key", "--delay", "30" }, names));
    pump(200);
}

void LiveWindow::type(const std::string& text)
{
    desk::xdotool({ "type", "--delay", "15", "--", text });
    pump(80);
}

void LiveWindow::typeInto(const juce::String& title, const std::string& text)
{
    click(title, 2);
    keys({ "ctrl+a" });
    type(text);
    keys({ "Return" });
}

juce::Component& LiveWindow::dialogCalled(const juce::String& name)
{
    juce::Component* found = nullptr;
    const auto isThere = [&] {
        auto& desktop = juce::Desktop::getInstance();
        for (int i = 0; i < desktop.getNumComponents(); ++i)
            if (auto* each = desktop.getComponent(i); each->getName() == name && each->isShowing() && each->getPeer() != nullptr)
                found = each;
        return found != nullptr;
    };
    if (! until(isThere))
        throw std::runtime_error("no window '" + name.toStdString() + "' opens");
    pump(200);
    desk::giveFocus(std::to_string(reinterpret_cast<std::uintptr_t>(found->getPeer()->getNativeHandle())));
    pump(100);
    return *found;
}

void LiveWindow::backToWindow()
{
    pump(100);
    desk::giveFocus(xWindow);
    pump(50);
}

juce::Component* LiveWindow::itemCalled(const juce::String& text)
{
    const std::function<juce::Component*(juce::Component&)> search = [&](juce::Component& below) -> juce::Component* {
        for (auto* child : below.getChildren())
        {
            if (auto* handler = child->getAccessibilityHandler();
                handler != nullptr && below.getName() == "menu" && handler->getTitle().startsWith(text))  // JUCE's name of its menus
                return child;
            if (auto* found = search(*child))
                return found;
        }
        return nullptr;
    };
    auto& desktop = juce::Desktop::getInstance();
    for (int i = desktop.getNumComponents(); --i >= 0;)
        if (auto* found = search(*desktop.getComponent(i)))
            return found;
    return nullptr;
}

void LiveWindow::choose(const juce::String& item)
{
    if (! until([&] { return itemCalled(item) != nullptr && itemCalled(item)->isShowing(); }))
        throw std::runtime_error("no menu offers '" + item.toStdString() + "'");
    pump(150);  // a menu that has only just opened takes no click
    click(*itemCalled(item));
    pump(150);
}

void LiveWindow::choose(const juce::String& title, const juce::String& item, int button)
{
    click(title, 1, button);
    choose(item);
}

// ---- time ----------------------------------------------------------------------------------------------------------------------

bool LiveWindow::until(const std::function<bool()>& holds, std::chrono::milliseconds within)
{
    const auto end = std::chrono::steady_clock::now() + within;
    while (! holds())
    {
        if (std::chrono::steady_clock::now() >= end)
            return false;
        pump(10);
    }
    return true;
}

void LiveWindow::letPass(double seconds)
{
    const auto now = [this] { return bench->snapshot().mixer.samplePosition; };
    const auto target = now() + static_cast<uint64_t>(seconds * rateHz);
    ASSERT_TRUE(until([&] { return now() >= target; }));
}

// ---- who is at the other end ---------------------------------------------------------------------------------------------------

Milliwatt& LiveWindow::callsUs(const std::string& user, const std::string& what, const std::vector<std::string>& more)
{
    sources.push_back(std::make_unique<Milliwatt>(folder(), joined({ "source", "--rate", std::to_string(rateHz), "--codecs", "L16,PCMU", "--user", user, "--call", bench->localUri(), "--play", what }, more)));
    return *sources.back();
}

ListeningProgram& LiveWindow::sinkCalled(const std::string& name, const std::vector<std::string>& more)
{
    auto& sink = sinks[name];
    sink = std::make_unique<ListeningProgram>(folder(), "sink", joined({ "--rate", std::to_string(rateHz), "--codecs", "L16,PCMU", "--record", name + ".wav", "--report", name + ".json" }, more));
    return *sink;
}

LegId LiveWindow::dial(const std::string& uri)
{
    const auto before = bench->snapshot().callsTotal;
    click("Address to call");
    type(uri);
    keys({ "Return" });
    LegId leg = 0;
    const auto there = [&] {
        for (const auto& call : bench->calls())
            if (call.peerUri == uri && call.state == CallState::established)
                leg = call.leg;
        return leg != 0 && bench->snapshot().callsTotal > before;
    };
    if (! until(there))
        throw std::runtime_error("no call to " + uri + ": " + (model().log().empty() ? "" : model().log().back().text));
    keys({ "Escape" });  // the keyboard is the window's again
    return leg;
}

LegId LiveWindow::legOf(const std::string& user)
{
    LegId leg = 0;
    const auto there = [&] {
        for (const auto& call : bench->calls())
            if (call.peerName == user && (call.state == CallState::established || call.state == CallState::held))
                leg = call.leg;
        return leg != 0;
    };
    if (! until(there))
        throw std::runtime_error("no call of " + user);
    return leg;
}

juce::var LiveWindow::reportOf(const std::string& name)
{
    for (const auto& call : bench->calls())
        if (call.state != CallState::closed)
            bench->hangUp(call.leg);
    auto& sink = *sinks.at(name);
    EXPECT_TRUE(until([&] { return ! sink.process().isRunning(); }, deadline::finish)) << sink.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    return json(file(name + ".json"));
}

juce::var LiveWindow::expectHeard(const HeardLevels& levels, const std::string& name)
{
    letPass(0.7);  // what the far end's jitter buffer still holds when it is hung up is not heard
    const auto report = reportOf(name);
    size_t stalls = 0;
    const auto ours = incidentsJson(bench->snapshot());
    for (const auto* counter : { "snapshotStalls", "skippedTicks", "lateTicks", "underruns" })
        for (const auto& incidents : { ours, report["incidents"] })
            stalls += static_cast<size_t>(static_cast<juce::int64>(incidents[counter]));
    levels.compareWith(WavFile::read(report["calls"][0]["recording"].toString().toStdString()), stalls);
    return report;
}
