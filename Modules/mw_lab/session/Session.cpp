#include "Session.h"

#include "../record/WholeFile.h"
#include "../report/JuceText.h"
#include "SessionReader.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr const char* sessionFormat = "milliwatt-session";
constexpr const char* houseKeys[houseStripCount] = { "dtmf", "tone", "player" };
constexpr const char* modeKeys[] = { "conference", "funnel", "matrix" };
constexpr int deepestSession = 24;  ///< brackets; our own are 3 deep, the rest is the window's
constexpr double mostToneHz = 24000.0, mostToneDbm0 = 3.17;

juce::var gainVar(double gainDb) { return std::isinf(gainDb) ? juce::var("-inf") : juce::var(gainDb); }

juce::DynamicObject* addObject(juce::DynamicObject& parent, const char* key)
{
    auto* const child = new juce::DynamicObject();
    parent.setProperty(key, juce::var(child));
    return child;
}

void writeStrip(juce::DynamicObject& object, const MixerState::Strip& strip)
{
    object.setProperty("gainDb", gainVar(strip.gainDb));
    object.setProperty("trimDb", gainVar(strip.trimDb));
    object.setProperty("muted", strip.muted);
    object.setProperty("soloed", strip.soloed);
}

void readStrip(const SessionReader& reader, MixerState::Strip& strip)
{
    reader.gain("gainDb", strip.gainDb);
    reader.gain("trimDb", strip.trimDb);
    reader.flag("muted", strip.muted);
    reader.flag("soloed", strip.soloed);
}

void readLeg(const SessionReader& reader, Session::Leg& leg)
{
    reader.passOver({ "uri", "part", "gainDb", "trimDb", "muted", "soloed" });
    const auto& uri = reader.member("uri");
    if (! uri.isString() || uri.toString().isEmpty())
        return reader.fail("uri", "it is missing, or no text");
    leg.uri = uri.toString().toStdString();
    if (leg.uri.size() > Session::maxUriLength)
        return reader.fail("uri", "it is longer than " + std::to_string(Session::maxUriLength) + " octets");
    if (std::any_of(leg.uri.begin(), leg.uri.end(), [](char c) { return (c >= 0 && c <= ' ') || c == 0x7f; }))
        return reader.fail("uri", "a blank or a control character stands in it");
    if (const auto part = reader.word("part", { "source", "sink" }))
        leg.strip.role = static_cast<LegRole>(*part);
    readStrip(reader, leg.strip);
}

void readCell(const SessionReader& reader, Session::Cell& cell)
{
    reader.passOver({ "leg", "hears", "gainDb" });
    constexpr int mostLegs = 2048;
    int leg = 0;
    if (! reader.has("leg"))
        reader.fail("leg", "it is missing");
    reader.whole("leg", leg, 1, mostLegs, "");
    cell.leg = leg - 1;
    if (reader.member("hears").isString())
    {
        if (const auto strip = reader.word("hears", { houseKeys[0], houseKeys[1], houseKeys[2] }))
            cell.from = Session::fromHouse(static_cast<HouseStrip>(*strip));
    }
    else
    {
        int from = 0;
        if (! reader.has("hears"))
            reader.fail("hears", "it is missing");
        reader.whole("hears", from, 1, mostLegs, "");
        cell.from = from - 1;
    }
    reader.gain("gainDb", cell.gainDb);
}

void readDtmf(const SessionReader& reader, Session& session)
{
    reader.passOver({ "sequence", "onMs", "offMs", "loop", "gapMs", "lowDbm0", "twistDb", "playAtStart" });
    auto& dtmf = session.dtmf;
    if (reader.has("sequence"))
    {
        const auto& given = reader.member("sequence");
        const auto parsed = DtmfSequence::parse(given.toString().toStdString());
        if (! given.isString())
            reader.fail("sequence", "it is no text");
        else if (! parsed)
            reader.fail("sequence", parsed.error().message());
        else
            dtmf.sequence = parsed.value();
    }
    reader.whole("onMs", dtmf.onMs, DtmfSettings::minOnMs, DtmfSettings::maxOnMs, "ms");
    reader.whole("offMs", dtmf.offMs, DtmfSettings::minOffMs, DtmfSettings::maxOffMs, "ms");
    reader.whole("gapMs", dtmf.gapMs, 0, DtmfSettings::maxGapMs, "ms");
    reader.flag("loop", dtmf.loop);
    reader.number("lowDbm0", dtmf.lowDbm0, DtmfSettings::minLowDbm0, DtmfSettings::maxLowDbm0, "dBm0");
    reader.number("twistDb", dtmf.twistDb, -DtmfSettings::maxTwistDb, DtmfSettings::maxTwistDb, "dB");
    reader.flag("playAtStart", session.playDtmf);
    if (const auto checked = dtmf.check(); ! checked && reader.has("twistDb"))  // the two levels together
        reader.fail("twistDb", checked.error().message());
}

