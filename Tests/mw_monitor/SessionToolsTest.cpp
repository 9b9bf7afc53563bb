#include "Gestures.h"
#include "MonitorBench.h"

#include <mw_monitor/session/KeyTable.h>

#include <juce_audio_formats/juce_audio_formats.h>

#include <array>
#include <map>
#include <set>

namespace mw::test
{
namespace
{
/** A folder for one test, removed at its end. */
struct Place
{
    Place() : folder(juce::File::createTempFile("milliwatt-monitor")) { folder.createDirectory(); }
    ~Place() { folder.deleteRecursively(); }
    [[nodiscard]] juce::File file(const juce::String& name) const { return folder.getChildFile(name); }
    const juce::File folder;
};

/** The item of a menu whose text begins so, or nothing. */
std::optional<juce::PopupMenu::Item> itemOf(const juce::PopupMenu& menu, const juce::String& begin)
{
    for (juce::PopupMenu::MenuItemIterator items(menu); items.next();)
        if (items.getItem().text.startsWith(begin))
            return items.getItem();
    return {};
}

juce::KeyPress ctrl(int key, bool shift = false)
{
    return { key, juce::ModifierKeys(juce::ModifierKeys::commandModifier | (shift ? juce::ModifierKeys::shiftModifier : 0)), 0 };
}

/** The bench's engine in a window that keeps its session in a file. */
std::unique_ptr<MonitorView> viewOf(MonitorBench& bench, const juce::File& last)
{
    MonitorActions actions;
    actions.lastSession = last;
    return std::make_unique<MonitorView>(*bench.engine, actions);
}
} // namespace

TEST(MonitorSession, SavesAndOpensEverythingThatTheWindowSet)
{
    const Place place;
    MonitorBench bench;
    ASSERT_TRUE(bench.engine->dial("sip:alice@example.com", "dial").ok());
    bench.run(0.1);
    auto& mixer = bench.engine->mixer();
    mixer.setStripGainDb(0, -7.5);
    mixer.setOutputGainDb(2.0);
    bench.view->setTheme(Theme::light);
    bench.view->setScale(150);
    bench.view->model().showDbfs(true);
    ASSERT_TRUE(bench.view->session().saveTo(place.file("lab.mw")).ok());
    EXPECT_EQ(bench.view->session().file(), place.file("lab.mw"));

    MonitorBench other;
    ASSERT_TRUE(other.view->session().open(place.file("lab.mw")).ok());
    other.run(0.1);
    EXPECT_EQ(other.engine->calls().size(), 1u);
    EXPECT_EQ(other.engine->calls()[0].peerUri, "sip:alice@example.com");
    EXPECT_EQ(other.engine->mixer().stripGainDb(0), -7.5);
    EXPECT_EQ(other.engine->mixer().outputGainDb(), 2.0);
    EXPECT_EQ(other.view->theme(), Theme::light);
    EXPECT_EQ(other.view->scale(), 150);
    EXPECT_TRUE(other.view->model().showsDbfs());
    EXPECT_EQ(other.view->session().capture().encode(), Session::load(place.file("lab.mw")).value().session.encode());
}

TEST(MonitorSession, AWrongFileChangesNothingAndIsSaidInTheLog)
{
    const Place place;
    ASSERT_TRUE(place.file("bad.mw").replaceWithText(R"({"format":"milliwatt-session","version":1,"gains":{"masterInDb":-5,"masterOutDb":99}})"));
    MonitorBench bench;
    EXPECT_FALSE(bench.view->session().open(place.file("bad.mw")).ok());
    EXPECT_EQ(bench.engine->mixer().masterInGainDb(), 0.0);
    ASSERT_FALSE(bench.view->model().log().empty());
    EXPECT_NE(bench.view->model().log().back().text.find("gains.masterOutDb: 99"), std::string::npos);
    EXPECT_EQ(bench.view->model().log().back().weight, LogEntry::Weight::bad);
    EXPECT_EQ(bench.view->session().file(), juce::File());
}

TEST(MonitorSession, IsKeptWhenTheWindowClosesAndOfferedWhenItOpens)
{
    const Place place;
    const auto last = place.file("milliwatt/last-session.json");
    {
        MonitorBench bench;
        auto view = viewOf(bench, last);
        EXPECT_FALSE(view->session().last().has_value());
        ASSERT_TRUE(bench.engine->dial("sip:alice@example.com", "dial").ok());
        ASSERT_TRUE(bench.engine->dial("sip:bob@example.com", "dial").ok());
        bench.run(0.1);
        view.reset();
        ASSERT_TRUE(last.existsAsFile());
    }
    MonitorBench bench;
    auto view = viewOf(bench, last);
    view->model().look();
    auto* button = MonitorBench::find<juce::TextButton>(*view, "Continue last session");
    ASSERT_NE(button, nullptr);
    EXPECT_TRUE(button->isVisible());
    EXPECT_EQ(button->getButtonText(), "Continue last session: 2 legs, conference");
    button->onClick();
    bench.run(0.1);
    EXPECT_EQ(bench.engine->calls().size(), 2u);
}

TEST(MonitorSession, KeepsThePanelsSizesAndTheDetailTab)
{
    const Place place;
    MonitorBench bench;
    auto& calls = *MonitorBench::find(*bench.view, "Calls");
    auto& dtmf = *MonitorBench::find(*bench.view, "DTMF");
    auto& detail = *MonitorBench::find<DetailPanel>(*bench.view, "Details");
    const auto press = [&bench](const juce::String& divider, int key, int times) {
        auto* found = MonitorBench::find<PanelDivider>(*bench.view, divider);
        ASSERT_NE(found, nullptr) << divider;
        for (int i = 0; i < times; ++i)
            EXPECT_TRUE(found->keyPressed(juce::KeyPress(key)));
    };
    const auto before = std::array { calls.getWidth(), dtmf.getWidth(), detail.getHeight() };
    press("Width of the calls", juce::KeyPress::rightKey, 4);
    press("Width of the DTMF panel", juce::KeyPress::leftKey, 3);
    press("Height of the details", juce::KeyPress::upKey, 5);
    EXPECT_EQ(calls.getWidth(), before[0] + 32);
    EXPECT_EQ(dtmf.getWidth(), before[1] + 24);
    EXPECT_EQ(detail.getHeight(), before[2] + 40);
    ASSERT_TRUE(detail.show("Spectrum"));
    ASSERT_TRUE(bench.view->session().saveTo(place.file("lab.mw")).ok());

    MonitorBench other;
    ASSERT_TRUE(other.view->session().open(place.file("lab.mw")).ok());
    auto& otherDetail = *MonitorBench::find<DetailPanel>(*other.view, "Details");
    EXPECT_EQ(MonitorBench::find(*other.view, "Calls")->getWidth(), before[0] + 32);
    EXPECT_EQ(MonitorBench::find(*other.view, "DTMF")->getWidth(), before[1] + 24);
    EXPECT_EQ(otherDetail.getHeight(), before[2] + 40);
    EXPECT_EQ(otherDetail.shownTab(), "Spectrum");
    auto* page = MonitorBench::find(otherDetail, "Spectrum page");
    ASSERT_NE(page, nullptr);
    EXPECT_TRUE(page->isShowing()) << "the tab's page is in front, not its name alone";

    // What is out of every measure leaves a window that can be used.
    ASSERT_TRUE(place.file("odd.mw").replaceWithText(R"({"format":"milliwatt-session","version":1,
        "layout":{"callsWidth":99999,"dtmfWidth":-5,"detailPercent":100,"detailTab":"Flute"}})"));
    ASSERT_TRUE(other.view->session().open(place.file("odd.mw")).ok());
    for (const auto* panel : { "Calls", "DTMF", "Details", "Strips" })
    {
        const auto* found = MonitorBench::find(*other.view, panel);
        EXPECT_GE(found->getWidth(), 200) << panel;
        EXPECT_GE(found->getHeight(), 120) << panel;
        EXPECT_TRUE(other.view->getLocalBounds().contains(found->getBounds())) << panel;
    }
    EXPECT_EQ(otherDetail.shownTab(), "Spectrum");
}

TEST(MonitorSession, DividersAreDraggedAndGiveBackTheUsualSize)
{
    MonitorBench bench;
    auto& calls = *MonitorBench::find(*bench.view, "Calls");
    auto& divider = *MonitorBench::find<PanelDivider>(*bench.view, "Width of the calls");
    const auto usual = calls.getWidth();
    const auto down = mouseIn(divider);
    divider.mouseDown(down);
    divider.mouseDrag(down.withNewPosition(down.position + juce::Point<float>(40.0f, 3.0f)));
    EXPECT_EQ(calls.getWidth(), usual + 40);
    divider.mouseDoubleClick(down);
    EXPECT_EQ(calls.getWidth(), usual);
}

TEST(MonitorSession, WhatWasDialledIsKnownToTheNextRun)
{
    const Place place;
    const auto last = place.file("milliwatt/last-session.json");
    {
        MonitorBench bench;
        auto view = viewOf(bench, last);
        auto& dial = MonitorBench::find<CallsPanel>(*view, "Calls")->dialBox();
        for (const auto* uri : { "alice@example.com", "sip:bob@example.com", "sip:alice@example.com" })
            EXPECT_TRUE(dial.dial(uri));
        // The box in the middle of an empty window is the same history.
        MonitorBench other;
        auto empty = viewOf(other, last);
        auto* welcome = MonitorBench::find(*empty, "What to do first");
        MonitorBench::find<juce::TextEditor>(*welcome, "Address to call")->setText("carol@example.com", false);
        MonitorBench::find<juce::TextButton>(*welcome, "Call the address")->onClick();
    }
    MonitorBench bench;
    auto view = viewOf(bench, last);
    auto& calls = *MonitorBench::find<CallsPanel>(*view, "Calls");
    const std::deque<std::string> expected { "sip:carol@example.com", "sip:alice@example.com", "sip:bob@example.com" };
    EXPECT_EQ(calls.dialBox().history().all(), expected) << "before anything of the last session is continued";
    auto* editor = MonitorBench::find<juce::TextEditor>(calls, "Address to call");
    EXPECT_TRUE(editor->keyPressed(juce::KeyPress(juce::KeyPress::upKey)));
    EXPECT_EQ(editor->getText(), "sip:carol@example.com");

    const std::string odd = "sip:ok@example.com\n\xff\xfe\nsip:a@b:99999\n";
    ASSERT_TRUE(last.getSiblingFile("dialled.txt").replaceWithData(odd.data(), odd.size()));
    DialHistory history;
    history.keepIn(last.getSiblingFile("dialled.txt"));
    EXPECT_EQ(history.all(), std::deque<std::string> { "sip:ok@example.com" });
    history.keepIn(place.folder);
    EXPECT_FALSE(history.add("sip:dave@example.com").ok()) << "a folder is no file";
    EXPECT_EQ(history.all().front(), "sip:dave@example.com");
}

TEST(MonitorTitles, NoTwoControlsHaveTheSameTitle)
{
    MonitorBench bench;
    bench.call("sip:alice@example.com");
    bench.call("sip:bob@example.com");
    auto& detail = *MonitorBench::find<DetailPanel>(*bench.view, "Details");
    std::map<juce::String, int> titles;
    const std::function<void(juce::Component&)> gather = [&](juce::Component& below) {
        for (auto* child : below.getChildren())
        {
            if (child->getWantsKeyboardFocus() && child->isShowing())
                ++titles[child->getTitle()];
            gather(*child);
        }
    };
    for (const auto& tab : detail.tabNames())
    {
        ASSERT_TRUE(detail.show(tab));
        titles.clear();
        gather(*bench.view);
        for (const auto& [title, count] : titles)
            EXPECT_TRUE(count == 1 || title.isEmpty()) << count << " controls are called '" << title << "' with the tab " << tab;
        EXPECT_GT(titles.size(), 50u);
    }
}

TEST(MonitorSession, TheBenchsOwnWindowKeepsNoSession)
{
    const auto before = Session::lastSessionFile().getLastModificationTime();
    {
        MonitorBench bench;
    }
    EXPECT_EQ(Session::lastSessionFile().getLastModificationTime(), before);
}

TEST(MonitorSession, ItsMenuUndoesAndRedoes)
{
    MonitorBench bench;
    auto menu = bench.view->tools().sessionMenu();
    ASSERT_TRUE(itemOf(menu, "Undo").has_value());
    EXPECT_FALSE(itemOf(menu, "Undo")->isEnabled);
    EXPECT_TRUE(itemOf(menu, "Open")->isEnabled);
    EXPECT_TRUE(itemOf(menu, "Save as")->isEnabled);
}

TEST(MonitorRecording, ShowsClockAndSizeAndWritesTheMix)
{
    const Place place;
    MonitorBench bench;
    auto& tools = bench.view->tools();
    tools.setRecordingFolder(place.file("takes"));
    const auto leg = bench.call("sip:alice@example.com");
    bench.view->model().select(leg);
    EXPECT_EQ(tools.recordButton.getButtonText(), "Record");
    ASSERT_TRUE(bench.view->keyPressed(ctrl('r')));
    auto one = itemOf(tools.recordMenu(), "Record leg 1, ");
    ASSERT_TRUE(one.has_value());
    one->action();
    bench.run(1.0);
    for (int i = 0; i < 20; ++i)
        bench.run(0.1);
    EXPECT_TRUE(tools.recordButton.getButtonText().startsWith("00:00:03")) << tools.recordButton.getButtonText();
    EXPECT_TRUE(itemOf(tools.recordMenu(), "Stop: the mix, 00:00:03").has_value());
    ASSERT_TRUE(bench.view->keyPressed(ctrl('r')));
    EXPECT_EQ(tools.recordButton.getButtonText(), "Record");

    const auto files = place.file("takes").findChildFiles(juce::File::findFiles, false, "*.wav");
    ASSERT_EQ(files.size(), 2);
    juce::WavAudioFormat wav;
    for (const auto& file : files)
    {
        const std::unique_ptr<juce::AudioFormatReader> reader(wav.createReaderFor(file.createInputStream().release(), true));
        ASSERT_NE(reader, nullptr);
        EXPECT_EQ(reader->sampleRate, 16000.0);
        EXPECT_EQ(reader->lengthInSamples, 48000);
    }
}

TEST(MonitorRecording, AFolderThatCannotBeMadeIsSaidAndNothingIsRecorded)
{
    const Place place;
    ASSERT_TRUE(place.file("plain").replaceWithText("x"));
    MonitorBench bench;
    bench.view->tools().setRecordingFolder(place.file("plain"));
    bench.view->tools().toggleRecording();
    EXPECT_FALSE(bench.view->tools().recordings().isRecording());
    ASSERT_FALSE(bench.view->model().log().empty());
    EXPECT_EQ(bench.view->model().log().back().weight, LogEntry::Weight::bad);
}

TEST(MonitorListening, TheMenuSaysThatThereIsNoDeviceOrOffersTheMixOnEach)
{
    MonitorBench bench;
    const auto menu = bench.view->tools().listenMenu();
    if (bench.view->tools().listening().devices().empty())
    {
        ASSERT_TRUE(itemOf(menu, "no sound device").has_value());
        EXPECT_FALSE(itemOf(menu, "no sound device")->isEnabled);
    }
    else
        EXPECT_TRUE(itemOf(menu, "The mix").has_value());
    bench.view->tools().listen("no such card", {});
    EXPECT_EQ(bench.view->model().log().back().weight, LogEntry::Weight::bad);
}

TEST(MonitorKeys, TheOverlayListsThemAndAnyKeyClosesIt)
{
    MonitorBench bench;
    auto* overlay = MonitorBench::find(*bench.view, "Keys of the window");
    ASSERT_NE(overlay, nullptr);
    EXPECT_FALSE(overlay->isVisible());
    EXPECT_TRUE(bench.view->keyPressed(juce::KeyPress('?', juce::ModifierKeys::shiftModifier, '?')));
    EXPECT_TRUE(overlay->isVisible());
    for (const auto& line : keyTable)
        EXPECT_TRUE(overlay->getDescription().contains(juce::String::fromUTF8(line.what.data(), static_cast<int>(line.what.size()))));
    EXPECT_TRUE(overlay->keyPressed(juce::KeyPress(juce::KeyPress::escapeKey)));
    EXPECT_FALSE(overlay->isVisible());
    EXPECT_TRUE(bench.view->keyPressed(juce::KeyPress(juce::KeyPress::F1Key)));
    EXPECT_TRUE(overlay->isVisible());
}

TEST(MonitorKeys, NoKeyStandsTwiceInOneGroup)
{
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const auto& line : keyTable)
        EXPECT_TRUE(seen.insert({ line.group, line.keys }).second) << line.keys;
}

