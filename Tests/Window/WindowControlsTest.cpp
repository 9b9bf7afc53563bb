#include "HeardLevels.h"
#include "LiveWindow.h"

#include <mw_monitor/detail/DetailPanel.h>
#include <mw_monitor/detail/LogPage.h>
#include <mw_monitor/detail/TimePlot.h>

using namespace mw;

/** Controls that change what is seen, kept or recorded, during a live call whose sound they must leave alone. */
class WindowControls : public LiveWindow
{
protected:
    void SetUp() override
    {
        LiveWindow::SetUp();
        open();
        view().tools().setRecordingFolder(juce::File(juceText(file("takes").string())));
        callsUs("alice", "tone:1004@-20");
        alice = legOf("alice");
        dial(sinkCalled("ear").uri());
        letPass(0.3);
    }

    /** Ends the calls: the far end heard one level, whatever was touched. */
    void expectUndisturbed(const std::string& what)
    {
        HeardLevels levels;
        levels.expect(what, "moved", -20.0);
        expectHeard(levels, "ear");
    }

    bool isOn(const juce::String& title) { return named<juce::Button>(title).getToggleState(); }
    static juce::String clipboard() { return juce::SystemClipboard::getTextFromClipboard(); }

    /** Names a file in JUCE's dialog, which is a window of its own. */
    void nameFile(const juce::String& dialog, const std::string& path)
    {
        juce::TextEditor* name = nullptr;
        const std::function<void(juce::Component&)> search = [&](juce::Component& below) {
            for (auto* child : below.getChildren())
            {
                if (auto* editor = dynamic_cast<juce::TextEditor*>(child); editor != nullptr && editor->isShowing() && ! editor->isReadOnly())
                    name = editor;
                search(*child);
            }
        };
        search(dialogCalled(dialog));
        ASSERT_NE(name, nullptr) << dialog;
        click(*name);
        keys({ "ctrl+a" });
        type(path);
        keys({ "Return" });  // to the folder
        keys({ "Return" });  // the file in it
        backToWindow();
    }

    LegId alice = 0;
};

TEST_F(WindowControls, OfTheStripsAndTheWindow)
{
    auto& list = named<StripList>("Strips of the calls");
    click(list);
    click("Filter of the strips");
    type("ali");
    EXPECT_TRUE(until([&] { return list.order() == std::vector<LegId> { alice }; })) << list.order().size();
    keys({ "Escape" });
    EXPECT_TRUE(until([&] { return list.order().size() == 2u; })) << list.order().size();
    choose("Order of the strips", "by level");
    EXPECT_EQ(list.order().size(), 2u);
    choose("Order of the strips", "by channel");
    const auto wide = named("Strip 1").getWidth();
    click("Compact strips");
    EXPECT_LT(named("Strip 1").getWidth(), wide);
    click("Compact strips");
    EXPECT_EQ(named("Strip 1").getWidth(), wide);
    click("Unit of the levels");
    EXPECT_TRUE(model().showsDbfs());
    click("Unit of the levels");
    EXPECT_FALSE(model().showsDbfs());
    click("Clear clip lamps and peak holds");
    for (const auto* lamp : { "Clip lamp of strip 1", "Clip lamp of strip DTMF", "Clip lamp of strip TONE", "Clip lamp of strip PLAYER", "Clip lamp of the mix" })
        click(lamp);
    click("Theme");
    EXPECT_EQ(view().theme(), Theme::light);
    click("Theme");
    EXPECT_EQ(view().theme(), Theme::dark);
    click("Keys");
    EXPECT_NE(findShowing(view(), "Keys of the window"), nullptr);
    click("Keys of the window");
    EXPECT_EQ(findShowing(view(), "Keys of the window"), nullptr);
    click("Keys");
    keys({ "Escape" });
    EXPECT_EQ(findShowing(view(), "Keys of the window"), nullptr);
    keys({ "ctrl+plus" });
    EXPECT_EQ(view().scale(), 125);
    click("Unit of the levels");
    EXPECT_TRUE(model().showsDbfs()) << "at 125 % too";
    click("Unit of the levels");
    keys({ "ctrl+plus", "ctrl+plus", "ctrl+plus" });
    EXPECT_EQ(view().scale(), 200);
    const auto large = window->getBounds();
    window->setBounds(large.withSize(1440, 900));  // no room for all tabs
    pump(100);
    choose("Page of the details", "Log");
    EXPECT_EQ(named<DetailPanel>("Details").shownTab(), "Log");
    choose("Page of the details", "Level");
    window->setBounds(large);
    keys({ "ctrl+0" });
    EXPECT_EQ(view().scale(), 100);
    const auto calls = named("Calls").getWidth(), dtmf = named("DTMF").getWidth(), detail = named("Details").getHeight();
    drag(named("Width of the calls"), { 0.5f, 0.5f }, { 40, 0 });
    drag(named("Width of the DTMF panel"), { 0.5f, 0.5f }, { -40, 0 });
    drag(named("Height of the details"), { 0.3f, 0.5f }, { 0, -48 });
    EXPECT_EQ(named("Calls").getWidth(), calls + 40);
    EXPECT_EQ(named("DTMF").getWidth(), dtmf + 40);
    EXPECT_EQ(named("Details").getHeight(), detail + 48);
    click("Width of the calls", 2);
    click("Width of the DTMF panel", 2);
    click("Height of the details", 2);
    EXPECT_EQ(named("Calls").getWidth(), calls);
    EXPECT_EQ(named("DTMF").getWidth(), dtmf);
    EXPECT_EQ(named("Details").getHeight(), detail);
    expectUndisturbed("Filter, Order, Compact, Unit, Clear, Clip lamps, Theme, Keys, scale, widths and heights of panels");
}