Session readSession(const juce::var& root, SessionFaults& faults)
{
    Session session;
    const SessionReader reader(root, {}, faults);
    int fileVersion = 0;
    if (! reader.member("format").isString() || reader.member("format").toString() != sessionFormat)
        reader.fail("format", std::string("it is not \"") + sessionFormat + "\": this is no session");
    else if (const auto given = SessionReader::numberIn(reader.member("version")); given && *given > Session::version)
        reader.fail("version", "the session was saved by a later version (format " + SessionReader::shown(reader.member("version"))
                                   + ", this one knows " + std::to_string(Session::version) + ")");
    else if (! reader.has("version"))
        reader.fail("version", "it is missing");
    else
        reader.whole("version", fileVersion, 1, Session::version, "");
    if (! faults.first.empty())
        return session;

    reader.passOver({ "format", "version", "mode", "funnelReturn", "legs", "gains", "strips", "cells", "dtmf", "tone", "layout" });
    if (const auto mode = reader.word("mode", { modeKeys[0], modeKeys[1], modeKeys[2] }))
        session.mode = static_cast<MixMode>(*mode);
    reader.flag("funnelReturn", session.funnelReturn);
    reader.list("legs", [&](const juce::var& element, const std::string& place) {
        readLeg(SessionReader(element, place, faults), session.legs.emplace_back());
    });

    const SessionReader gains(reader.member("gains"), "gains", faults);
    gains.passOver({ "masterInDb", "masterOutDb" });
    gains.gain("masterInDb", session.masterInGainDb);
    gains.gain("masterOutDb", session.masterOutGainDb);

    const SessionReader strips(reader.member("strips"), "strips", faults);
    strips.passOver({ houseKeys[0], houseKeys[1], houseKeys[2] });
    for (size_t i = 0; i < houseStripCount; ++i)
    {
        const auto isDtmf = i == static_cast<size_t>(HouseStrip::dtmf);
        const SessionReader strip(strips.member(houseKeys[i]), strips.placeOf(houseKeys[i]), faults);
        if (isDtmf)
        {
            strip.passOver({ "gainDb", "trimDb", "muted", "soloed", "on" });
            strip.flag("on", session.dtmfOn);
        }
        else
            strip.passOver({ "gainDb", "trimDb", "muted", "soloed" });
        readStrip(strip, session.house[i]);
    }

    reader.list("cells", [&](const juce::var& element, const std::string& place) {
        readCell(SessionReader(element, place, faults), session.cells.emplace_back());
    });
    readDtmf(SessionReader(reader.member("dtmf"), "dtmf", faults), session);

    const SessionReader tone(reader.member("tone"), "tone", faults);
    tone.passOver({ "frequencyHz", "levelDbm0" });
    tone.number("frequencyHz", session.toneHz, 1.0, mostToneHz, "Hz");
    tone.number("levelDbm0", session.toneDbm0, ToneSource::minLevelDbm0, mostToneDbm0, "dBm0", true);

    const SessionReader layout(reader.member("layout"), "layout", faults);  // complains when it is no object
    session.layout = reader.member("layout");
    return session;
}
} // namespace

