#include "TouchedControls.h"

#include <cstdlib>
#include <fstream>
#include <regex>
#include <stdexcept>

namespace
{
constexpr const char* heading = "## Every control that a hand touched";
const std::regex callers("\\b(alice|bob|carol|dave|erin|ear|other)\\b"), strips("\\b(strip|leg|output) [0-9]+", std::regex::icase);

std::string titleOf(const juce::Component& control)
{
    const auto one = std::regex_replace(control.getTitle().toStdString(), strips, "$1 N");
    return std::regex_replace(one, callers, "NAME");
}

bool isControl(const juce::Component& component)
{
    if (const auto* text = dynamic_cast<const juce::TextEditor*>(&component))
        return ! text->isReadOnly() || component.getTitle().isNotEmpty();
    return dynamic_cast<const juce::Button*>(&component) != nullptr || dynamic_cast<const juce::Slider*>(&component) != nullptr
           || dynamic_cast<const juce::ComboBox*>(&component) != nullptr || component.getWantsKeyboardFocus();
}

/** What JUCE builds these of is no control of ours. */
bool isWhole(const juce::Component& component)
{
    return dynamic_cast<const juce::Button*>(&component) != nullptr || dynamic_cast<const juce::Slider*>(&component) != nullptr
           || dynamic_cast<const juce::ComboBox*>(&component) != nullptr || dynamic_cast<const juce::TextEditor*>(&component) != nullptr
           || dynamic_cast<const juce::ScrollBar*>(&component) != nullptr;
}
} // namespace

void touched::note(const juce::Component& control)
{
    const auto* file = std::getenv("MILLIWATT_CONTROLS_TABLE");
    if (file == nullptr)
        return;
    for (const auto* each = &control; each != nullptr; each = each->getParentComponent())
        if (each->getTitle().isNotEmpty())
        {
            std::ofstream(std::string(file) + ".touched", std::ios::app) << "- " << titleOf(*each) << "\n";
            return;
        }
}

std::set<std::string> touched::ofTheTable()
{
    std::ifstream table(MILLIWATT_CONTROLS_OF_DOCS);
    std::set<std::string> titles;
    auto begun = false;
    for (std::string line; std::getline(table, line);)
    {
        begun = begun || line == heading;
        if (begun && line.starts_with("- "))
            titles.insert(line.substr(2));
    }
    if (titles.empty())
        throw std::runtime_error("no list of touched controls in " MILLIWATT_CONTROLS_OF_DOCS);
    return titles;
}

std::set<std::string> touched::inSight(juce::Component& below)
{
    std::set<std::string> titles;
    for (auto* child : below.getChildren())
    {
        if (! child->isShowing())
            continue;
        if (child->getTitle().isNotEmpty() && isControl(*child))
            titles.insert(titleOf(*child));
        else if (isWhole(*child) && isControl(*child))
            titles.insert("a control without a title in " + titleOf(below));
        if (! isWhole(*child))
            titles.merge(inSight(*child));
    }
    return titles;
}
