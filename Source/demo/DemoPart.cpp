#include "DemoPart.h"

namespace mw::demo
{

namespace
{
juce::File logOf(const juce::File& folder, const std::string& name) { return folder.getChildFile(juce::String(name) + ".log"); }
} // namespace

Result<void> DemoPart::launch(const juce::File& folder, const std::vector<std::string>& arguments, bool showsItself)
{
    std::vector<std::string> whole { juce::File::getSpecialLocation(juce::File::currentExecutableFile).getFullPathName().toStdString() };
    whole.insert(whole.end(), arguments.begin(), arguments.end());
    return process.start(whole, logOf(folder, name).getFullPathName().toStdString(), showsItself);
}

std::string DemoPart::lastWords(const juce::File& folder) const
{
    const auto last = logOf(folder, name).loadFileAsString().trim().fromLastOccurrenceOf("\n", false, false).trim();
    return last.isEmpty() ? std::string() : ": " + last.toStdString();
}

Error DemoPart::ending(const juce::File& folder)
{
    const auto code = process.exitCode().value_or(static_cast<int>(ExitCode::environment));
    const auto ours = code >= 1 && code <= 4 ? static_cast<ExitCode>(code) : ExitCode::environment;
    return { ours, "go on with the demo", name + " ended with exit code " + std::to_string(code) + lastWords(folder), {} };
}

} // namespace mw::demo
