#include "ConfigFile.h"

#include "Arguments.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>

namespace mw::cli
{

namespace
{
constexpr std::string_view blanks = " \t\r";
constexpr const char* knownSections[] = { "mixer", "monitor", "source", "sink", "demo" };

std::string_view trimmed(std::string_view text)
{
    const auto from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

Error atLine(const std::string& name, int line, const std::string& why)
{
    return { ExitCode::wrongUse, "use the configuration file", name + ":" + std::to_string(line) + ": " + why, {} };
}

/** Takes one value off the front of `rest`. @returns what is wrong, or nothing */
std::optional<std::string> takeValue(std::string_view& rest, std::string& value, std::string_view endOfBare)
{
    value.clear();
    if (rest.empty())
        return "a value is missing";

    const auto quote = rest.front();
    if (quote != '"' && quote != '\'')
    {
        const auto end = std::min(rest.find_first_of(endOfBare), rest.size());
        value = trimmed(rest.substr(0, end));
        rest.remove_prefix(end);
        if (value.empty())
            return "a value is missing (the empty text is written '')";
        if (value.find_first_of("\"'") != std::string::npos)
            return "a quote stands inside the value " + value;
        return std::nullopt;
    }

    for (size_t i = 1; i < rest.size(); ++i)
    {
        const auto c = rest[i];
        if (c == quote)
        {
            rest.remove_prefix(i + 1);
            return std::nullopt;
        }
        if (quote == '"' && c == '\\')
        {
            if (++i >= rest.size())
                break;
            static constexpr std::string_view written = "\"\\nt", meant = "\"\\\n\t";
            const auto escape = written.find(rest[i]);
            if (escape == std::string_view::npos)
                return std::string("\\") + rest[i] + " is not known in a quoted text";
            value += meant[escape];
            continue;
        }
        value += c;
    }
    return std::string("the closing quote ") + quote + " is missing";
}

/** What may follow a value: nothing, or a comment. */
std::optional<std::string> onlyCommentIn(std::string_view rest)
{
    rest = trimmed(rest);
    if (rest.empty() || rest.front() == '#' || rest.front() == ';')
        return std::nullopt;
    return "'" + std::string(rest) + "' is left over after the value";
}

std::optional<std::string> takeArray(std::string_view& rest, std::vector<std::string>& values)
{
    rest.remove_prefix(1);
    for (;;)
    {
        rest = trimmed(rest);
        if (rest.starts_with(']'))
        {
            rest.remove_prefix(1);
            return std::nullopt;
        }
        if (rest.empty())
            return "the closing ] of the array is missing on this line";
        std::string value;
        if (auto wrong = takeValue(rest, value, ",]"))
            return wrong;
        values.push_back(value);
        rest = trimmed(rest);
        if (rest.starts_with(','))
            rest.remove_prefix(1);
        else if (! rest.starts_with(']'))
            return "the closing ] of the array is missing on this line";
    }
}

std::optional<std::string> takeItem(std::string_view line, ConfigItem& item)
{
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
        return "'" + std::string(line) + "' is neither 'key = value' nor '[section]' nor a # comment";
    item.key = trimmed(line.substr(0, equals));
    while (item.key.starts_with('-'))
        item.key.erase(0, 1);
    if (item.key.empty())
        return "the key before = is missing";

    auto rest = trimmed(line.substr(equals + 1));
    if (rest.starts_with('['))
    {
        if (auto wrong = takeArray(rest, item.values))
            return wrong;
    }
    else
    {
        std::string value;
        // A bare # ends a value only after a blank, so that DTMF like 12# needs no quotes.
        auto comment = rest.size();
        if (! rest.starts_with('"') && ! rest.starts_with('\''))
            for (size_t i = 1; i < rest.size(); ++i)
                if ((rest[i] == '#' || rest[i] == ';') && blanks.find(rest[i - 1]) != std::string_view::npos)
                {
                    comment = i;
                    break;
                }
        auto bare = rest.substr(0, comment);
        if (auto wrong = takeValue(bare, value, {}))
            return wrong;
        item.values.push_back(value);
        rest = bare;
    }
    return onlyCommentIn(rest);
}

/** Why an option refused its values: CLI11's words without its name in front. */
std::string refusal(const std::string& optionName, const CLI::Error& error)
{
    const auto text = messageOf(error);
    const auto prefix = optionName + ": ";
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}
} // namespace

Result<std::vector<ConfigItem>> parseConfig(std::string_view text, const std::string& name)
{
    std::vector<ConfigItem> items;
    std::string section;
    if (text.starts_with("\xef\xbb\xbf"))  // the byte order mark that some editors put in front of UTF-8
        text.remove_prefix(3);
    int number = 0;

    while (! text.empty())
    {
        ++number;
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));

