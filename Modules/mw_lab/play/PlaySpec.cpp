#include "../Roles.h"

#include "../report/JuceText.h"
#include "SoundFile.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace mw
{

namespace
{

constexpr const char* playForms =
    "give FILE.wav, tone:HZ@DBM0, two-tone:HZ+HZ@DBM0, multi-tone:HZ,HZ,…@DBM0, sweep:HZ-HZ@DBM0/SECONDS, noise:white|pink|p50@DBM0, "
    "comfort-noise@DBM0, dtmf:SEQ or silence, several with ; between them or @LIST, for example tone:1000@-10 or noise:p50@-26/5";
constexpr double minToneHz = 20.0, maxToneHz = 20000.0;
constexpr double minToneDbm0 = -70.0, minPlayedDbm0 = -90.0, maxToneDbm0 = 3.17;
constexpr double minPlayS = 0.01, maxPlayS = 604800.0, maxSweepS = 600.0;
constexpr double defaultToneDbm0 = -10.0, defaultNoiseDbm0 = -20.0, defaultComfortNoiseDbm0 = -65.0;
constexpr size_t mostListItems = 1000;

Error cannotPlayText(const std::string& text, const std::string& why)
{
    return Error { ExitCode::wrongUse, "play '" + text + "'", why, playForms };
}

/** A whole text as a finite number, or nothing. Independent of the locale's decimal sign. */
std::optional<double> numberIn(const std::string& text)
{
    const auto value = juceText(text).trim();
    if (value.isEmpty() || ! value.containsOnly("0123456789+-.eE") || ! value.containsAnyOf("0123456789"))
        return std::nullopt;
    auto at = value.getCharPointer();
    const auto number = juce::CharacterFunctions::readDoubleValue(at);
    return at.isEmpty() && std::isfinite(number) ? std::optional<double>(number) : std::nullopt;
}

/** "WHAT@LEVEL/SECONDS" taken apart and checked as far as it is the same in all forms. */
class PlayForm
{
public:
    /** @param text after the form's name and its colon */
    PlayForm(std::string wholeText, const std::string& text) : whole(std::move(wholeText))
    {
        const auto slash = text.find('/');
        const auto front = text.substr(0, slash);
        const auto at = front.find('@');
        what = front.substr(0, at);
        if (at != std::string::npos)
            levelText = front.substr(at + 1);
        if (slash != std::string::npos)
            secondsText = text.substr(slash + 1);
    }

    [[nodiscard]] Error wrong(const std::string& why) const { return cannotPlayText(whole, why); }

    [[nodiscard]] Result<double> frequency(const std::string& text) const
    {
        const auto hz = numberIn(text);
        if (! hz.has_value())
            return wrong("the frequency '" + text + "' is not a number of Hz");
        if (*hz < minToneHz || *hz > maxToneHz)
            return wrong("the frequency " + text + " Hz is out of range 20…20000 Hz");
        return *hz;
    }

    /** Frequencies between marks. */
    [[nodiscard]] Result<std::vector<double>> frequencies(char mark) const
    {
        std::vector<double> all;
        for (size_t from = 0;;)
        {
            const auto to = what.find(mark, from);
            const auto hz = frequency(what.substr(from, to == std::string::npos ? to : to - from));
            if (! hz)
                return hz.error();
            all.push_back(hz.value());
            if (to == std::string::npos)
                return all;
            from = to + 1;
        }
    }

    /** Level and length into the spec. */
    [[nodiscard]] Result<PlaySpec> finish(PlaySpec spec, double defaultDbm0, double minDbm0) const
    {
        spec.levelDbm0 = defaultDbm0;
        if (levelText.has_value())
        {
            const auto level = numberIn(*levelText);
            if (! level.has_value())
                return wrong("the level '" + *levelText + "' is not a number of dBm0");
            if (*level < minDbm0 || *level > maxToneDbm0)
                return wrong("the level " + *levelText + " dBm0 is out of range " + (minDbm0 == minToneDbm0 ? "−70" : "−90") + "…+3.17 dBm0");
            spec.levelDbm0 = *level;
        }
        if (! secondsText.has_value())
            return spec;
        const auto seconds = numberIn(*secondsText);
        if (! seconds.has_value())
            return wrong("the length '" + *secondsText + "' is not a number of seconds");
        if (*seconds < minPlayS || *seconds > maxPlayS)
            return wrong("the length " + *secondsText + " s is out of range 0.01…604800 s");
        spec.seconds = *seconds;
        return spec;
    }

    std::string whole, what;
    std::optional<std::string> levelText, secondsText;
};

Result<PlaySpec> parsePlayedTone(const PlayForm& form)
{
    PlaySpec spec;
    spec.kind = PlaySpec::Kind::tone;
    const auto hz = form.frequency(form.what);
    if (! hz)
        return hz.error();
    spec.frequencyHz = hz.value();
    return form.finish(std::move(spec), defaultToneDbm0, minToneDbm0);
}

Result<PlaySpec> parsePlayedTones(const PlayForm& form, char mark)
{
    PlaySpec spec;
    spec.kind = PlaySpec::Kind::multiTone;
    auto frequencies = form.frequencies(mark);
    if (! frequencies)
        return frequencies.error();
    spec.frequenciesHz = std::move(frequencies.value());
    if (mark == '+' && spec.frequenciesHz.size() != 2)
        return form.wrong(std::to_string(spec.frequenciesHz.size()) + " frequencies are named, two-tone takes 2, as in two-tone:697+1209@-10");
    if (spec.frequenciesHz.size() > MultiTone::mostTones)
        return form.wrong(std::to_string(spec.frequenciesHz.size()) + " frequencies are named, at most " + std::to_string(MultiTone::mostTones) + " can be");
    return form.finish(std::move(spec), defaultToneDbm0, minPlayedDbm0);
}

Result<PlaySpec> parsePlayedSweep(const PlayForm& form)
{
    PlaySpec spec;
    spec.kind = PlaySpec::Kind::sweep;
    const auto frequencies = form.frequencies('-');
    if (! frequencies)
        return frequencies.error();
    if (frequencies.value().size() != 2)
        return form.wrong("from where to where is missing, as in sweep:100-3400@-10/4");
    if (! form.secondsText.has_value())
        return form.wrong("its length is missing, as in sweep:100-3400@-10/4, in seconds");
    spec.frequencyHz = frequencies.value()[0];
    spec.toHz = frequencies.value()[1];
    auto whole = form.finish(std::move(spec), defaultToneDbm0, minPlayedDbm0);
    if (whole && whole.value().seconds > maxSweepS)
        return form.wrong("the length " + *form.secondsText + " s is out of range 0.01…600 s");
    return whole;
}

Result<PlaySpec> parsePlayedNoise(const PlayForm& form)
{
    constexpr std::array<std::pair<const char*, NoiseColour>, 3> colours {
        std::pair { "white", NoiseColour::white }, std::pair { "pink", NoiseColour::pink }, std::pair { "p50", NoiseColour::p50 }
    };
    PlaySpec spec;
    spec.kind = PlaySpec::Kind::noise;
    for (const auto& [name, colour] : colours)
        if (form.what == name)
        {
            spec.colour = colour;
            return form.finish(std::move(spec), defaultNoiseDbm0, minPlayedDbm0);
        }
    return form.wrong("there is no noise '" + form.what + "', only white, pink and p50");
}

Result<PlaySpec> parsePlayedComfortNoise(const PlayForm& form)
{
    if (! form.what.empty())
        return form.wrong("after comfort-noise a level may follow, not '" + form.what + "', as in comfort-noise@-65");
    PlaySpec spec;
    spec.kind = PlaySpec::Kind::noise;
    return form.finish(std::move(spec), defaultComfortNoiseDbm0, minPlayedDbm0);
}

Result<PlaySpec> parsePlayedSilence(const PlayForm& form)
{
    if (! form.what.empty() || form.levelText.has_value())
        return form.wrong("after silence a length may follow, as in silence/2; noise that is hardly heard is comfort-noise@-65");
    return form.finish({}, PlaySpec {}.levelDbm0, minPlayedDbm0);
}

Result<PlaySpec> parsePlayedDigits(const std::string& whole, const std::string& rest)
{
    auto sequence = DtmfSequence::parse(rest);
    if (! sequence)
        return cannotPlayText(whole, sequence.error().message());
    PlaySpec spec;
    spec.kind = PlaySpec::Kind::dtmf;
    spec.dtmf.sequence = sequence.value();
    return spec;
}

Result<PlaySpec> parsePlayedFile(const std::string& text, const juce::File& folder)
{
    PlaySpec spec;
    spec.kind = PlaySpec::Kind::file;
    spec.file = folder.getChildFile(juceText(text));
    if (auto checked = checkSoundFile(spec.file); ! checked)
    {
        auto error = checked.error();
        if (! spec.file.exists())
            error.remedy = playForms;
        return error;
    }
    return spec;
}

/** One sound. @param folder of files that are named without one */
Result<PlaySpec> parsePlayed(const std::string& text, const juce::File& folder)
{
    const auto after = [&text](std::string_view head) -> std::optional<std::string> {
        return std::string_view(text).starts_with(head) ? std::optional(text.substr(head.size())) : std::nullopt;
    };
    if (text.empty())
        return cannotPlayText(text, "nothing is named");
    if (const auto rest = after("tone:"))
        return parsePlayedTone({ text, *rest });
    if (const auto rest = after("two-tone:"))
        return parsePlayedTones({ text, *rest }, '+');
    if (const auto rest = after("multi-tone:"))
        return parsePlayedTones({ text, *rest }, ',');
    if (const auto rest = after("sweep:"))
        return parsePlayedSweep({ text, *rest });
    if (const auto rest = after("noise:"))
        return parsePlayedNoise({ text, *rest });
    if (const auto rest = after("dtmf:"))
        return parsePlayedDigits(text, *rest);
    // These two may also begin the name of a file.
    for (const auto& [name, parse] : { std::pair { "comfort-noise", &parsePlayedComfortNoise }, std::pair { "silence", &parsePlayedSilence } })
        if (const auto rest = after(name); rest && (rest->empty() || rest->front() == '@' || rest->front() == '/'))
            return parse({ text, *rest });
    return parsePlayedFile(text, folder);
}

std::string trimmed(const std::string& text) { return juceText(text).trim().toStdString(); }

/** A list of sounds. @param places what each is called in an error: "line 3 of LIST" */
Result<PlaySpec> parsePlayedList(const std::vector<std::pair<std::string, std::string>>& places, const std::string& whole, const juce::File& folder)
{
    if (places.empty())
        return cannotPlayText(whole, "the list is empty");
    if (places.size() > mostListItems)
        return cannotPlayText(whole, "the list has more than " + std::to_string(mostListItems) + " sounds");
    PlaySpec spec;
    spec.kind = PlaySpec::Kind::list;
    for (const auto& [place, text] : places)
    {
        auto item = parsePlayed(text, folder);
        if (! item)
        {
            auto error = item.error();
            error.what += ", " + place;
            return error;
        }
        if (! item.value().ends() && &place != &places.back().first)
            return Error { ExitCode::wrongUse, "play '" + text + "', " + place, "it never ends, and more follows", "give it a length in seconds: " + text + "/2" };
        spec.list.push_back(std::move(item.value()));
    }
    return spec;
}

Result<PlaySpec> parsePlayedListFile(const std::string& name)
{
    const auto file = juce::File::getCurrentWorkingDirectory().getChildFile(juceText(name));
    const auto path = file.getFullPathName().toStdString();
    juce::FileInputStream stream(file);
    if (stream.failedToOpen() || file.isDirectory())
        return Error { ExitCode::environment, "read the list " + path,
                       file.isDirectory() ? "it is a folder" : file.exists() ? stream.getStatus().getErrorMessage().toStdString() : "no such file",
                       "name a file with one sound a line, or a sound: " + std::string(playForms) };
    std::vector<std::pair<std::string, std::string>> places;
    for (auto line = 1; ! stream.isExhausted() && places.size() <= mostListItems; ++line)
        if (const auto text = stream.readNextLine().trim(); text.isNotEmpty() && ! text.startsWithChar('#'))
            places.emplace_back("line " + std::to_string(line) + " of " + path, text.toStdString());
    return parsePlayedList(places, "@" + name, file.getParentDirectory());
}

} // namespace

Result<PlaySpec> PlaySpec::parse(const std::string& text)
{
    const auto here = juce::File::getCurrentWorkingDirectory();
    if (text.starts_with('@'))
        return parsePlayedListFile(text.substr(1));
    if (text.find(';') == std::string::npos || here.getChildFile(juceText(text)).existsAsFile())
        return parsePlayed(text, here);
    std::vector<std::pair<std::string, std::string>> places;
    for (size_t from = 0; from <= text.size();)
    {
        const auto to = std::min(text.find(';', from), text.size());
        places.emplace_back("item " + std::to_string(places.size() + 1) + " of the list", trimmed(text.substr(from, to - from)));
        from = to + 1;
    }
    return parsePlayedList(places, text, here);
}

bool PlaySpec::ends() const noexcept
{
    switch (kind)
    {
        case Kind::file:
        case Kind::dtmf: return true;
        case Kind::list: return ! list.empty() && list.back().ends();
        case Kind::tone:
        case Kind::silence:
        case Kind::multiTone:
        case Kind::sweep:
        case Kind::noise: break;
    }
    return seconds > 0.0;
}

bool PlaySpec::isOfAnotherStrip() const noexcept
{
    return kind == Kind::dtmf || ((kind == Kind::silence || kind == Kind::tone) && ! ends());
}

} // namespace mw
