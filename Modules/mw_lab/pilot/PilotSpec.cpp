#include "PilotSpec.h"

#include "../report/Numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace mw
{

namespace
{
constexpr size_t longestPilotName = 32;
constexpr std::string_view unnamedPilot = "pilot_";

/** A whole text as a number, or nothing. */
template <typename Number>
std::optional<Number> wholeNumber(std::string_view text)
{
    Number number {};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && end == text.data() + text.size() ? std::optional<Number>(number) : std::nullopt;
}

bool isPilotName(std::string_view name)
{
    const auto isLetter = [](char c) { return c >= 'a' && c <= 'z'; };
    return ! name.empty() && name.size() <= longestPilotName && isLetter(name.front()) && name != "self"
        && std::ranges::all_of(name, [&](char c) { return isLetter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

/** A level that a pilot can have, or nothing. */
std::optional<double> pilotLevel(std::string_view text)
{
    const auto level = wholeNumber<double>(text);
    return level.has_value() && *level >= PilotSource::minLevelDbm0 && *level <= PilotSource::maxLevelDbm0 ? level : std::nullopt;
}

std::string pilotLevelRange()
{
    return fixedText(PilotSource::minLevelDbm0, 0) + " to " + fixedText(PilotSource::maxLevelDbm0, 0) + " dBm0";
}

std::string pilotRange() { return "1 to " + std::to_string(PilotPlan::pilotCount); }
} // namespace

Result<PilotSpec> PilotSpec::parse(const std::string& text)
{
    const auto wrong = [&text](const std::string& why) {
        return Error { ExitCode::wrongUse, "send the pilot '" + text + "'", why, "give N or N@DBM0, for example 1 or 1@-30" };
    };
    const auto at = text.find('@');
    PilotSpec spec;
    const auto number = wholeNumber<int>(std::string_view(text).substr(0, at));
    if (! number.has_value() || ! PilotPlan::isNumber(*number))
        return wrong("its number must be " + pilotRange());
    spec.number = *number;
    if (at == std::string::npos)
        return spec;
    const auto level = pilotLevel(std::string_view(text).substr(at + 1));
    if (! level.has_value())
        return wrong("its level must be " + pilotLevelRange());
    spec.levelDbm0 = *level;
    return spec;
}

Result<PilotNames> PilotNames::parse(const std::string& text)
{
    const auto wrong = [&text](const std::string& why) {
        return Error { ExitCode::wrongUse, "name the pilots '" + text + "'", why,
                       "give N=NAME,N=NAME, for example 1=alice,2=bob, or with the level that is sent, 1=alice@-30" };
    };
    PilotNames result;
    for (std::string_view rest = text;;)
    {
        const auto comma = rest.find(',');
        const auto one = rest.substr(0, comma);
        const auto equals = one.find('=');
        const auto number = wholeNumber<int>(one.substr(0, equals));
        if (equals == std::string_view::npos || ! number.has_value() || ! PilotPlan::isNumber(*number))
            return wrong("'" + std::string(one) + "' is not a number from " + pilotRange() + ", = and a name");
        const auto at = one.find('@', equals);
        const auto name = std::string(one.substr(equals + 1, at == std::string_view::npos ? at : at - equals - 1));
        std::optional<double> level;
        if (at != std::string_view::npos)
        {
            level = pilotLevel(one.substr(at + 1));
            if (! level.has_value())
                return wrong("the level of " + name + " must be " + pilotLevelRange());
        }
        if (! isPilotName(name))
            return wrong("'" + name
                         + "' is no name: it is of small letters, digits and hyphens, begins with a letter and is not self");
        if (result.names.contains(*number))
            return wrong("pilot " + std::to_string(*number) + " has two names");
        if (result.numberOf(name) != 0)
            return wrong("two pilots are called " + name);
        result.names.emplace(*number, Entry { name, level });
        if (comma == std::string_view::npos)
            return result;
        rest.remove_prefix(comma + 1);
    }
}

std::string PilotNames::nameOf(int number) const
{
    const auto found = names.find(number);
    return found != names.end() ? found->second.name : std::string(unnamedPilot) + std::to_string(number);
}

int PilotNames::numberOf(std::string_view name) const noexcept
{
    for (const auto& [number, each] : names)
        if (each.name == name)
            return number;
    if (! name.starts_with(unnamedPilot))
        return 0;
    const auto number = wholeNumber<int>(name.substr(unnamedPilot.size()));
    return number.has_value() && PilotPlan::isNumber(*number) && ! names.contains(*number) ? *number : 0;
}

std::optional<double> PilotNames::levelDbm0(int number) const
{
    const auto found = names.find(number);
    return found != names.end() ? found->second.levelDbm0 : std::nullopt;
}

std::vector<int> PilotNames::named() const
{
    std::vector<int> numbers;
    for (const auto& [number, each] : names)
        numbers.push_back(number);
    return numbers;
}

} // namespace mw
