#include "StatusText.h"

#include "Incidents.h"
#include "MediaFigures.h"
#include "Numbers.h"
#include "SnapshotJson.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace mw
{

namespace
{

constexpr int leastTableWidth = 20;
constexpr size_t leastPeerWidth = 7;
constexpr size_t endedCallsShown = 3;
constexpr int barCells = 6;
constexpr double barFloorDbm0 = -50.0, barTopDbm0 = 4.0;
constexpr const char* nothing = "—";

/** Columns that a UTF-8 text takes: its code points, since no wide or combining characters are made here; those of foreign
    names are counted as one each. */
size_t columnsOf(std::string_view text)
{
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/** Cuts to a width, with an ellipsis when something is missing. Control characters of foreign names become dots. */
std::string fitted(std::string_view text, size_t width)
{
    const auto cut = columnsOf(text) > width;
    const auto keep = cut && width > 0 ? width - 1 : width;
    std::string result;
    size_t columns = 0;
    for (size_t i = 0; i < text.size(); ++i)
    {
        const auto c = static_cast<unsigned char>(text[i]);
        if ((c & 0xc0) != 0x80 && columns++ == keep)
            break;
        result += c < 0x20 || c == 0x7f ? '.' : text[i];
    }
    return cut && width > 0 ? result + "…" : result;
}

std::string padded(std::string text, size_t width, bool toTheRight)
{
    const auto missing = width - std::min(width, columnsOf(text));
    return toTheRight ? std::string(missing, ' ') + text : text + std::string(missing, ' ');
}

std::string levelText(double rms, Law law) { return fixedText(dbm0FromRms(rms, law), 1); }

/** A level as a bar of eighths, from −50 dBm0 (nothing) to +4 dBm0 (full). */
std::string bar(double dbm0)
{
    static constexpr std::array<const char*, 9> eighths { " ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
    const auto share = std::clamp((dbm0 - barFloorDbm0) / (barTopDbm0 - barFloorDbm0), 0.0, 1.0);
    auto left = std::isfinite(dbm0) ? static_cast<int>(std::lround(share * barCells * 8)) : 0;
    std::string text;
    for (int cell = 0; cell < barCells; ++cell, left -= 8)
        text += eighths[static_cast<size_t>(std::clamp(left, 0, 8))];
    return text;
}

const char* barColour(double dbm0) { return dbm0 > 0.0 ? "\x1b[31m" : dbm0 > -10.0 ? "\x1b[33m" : "\x1b[32m"; }

struct Column
{
    const char* title;
    size_t width;
    bool toTheRight;
    int importance;  ///< the lowest go first when the terminal is narrow
};

enum ColumnIndex : size_t { number, peer, state, codec, inBar, inLevel, outLevel, gain, flags, loss, jitter, buffer, digits, columnCount };

constexpr std::array<Column, columnCount> tableColumns { {
    { "#", 4, true, 100 },
    { "peer", 24, false, 99 },
    { "state", 11, false, 90 },
    { "codec", 12, false, 20 },
    { "in", barCells, false, 80 },
    { "in dBm0", 7, true, 95 },
    { "out dBm0", 8, true, 70 },
    { "gain dB", 7, true, 60 },
    { "M/S", 3, false, 55 },
    { "lost %", 6, true, 50 },
    { "jitter ms", 9, true, 40 },
    { "buffer ms", 9, true, 30 },
    { "digits", 16, false, 35 },
} };

/** Which columns are shown, and how wide, in a width: the least important are left out, the peer takes what remains. */
std::array<size_t, columnCount> layout(size_t width)
{
    std::array<size_t, columnCount> widths {};
    for (size_t i = 0; i < columnCount; ++i)
        widths[i] = tableColumns[i].width;
    widths[peer] = leastPeerWidth;

    const auto total = [&] {
        size_t sum = 0;
        for (const auto each : widths)
            sum += each > 0 ? each + 1 : 0;
        return sum - 1;
    };
    while (total() > width)
    {
        size_t least = columnCount;
        for (size_t i = 0; i < columnCount; ++i)
            if (widths[i] > 0 && (least == columnCount || tableColumns[i].importance < tableColumns[least].importance))
                least = i;
        if (tableColumns[least].importance >= 95)
            break;
        widths[least] = 0;
    }
    if (total() < width)
        widths[peer] = std::min<size_t>(widths[peer] + width - total(), 40);
    return widths;
}

using Row = std::array<std::string, columnCount>;

std::string rendered(const Row& row, const std::array<size_t, columnCount>& widths, const char* barTint)
{
    std::string line;
    auto first = true;
    for (size_t i = 0; i < columnCount; ++i)
    {
        if (widths[i] == 0)
            continue;
        if (! first)
            line += ' ';
        first = false;
        const auto cell = padded(fitted(row[i], widths[i]), widths[i], tableColumns[i].toTheRight);
        line += i == inBar && barTint != nullptr ? barTint + cell + "\x1b[0m" : cell;
    }
    while (! line.empty() && line.back() == ' ')
        line.pop_back();
    return line;
}

std::string peerOf(const CallInfo& call) { return call.peerName.empty() ? call.peerUri : call.peerName; }

std::string addressOf(const CallInfo& call) { return call.peerUri.starts_with("sip:") ? call.peerUri.substr(4) : call.peerUri; }

/** Whether the name is no more than the user part of the address, so that the address tells more. */
bool isNamedByAddress(const CallInfo& call)
{
    return call.peerName.empty() || call.peerName == call.peerUri || addressOf(call).starts_with(call.peerName + "@");
}

/** The name; or the address, where the name is part of it and `wide` says that there is room for all of them. */
std::string peerOf(const CallInfo& call, bool wide)
{
    const auto onlyAddress = call.peerName.empty() || call.peerName == call.peerUri;
    return onlyAddress || (wide && isNamedByAddress(call)) ? addressOf(call) : call.peerName;
}

Row rowFor(const EngineSnapshot& snapshot, const CallInfo& call, bool wideNames, double& levelIn)
{
    Row row;
    row.fill(nothing);
    row[number] = call.channel >= 0 ? std::to_string(call.channel + 1) : nothing;
    row[peer] = peerOf(call, wideNames);
    row[state] = nameOf(call.state);
    row[inBar] = "";
    row[flags] = "";
    if (! call.codec.empty())
        row[codec] = call.codec;
    if (! call.digitsReceived.empty())
        row[digits] = call.digitsReceived.size() > tableColumns[digits].width
                          ? "…" + call.digitsReceived.substr(call.digitsReceived.size() - tableColumns[digits].width + 1)
                          : call.digitsReceived;

    if (const auto* strip = call.codec.empty() ? nullptr : snapshot.strip(call.channel))
    {
        levelIn = dbm0FromRms(static_cast<double>(strip->in.rms), snapshot.law);
        row[inBar] = bar(levelIn);
        row[inLevel] = fixedText(levelIn, 1);
        row[outLevel] = levelText(static_cast<double>(strip->out.rms), snapshot.law);
        row[gain] = fixedText(static_cast<double>(strip->gainDb), 1);
        row[flags] = std::string(strip->muted ? "M" : "") + (strip->soloed ? "S" : "") + (strip->role == LegRole::sink ? "→" : "");
    }
    if (const auto* transport = call.codec.empty() ? nullptr : snapshot.transport(call.channel);
        transport != nullptr && transport->media.playout.packets > 0)
    {
        row[loss] = fixedText(lossPercentOf(transport->media.playout), 1);
        row[jitter] = fixedText(transport->media.playout.jitterMs, 1);
        row[buffer] = fixedText(transport->media.playout.depthMs, 0);
    }
    return row;
}

std::string runningTime(int64_t runningNs)
{
    const auto seconds = runningNs / 1'000'000'000;
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", static_cast<int>(seconds / 3600 % 100),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
    return text.data();
}

/** What the run is: of a mixer who hears whom, else the role. */
std::string purposeOf(const EngineSnapshot& snapshot)
{
    return snapshot.role.empty() || snapshot.role == "mixer" ? nameOf(snapshot.mixer.mode) : snapshot.role;
}

size_t openCalls(const EngineSnapshot& snapshot)
{
    return static_cast<size_t>(std::count_if(snapshot.calls.begin(), snapshot.calls.end(),
                                             [](const CallInfo& call) { return call.state != CallState::closed; }));
}

std::string endOf(const CallInfo& call)
{
    std::string text = peerOf(call) + (call.failed ? " failed" : " ended");
    text += call.sipCode > 0 ? " " + std::to_string(call.sipCode) : call.reason.empty() ? "" : ",";
    return call.reason.empty() ? text : text + " " + call.reason;
}

} // namespace

std::string statusLine(const EngineSnapshot& snapshot)
{
    std::string text = runningTime(snapshot.runningNs) + " " + purposeOf(snapshot) + ", " + std::to_string(openCalls(snapshot))
                       + "/" + std::to_string(snapshot.maxLegs) + " legs";
    if (snapshot.number == 0)
        return text + ", no sound yet";
    text += ", mix " + levelText(static_cast<double>(snapshot.mixer.master.rms), snapshot.law) + " dBm0";
    for (const auto& call : snapshot.calls)
        if (const auto* strip = call.state == CallState::closed || call.codec.empty() ? nullptr : snapshot.strip(call.channel))
            text += ", " + fitted(std::to_string(call.channel + 1) + " " + peerOf(call), 24) + " "
                    + levelText(static_cast<double>(strip->in.rms), snapshot.law) + " dBm0";
    if (snapshot.mixer.dtmfDigit != 0)
        text += std::string(", DTMF ") + snapshot.mixer.dtmfDigit;
    text += ", " + std::to_string(snapshot.ticks.ticks) + " ticks";
    if (const auto incidents = incidentText(snapshot); ! incidents.empty())
        text += ", INCIDENTS: " + incidents;
    return text;
}

std::string statusTable(const EngineSnapshot& snapshot, int width, bool colour)
{
    const auto columns = static_cast<size_t>(std::max(width, leastTableWidth));
    const auto widths = layout(columns);
    const auto bold = [&](const std::string& text) { return colour ? "\x1b[1m" + text + "\x1b[0m" : text; };
    const auto warning = [&](const std::string& text) { return colour ? "\x1b[1;33m" + text + "\x1b[0m" : text; };
    const auto dim = [&](const std::string& text) { return colour ? "\x1b[2m" + text + "\x1b[0m" : text; };

    const auto& mixer = snapshot.mixer;
    auto head = "Milliwatt " + runningTime(snapshot.runningNs) + "  " + (snapshot.localUri.empty() ? "not listening" : snapshot.localUri)
                + "  " + purposeOf(snapshot) + "  " + std::to_string(openCalls(snapshot)) + "/" + std::to_string(snapshot.maxLegs) + " legs";
    std::string whole = "mix ";
    whole += snapshot.number == 0 ? nothing : levelText(static_cast<double>(mixer.master.rms), snapshot.law);
    whole += " dBm0  DTMF ";
    whole += mixer.dtmfDigit == 0 ? std::string(nothing) : std::string(1, mixer.dtmfDigit);
    whole += "  load " + fixedText(100.0 * snapshot.ticks.load, 0) + " %  " + std::to_string(snapshot.ticks.ticks) + " ticks";

    auto text = bold(fitted(head, columns)) + "\n" + fitted(whole, columns) + "\n";
    // Nothing stands here while all is well; what may have to be cut is the least weighty.
    if (const auto incidents = incidentText(snapshot); ! incidents.empty())
        text += warning(fitted("INCIDENTS: " + incidents, columns)) + "\n";
    Row titles;
    for (size_t i = 0; i < columnCount; ++i)
        titles[i] = tableColumns[i].title;
    text += dim(rendered(titles, widths, nullptr)) + "\n";

    std::vector<const CallInfo*> open, ended;
    for (const auto& call : snapshot.calls)
        (call.state == CallState::closed ? ended : open).push_back(&call);
    std::sort(open.begin(), open.end(), [](const CallInfo* a, const CallInfo* b) { return a->channel < b->channel; });

    const auto wideNames = std::all_of(open.begin(), open.end(), [&widths](const CallInfo* call) {
        return ! isNamedByAddress(*call) || columnsOf(addressOf(*call)) <= widths[peer];
    });
    for (const auto* call : open)
    {
        auto levelIn = silenceDb;
        const auto row = rowFor(snapshot, *call, wideNames, levelIn);
        text += rendered(row, widths, colour ? barColour(levelIn) : nullptr) + "\n";
    }
    if (open.empty())
        text += fitted("no calls", columns) + "\n";
    for (size_t i = ended.size() - std::min(ended.size(), endedCallsShown); i < ended.size(); ++i)
        text += dim(fitted(endOf(*ended[i]), columns)) + "\n";
    return text;
}

} // namespace mw
