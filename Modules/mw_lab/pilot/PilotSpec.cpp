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
    const auto level = wholeNumber<double>(std::string_view(text).substr(at + 1));
    if (! level.has_value() || ! (*level >= PilotSource::minLevelDbm0 && *level <= PilotSource::maxLevelDbm0))
        return wrong("its level must be " + fixedText(PilotSource::minLevelDbm0, 0) + " to "
                     + fixedText(PilotSource::maxLevelDbm0, 0) + " dBm0");
    spec.levelDbm0 = *level;
    return spec;
}

Result<PilotNames> PilotNames::parse(const std::string& text)
{
    const auto wrong = [&text](const std::string& why) {
        return Error { ExitCode::wrongUse, "name the pilots '" + text + "'", why,
                       "give N=NAME,N=NAME, for example 1=alice,2=bob" };
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
        const auto name = std::string(one.substr(equals + 1));
        if (! isPilotName(name))
            return wrong("'" + name
                         + "' is no name: it is of small letters, digits and hyphens, begins with a letter and is not self");
        if (result.names.contains(*number))
            return wrong("pilot " + std::to_string(*number) + " has two names");
        if (result.numberOf(name) != 0)
            return wrong("two pilots are called " + name);
        result.names.emplace(*number, name);
        if (comma == std::string_view::npos)
            return result;
        rest.remove_prefix(comma + 1);
    }
}

std::string PilotNames::nameOf(int number) const
{
    const auto found = names.find(number);
    return found != names.end() ? found->second : std::string(unnamedPilot) + std::to_string(number);
}

int PilotNames::numberOf(std::string_view name) const noexcept
{
    for (const auto& [number, each] : names)
        if (each == name)
            return number;
    if (! name.starts_with(unnamedPilot))
        return 0;
    const auto number = wholeNumber<int>(name.substr(unnamedPilot.size()));
    return number.has_value() && PilotPlan::isNumber(*number) && ! names.contains(*number) ? *number : 0;
}

std::vector<int> PilotNames::named() const
{
    std::vector<int> numbers;
    for (const auto& [number, name] : names)
        numbers.push_back(number);
    return numbers;
}

} // namespace mw
