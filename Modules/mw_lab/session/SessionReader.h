#pragma once

#include "Session.h"

#include <cmath>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw
{

/** What went wrong with a session's text first, and which keys were not known. */
struct SessionFaults
{
    std::string first;
    std::vector<std::string> unknownKeys;

    void add(const std::string& place, const std::string& why)
    {
        if (first.empty())
            first = place + ": " + why;
    }
};

/** Reads the members of one JSON object, each with its place in the text. What is missing leaves its target as it is. */
class SessionReader
{
public:
    /** @param placeInText "legs[2]"; empty for the whole */
    SessionReader(const juce::var& valueToRead, std::string placeInText, SessionFaults& faultsToAddTo)
        : value(valueToRead), place(std::move(placeInText)), faults(faultsToAddTo)
    {
        if (! value.isVoid() && value.getDynamicObject() == nullptr)
            faults.add(place.empty() ? "the text" : place, "it is no object in braces");
    }

    [[nodiscard]] std::string placeOf(std::string_view key) const { return place.empty() ? std::string(key) : place + "." + std::string(key); }
    [[nodiscard]] const juce::var& member(const char* key) const
    {
        static const juce::var nothing;
        auto* object = value.getDynamicObject();
        const auto* found = object != nullptr ? object->getProperties().getVarPointer(juce::Identifier(key)) : nullptr;
        return found != nullptr ? *found : nothing;
    }
    [[nodiscard]] bool has(const char* key) const
    {
        auto* object = value.getDynamicObject();
        return object != nullptr && object->hasProperty(juce::Identifier(key));
    }
    void fail(std::string_view key, const std::string& why) const { faults.add(placeOf(key), why); }

    /** Names what stands there beside the keys that are known. */
    void passOver(std::initializer_list<const char*> known) const
    {
        auto* object = value.getDynamicObject();
        if (object == nullptr)
            return;
        for (const auto& property : object->getProperties())
            if (std::none_of(known.begin(), known.end(), [&](const char* each) { return property.name == juce::StringRef(each); }))
                faults.unknownKeys.push_back(placeOf(property.name.toString().toStdString()));
    }

    void gain(const char* key, double& gainDb) const
    {
        if (! has(key))
            return;
        const auto& given = member(key);
        if (given.isString() && given.toString() == "-inf")
            gainDb = silenceDb;
        else if (const auto number = numberIn(given); number && *number >= minGainDb && *number <= maxGainDb)
            gainDb = keptGainDb(*number);
        else
            fail(key, shown(given) + " is not −60…20 dB or \"-inf\"");
    }

    /** @param orSilence whether "-inf" is taken as well */
    void number(const char* key, double& target, double least, double most, const char* unit, bool orSilence = false) const
    {
        if (! has(key))
            return;
        const auto& given = member(key);
        if (orSilence && given.isString() && given.toString() == "-inf")
            target = silenceDb;
        else if (const auto found = numberIn(given); found && *found >= least && *found <= most)
            target = *found;
        else
            fail(key, shown(given) + " is not " + rangeText(least, most, unit) + (orSilence ? " or \"-inf\"" : ""));
    }

    void whole(const char* key, int& target, int least, int most, const char* unit) const
    {
        if (! has(key))
            return;
        const auto& given = member(key);
        if (const auto found = numberIn(given); found && *found == std::trunc(*found) && *found >= least && *found <= most)
            target = static_cast<int>(*found);
        else
            fail(key, shown(given) + " is no whole number " + rangeText(least, most, unit));
    }

    void flag(const char* key, bool& target) const
    {
        if (! has(key))
            return;
        if (member(key).isBool())
            target = static_cast<bool>(member(key));
        else
            fail(key, shown(member(key)) + " is neither true nor false");
    }

    /** @returns which of the words stands there; nothing when none does */
    [[nodiscard]] std::optional<size_t> word(const char* key, std::initializer_list<const char*> words) const
    {
        if (! has(key))
            return {};
        const auto& given = member(key);
        std::string list;
        size_t at = 0;
        for (const auto* each : words)
        {
            if (given.isString() && given.toString() == juce::StringRef(each))
                return at;
            list += (++at == 1 ? "\"" : at == words.size() ? " or \"" : ", \"") + std::string(each) + "\"";
        }
        fail(key, shown(given) + " is not " + list);
        return {};
    }

    /** Calls `read` for each element of a list, with its place. */
    void list(const char* key, const std::function<void(const juce::var&, const std::string&)>& read) const
    {
        if (! has(key))
            return;
        const auto& given = member(key);
        if (! given.isArray())
            return fail(key, "it is no list in brackets");
        for (int i = 0; i < given.size(); ++i)
            read(given[i], placeOf(key) + "[" + std::to_string(i) + "]");
    }

    [[nodiscard]] static std::optional<double> numberIn(const juce::var& given)
    {
        if (! given.isDouble() && ! given.isInt() && ! given.isInt64())
            return {};
        const auto number = static_cast<double>(given);
        return std::isfinite(number) ? std::optional(number) : std::nullopt;
    }

    /** A value as it stands in the text, shortened. */
    [[nodiscard]] static std::string shown(const juce::var& given)
    {
        constexpr int longest = 40;
        if (given.isObject())
            return "{…}";
        if (given.isArray())
            return "[…]";
        const auto text = juce::JSON::toString(given, true);
        return (text.length() > longest ? text.substring(0, longest) + juce::String::fromUTF8("…") : text).toStdString();
    }

private:
    [[nodiscard]] static std::string numeral(double number)
    {
        const auto text = juce::String(std::abs(number)).toStdString();
        return number < 0.0 ? "−" + text : text;
    }
    [[nodiscard]] static std::string rangeText(double least, double most, const char* unit)
    {
        return numeral(least) + "…" + numeral(most) + (*unit != 0 ? " " + std::string(unit) : "");
    }

    const juce::var& value;
    const std::string place;
    SessionFaults& faults;
};

} // namespace mw
