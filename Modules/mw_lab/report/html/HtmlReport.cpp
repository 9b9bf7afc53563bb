#include "HtmlReport.h"

#include "../Incidents.h"
#include "../Numbers.h"
#include "HtmlFigures.h"
#include "HtmlPlots.h"
#include "HtmlText.h"

namespace mw
{

namespace
{

/** Colours are those of the plots, which stand 4.5 : 1 and more against their ground in both themes. */
constexpr const char* style =
    "*{box-sizing:border-box}html{color-scheme:light dark}@media print{html{color-scheme:light}}"
    "body{margin:0;background:var(--plot-ground);color:var(--plot-ink);font:15px/1.5 system-ui,'Open Sans',sans-serif}"
    "main{max-width:1180px;margin:0 auto;padding:24px}h1{margin:0 0 6px;font-size:26px;line-height:1.25;overflow-wrap:anywhere}"
    "h2{margin:36px 0 8px;font-size:20px;border-top:1px solid var(--plot-rule);padding-top:20px;overflow-wrap:anywhere}h3{margin:22px 0 4px;font-size:15px}"
    "p,dl{margin:4px 0}code{font-size:13px;color:var(--plot-soft)}a{color:var(--plot-s1)}"
    ".good{color:var(--plot-good)}.bad{color:var(--plot-bad)}.waiting{color:var(--plot-wait)}.quiet,figcaption,thead th{color:var(--plot-soft)}"
    ".counts{display:flex;flex-wrap:wrap;gap:8px 28px;padding:0;margin:12px 0;list-style:none}.counts b{font-size:24px;margin-right:6px}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px;width:100%}th,td{text-align:left;vertical-align:top;padding:3px 14px 3px 0;"
    "border-bottom:1px solid var(--plot-rule);overflow-wrap:break-word}th{font-weight:600}thead th,td.name{white-space:nowrap}.value{white-space:pre-wrap;font-variant-numeric:tabular-nums}"
    ".figures th:first-child{width:22%}.figures td.value{width:22%}figure{margin:16px 0}figcaption,summary{font-size:13px}summary{cursor:pointer;margin-top:10px}"
    "@media print{main{max-width:none;padding:0}.wide{overflow:visible}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}}";

struct Count
{
    size_t held = 0, failed = 0, notMeasured = 0;
};

Count countOf(const SinkCall& call)
{
    Count count;
    for (const auto& each : call.expectations)
        ++(each.outcome == ExpectationOutcome::held ? count.held : each.outcome == ExpectationOutcome::failed ? count.failed : count.notMeasured);
    return count;
}

std::string verdict(const MeasuredRun& run)
{
    Count all;
    size_t broken = 0;
    for (const auto& call : run.calls)
    {
        const auto one = countOf(call);
        all.held += one.held;
        all.failed += one.failed;
        all.notMeasured += one.notMeasured;
        broken += call.info.failed ? 1u : 0u;
    }
    const auto passed = run.outcome.code == ExitCode::passed;
    const auto item = [](size_t number, const std::string& what, const std::string& classes) {
        return "<li" + (classes.empty() || number == 0 ? std::string() : " class=\"" + classes + "\"") + "><b>" + std::to_string(number) + "</b>" + what + "</li>";
    };
    return "<header>" + htmlElement("p", std::string("Milliwatt ") + run.role + (std::string_view(run.role) == "source" ? ", what came back" : ", what arrived"), "quiet") + htmlElement("h1", run.outcome.verdict, passed ? "good" : "bad")
           + "<ul class=\"counts\">" + item(all.held, "passed", "good") + item(all.failed, "failed", "bad") + item(all.notMeasured, "not measurable", "waiting")
           + item(run.calls.size(), run.calls.size() == 1 ? "call" : "calls", "") + (broken > 0 ? item(broken, "broken", "bad") : std::string()) + "</ul>"
           + htmlElement("p", "Exit code " + std::to_string(static_cast<int>(run.outcome.code)) + ", written " + run.written.toISO8601(true).toStdString()
                                  + (run.last.localUri.empty() ? "" : ", called at " + run.last.localUri), "quiet")
           + "</header>\n";
}

std::string expectations(const MeasuredRun& run)
{
    std::string rows;
    for (size_t i = 0; i < run.calls.size(); ++i)
        for (const auto& each : run.calls[i].expectations)
        {
            const auto measured = each.outcome != ExpectationOutcome::notMeasured;
            const auto outcome = each.outcome == ExpectationOutcome::held ? htmlElement("td", "passed", "good")
                                 : measured ? htmlElement("td", "failed", "bad") : htmlElement("td", "not measurable", "waiting");
            rows += "<tr>" + outcome + "<td class=\"name\"><a href=\"#call-" + std::to_string(i + 1) + "\">call " + std::to_string(i + 1) + "</a></td>"
                    + htmlElement("td", each.what, "name") + htmlElement("td", each.expected, "value") + htmlElement("td", each.measured, measured ? "value" : "quiet")
                    + htmlElement("td", each.method, "quiet") + "</tr>\n";
        }
    if (rows.empty())
        return {};
    return "<section id=\"expectations\"><h2>Expectations</h2><div class=\"wide\"><table><thead><tr><th>outcome</th><th>call</th><th>figure</th><th>expected</th>"
           "<th>measured</th><th>method</th></tr></thead><tbody>\n" + rows + "</tbody></table></div></section>\n";
}

std::string callSection(const MeasuredRun& run, size_t index)
{
    const auto& call = run.calls[index];
    const auto number = std::to_string(index + 1);
    const auto* duration = call.figures.find("call.duration_s");
    auto html = "<section id=\"call-" + number + "\">" + htmlElement("h2", "Call " + number + " from " + call.info.peerUri)
                + htmlElement("p", (call.info.peerName.empty() ? "" : call.info.peerName + ", ") + (call.info.codec.empty() ? "no media" : call.info.codec) + ", "
                                       + (duration != nullptr && duration->isMeasured() ? duration->text(1) : "not answered")
                                       + (call.info.reason.empty() ? "" : ", " + call.info.reason), "quiet");
    if (call.info.failed)
        html += htmlElement("p", "The call broke: " + (call.info.sipCode > 0 ? std::to_string(call.info.sipCode) + " " : std::string()) + call.info.reason, "bad");
    if (call.analysis.missedSamples > 0)
        html += htmlElement("p", std::to_string(call.analysis.missedSamples) + " samples were missed by the analysis: the machine is too slow, distrust the figures", "bad");
    html += htmlPlots(call, run.engine.mixer.law, index + 1);
    if (call.history == nullptr && call.analysis.seconds > 0.0)
        html += htmlElement("p", "Pictures of the sound are kept of the first " + std::to_string(mostCallHistories) + " calls of a run.", "quiet");
    html += htmlFigures(call.figures) + htmlTables(call.figures);
    if (! call.recording.empty())
        html += htmlElement("p", "Recording: " + call.recording, "quiet");
    return html + "</section>\n";
}

std::string runSection(const MeasuredRun& run)
{
    std::string html = "<section id=\"run\"><h2>The run</h2>\n";
    for (const auto& line : run.outcome.lines)
        html += htmlElement("p", line);
    html += "<h3>Settings</h3><div class=\"wide\"><table><tbody>\n";
    for (const auto& [name, value] : run.engine.settings)
        html += "<tr>" + htmlElement("th", name) + htmlElement("td", fixedText(value, value == std::floor(value) ? 0 : 2), "value") + "</tr>\n";
    html += "</tbody></table></div>\n<h3>Incidents</h3><div class=\"wide\"><table><tbody>\n";
    for (const auto& incident : incidentsOf(run.last))
        html += "<tr>" + htmlElement("th", incident.key) + htmlElement("td", std::to_string(incident.count), incident.count > 0 ? "value bad" : "value quiet") + "</tr>\n";
    return html + "</tbody></table></div></section>\n";
}

} // namespace

std::string reportHtml(const MeasuredRun& run)
{
    auto html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
                + htmlElement("title", "Milliwatt: " + run.outcome.verdict) + "\n<style>" + SvgPlot::pageStyle() + style + "</style></head>\n<body><main>\n"
                + verdict(run) + expectations(run) + htmlMatrix(run.calls);
    for (size_t i = 0; i < run.calls.size(); ++i)
        html += callSection(run, i);
    return html + runSection(run) + "</main></body></html>\n";
}

} // namespace mw