TEST_F(WindowControls, OfTheDetails)
{
    auto& detail = named<DetailPanel>("Details");
    for (const auto& tab : detail.tabNames())
    {
        click(tab + " tab");
        EXPECT_EQ(detail.shownTab(), tab);
    }
    for (const auto& [tab, title] : std::vector<std::pair<const char*, const char*>> { { "Jitter & loss", "Jitter" }, { "Jitter & loss", "Loss" },
             { "Delay", "Jitter buffer" }, { "Tick lateness", "Tick lateness" }, { "Load", "Load" } })
    {
        click(juce::String(tab) + " tab");
        const auto before = detail.time().toNs() - detail.time().fromNs();
        auto* plot = findShowing<TimePlot>(detail, title);
        ASSERT_NE(plot, nullptr) << title;
        click(*plot);
        keys({ "plus" });
        EXPECT_LT(detail.time().toNs() - detail.time().fromNs(), before) << title;
        click("Reset plots");
    }
    click("Level tab");
    click("Pause plots");
    EXPECT_TRUE(detail.time().isPaused());
    click("Pause plots");
    EXPECT_FALSE(detail.time().isPaused());
    auto& plot = named<TimePlot>("Level");
    const auto seconds = [&] { return static_cast<double>(detail.time().toNs() - detail.time().fromNs()) * 1e-9; };
    const auto minute = seconds();
    click(plot);
    keys({ "plus" });
    EXPECT_LT(seconds(), minute);
    click("Reset plots");
    EXPECT_NEAR(seconds(), minute, 0.001);
    moveTo(plot);
    desk::xdotool({ "click", "4" });
    pump(80);
    EXPECT_LT(seconds(), minute) << "the wheel zooms";
    click(plot, 1, 3);
    choose("Last 2 minutes");
    EXPECT_NEAR(seconds(), 2.0 * minute, 0.001);
    click("Reset plots");
    click("Copy plots as CSV");
    EXPECT_TRUE(clipboard().startsWith("time [s],")) << clipboard().substring(0, 40);
    click("Save plots as PNG");
    nameFile("Save the plots as a picture", file("plots.png").string());
    EXPECT_TRUE(until([this] { return std::filesystem::exists(file("plots.png")); }));

    click("Spectrum tab");
    for (const auto* button : { "Spectrum of what the leg is sent", "Spectrum of what the leg sends us" })
    {
        click(button);
        EXPECT_TRUE(isOn(button)) << button;
    }
    click("Hold peaks of the spectrum");
    EXPECT_FALSE(isOn("Hold peaks of the spectrum"));
    click("SIP tab");
    model().select(alice);
    pump(200);
    click("Ladder of SIP messages");
    keys({ "Home", "Down" });
    click("Copy the message");
    EXPECT_TRUE(clipboard().contains("SIP/2.0")) << clipboard();
    const auto one = clipboard().length();
    click("Copy all messages");
    EXPECT_GT(clipboard().length(), one);
    click("Message text");
    keys({ "ctrl+a", "ctrl+c" });
    EXPECT_TRUE(clipboard().contains("SIP/2.0"));
    click("Log tab");
    auto& log = named<juce::TableListBox>("Log");
    const auto all = log.getModel()->getNumRows();
    click("Filter of the log");
    type("no such line");
    EXPECT_EQ(log.getModel()->getNumRows(), 0);
    keys({ "Escape" });
    EXPECT_GE(log.getModel()->getNumRows(), all);
    click("Log");
    keys({ "Home" });
    click("Newest first");
    EXPECT_FALSE(isOn("Newest first"));
    click("Copy the log");
    EXPECT_TRUE(clipboard().contains("alice")) << clipboard();
    expectUndisturbed("Tabs and all controls of the details");
}