std::string Session::encode() const
{
    auto* const root = new juce::DynamicObject();
    const juce::var holder(root);
    root->setProperty("format", sessionFormat);
    root->setProperty("version", version);
    root->setProperty("mode", modeKeys[static_cast<size_t>(mode)]);
    root->setProperty("funnelReturn", funnelReturn);

    juce::Array<juce::var> legList;
    for (const auto& leg : legs)
    {
        auto* const entry = new juce::DynamicObject();
        legList.add(juce::var(entry));
        entry->setProperty("uri", juceText(leg.uri));
        entry->setProperty("part", leg.strip.role == LegRole::sink ? "sink" : "source");
        writeStrip(*entry, leg.strip);
    }
    root->setProperty("legs", legList);

    auto* const gains = addObject(*root, "gains");
    gains->setProperty("masterInDb", gainVar(masterInGainDb));
    gains->setProperty("masterOutDb", gainVar(masterOutGainDb));

    auto* const strips = addObject(*root, "strips");
    for (size_t i = 0; i < houseStripCount; ++i)
    {
        auto* const entry = addObject(*strips, houseKeys[i]);
        writeStrip(*entry, house[i]);
        if (i == static_cast<size_t>(HouseStrip::dtmf))
            entry->setProperty("on", dtmfOn);
    }

    juce::Array<juce::var> cellList;
    for (const auto& cell : cells)
    {
        auto* const entry = new juce::DynamicObject();
        cellList.add(juce::var(entry));
        entry->setProperty("leg", cell.leg + 1);
        entry->setProperty("hears", cell.from >= 0 ? juce::var(cell.from + 1) : juce::var(houseKeys[-1 - cell.from]));
        entry->setProperty("gainDb", gainVar(cell.gainDb));
    }
    root->setProperty("cells", cellList);

    auto* const digits = addObject(*root, "dtmf");
    digits->setProperty("sequence", juceText(std::string(dtmf.sequence.text())));
    digits->setProperty("onMs", dtmf.onMs);
    digits->setProperty("offMs", dtmf.offMs);
    digits->setProperty("loop", dtmf.loop);
    digits->setProperty("gapMs", dtmf.gapMs);
    digits->setProperty("lowDbm0", dtmf.lowDbm0);
    digits->setProperty("twistDb", dtmf.twistDb);
    digits->setProperty("playAtStart", playDtmf);

    auto* const tone = addObject(*root, "tone");
    tone->setProperty("frequencyHz", toneHz);
    tone->setProperty("levelDbm0", gainVar(toneDbm0));
    root->setProperty("layout", layout.isObject() ? layout : juce::var(new juce::DynamicObject()));
    return juce::JSON::toString(holder).toStdString() + "\n";
}

Result<ReadSession> Session::parse(const std::string& text, const std::string& name)
{
    const auto wrong = [&name](const std::string& why) { return Error { ExitCode::wrongUse, "use the session " + name, why, {} }; };
    if (text.size() > maxBytes)
        return wrong("it has more than " + std::to_string(maxBytes >> 20) + " MiB: this is no session");
    if (text.find('\0') != std::string::npos || ! juce::CharPointer_UTF8::isValidString(text.data(), static_cast<int>(text.size())))
        return wrong("it is no text in UTF-8");
    const auto shape = JsonShape::of(text);
    if (shape.depth > deepestSession)
        return wrong("its brackets are nested deeper than " + std::to_string(deepestSession));

    juce::var root;
    if (const auto parsed = juce::JSON::parse(juce::String::fromUTF8(text.data(), static_cast<int>(text.size())), root); parsed.failed())
        return wrong(parsed.getErrorMessage().toStdString());
    if (root.getDynamicObject() == nullptr)
        return wrong("it holds no JSON object");
    if (shape.end == std::string::npos || text.find_first_not_of(" \t\r\n", shape.end) != std::string::npos)
        return wrong("something follows the closing brace");

    SessionFaults faults;
    ReadSession result { readSession(root, faults), {} };
    if (! faults.first.empty())
        return wrong(faults.first);
    result.unknownKeys = std::move(faults.unknownKeys);
    return result;
}

Result<ReadSession> Session::load(const juce::File& file)
{
    const auto name = file.getFullPathName().toStdString();
    juce::FileInputStream stream(file);
    juce::MemoryBlock content;
    if (file.isDirectory() || stream.failedToOpen())
        return Error { ExitCode::environment, "read the session " + name,
                       file.isDirectory() ? "it is a folder" : stream.getStatus().getErrorMessage().toStdString(), {} };
    stream.readIntoMemoryBlock(content, static_cast<ssize_t>(maxBytes + 1));
    if (stream.getStatus().failed())
        return Error { ExitCode::environment, "read the session " + name, stream.getStatus().getErrorMessage().toStdString(), {} };
    return parse(std::string(static_cast<const char*>(content.getData()), content.getSize()), name);
}

Result<void> Session::save(const juce::File& file) const
{
    if (const auto made = file.getParentDirectory().createDirectory(); made.failed())
        return Error { ExitCode::environment, "make the folder " + file.getParentDirectory().getFullPathName().toStdString(),
                       made.getErrorMessage().toStdString(), "choose a folder that you may write" };
    return writeWholeFile(file, encode(), "the session");
}

std::string Session::summary() const
{
    return std::to_string(legs.size()) + (legs.size() == 1 ? " leg, " : " legs, ") + modeKeys[static_cast<size_t>(mode)];
}

juce::File Session::lastSessionFile()
{
    const auto configured = juce::SystemStats::getEnvironmentVariable("XDG_CONFIG_HOME", {});
    const auto folder = juce::File::isAbsolutePath(configured)
                          ? juce::File(configured)
                          : juce::File::getSpecialLocation(juce::File::userHomeDirectory).getChildFile(".config");
    return folder.getChildFile("milliwatt").getChildFile("last-session.json");
}

} // namespace mw
