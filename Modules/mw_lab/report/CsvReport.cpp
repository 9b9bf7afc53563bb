#include "CsvReport.h"

#include "../measure/FigureCatalogue.h"
#include "JuceText.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace mw
{

namespace
{

/** A cell as RFC 4180 wants it. */
std::string csvCell(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const auto c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

/** The shortest decimals that mean exactly this number. */
std::string csvNumber(double value)
{
    std::array<char, 32> digits {};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    return { digits.data(), end.ptr };
}

std::string csvValue(const Figure* figure)
{
    if (figure == nullptr || ! figure->isMeasured())
        return {};
    if (const auto number = figure->number())
        return csvNumber(*number);
    return figure->text();
}

class CsvRow
{
public:
    CsvRow& add(const std::string& text)
    {
        line += (started ? "," : "") + csvCell(juceText(text).toStdString());
        started = true;
        return *this;
    }
    [[nodiscard]] std::string text() const { return line + "\r\n"; }

private:
    std::string line;
    bool started = false;
};

} // namespace

std::string reportCsv(const MeasuredRun& run)
{
    std::set<std::string> further;
    for (const auto& call : run.calls)
        for (const auto& figure : call.figures.figures())
            if (std::ranges::find(knownFigures(), figure.path, &KnownFigure::path) == knownFigures().end())
                further.insert(figure.path);

    CsvRow header;
    for (const auto* name : { "call", "written", "peer_uri", "peer_name", "direction", "call_failed", "sip_code", "reason", "expectations", "held", "failed",
                              "not_measurable" })
        header.add(name);
    for (const auto& known : knownFigures())
        header.add(std::string(known.path));
    for (const auto& path : further)
        header.add(path);
    header.add("recording");

    auto text = header.text();
    const auto written = run.written.toISO8601(true).toStdString();
    for (size_t i = 0; i < run.calls.size(); ++i)
    {
        const auto& call = run.calls[i];
        size_t held = 0, failed = 0;
        for (const auto& expectation : call.expectations)
        {
            held += expectation.outcome == ExpectationOutcome::held ? 1u : 0u;
            failed += expectation.outcome == ExpectationOutcome::failed ? 1u : 0u;
        }
        CsvRow row;
        row.add(std::to_string(i + 1)).add(written).add(call.info.peerUri).add(call.info.peerName);
        row.add(call.info.outgoing ? "outgoing" : "incoming").add(call.info.failed ? "true" : "false");
        row.add(call.info.sipCode > 0 ? std::to_string(call.info.sipCode) : std::string()).add(call.info.reason);
        row.add(std::to_string(call.expectations.size())).add(std::to_string(held)).add(std::to_string(failed));
        row.add(std::to_string(call.expectations.size() - held - failed));
        for (const auto& known : knownFigures())
            row.add(csvValue(call.figures.find(known.path)));
        for (const auto& path : further)
            row.add(csvValue(call.figures.find(path)));
        text += row.add(call.recording).text();
    }
    return text;
}

} // namespace mw