TEST_F(WindowControls, OfRecordingAndListening)
{
    // Recording: the mix, a leg, all of them.
    choose("Record", "Record the mix");
    choose("Record", "As FLAC");
    choose("Record", "Record all legs as received");
    EXPECT_TRUE(named<juce::TextButton>("Record").getButtonText().contains("00:00:0")) << named<juce::TextButton>("Record").getButtonText();
    letPass(0.5);
    choose("Record", "Stop: the mix");
    choose("Record", "Stop all");
    EXPECT_EQ(named<juce::TextButton>("Record").getButtonText(), "Record");
    std::vector<std::filesystem::path> wavs, flacs;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(file("takes")))
    {
        if (entry.path().extension() == ".wav")
            wavs.push_back(entry.path());
        if (entry.path().extension() == ".flac")
            flacs.push_back(entry.path());
    }
    ASSERT_EQ(wavs.size(), 1u);
    EXPECT_GE(flacs.size(), 1u) << "a file a leg";
    const auto mix = WavFile::read(wavs[0]);
    EXPECT_NEAR(*sound::medianToneLevelDbfs(mix.samples, 1004.0, mix.rateHz, 0.1, 0.05), -20.0 - 3.17, 0.1);

    click("Listen");
    EXPECT_TRUE(until([] { return itemCalled("no sound device") != nullptr || itemCalled("The mix") != nullptr; }));
    keys({ "Escape" });
    expectUndisturbed("Record, Listen: begun, listed, stopped; the mix recorded at the level that was heard");
}

TEST_F(WindowControls, OfTheSession)
{
    typeInto("Typed gain of strip TONE", "-7.5");
    choose("Session", "Save as");
    nameFile("Save the session", file("lab.mw").string());
    ASSERT_TRUE(until([this] { return std::filesystem::exists(file("lab.mw")); }));
    typeInto("Typed gain of strip TONE", "4");
    keys({ "ctrl+z" });
    EXPECT_EQ(named<juce::Slider>("Gain of strip TONE").getValue(), -7.5);
    choose("Session", "Redo");
    EXPECT_EQ(named<juce::Slider>("Gain of strip TONE").getValue(), 4.0);
    choose("Session", "Undo");
    EXPECT_EQ(named<juce::Slider>("Gain of strip TONE").getValue(), -7.5);
    typeInto("Typed gain of strip TONE", "-9");
    choose("Session", "Save");
    EXPECT_NE(readText(file("lab.mw")).find("-9"), std::string::npos);

    expectUndisturbed("Session: saved under a name, undone, redone, saved again");
}

TEST_F(WindowControls, OfThePlayer)
{
    letPass(0.6);
    WavFile::write(file("note.wav"), sound::makeSine(600.0, -13.17, 1.0, 8000), 8000);
    click("Mute strip 1");
    letPass(0.7);
    click("Open a sound file");
    nameFile("Play a sound file", file("note.wav").string());
    EXPECT_TRUE(until([this] { return model().player().state() == Player::State::playing; }));
    click("Repeat the file");
    letPass(2.0);
    click("Play the file");
    EXPECT_TRUE(until([this] { return model().player().state() == Player::State::stopped; }));
    letPass(0.5);
    typeInto("Typed gain of strip PLAYER", "-6");
    click("Play the file");
    letPass(1.5);
    auto& fader = named<juce::Slider>("Gain of strip PLAYER");
    drag(fader, { 0.5f, fader.getPositionOfValue(fader.getValue()) / static_cast<float>(fader.getHeight()) }, { 0, 24 });
    const auto draggedDb = fader.getValue();
    EXPECT_LT(draggedDb, -7.0);
    letPass(0.7);
    typeInto("Typed gain of strip PLAYER", "-6");
    letPass(0.7);
    click("Mute strip PLAYER");
    letPass(0.7);
    click("Mute strip PLAYER");
    click("Solo strip PLAYER");
    letPass(0.7);
    click("Solo strip PLAYER");
    click("Play the file");
    letPass(0.7);
    click("Mute strip 1");
    letPass(0.7);

    HeardLevels levels;
    levels.expect("Address to call", "typed, Return", -20.0);
    levels.expect("Mute strip 1", "clicked", HeardLevels::silent);
    levels.expect("Open a sound file, Repeat the file", "a tone of −10 dBm0 chosen, repeated", -10.0);
    levels.expect("Play the file", "clicked: stops", HeardLevels::silent);
    levels.expect("Typed gain of strip PLAYER, Play the file", "−6 typed, clicked", -16.0);
    levels.expect("Gain of strip PLAYER", "dragged down 24 px", -10.0 + draggedDb);
    levels.expect("Typed gain of strip PLAYER", "−6 typed again", -16.0);
    levels.expect("Mute strip PLAYER", "clicked", HeardLevels::silent);
    levels.expect("Mute strip PLAYER, Solo strip PLAYER", "clicked", -16.0);
    levels.expect("Play the file", "clicked: stops", HeardLevels::silent);
    levels.expect("Mute strip 1", "clicked", -20.0);
    expectHeard(levels, "ear");
}