        if (std::any_of(line.begin(), line.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; }))
            return atLine(name, number, "a control character: this is not a text file");
        if (line.empty() || line.front() == '#' || line.front() == ';')
            continue;

        if (line.front() == '[')
        {
            const auto close = line.find(']');
            if (close == std::string_view::npos)
                return atLine(name, number, "the closing ] of the section is missing");
            section = trimmed(line.substr(1, close - 1));
            if (std::find(std::begin(knownSections), std::end(knownSections), section) == std::end(knownSections))
                return atLine(name, number, "the section [" + section + "] is not known; there are [mixer], [monitor], [source], [sink] and [demo]");
            if (const auto wrong = onlyCommentIn(line.substr(close + 1)))
                return atLine(name, number, *wrong);
            continue;
        }

        ConfigItem item { section, {}, {}, number };
        if (const auto wrong = takeItem(line, item))
            return atLine(name, number, *wrong);
        items.push_back(std::move(item));
    }
    return items;
}

Result<void> applyConfigFile(CLI::App& app, const std::string& file)
{
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    std::stringstream content;
    if (stream)
        content << stream.rdbuf();
    if (! stream || content.fail())
        return Error { ExitCode::environment, "read the configuration file " + file, errno != 0 ? std::strerror(errno) : "it is not a readable file", {} };

    auto parsed = parseConfig(content.str(), file);
    if (! parsed)
        return parsed.error();

    std::vector<const CLI::Option*> fromCommandLine;
    for (const auto* option : app.get_options())
        if (option->count() > 0)
            fromCommandLine.push_back(option);

    for (const auto& item : parsed.value())
    {
        if (! item.section.empty() && item.section != app.get_name())
            continue;

        const auto name = "--" + item.key;
        auto* option = app.get_option_no_throw(name);
        if (option == nullptr || item.key == "help" || item.key == "config")
        {
            if (option != nullptr)
                return atLine(file, item.line, "'" + item.key + "' is for the command line alone");
            const auto closest = closestName(name, optionNames(app));
            return atLine(file, item.line, "'" + item.key + "' is not a setting of milliwatt " + app.get_name()
                                               + (closest.empty() ? "" : "; did you mean '" + closest.substr(2) + "'?"));
        }
        if (std::find(fromCommandLine.begin(), fromCommandLine.end(), option) != fromCommandLine.end())
            continue;

        const auto isSwitch = option->get_expected_max() == 0;
        if (isSwitch && (item.values.size() != 1 || (item.values[0] != "true" && item.values[0] != "false")))
            return atLine(file, item.line, item.key + " takes true or false");
        if (option->count() > 0 && option->get_multi_option_policy() == CLI::MultiOptionPolicy::Throw)
            return atLine(file, item.line, item.key + " is set a second time");
        if (! isSwitch && item.values.size() != 1 && option->get_multi_option_policy() == CLI::MultiOptionPolicy::Throw)
            return atLine(file, item.line, item.key + " takes one value, not an array of " + std::to_string(item.values.size()));

        try
        {
            // Only this line's values are run, so that what is refused is known to stand here.
            option->clear();
            for (const auto& value : item.values)
                option->add_result(value);
            if (! item.values.empty())
                option->run_callback();
        }
        catch (const CLI::Error& error)
        {
            auto wrong = atLine(file, item.line, item.key + ": " + refusal(name, error));
            wrong.code = exitCodeOf(error);
            return wrong;
        }
    }
    return {};
}

} // namespace mw::cli
