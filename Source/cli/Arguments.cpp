#include "Arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace mw::cli
{

namespace
{
constexpr size_t helpTextWidth = 52;

std::string shown(double number)
{
    if (std::isinf(number))
        return number < 0 ? "-inf" : "inf";
    std::array<char, 32> text {};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed).ptr;
    return { text.data(), end };
}

std::string shown(const NumberRange& range)
{
    auto text = shown(range.min) + " to " + shown(range.max);
    if (range.minusInfinity)
        text = "-inf or " + text;
    if (! range.unit.empty())
        text += " " + std::string(range.unit);
    return text;
}

CLI::Option* finish(CLI::Option* option, const std::string& valueName)
{
    return option->option_text(valueName);
}

/** CLI11's own conversion never sees a value: these functions say what is wrong in the words of the option. */
[[noreturn]] void refuse(const std::string& name, const std::string& why, ExitCode code = ExitCode::wrongUse)
{
    throw CLI::ValidationError(name + ": " + why, static_cast<int>(code));
}

double checkedNumber(const std::string& name, const std::string& text, const NumberRange& range)
{
    double number = 0.0;
    if (range.minusInfinity && (text == "-inf" || text == "-Inf" || text == "-INF"))
        return silenceDb;
    if (! parseNumber(text, number) || ! std::isfinite(number))
        refuse(name, "'" + text + "' is not a number; it takes " + shown(range));
    if (number < range.min || number > range.max)
        refuse(name, text + " is out of range; it takes " + shown(range));
    return number;
}

CLI::Option* addChecked(CLI::App& app, const std::string& name, const std::string& valueName, const std::string& description,
                        std::function<void(const std::string&)> take, bool many)
{
    auto* option = app.add_option(
        name,
        [take = std::move(take)](const CLI::results_t& values) {
            for (const auto& value : values)
                take(value);
            return true;
        },
        wrapped(description, helpTextWidth));
    option->type_size(1)->expected(1);
    option->multi_option_policy(many ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
    return finish(option, valueName);
}

std::function<void(const std::string&)> withRefusal(const std::string& name, std::function<Result<void>(const std::string&)> take)
{
    return [name, take = std::move(take)](const std::string& value) {
        const auto result = take(value);
        if (! result)
            refuse(name, result.error().what.empty() ? result.error().why : result.error().message(), result.error().code);
    };
}
} // namespace

ExitCode exitCodeOf(const CLI::Error& error) noexcept
{
    return error.get_exit_code() == static_cast<int>(ExitCode::environment) ? ExitCode::environment : ExitCode::wrongUse;
}

std::string messageOf(const CLI::Error& error)
{
    const std::string text = error.what();
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) == nullptr)
        return text;
    const auto name = text.substr(0, text.find_first_of(": "));
    return name + (text.find("missing") != std::string::npos ? ": a value is missing" : ": it is given more than once and takes one value");
}

bool parseNumber(std::string_view text, double& number) noexcept
{
    if (text.starts_with('+'))
        text.remove_prefix(1);
    const auto* end = text.data() + text.size();
    const auto [parsed, failure] = std::from_chars(text.data(), end, number);
    return failure == std::errc {} && parsed == end && ! text.empty();
}

Error wrongValue(std::string why) { return { ExitCode::wrongUse, {}, std::move(why), {} }; }

CLI::Option* addWhole(CLI::App& app, const std::string& name, int& target, const NumberRange& range, const std::string& text)
{
    const auto description = text + ", " + shown(range) + "; default " + std::to_string(target);
    return addChecked(app, name, "N", description, [name, range, &target](const std::string& value) {
        const auto number = checkedNumber(name, value, range);
        if (number != std::trunc(number))
            refuse(name, value + " is not a whole number; it takes " + shown(range));
        target = static_cast<int>(number);
    }, false);
}

CLI::Option* addReal(CLI::App& app, const std::string& name, double& target, const NumberRange& range, const std::string& text)
{
    const auto description = text + ", " + shown(range) + "; default " + shown(target);
    return addChecked(app, name, "X", description, [name, range, &target](const std::string& value) {
        target = checkedNumber(name, value, range);
    }, false);
}

CLI::Option* addOneOf(CLI::App& app, const std::string& name, int& target, const std::vector<int>& choices,
                      std::string_view unit, const std::string& text, const std::string& defaultText)
{
    std::string list;
    for (const auto choice : choices)
        list += (list.empty() ? "" : choice == choices.back() ? " or " : ", ") + std::to_string(choice);
    list += " " + std::string(unit);

    const auto description = text + ", " + list + "; default " + (defaultText.empty() ? std::to_string(target) : defaultText);
    return addChecked(app, name, "N", description, [name, choices, list, &target](const std::string& value) {
        double number = 0.0;
        if (! parseNumber(value, number))
            refuse(name, "'" + value + "' is not a number; it takes " + list);
        const auto found = std::find_if(choices.begin(), choices.end(), [number](int c) { return number == c; });
        if (found == choices.end())
            refuse(name, value + " is out of range; it takes " + list);
        target = *found;
    }, false);
}

CLI::Option* addWord(CLI::App& app, const std::string& name, const std::vector<std::string>& choices,
                     const std::string& defaultWord, std::function<void(size_t)> take, const std::string& text)
{
    std::string list;
    for (const auto& choice : choices)
        list += (list.empty() ? "" : &choice == &choices.back() ? " or " : ", ") + choice;

    const auto description = text + ": " + list + "; default " + defaultWord;
    return addChecked(app, name, "WORD", description, [name, choices, list, take = std::move(take)](const std::string& value) {
        const auto found = std::find(choices.begin(), choices.end(), value);
        if (found == choices.end())
            refuse(name, "'" + value + "' is not known; it takes " + list);
        take(static_cast<size_t>(found - choices.begin()));
    }, false);
}

CLI::Option* addValue(CLI::App& app, const std::string& name, const std::string& valueName,
                      std::function<Result<void>(const std::string&)> take, const std::string& text)
{
    return addChecked(app, name, valueName, text, withRefusal(name, std::move(take)), false);
}

CLI::Option* addValues(CLI::App& app, const std::string& name, const std::string& valueName,
                       std::function<Result<void>(const std::string&)> take, const std::string& text)
{
    return addChecked(app, name, valueName, text + " (may be repeated)", withRefusal(name, std::move(take)), true);
}

CLI::Option* addSwitch(CLI::App& app, const std::string& name, bool& target, const std::string& text)
{
    return app.add_flag(name, target, wrapped(text, helpTextWidth));
}

std::string wrapped(const std::string& text, size_t width)
{
    std::string result;
    size_t column = 0;
    size_t at = 0;
    while (at < text.size())
    {
        auto end = text.find_first_of(" \n", at);
        if (end == std::string::npos)
            end = text.size();
        const auto word = text.substr(at, end - at);
        const auto length = static_cast<size_t>(std::count_if(word.begin(), word.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xc0) != 0x80;  // UTF-8 continuation octets take no column
        }));
        if (column > 0)
        {
            const auto breaks = column + 1 + length > width;
            result += breaks ? '\n' : ' ';
            column = breaks ? 0 : column + 1;
        }
        result += word;
        column += length;
        if (end < text.size() && text[end] == '\n')
        {
            result += '\n';
            column = 0;
        }
        at = end + 1;
    }
    return result;
}

std::vector<std::string> optionNames(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const auto* option : app.get_options())
        for (const auto& name : option->get_lnames())
            names.push_back("--" + name);
    return names;
}

} // namespace mw::cli
