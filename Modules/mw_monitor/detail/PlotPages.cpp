#include "PlotPages.h"

#include "PlotColours.h"

#include "../calls/CallText.h"

#include <algorithm>
#include <array>

namespace mw
{

namespace
{
/** A line a leg: of the open calls, and of ended ones that the stretch still shows. The selected leg comes
    first and stands out; while one is selected the others are faint. */
std::vector<PlotLine> legLines(const MonitorModel& model, const TimeView& view, const Palette& palette,
        Series LegHistory::*measure)
{
    std::vector<PlotLine> lines;
    const auto selected = model.selected();
    const auto add = [&](const CallInfo& call) {
        const auto* history = model.history(call.leg);
        if (history == nullptr
                || model.lastStepNs() - static_cast<int64_t>(model.steps() - history->lastStep) * historyStepNs < view.fromNs())
            return;
        PlotLine line;
        line.name = nameOf(call);
        line.values = &(history->*measure);
        line.lastStep = &history->lastStep;
        line.leg = call.leg;
        line.colour = plotColour(palette, call.leg - 1);
        line.width = call.leg == selected ? 2.0f : 1.25f;
        if (selected != 0 && call.leg != selected)
            line.colour = palette.quiet.withAlpha(0.35f);
        lines.push_back(std::move(line));
    };
    // Calls that are open before ended ones, the selected one before all.
    constexpr auto rankOf = [](const CallInfo& call, LegId first) { return call.leg == first ? 0 : call.state != CallState::closed ? 1 : 2; };
    for (const auto rank : { 0, 1, 2 })
        for (const auto& call : model.snapshot().calls)
            if (rankOf(call, selected) == rank)
                add(call);
    return lines;
}

PlotLine runLine(const MonitorModel& model, const Palette& palette, Series RunHistory::*measure, const char* name)
{
    PlotLine line;
    line.name = name;
    line.values = &(model.runHistory().*measure);
    line.lastStep = &model.runHistory().lastStep;
    line.colour = palette.accent;
    line.width = 2.0f;
    return line;
}

PlotSpec legPlot(MonitorModel& model, const TimeView& view, const char* title, const char* unit, int decimals, double high,
        Series LegHistory::*measure)
{
    PlotSpec spec;
    spec.title = title;
    spec.unit = [unit] { return juce::String::fromUTF8(unit); };
    spec.decimals = decimals;
    spec.high = high;
    spec.grows = true;
    spec.lines = [&model, &view, measure](const Palette& palette) { return legLines(model, view, palette, measure); };
    return spec;
}

std::vector<PlotLine> levelLines(const MonitorModel& model, const TimeView& view, const Palette& palette)
{
    auto lines = legLines(model, view, palette, &LegHistory::levelIn);
    if (const auto* history = model.history(model.selected()); history != nullptr && ! lines.empty()
            && lines.front().leg == model.selected())
    {
        auto sent = lines.front();
        sent.name = lines.front().name + " sent";
        lines.front().name += " received";
        sent.values = &history->levelOut;
        sent.colour = plotColour(palette, sent.leg);
        sent.dashed = true;
        lines.insert(lines.begin() + 1, sent);
    }
    auto mix = runLine(model, palette, &RunHistory::masterLevel, "mix");
    mix.colour = model.selected() != 0 ? palette.text.withAlpha(0.5f) : palette.text;
    mix.width = 1.25f;
    mix.dashed = true;
    // Before the faint ones, so that the legend has it even when there are many.
    lines.insert(lines.begin() + (lines.size() > 1 && lines[1].dashed ? 2 : 0), mix);
    if (model.showsDbfs())
        for (auto& line : lines)
            line.offset = static_cast<float>(-overloadDbm0(model.snapshot().law));
    return lines;
}

std::unique_ptr<PlotPage> pageOf(MonitorModel& model, TimeView& view, const char* title, std::vector<PlotSpec> plots)
{
    auto page = std::make_unique<PlotPage>(model, view);
    page->setTitle(title);
    for (auto& plot : plots)
        page->addPlot(std::move(plot));
    return page;
}
} // namespace

std::unique_ptr<PlotPage> makeLevelPage(MonitorModel& model, TimeView& view)
{
    PlotSpec spec;
    spec.title = "Level";
    spec.unit = [&model] { return juce::String(model.levelUnit()); };
    spec.low = -60.0;
    spec.high = 5.0;
    spec.lines = [&model, &view](const Palette& palette) { return levelLines(model, view, palette); };
    return pageOf(model, view, "Level page", { std::move(spec) });
}

std::unique_ptr<PlotPage> makeJitterAndLossPage(MonitorModel& model, TimeView& view)
{
    return pageOf(model, view, "Jitter and loss page", { legPlot(model, view, "Jitter", "ms", 1, 2.0, &LegHistory::jitterMs),
                                                         legPlot(model, view, "Loss", "%", 1, 2.0, &LegHistory::lossPercent) });
}

std::unique_ptr<PlotPage> makeDelayPage(MonitorModel& model, TimeView& view)
{
    return pageOf(model, view, "Delay page", { legPlot(model, view, "Jitter buffer", "ms", 0, 100.0, &LegHistory::bufferMs) });
}

std::unique_ptr<PlotPage> makeLoadPage(MonitorModel& model, TimeView& view)
{
    PlotSpec spec;
    spec.title = "Load";
    spec.unit = [] { return juce::String("% of the block"); };
    spec.high = 10.0;
    spec.grows = true;
    spec.lines = [&model](const Palette& palette) {
        return std::vector<PlotLine> { runLine(model, palette, &RunHistory::loadPercent, "media thread") };
    };
    return pageOf(model, view, "Load page", { std::move(spec) });
}

PlotSpec latenessPlot(MonitorModel& model)
{
    PlotSpec spec;
    spec.title = "Tick lateness";
    spec.unit = [] { return juce::String("ms"); };
    spec.decimals = 2;
    spec.high = 0.5;
    spec.grows = true;
    spec.lines = [&model](const Palette& palette) {
        return std::vector<PlotLine> { runLine(model, palette, &RunHistory::latenessMs, "latest tick") };
    };
    return spec;
}

} // namespace mw
