#include "Faults.h"

#include "../report/Numbers.h"
#include "BreakCauses.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace mw
{

namespace
{
constexpr double leastDriftPpm = 20.0;         ///< crystals of telephones and cards are better
constexpr double leastDriftMs = 0.8;           ///< by which it must have moved the sound: less is what a busy machine does to arrivals
constexpr double leastDriftS = 15.0;           ///< of sound: in less, a line through the quickest packets of each second is a guess
constexpr double leastGainErrorDb = 0.5;
constexpr double mostlySilentShare = 0.9;      ///< of the call
constexpr double leastSoundS = 2.0;            ///< to speak of silence
constexpr double goneForS = 3.0;               ///< before the end of the sound, for a pilot that is heard no more
constexpr double regularShare = 0.02;          ///< by which the distances of regular breaks differ at most

/** A figure's number, when it was measured. */
std::optional<double> numberIn(const FigureSet& figures, std::string_view path)
{
    const auto* figure = figures.find(path);
    return figure != nullptr ? figure->number() : std::nullopt;
}

double countIn(const FigureSet& figures, std::string_view path) { return numberIn(figures, path).value_or(0.0); }

std::optional<bool> truthIn(const FigureSet& figures, std::string_view path)
{
    const auto* figure = figures.find(path);
    const auto* truth = figure != nullptr ? std::get_if<bool>(&figure->value) : nullptr;
    return truth != nullptr ? std::optional<bool>(*truth) : std::nullopt;
}

std::string words(double count, const std::string& one) { return fixedText(count, 0) + " " + one + (count == 1.0 ? "" : "s"); }

std::string aboveOrBelow(double differenceDb) { return fixedText(std::abs(differenceDb), 1) + " dB too " + (differenceDb > 0.0 ? "loud" : "quiet"); }

/** Rows of a table that may be missing. */
class Rows
{
public:
    Rows(const FigureSet& figures, std::string_view name) : table(figures.table(name)) {}

    [[nodiscard]] size_t count() const { return table == nullptr ? 0 : table->rows.size(); }

    [[nodiscard]] std::string text(size_t row, std::string_view column) const { return table == nullptr ? std::string() : table->text(row, column); }
    [[nodiscard]] std::optional<double> number(size_t row, std::string_view column) const { return table == nullptr ? std::nullopt : table->number(row, column); }

private:
    const DetailTable* table;
};

bool isOfMixer(std::string_view cause) { return cause == break_cause::mixerBuffer || cause == break_cause::mixerStall || cause == break_cause::limiter; }

/** Collects what is found, each kind in a function of its own. */
class FaultSearch
{
public:
    FaultSearch(const FigureSet& figuresToRead, const FaultReference& referenceToUse) : figures(figuresToRead), reference(referenceToUse) {}

    std::vector<Fault> run()
    {
        findMissingSound();
        findTransport();
        findStall();
        findGaps();
        findWhoIsHeard();
        findEcho();
        findGain();
        findDigits();
        findDrift();
        findStreamFaults();
        return std::move(found);
    }

private:
    void add(std::string name, std::string where, std::string what, std::optional<double> value = {}, std::string unit = {})
    {
        found.push_back({ std::move(name), std::move(where), std::move(what), value, std::move(unit) });
    }

    void findMissingSound()
    {
        if (truthIn(figures, "call.established").value_or(false) && numberIn(figures, "transport.packets") == 0.0)
            return add("no packets", "network", "the call was answered, and no RTP came");
        const auto seconds = countIn(figures, "sound.seconds_s"), silent = countIn(figures, "level.silence_s");
        if (seconds >= leastSoundS && silent >= mostlySilentShare * seconds)
            add("silence", "sender", "packets came, and " + fixedText(100.0 * silent / seconds, 0) + " % of their sound was silence",
                silent, "s");
    }

    void findTransport()
    {
        if (const auto lost = countIn(figures, "transport.network_lost"); lost > 0.0)
        {
            const auto percent = numberIn(figures, "transport.network_loss_percent");
            add("loss", "network", fixedText(percent.value_or(0.0), 2) + " % of the packets were lost: " + fixedText(lost, 0) + " of "
                    + fixedText(countIn(figures, "transport.expected"), 0), percent, "%");
        }
        if (const auto discarded = countIn(figures, "transport.discarded"); discarded > 0.0)
            add("late packets", "jitter buffer", words(discarded, "packet") + " came too late to be heard, or more waited than is allowed", discarded);
        if (const auto overtaken = countIn(figures, "transport.reordered"); overtaken > 0.0)
            add("reordered", "network", words(overtaken, "packet") + " came after later ones, still in time", overtaken);
        if (const auto doubled = countIn(figures, "transport.duplicate"); doubled > 0.0)
            add("doubled", "network", words(doubled, "packet") + " came twice", doubled);
    }

    void findStall()
    {
        const Rows playout(figures, "playout");
        double stalls = 0.0, lostMs = 0.0;
        for (size_t i = 0; i < playout.count(); ++i)
            if (playout.text(i, "cause") == break_cause::host)
            {
                ++stalls;
                lostMs += playout.number(i, "length").value_or(0.0);
            }
        const auto missed = countIn(figures, "sound.missed_samples");
        if (stalls > 0.0 || missed > 0.0)
            add("stall", "this machine", "it stood still " + words(stalls, "time") + " for " + fixedText(lostMs, 0) + " ms in all, and the analysis missed "
                    + words(missed, "sample") + ": distrust the figures", lostMs, "ms");
    }

    /** Breaks that the packets brought along. */
    void findGaps()
    {
        std::vector<double> starts;
        double longestMs = 0.0;
        auto ofMixer = size_t { 0 };
        for (const auto& [name, start, length] : { std::array { "gaps", "start", "duration" }, std::array { "breaks", "time", "length" } })
        {
            const Rows rows(figures, name);
            for (size_t i = 0; i < rows.count(); ++i)
                if (const auto cause = rows.text(i, "cause"); cause == break_cause::sender || cause == break_cause::senderPause || isOfMixer(cause))
                {
                    ofMixer += isOfMixer(cause) ? 1u : 0u;
                    starts.push_back(rows.number(i, start).value_or(0.0));
                    longestMs = std::max(longestMs, rows.number(i, length).value_or(0.0));
                }
            if (! starts.empty())
                break;  // a tone tells better than pilots, of which each would tell the same break again
        }
        if (starts.empty())
            return;
        std::ranges::sort(starts);
        std::string distance;
        if (starts.size() > 1)
        {
            const auto whole = starts.back() - starts.front(), usual = whole / static_cast<double>(starts.size() - 1);
            auto isRegular = true;
            for (size_t i = 1; i < starts.size(); ++i)
                isRegular = isRegular && std::abs(starts[i] - starts[i - 1] - usual) <= regularShare * usual;
            distance = isRegular ? ", every " + fixedText(usual, 2) + " s" : ", at irregular distances";
        }
        add("gaps", ofMixer == starts.size() ? "mixer" : "sender", words(static_cast<double>(starts.size()), "break") + " of up to " + fixedText(longestMs, 1)
                + " ms in the sound that whole packets carried" + distance, longestMs, "ms");
    }

    void findWhoIsHeard()
    {
        std::vector<std::string> missing, strangers;
        for (const auto& expectation : reference.expectations)
        {
            constexpr std::string_view family = "hears.";
            if (expectation.operation != FigureExpectation::Operation::truth || ! expectation.path.starts_with(family))
                continue;
            const auto name = expectation.path.substr(family.size());
            const auto isHeard = truthIn(figures, expectation.path);
            if (name == "self" || ! isHeard.has_value())
                continue;
            if (expectation.wanted && ! *isHeard)
                missing.push_back(name);
            if (! expectation.wanted && *isHeard)
                strangers.push_back(name);
            if (expectation.wanted && *isHeard)
                findGone(name);
        }
        for (const auto& name : unnamedPilots())
            strangers.push_back(name);
        while (! missing.empty() && ! strangers.empty())
        {
            add("swapped", "mixer", strangers.back() + " is heard where " + missing.back() + " is expected");
            missing.pop_back();
            strangers.pop_back();
        }
        for (const auto& name : missing)
            add("muted", "mixer", name + " is expected and was not heard, though " + words(countIn(figures, "transport.packets"), "packet") + " came");
        for (const auto& name : strangers)
            add("unexpected leg", "mixer", name + " is heard and should not be", numberIn(figures, "hears." + name + "_dbm0"), "dBm0");
    }

    /** Pilots heard that nobody spoke of, where somebody said who is expected. */
    [[nodiscard]] std::vector<std::string> unnamedPilots() const
    {
        std::vector<std::string> result;
        const auto isToldOf = [this](const std::string& name) {
            return std::ranges::any_of(reference.expectations, [&](const FigureExpectation& each) { return each.path == "hears." + name; });
        };
        const auto speaksOfPilots = std::ranges::any_of(reference.expectations, [](const FigureExpectation& each) {
            return each.operation == FigureExpectation::Operation::truth && each.wanted && each.path.starts_with("hears.");
        });
        const Rows pilots(figures, "pilots");
        for (size_t i = 0; speaksOfPilots && i < pilots.count(); ++i)
            if (const auto name = pilots.text(i, "pilot"); name != "self" && reference.names.numberOf(name) != 0 && name.starts_with("pilot_")
                && ! isToldOf(name))
                result.push_back(name);
        return result;
    }

    /** A pilot that is expected and fell silent long before the sound ended. */
    void findGone(const std::string& name)
    {
        const Rows pilots(figures, "pilots");
        for (size_t i = 0; i < pilots.count(); ++i)
            if (const auto last = pilots.number(i, "last"); pilots.text(i, "pilot") == name && last.has_value()
                && countIn(figures, "sound.seconds_s") - *last >= goneForS)
                add("muted", "mixer", name + " was heard until " + fixedText(*last, 1) + " s and no more", *last, "s");
    }

    void findEcho()
    {
        if (const auto returned = numberIn(figures, "echo.return_db"))
        {
            const auto delayMs = numberIn(figures, "hears.self_delay_ms");
            add("echo", "mixer or far end", "one's own sound comes back at " + fixedText(*returned, 1) + " dB"
                    + (delayMs.has_value() ? ", " + fixedText(*delayMs, 1) + " ms late" : ""), returned, "dB");
        }
    }

    void findGain()
    {
        for (const auto number : reference.names.named())
        {
            const auto name = reference.names.nameOf(number);
            if (const auto gain = numberIn(figures, "hears." + name + "_gain_db"); gain.has_value() && std::abs(*gain) >= leastGainErrorDb)
                add("gain", "mixer or sender", name + " arrives " + aboveOrBelow(*gain), gain, "dB");
        }
        for (const auto& expectation : reference.expectations)
        {
            const auto* figure = figures.find(expectation.path);
            if (expectation.operation != FigureExpectation::Operation::near || figure == nullptr || ! figure->unit.starts_with("dB"))
                continue;
            const auto measured = figure->number();
            if (measured.has_value() && std::abs(*measured - expectation.value) > std::max(expectation.tolerance, leastGainErrorDb))
                add("gain", "mixer or sender", expectation.path + " is " + aboveOrBelow(*measured - expectation.value), *measured - expectation.value, "dB");
        }
    }

    void findDigits()
    {
        const Rows rows(figures, "digit faults");
        if (! reference.digitsExpected && countIn(figures, "dtmf.count") == 0.0 && rows.count() < 2)
            return;  // one sound that looks like half a digit, where nobody dials
        for (const auto* name : { "short digit", "short pause", "twist", "digit frequency", "digit level" })
        {
            double count = 0.0;
            size_t worst = 0;
            for (size_t i = 0; i < rows.count(); ++i)
                if (rows.text(i, "fault") == name)
                {
                    if (count == 0.0 || std::abs(rows.number(i, "beyond").value_or(0.0)) > std::abs(rows.number(worst, "beyond").value_or(0.0)))
                        worst = i;
                    ++count;
                }
            if (count > 0.0)
                add(name, "sender", "digit " + rows.text(worst, "digit") + " at " + fixedText(rows.number(worst, "start").value_or(0.0), 2) + " s: "
                        + rows.text(worst, "what") + (count > 1.0 ? "; " + words(count, "digit") + " in all" : ""),
                    rows.number(worst, "value"), rows.text(worst, "unit"));
        }
    }

    void findDrift()
    {
        for (const auto* path : { "drift.ppm", "drift.pilot_ppm" })
            if (const auto ppm = numberIn(figures, path))
            {
                const auto seconds = countIn(figures, "sound.seconds_s"), movedMs = std::abs(*ppm) * 1.0e-3 * seconds;
                if (seconds >= leastDriftS && std::abs(*ppm) >= leastDriftPpm && movedMs >= leastDriftMs)
                    add("drift", "sender", "the peer's clock is " + fixedText(std::abs(*ppm), 1) + " ppm too " + (*ppm > 0.0 ? "fast" : "slow"), ppm, "ppm");
                return;
            }
    }

    void findStreamFaults()
    {
        if (const auto runs = countIn(figures, "level.clipped_runs"); runs > 0.0)
            add("clipping", "sender", "full scale was reached for three and more samples " + words(runs, "time"), runs);
        if (const auto wrong = countIn(figures, "transport.wrong_payload_type"); wrong > 0.0)
            add("payload type", "sender", words(wrong, "packet") + " of a payload type that nobody agreed on", wrong);
        const auto jumps = countIn(figures, "transport.sequence_jumps") + countIn(figures, "transport.timestamp_jumps")
                         + countIn(figures, "transport.ssrc_changes");
        if (jumps > 0.0)
            add("stream", "sender", words(jumps, "jump") + " of sequence, timestamp or source", jumps);
    }

    const FigureSet& figures;
    const FaultReference& reference;
    std::vector<Fault> found;
};

} // namespace

std::string Fault::line() const { return "fault (" + where + "), " + name + ": " + what; }

std::vector<Fault> findFaults(const FigureSet& figures, const FaultReference& reference) { return FaultSearch(figures, reference).run(); }

void addFaults(FigureSet& figures, const FaultReference& reference)
{
    const auto faults = findFaults(figures, reference);
    DetailTable table { "faults", { { "fault", "" }, { "where", "" }, { "value", "" }, { "unit", "" }, { "what", "" } }, {}, 0 };
    std::vector<std::string> names;
    for (const auto& fault : faults)
    {
        table.add({ fault.name, fault.where, fault.value.has_value() ? Figure::Value(*fault.value) : Figure::Value(), fault.unit, fault.what });
        if (std::ranges::find(names, fault.name) == names.end())
            names.push_back(fault.name);
    }
    std::string all;
    for (const auto& name : names)
        all += (all.empty() ? "" : ",") + name;
    constexpr std::string_view by = "the other figures, and what is expected", whole = "the whole call";
    figures.set("faults.count", static_cast<uint64_t>(faults.size()), { "", by, whole, "" });
    figures.set("faults.names", std::move(all), { "", by, whole, "" });
    figures.setTable(std::move(table));
}

std::vector<std::string> faultLines(const FigureSet& figures)
{
    std::vector<std::string> lines;
    const Rows rows(figures, "faults");
    for (size_t i = 0; i < rows.count(); ++i)
        lines.push_back(Fault { rows.text(i, "fault"), rows.text(i, "where"), rows.text(i, "what"), {}, {} }.line());
    return lines;
}

} // namespace mw
