#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"
#include "SessionKeeper.h"

#include <memory>

namespace mw
{

/** The header's menus: session, recording, listening. While something is recorded, the clock and the size stand on the button.
    Message thread. */
class ToolButtons final : public juce::Component, private MonitorModel::View
{
public:
    static constexpr int width = 304;

    ToolButtons(MonitorModel& modelToUse, SessionKeeper& keeperToUse);
    ~ToolButtons() override;

    void resized() override;
    void lookAndFeelChanged() override;

    // ---- what menus and keys do -----------------------------------------------------------------------------------------

    void chooseAndOpen();
    void turnOsc();       ///< on, at its usual port on this machine, or off
    void save();          ///< to the session's file, or asks for one
    void chooseAndSave();

    /** Records into the folder of recordings, under a name of its own. */
    void record(Recordings::What what, LegId leg = 0);

    /** Records the mix, or stops everything that is recorded. */
    void toggleRecording();
    void listen(const std::string& device, const Listening::Source& source);

    [[nodiscard]] juce::PopupMenu sessionMenu();
    [[nodiscard]] juce::PopupMenu recordMenu();
    [[nodiscard]] juce::PopupMenu listenMenu();

    void setRecordingFolder(const juce::File& folder) { recordingFolder = folder; }
    [[nodiscard]] const juce::File& folder() const noexcept { return recordingFolder; }
    [[nodiscard]] Recordings& recordings() noexcept { return files; }
    [[nodiscard]] Listening& listening() noexcept { return card; }

    juce::TextButton sessionButton { "Session" }, recordButton, listenButton;

private:
    void modelChanged() override;
    void show(juce::PopupMenu menu, juce::Button& below);
    void chooseFile(int chooserFlags, const juce::String& title, std::function<void(const juce::File&)> then);

    MonitorModel& model;
    SessionKeeper& keeper;
    Recordings files;
    Listening card;
    RecordingFormat format = RecordingFormat::wav;
    juce::File recordingFolder;
    std::unique_ptr<juce::FileChooser> chooser;
};

} // namespace mw
