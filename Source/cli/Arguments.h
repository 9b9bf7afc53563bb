#pragma once

#include <mw_lab/mw_lab.h>

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::cli
{

/** Builds options whose help always tells the meaning, the unit, the range and the default, and whose wrong values are
    refused with the range in the message. All on the main thread, before anything starts. */

/** What a number may be. */
struct NumberRange
{
    double min = 0.0, max = 0.0;
    std::string_view unit;       ///< "ms", "dB", "Hz", … as help and messages show it
    bool minusInfinity = false;  ///< whether `-inf` is taken as well (a closed fader)
};

/** `--name N`, a whole number. @param target holds the default and takes the value */
CLI::Option* addWhole(CLI::App& app, const std::string& name, int& target, const NumberRange& range, const std::string& text);

/** `--name N`, a number with a fraction. */
CLI::Option* addReal(CLI::App& app, const std::string& name, double& target, const NumberRange& range, const std::string& text);

/** `--name N`, one of a few whole numbers. */
CLI::Option* addOneOf(CLI::App& app, const std::string& name, int& target, const std::vector<int>& choices,
                      std::string_view unit, const std::string& text, const std::string& defaultText = {});

/** `--name WORD`, one of a few words. @param take is given the word's place among the choices */
CLI::Option* addWord(CLI::App& app, const std::string& name, const std::vector<std::string>& choices,
                     const std::string& defaultWord, std::function<void(size_t)> take, const std::string& text);

/** `--name VALUE`, checked by whoever takes it. @param valueName how help calls the value: "URI", "FILE.wav"
    @param take returns what is wrong with the value, or nothing */
CLI::Option* addValue(CLI::App& app, const std::string& name, const std::string& valueName,
                      std::function<Result<void>(const std::string&)> take, const std::string& text);

/** The same, for what a parse function makes of the text. @param parse returns a Result of what `target` takes */
template <typename Target, typename Parse>
CLI::Option* addParsed(CLI::App& app, const std::string& name, const std::string& valueName, Target& target, Parse parse, const std::string& text)
{
    return addValue(app, name, valueName, [&target, parse](const std::string& given) -> Result<void> {
        auto parsed = parse(given);
        if (! parsed)
            return parsed.error();
        target = parsed.value();
        return {};
    }, text);
}

/** The same as addValue(), and may be given many times; each value comes alone and in order. */
CLI::Option* addValues(CLI::App& app, const std::string& name, const std::string& valueName,
                       std::function<Result<void>(const std::string&)> take, const std::string& text);

/** `--name`, on when it is there. */
CLI::Option* addSwitch(CLI::App& app, const std::string& name, bool& target, const std::string& text);

/** A wrong value, for `take` functions. @param why completes "--name: …" */
[[nodiscard]] Error wrongValue(std::string why);

/** How the process ends over an error of the parsing: wrong use, or environment when a `take` function said so. */
[[nodiscard]] ExitCode exitCodeOf(const CLI::Error& error) noexcept;

/** CLI11's words, or better ones where they are obscure. */
[[nodiscard]] std::string messageOf(const CLI::Error& error);

/** Text broken at blanks so that no line is longer than `width` characters (code points). */
[[nodiscard]] std::string wrapped(const std::string& text, size_t width);

/** Number from text, the whole of it. @returns false when it is not one */
[[nodiscard]] bool parseNumber(std::string_view text, double& number) noexcept;

using mw::closestName;

/** Long names of all options of a command, "--legs" and the like. */
[[nodiscard]] std::vector<std::string> optionNames(const CLI::App& app);

} // namespace mw::cli