TEST(MonitorScale, GrowsAndShrinksByKeysWithinItsBounds)
{
    MonitorBench bench;
    EXPECT_EQ(bench.view->scale(), 100);
    EXPECT_TRUE(bench.view->keyPressed(ctrl('+')));
    EXPECT_TRUE(bench.view->keyPressed(ctrl('=')));
    EXPECT_EQ(bench.view->scale(), 150);
    EXPECT_TRUE(bench.view->keyPressed(ctrl('-')));
    EXPECT_EQ(bench.view->scale(), 125);
    bench.view->setScale(900);
    EXPECT_EQ(bench.view->scale(), 200);
    EXPECT_TRUE(bench.view->keyPressed(ctrl('0')));
    EXPECT_EQ(bench.view->scale(), 100);
}

TEST(MonitorScale, TheWindowDrawsEverythingLargerInTheSamePlace)
{
    MonitorBench bench;
    auto opened = MonitorWindow::open(*bench.engine, {});
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    auto& view = opened.value()->view();
    const auto before = view.getWidth();
    view.setScale(125);
    const auto* content = opened.value()->getContentComponent();
    EXPECT_NEAR(view.getWidth() * 1.25, content->getWidth(), 1.5);
    EXPECT_LT(view.getWidth(), before);
    EXPECT_EQ(view.getLocalArea(content, content->getLocalBounds()).getWidth(), view.getWidth());
    view.setScale(100);
    EXPECT_EQ(view.getWidth(), content->getWidth());
}

