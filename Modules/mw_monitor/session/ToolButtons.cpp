#include "ToolButtons.h"

#include "../look/Figures.h"
#include "../look/Layout.h"
#include "../look/Menus.h"

namespace mw
{

namespace
{
const juce::String idleRecordText = "Record";

juce::String legName(const CallInfo& call) { return "leg " + juce::String(call.channel + 1) + ", " + juceText(call.peerName.empty() ? call.peerUri : call.peerName); }

juce::String describe(const Recordings::Recording& recording, const MonitorModel& model)
{
    switch (recording.request.what)
    {
        case Recordings::What::mix: return "the mix";
        case Recordings::What::allIn: return "all legs as received";
        case Recordings::What::allOut: return "all legs as sent";
        case Recordings::What::legIn:
        case Recordings::What::legOut: break;
    }
    const auto* call = model.call(recording.request.leg);
    return (call != nullptr ? legName(*call) : juce::String("a leg")) + (recording.request.what == Recordings::What::legIn ? " as received" : " as sent");
}
} // namespace

ToolButtons::ToolButtons(MonitorModel& modelToUse, SessionKeeper& keeperToUse)
    : model(modelToUse), keeper(keeperToUse), files(model.engine()), card(model.engine()),
      recordingFolder(juce::File::getSpecialLocation(juce::File::userDocumentsDirectory).getChildFile("Milliwatt"))
{
    for (auto* button : { &sessionButton, &recordButton, &listenButton })
    {
        button->setTriggeredOnMouseDown(true);
        addAndMakeVisible(button);
    }
    sessionButton.setTitle("Session");
    sessionButton.setTooltip("Open and save everything that is set, undo and redo (Ctrl+O, Ctrl+S, Ctrl+Z)");
    recordButton.setTitle("Record");
    recordButton.setTooltip("Record the mix, a leg or all legs into files (Ctrl+R: the mix, or stop)");
    listenButton.setTitle("Listen");
    listenButton.setTooltip("Hear a leg or the mix on a sound card (Ctrl+L)");
    recordButton.setButtonText(idleRecordText);
    listenButton.setButtonText("Listen");
    sessionButton.onClick = [this] { show(sessionMenu(), sessionButton); };
    recordButton.onClick = [this] { show(recordMenu(), recordButton); };
    listenButton.onClick = [this] { show(listenMenu(), listenButton); };
    model.addView(*this);
}

ToolButtons::~ToolButtons() { model.removeView(*this); }

void ToolButtons::lookAndFeelChanged() { repaint(); }

void ToolButtons::resized()
{
    auto area = getLocalBounds().withSizeKeepingCentre(getWidth(), layout::controlHeight);
    sessionButton.setBounds(area.removeFromLeft(80));
    listenButton.setBounds(area.removeFromRight(72));
    recordButton.setBounds(area.reduced(layout::half, 0));
}

void ToolButtons::modelChanged()
{
    files.poll();
    for (const auto& trouble : files.takeTroubles())
        model.note(LogEntry::Weight::bad, trouble);
    auto text = idleRecordText;
    if (files.isRecording())
    {
        int64_t since = 0, octets = 0;
        for (const auto& recording : files.list())
            if (recording.endedNs == 0)
            {
                since = since == 0 ? recording.startedNs : std::min(since, recording.startedNs);
                octets += recording.octets();
            }
        text = figures::clock(model.snapshot().timeNs - since) + "  " + figures::size(octets);
    }
    if (text == recordButton.getButtonText())
        return;
    const auto style = files.isRecording() ? ButtonStyle::danger : ButtonStyle::plain;
    setButtonStyle(recordButton, style);
    setButtonSign(recordButton, files.isRecording() ? std::optional(Shape::disc) : std::nullopt);
    recordButton.setButtonText(text);
}

void ToolButtons::show(juce::PopupMenu menu, juce::Button& below)
{
    showMenu(menu, below, juce::PopupMenu::Options().withTargetComponent(below));
}

void ToolButtons::chooseFile(int chooserFlags, const juce::String& title, std::function<void(const juce::File&)> then)
{
    const auto begin = keeper.file() != juce::File() ? keeper.file() : juce::File::getSpecialLocation(juce::File::userHomeDirectory).getChildFile("session.mw");
    chooser = std::make_unique<juce::FileChooser>(title, begin, "*.mw;*.json");
    chooser->launchAsync(chooserFlags, [then = std::move(then)](const juce::FileChooser& done) {
        if (done.getResult() != juce::File())
            then(done.getResult());
    });
}

// ---- session ---------------------------------------------------------------------------------------------------------------

void ToolButtons::chooseAndOpen()
{
    chooseFile(juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles, "Open a session",
               [this](const juce::File& file) { juce::ignoreUnused(keeper.open(file)); });
}

void ToolButtons::save()
{
    if (keeper.file() == juce::File())
        return chooseAndSave();
    juce::ignoreUnused(keeper.saveTo(keeper.file()));
}

void ToolButtons::chooseAndSave()
{
    chooseFile(juce::FileBrowserComponent::saveMode | juce::FileBrowserComponent::canSelectFiles | juce::FileBrowserComponent::warnAboutOverwriting,
               "Save the session", [this](const juce::File& file) { juce::ignoreUnused(keeper.saveTo(file.hasFileExtension("mw;json") ? file : file.withFileExtension("mw"))); });
}

juce::PopupMenu ToolButtons::sessionMenu()
{
    juce::PopupMenu menu;
    const auto add = [&menu](const juce::String& text, const juce::String& key, bool enabled, std::function<void()> action) {
        juce::PopupMenu::Item item(text);
        item.shortcutKeyDescription = key;
        item.isEnabled = enabled;
        item.action = std::move(action);
        menu.addItem(std::move(item));
    };
    const auto dots = juce::String::fromUTF8("…");
    if (keeper.file() != juce::File())
        menu.addSectionHeader(keeper.file().getFileName());
    add("Open" + dots, "Ctrl+O", true, [this] { chooseAndOpen(); });
    add("Save", "Ctrl+S", true, [this] { save(); });
    add("Save as" + dots, "Ctrl+Shift+S", true, [this] { chooseAndSave(); });
    if (keeper.last().has_value())
        add("Continue last session: " + juceText(keeper.last()->summary()), {}, true, [this] { juce::ignoreUnused(keeper.continueLast()); });
    menu.addSeparator();
    auto& undo = model.undoManager();
    add("Undo " + undo.getUndoDescription(), "Ctrl+Z", undo.canUndo(), [this] { model.undoManager().undo(); });
    add("Redo " + undo.getRedoDescription(), "Ctrl+Y", undo.canRedo(), [this] { model.undoManager().redo(); });
    menu.addSeparator();
    auto& osc = model.remote().osc;
    const auto isOn = osc.port() != 0;
    const auto place = (isOn ? juceText(osc.address()) : juce::String("127.0.0.1")) + ":" + juce::String(isOn ? osc.port() : OscControl::usualPort);
    menu.addItem("Listen for OSC on " + place, true, isOn, [this] { turnOsc(); });
    return menu;
}

void ToolButtons::turnOsc()
{
    auto& osc = model.remote().osc;
    if (osc.port() != 0)
    {
        osc.close();
        return model.note(LogEntry::Weight::note, "OSC is off");
    }
    const auto listening = osc.listen(OscControl::usualPort);
    if (! listening)
        return model.note(LogEntry::Weight::bad, listening.error().message());
    model.note(LogEntry::Weight::good, "listening for OSC on 127.0.0.1:" + std::to_string(osc.port()) + "; a fader's right click shows its address");
}

// ---- recording -------------------------------------------------------------------------------------------------------------

void ToolButtons::record(Recordings::What what, LegId leg)
{
    const auto stamp = juce::Time::getCurrentTime().formatted("%Y%m%d-%H%M%S");
    const auto all = what == Recordings::What::allIn || what == Recordings::What::allOut;
    juce::String name = "mix";
    if (all)
        name = what == Recordings::What::allIn ? "legs-in" : "legs-out";
    else if (const auto* call = model.call(leg); what != Recordings::What::mix && call != nullptr)
        name = Recordings::trackName(call->channel, *call, format, 0.0).upToLastOccurrenceOf(".", false, false) + (what == Recordings::What::legIn ? "-in" : "-out");
    const auto ending = all ? "" : format == RecordingFormat::flac ? ".flac" : ".wav";
    if (const auto made = recordingFolder.createDirectory(); made.failed())
        return model.note(LogEntry::Weight::bad, "cannot make the folder " + recordingFolder.getFullPathName().toStdString() + ": " + made.getErrorMessage().toStdString());
    const auto target = recordingFolder.getChildFile(stamp + "-" + name + ending).getNonexistentSibling(false);
    const auto started = files.start({ what, leg, format, target });
    model.note(started ? LogEntry::Weight::good : LogEntry::Weight::bad,
               started ? "recording into " + target.getFullPathName().toStdString() : started.error().message());
    modelChanged();
}

void ToolButtons::toggleRecording()
{
    if (! files.isRecording())
        return record(Recordings::What::mix);
    for (const auto& recording : files.list())
        if (recording.endedNs == 0)
        {
            files.stop(recording.number);
            model.note(LogEntry::Weight::good, "recorded " + recording.request.target.getFullPathName().toStdString());
        }
    modelChanged();
}

juce::PopupMenu ToolButtons::recordMenu()
{
    juce::PopupMenu menu;
    for (const auto& recording : files.list())
        if (recording.endedNs == 0)
            menu.addItem("Stop: " + describe(recording, model) + ", " + figures::clock(model.snapshot().timeNs - recording.startedNs) + ", " + figures::size(recording.octets())
                             + (recording.droppedSamples() > 0 ? ", " + juce::String(recording.droppedSamples()) + " samples lost" : juce::String()),
                         [this, number = recording.number] {
                             files.stop(number);
                             modelChanged();
                         });
    if (files.isRecording())
    {
        menu.addItem("Stop all", [this] { toggleRecording(); });
        menu.addSeparator();
    }
    menu.addItem("Record the mix", [this] { record(Recordings::What::mix); });
    menu.addItem("Record all legs as received, a file each", [this] { record(Recordings::What::allIn); });
    menu.addItem("Record all legs as sent, a file each", [this] { record(Recordings::What::allOut); });
    if (const auto* call = model.call(model.selected()); call != nullptr && call->channel >= 0)
    {
        menu.addItem("Record " + legName(*call) + ", as received", [this, leg = call->leg] { record(Recordings::What::legIn, leg); });
        menu.addItem("Record " + legName(*call) + ", as sent", [this, leg = call->leg] { record(Recordings::What::legOut, leg); });
    }
    menu.addSeparator();
    menu.addItem("As WAV", true, format == RecordingFormat::wav, [this] { format = RecordingFormat::wav; });
    menu.addItem("As FLAC", true, format == RecordingFormat::flac, [this] { format = RecordingFormat::flac; });
    menu.addItem("Into " + recordingFolder.getFullPathName() + juce::String::fromUTF8("…"), [this] {
        chooser = std::make_unique<juce::FileChooser>("Folder of recordings", recordingFolder);
        chooser->launchAsync(juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectDirectories, [this](const juce::FileChooser& done) {
            if (done.getResult() != juce::File())
                recordingFolder = done.getResult();
        });
    });
    return menu;
}

// ---- listening -------------------------------------------------------------------------------------------------------------

void ToolButtons::listen(const std::string& device, const Listening::Source& source)
{
    const auto result = card.isOn() && card.device() == device ? card.listenTo(source) : card.start(device, source);
    model.note(result ? LogEntry::Weight::good : LogEntry::Weight::bad, result ? "listening on " + device : result.error().message());
    listenButton.setToggleState(card.isOn(), juce::dontSendNotification);
}

juce::PopupMenu ToolButtons::listenMenu()
{
    juce::PopupMenu menu;
    const auto devices = card.devices();
    if (devices.empty())
    {
        menu.addItem("no sound device", false, false, nullptr);
        return menu;
    }
    const auto source = card.source().value_or(Listening::Source {});
    const auto device = card.isOn() ? card.device() : devices.front();
    const auto addSource = [&](const juce::String& text, const Listening::Source& what) {
        menu.addItem(text, true, card.isOn() && card.source() == what, [this, device, what] { listen(device, what); });
    };
    addSource("The mix", {});
    if (const auto* call = model.call(model.selected()); call != nullptr && call->channel >= 0)
    {
        addSource(legName(*call) + ", as received", { Listening::What::legIn, call->leg });
        addSource(legName(*call) + ", as sent", { Listening::What::legOut, call->leg });
    }
    menu.addSectionHeader("on");
    for (const auto& name : devices)
        menu.addItem(juceText(name), true, card.isOn() && name == card.device(), [this, name, source] { listen(name, source); });
    if (card.isOn())
    {
        const auto now = card.figures();
        menu.addSeparator();
        menu.addItem("Off (delay " + figures::of(now.delayMs, 0) + " ms, " + juce::String(now.underruns) + " underruns)", [this] {
            card.stop();
            listenButton.setToggleState(false, juce::dontSendNotification);
        });
    }
    return menu;
}

} // namespace mw
