#include "MixerState.h"

#include "JsonShape.h"
#include "MixerParameters.h"
#include "graph/CellTable.h"

#include <juce_core/juce_core.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string_view>

namespace mw
{

namespace
{
constexpr std::string_view stateMagic = "milliwatt-mixer-state";
constexpr std::array<const char*, 3> modeNames { "conference", "funnel", "matrix" };

/** CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320). */
uint32_t crc32Of(std::string_view bytes) noexcept
{
    uint32_t crc = 0xffffffffu;
    for (const auto byte : bytes)
    {
        crc ^= static_cast<uint8_t>(byte);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0xedb88320u : 0u);
    }
    return ~crc;
}

Error stateError(const std::string& why)
{
    return { ExitCode::wrongUse, "restore the mixer's state", why, "save it again with this version" };
}

juce::var gainToVar(double gainDb) { return std::isinf(gainDb) ? juce::var("-inf") : juce::var(gainDb); }

/** Reads members of one JSON object; the first that is wrong is kept as the reason. */
class StateReader
{
public:
    StateReader(const juce::var& objectToRead, std::string placeInText) : object(objectToRead), place(std::move(placeInText)) {}

    void gain(const char* name, double& gainDb)
    {
        const auto& value = object[name];
        if (value.isVoid())
            return;
        if (value.isString() && value.toString() == "-inf")
        {
            gainDb = silenceDb;
            return;
        }
        const auto number = isNumber(value) ? static_cast<double>(value) : std::nan("");
        if (! (number >= minGainDb && number <= maxGainDb))
            return fail(name, "is no gain from -60 to 20 dB or \"-inf\"");
        gainDb = keptGainDb(number);
    }

    void flag(const char* name, bool& target)
    {
        const auto& value = object[name];
        if (value.isVoid())
            return;
        if (! value.isBool())
            return fail(name, "is neither true nor false");
        target = static_cast<bool>(value);
    }

    template <size_t count>
    std::optional<size_t> word(const char* name, const std::array<const char*, count>& words)
    {
        const auto& value = object[name];
        if (value.isVoid())
            return {};
        for (size_t i = 0; i < count; ++i)
            if (value.isString() && value.toString() == words[i])
                return i;
        fail(name, "is none of the known words");
        return {};
    }

    int strip(const char* name, int maxLegs)
    {
        const auto& value = object[name];
        const auto index = value.isString() ? stripFromName(value.toString(), maxLegs) : -1;
        if (index < 0)
            fail(name, "is no strip of a mixer of " + std::to_string(maxLegs) + " legs");
        return index;
    }

    [[nodiscard]] const std::string& reason() const noexcept { return why; }

private:
    static bool isNumber(const juce::var& value) { return value.isDouble() || value.isInt() || value.isInt64(); }

    void fail(const char* name, const std::string& what)
    {
        if (why.empty())
            why = place + "'" + name + "' " + what;
    }

    const juce::var& object;
    std::string place, why;
};

Result<std::string_view> checkEnvelope(std::string_view text)
{
    if (text.size() > MixerState::maxBytes)
        return stateError("it has " + std::to_string(text.size()) + " bytes, more than a mixer's state can have");
    const auto lineEnd = text.substr(0, 80).find('\n');
    if (lineEnd == std::string_view::npos || text.substr(0, stateMagic.size()) != stateMagic)
        return stateError("it does not begin as a mixer's state");

    const std::string line(text.substr(stateMagic.size(), lineEnd - stateMagic.size()));
    int fileVersion = 0, read = 0;
    unsigned long long bytes = 0;
    unsigned checksum = 0;
    if (std::sscanf(line.c_str(), " %9d %12llu %8x%n", &fileVersion, &bytes, &checksum, &read) != 3
        || static_cast<size_t>(read) != line.size())
        return stateError("its first line is damaged");
    if (fileVersion > MixerState::version)
        return stateError("it was saved by a later version (format " + std::to_string(fileVersion) + ", this one knows "
                          + std::to_string(MixerState::version) + ")");
    if (fileVersion < 1)
        return stateError("its version is damaged");

    const auto body = text.substr(lineEnd + 1);
    if (body.size() != bytes)
        return stateError("it has " + std::to_string(body.size()) + " bytes where its first line says " + std::to_string(bytes));
    if (crc32Of(body) != checksum)
        return stateError("its checksum is wrong: it was damaged or edited");
    return body;
}
} // namespace

MixerState::MixerState(int maxLegs) : legCount(maxLegs), strips(static_cast<size_t>(maxLegs + houseStripCount)) {}

