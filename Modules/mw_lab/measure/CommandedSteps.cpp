#include "CommandedSteps.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace commanded
{
namespace
{
constexpr double nsToS = 1.0e-9;
constexpr double earliestAnswerS = -0.02;  ///< half of a change cannot be heard before it was commanded; clocks are read to a block
constexpr double endMarginS = 0.5;

/** A step that was heard. */
struct Heard
{
    double clockS = 0.0;
    std::string pilot;
    std::optional<double> stepDb;
    bool isGone = false;  ///< afterwards nothing was left of it
    bool used = false;
};

std::vector<Heard> stepsOf(const FigureSet& figures)
{
    std::vector<Heard> heard;
    const auto* table = figures.table("steps");
    if (table == nullptr)
        return heard;
    for (size_t row = 0; row < table->rows.size(); ++row)
        if (const auto clock = table->number(row, "clock"); clock.has_value())
            heard.push_back({ *clock, table->text(row, "pilot"), table->number(row, "step"), ! table->number(row, "after").has_value(), false });
    return heard;
}

Heard* answerTo(const CommandedStep& command, std::vector<Heard>& heard)
{
    const auto isNamed = ! command.peer.empty() && std::ranges::any_of(heard, [&](const Heard& each) { return each.pilot == command.peer; });
    Heard* nearest = nullptr;
    for (auto& each : heard)
    {
        const auto lateS = each.clockS - nsToS * static_cast<double>(command.timeNs);
        if (each.used || lateS < earliestAnswerS || lateS > longestAnswerS || (isNamed && each.pilot != command.peer))
            continue;
        if (nearest == nullptr || each.clockS < nearest->clockS)
            nearest = &each;
    }
    return nearest;
}

void setFigures(FigureSet& figures, const std::optional<std::string>& whyNot, double count, double answered, const std::optional<double>& worstDb,
                const std::optional<double>& worstMs)
{
    constexpr std::string_view whole = "the whole call";
    const FigureKind counted { "", "commands of the mixer's, mixer --log", whole, "exact" };
    const auto known = ! whyNot.has_value();
    figures.set("commands.count", known ? std::optional<double>(count) : std::nullopt, whyNot.value_or(""), counted);
    figures.set("commands.answered", known ? std::optional<double>(answered) : std::nullopt, whyNot.value_or(""),
                { "", "commands behind which the level of a pilot changed", whole, "exact" });
    figures.set("commands.worst_error_db", worstDb, whyNot.value_or("no command was answered by a step that has a size"),
                { "dB", "step measured less step commanded, greatest size", whole, "±0.2 dB in quiet" });
    figures.set("commands.worst_latency_ms", worstMs, whyNot.value_or("no command was answered"),
                { "ms", "command given to half of the step heard, both on this machine's clock", whole, "±2 ms" });
}
} // namespace
} // namespace commanded

void addCommandedSteps(FigureSet& figures, const std::vector<CommandedStep>* commands, int64_t fromNs, int64_t toNs)
{
    if (commands == nullptr)
        return commanded::setFigures(figures, "no log of the mixer was given (--mixer-log)", 0.0, 0.0, std::nullopt, std::nullopt);
    if (figures.table("steps") == nullptr)
        return commanded::setFigures(figures, "no pilots were looked for", 0.0, 0.0, std::nullopt, std::nullopt);

    auto heard = commanded::stepsOf(figures);
    DetailTable table { "commands",
                        { { "clock", "s" }, { "command", "" }, { "leg", "" }, { "pilot", "" }, { "commanded", "dB" }, { "measured", "dB" }, { "error", "dB" },
                          { "latency", "ms" }, { "outcome", "" } },
                        {}, 0 };
    auto count = 0.0, answered = 0.0;
    std::optional<double> worstDb, worstMs;
    for (const auto& command : *commands)
    {
        if (command.timeNs < fromNs || command.timeNs > toNs - static_cast<int64_t>(1.0e9 * commanded::endMarginS))
            continue;
        ++count;
        const auto clockS = commanded::nsToS * static_cast<double>(command.timeNs);
        const auto asked = command.changeDb.has_value() ? Figure::Value(*command.changeDb) : Figure::Value();
        auto* answer = commanded::answerTo(command, heard);
        if (answer == nullptr)
        {
            table.add({ clockS, command.kind, command.peer, std::string(), asked, {}, {}, {}, std::string("not heard") });
            continue;
        }
        answer->used = true;
        ++answered;
        const auto lateMs = 1000.0 * (answer->clockS - clockS);
        worstMs = std::max(worstMs.value_or(lateMs), lateMs);
        const auto measured = answer->stepDb.has_value() ? Figure::Value(*answer->stepDb) : Figure::Value();
        Figure::Value error;
        if (command.changeDb.has_value() && answer->stepDb.has_value())
        {
            error = *answer->stepDb - *command.changeDb;
            worstDb = std::max(worstDb.value_or(0.0), std::abs(std::get<double>(error)));
        }
        const auto outcome = answer->isGone ? (command.toSilence ? "silent" : "silent, and should not be")
                             : command.toSilence ? "heard, and should not be"
                             : answer->stepDb.has_value() ? "a step" : "heard again";
        table.add({ clockS, command.kind, command.peer, answer->pilot, asked, measured, error, lateMs, std::string(outcome) });
    }
    figures.setTable(std::move(table));
    commanded::setFigures(figures, std::nullopt, count, answered, worstDb, worstMs);
}

} // namespace mw