TEST(MonitorWindow, KeysReachTheContentWhenTheWindowIsGivenTheFocus)
{
    MonitorBench bench;
    auto opened = MonitorWindow::open(*bench.engine, {});
    ASSERT_TRUE(opened.ok()) << opened.error().message();
    auto& window = *opened.value();
    juce::Component::unfocusAllComponents();
    ASSERT_NE(window.getPeer(), nullptr);
    window.getPeer()->handleFocusGain();  // as the window manager's choice arrives
    EXPECT_TRUE(window.view().hasKeyboardFocus(true));
    EXPECT_EQ(window.view().theme(), Theme::dark);
    EXPECT_TRUE(window.getPeer()->handleKeyPress(juce::KeyPress('t', juce::ModifierKeys::commandModifier, 0)));
    EXPECT_EQ(window.view().theme(), Theme::light);
}

TEST(MonitorWelcome, ShowsOurAddressAndCallsWhileNobodyIsThere)
{
    MonitorBench bench;
    bench.view->model().look();
    auto* welcome = MonitorBench::find(*bench.view, "What to do first");
    ASSERT_NE(welcome, nullptr);
    EXPECT_TRUE(welcome->isShowing());
    for (const auto* title : { "Our address", "Address to call", "Copy our address", "Call the address" })
    {
        auto* part = MonitorBench::find(*welcome, title);
        ASSERT_NE(part, nullptr) << title;
        EXPECT_TRUE(welcome->getLocalBounds().contains(part->getBounds())) << title << " has room";
        EXPECT_GE(part->getHeight(), 24) << title;
    }
    const auto* address = MonitorBench::find<juce::TextEditor>(*welcome, "Our address");
    ASSERT_NE(address, nullptr);
    EXPECT_TRUE(address->isReadOnly());
    EXPECT_EQ(address->getText(), "sip:fake@127.0.0.1:5060");
    auto* uri = MonitorBench::find<juce::TextEditor>(*welcome, "Address to call");
    uri->setText("alice@example.com", false);
    MonitorBench::find<juce::TextButton>(*welcome, "Call the address")->onClick();
    bench.run(0.1);
    ASSERT_EQ(bench.engine->calls().size(), 1u);
    EXPECT_EQ(bench.engine->calls()[0].peerUri, "sip:alice@example.com");
    EXPECT_FALSE(welcome->isShowing()) << "there is a call";
    EXPECT_TRUE(uri->isEmpty());
    bench.engine->hangUp(bench.engine->calls()[0].leg);
    bench.run(0.2);
    EXPECT_TRUE(welcome->isShowing());
}

