#include "MonitorBench.h"

#include <mw_monitor/session/KeyTable.h>

#include <juce_audio_formats/juce_audio_formats.h>

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
    EXPECT_TRUE(tools.recordButton.getButtonText().startsWith(juce::String::fromUTF8("● 00:00:03"))) << tools.recordButton.getButtonText();
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

TEST(MonitorWelcome, ShowsOurAddressAndCallsWhileNobodyIsThere)
{
    MonitorBench bench;
    bench.view->model().look();
    auto* welcome = MonitorBench::find(*bench.view, "What to do first");
    ASSERT_NE(welcome, nullptr);
    EXPECT_TRUE(welcome->isShowing());
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
}

} // namespace mw::test