std::string MixerState::encode() const
{
    const auto dtmfIndex = legCount + static_cast<int>(HouseStrip::dtmf);
    auto* const root = new juce::DynamicObject();
    const juce::var holder(root);
    root->setProperty("masterInGainDb", gainToVar(masterInGainDb));
    root->setProperty("dtmfGainDb", gainToVar(strips[static_cast<size_t>(dtmfIndex)].gainDb));
    root->setProperty("outputGainDb", gainToVar(outputGainDb));
    root->setProperty("dtmfOn", dtmfOn);
    root->setProperty("mode", modeNames[static_cast<size_t>(mode)]);
    root->setProperty("funnelReturn", funnelReturn);

    juce::Array<juce::var> stripList;
    for (int i = 0; i < static_cast<int>(strips.size()); ++i)
    {
        const auto& strip = strips[static_cast<size_t>(i)];
        if (strip == Strip {})
            continue;
        auto* const entry = new juce::DynamicObject();
        stripList.add(juce::var(entry));
        entry->setProperty("strip", stripName(i, legCount));
        if (i != dtmfIndex)
            entry->setProperty("gainDb", gainToVar(strip.gainDb));
        entry->setProperty("mute", strip.muted);
        entry->setProperty("solo", strip.soloed);
        entry->setProperty("trimDb", gainToVar(strip.trimDb));
        if (i < legCount)
            entry->setProperty("role", strip.role == LegRole::sink ? "sink" : "source");
    }
    root->setProperty("strips", stripList);

    juce::Array<juce::var> cellList;
    cellList.ensureStorageAllocated(static_cast<int>(cells.size()));
    for (const auto& [place, gainDb] : cells)
    {
        auto* const entry = new juce::DynamicObject();
        cellList.add(juce::var(entry));
        entry->setProperty("leg", stripName(place.first, legCount));
        entry->setProperty("hears", stripName(place.second, legCount));
        entry->setProperty("gainDb", gainToVar(gainDb));
    }
    root->setProperty("cells", cellList);

    const auto body = juce::JSON::toString(holder, true).toStdString();
    std::array<char, 80> line {};
    std::snprintf(line.data(), line.size(), "%s %d %zu %08x\n", stateMagic.data(), version, body.size(), crc32Of(body));
    return line.data() + body;
}

Result<MixerState> MixerState::decode(const void* data, size_t bytes, int maxLegs)
{
    if (data == nullptr || bytes == 0)
        return stateError("it is empty");
    const auto envelope = checkEnvelope({ static_cast<const char*>(data), bytes });
    if (! envelope)
        return envelope.error();
    const auto body = envelope.value();
    if (JsonShape::of(body).depth > 4 || ! juce::CharPointer_UTF8::isValidString(body.data(), static_cast<int>(body.size())))
        return stateError("its text is no state of ours");

    juce::var root;
    const auto parsed = juce::JSON::parse(juce::String::fromUTF8(body.data(), static_cast<int>(body.size())), root);
    if (parsed.failed() || root.getDynamicObject() == nullptr)
        return stateError("its text is no JSON object: " + parsed.getErrorMessage().toStdString());

    MixerState state(maxLegs);
    const auto dtmfIndex = static_cast<size_t>(maxLegs + static_cast<int>(HouseStrip::dtmf));
    StateReader reader(root, "");
    reader.gain("masterInGainDb", state.masterInGainDb);
    reader.gain("dtmfGainDb", state.strips[dtmfIndex].gainDb);
    reader.gain("outputGainDb", state.outputGainDb);
    reader.flag("dtmfOn", state.dtmfOn);
    reader.flag("funnelReturn", state.funnelReturn);
    if (const auto word = reader.word("mode", modeNames))
        state.mode = static_cast<MixMode>(*word);
    if (! reader.reason().empty())
        return stateError(reader.reason());

    const auto& stripList = root["strips"];
    const auto& cellList = root["cells"];
    if (! stripList.isArray() || ! cellList.isArray())
        return stateError("'strips' or 'cells' is missing");
    if (stripList.size() > static_cast<int>(state.strips.size()))
        return stateError("it lists more strips than this mixer has");
    if (cellList.size() > CellTable::capacityFor(maxLegs, maxLegs + houseStripCount))
        return stateError("it lists more cells than this mixer holds");

    for (int i = 0; i < stripList.size(); ++i)
    {
        StateReader entry(stripList[i], "strips[" + std::to_string(i) + "]: ");
        const auto index = entry.strip("strip", maxLegs);
        Strip strip;
        if (index >= 0)
            strip.gainDb = state.strips[static_cast<size_t>(index)].gainDb;  // the DTMF strip's was read above
        if (index < 0 || static_cast<size_t>(index) != dtmfIndex)
            entry.gain("gainDb", strip.gainDb);
        entry.flag("mute", strip.muted);
        entry.flag("solo", strip.soloed);
        entry.gain("trimDb", strip.trimDb);
        if (const auto word = entry.word("role", std::array<const char*, 2> { "source", "sink" }))
            strip.role = static_cast<LegRole>(*word);
        if (! entry.reason().empty())
            return stateError(entry.reason());
        state.strips[static_cast<size_t>(index)] = strip;
    }
    for (int i = 0; i < cellList.size(); ++i)
    {
        StateReader entry(cellList[i], "cells[" + std::to_string(i) + "]: ");
        const auto leg = entry.strip("leg", maxLegs);
        const auto from = entry.strip("hears", maxLegs);
        double gainDb = 0.0;
        entry.gain("gainDb", gainDb);
        if (! entry.reason().empty())
            return stateError(entry.reason());
        if (leg >= maxLegs)
            return stateError("cells[" + std::to_string(i) + "]: a house strip hears nothing");
        state.cells[{ leg, from }] = gainDb;
    }
    return state;
}

} // namespace mw