TEST(MonitorWelcome, OffersTheDemoOnceAndSaysWhyItDoesNotStart)
{
    MonitorBench bench;
    int tries = 0;
    auto works = false;
    MonitorActions actions;
    actions.tryDemo = [&]() -> Result<void> {
        ++tries;
        if (! works)
            return Error { ExitCode::environment, "try the demo", "no speech is installed", {} };
        return {};
    };
    MonitorView view(*bench.engine, actions);
    auto* demo = MonitorBench::find<juce::TextButton>(view, "Try the demo");
    ASSERT_NE(demo, nullptr);
    demo->onClick();
    EXPECT_NE(view.model().log().back().text.find("no speech is installed"), std::string::npos);
    EXPECT_TRUE(demo->isEnabled());
    works = true;
    demo->onClick();
    EXPECT_FALSE(demo->isEnabled());
    EXPECT_EQ(tries, 2);

    bench.run(0.1);
    view.model().look();
    EXPECT_FALSE(demo->isEnabled()) << "its calls are still to come";
    const auto leg = bench.legs->ring("sip:speech@127.0.0.1");
    bench.run(0.1);
    view.model().look();
    EXPECT_FALSE(demo->isEnabled());
    bench.engine->hangUp(leg);
    bench.run(0.2);
    view.model().look();
    EXPECT_TRUE(demo->isEnabled()) << "the demo's calls are over";
    EXPECT_EQ(demo->getButtonText(), "Try the demo");
}

} // namespace mw::test
