#include "../Roles.h"

#include "../report/JuceText.h"
#include "SoundFile.h"

#include <cmath>
#include <cstdlib>
#include <string_view>

namespace mw
{

namespace
{

constexpr const char* playForms = "give FILE.wav, tone:HZ@DBM0, dtmf:SEQ or silence, for example tone:1000@-10 or dtmf:123A";
constexpr double minToneHz = 20.0, maxToneHz = 20000.0;
constexpr double minToneDbm0 = -70.0, maxToneDbm0 = 3.17;

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

Result<PlaySpec> parseTone(const std::string& whole, const std::string& rest)
{
    const auto at = rest.find('@');
    const auto frequencyText = rest.substr(0, at);
    const auto levelText = at == std::string::npos ? std::string("-10") : rest.substr(at + 1);

    PlaySpec spec;
    spec.kind = PlaySpec::Kind::tone;
    const auto frequency = numberIn(frequencyText);
    if (! frequency.has_value())
        return cannotPlayText(whole, "the frequency '" + frequencyText + "' is not a number of Hz");
    if (*frequency < minToneHz || *frequency > maxToneHz)
        return cannotPlayText(whole, "the frequency " + frequencyText + " Hz is out of range 20…20000 Hz");
    const auto level = numberIn(levelText);
    if (! level.has_value())
        return cannotPlayText(whole, "the level '" + levelText + "' is not a number of dBm0");
    if (*level < minToneDbm0 || *level > maxToneDbm0)
        return cannotPlayText(whole, "the level " + levelText + " dBm0 is out of range −70…+3.17 dBm0");
    spec.frequencyHz = *frequency;
    spec.levelDbm0 = *level;
    return spec;
}

} // namespace

Result<PlaySpec> PlaySpec::parse(const std::string& text)
{
    const auto startsWith = [&text](std::string_view head) { return std::string_view(text).starts_with(head); };
    if (text.empty())
        return cannotPlayText(text, "nothing is named");
    if (text == "silence")
        return PlaySpec {};
    if (startsWith("tone:"))
        return parseTone(text, text.substr(5));
    if (startsWith("dtmf:"))
    {
        auto sequence = DtmfSequence::parse(text.substr(5));
        if (! sequence)
            return cannotPlayText(text, sequence.error().message());
        PlaySpec spec;
        spec.kind = Kind::dtmf;
        spec.dtmf.sequence = sequence.value();
        return spec;
    }

    PlaySpec spec;
    spec.kind = Kind::file;
    spec.file = juce::File::getCurrentWorkingDirectory().getChildFile(juceText(text));
    if (auto checked = checkSoundFile(spec.file); ! checked)
    {
        auto error = checked.error();
        if (! spec.file.exists())
            error.remedy = playForms;
        return error;
    }
    return spec;
}

} // namespace mw
