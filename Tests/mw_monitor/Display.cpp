#include "MonitorBench.h"

namespace mw::test
{
namespace
{

/** JUCE keeps its connection to the X server for the life of the process: no test is to be blamed for it. */
class Display final : public ::testing::Environment
{
public:
    void SetUp() override
    {
        const auto there = MonitorWindow::checkDisplay();
        ASSERT_TRUE(there.ok()) << there.error().message() << "; run the tests through Tests/Support/with_display";
        juce::Component once;
        once.addToDesktop(juce::ComponentPeer::windowAppearsOnTaskbar);
        once.setVisible(true);
        // Typefaces and glyphs are kept too, whoever draws them first.
        MonitorBench drawn;
        drawn.call("sip:once@example.com");
        MonitorBench::pump(100);
        // And what a dialog for files needs, with its list and icons.
        juce::FileBrowserComponent files(juce::FileBrowserComponent::openMode | juce::FileBrowserComponent::canSelectFiles,
                                         juce::File::getSpecialLocation(juce::File::tempDirectory), nullptr, nullptr);
        files.setSize(600, 400);
        files.addToDesktop(0);
        files.setVisible(true);
        MonitorBench::pump(300);
        // So is what ALSA reads of its configuration when somebody first asks for MIDI inputs; it is the more, the more plug-ins are installed.
        juce::ignoreUnused(juce::MidiInput::getAvailableDevices());
    }
};

[[maybe_unused]] const auto* const display = ::testing::AddGlobalTestEnvironment(new Display);

} // namespace
} // namespace mw::test
