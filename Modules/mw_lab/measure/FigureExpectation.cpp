#include "FigureExpectation.h"

#include "../report/Numbers.h"
#include "FigureCatalogue.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace mw
{

namespace
{
using Operation = FigureExpectation::Operation;

/** A number as short as it is without loss of what a person would write. */
std::string shortNumber(double value)
{
    auto text = fixedText(value, 6);
    while (text.back() == '0')
        text.pop_back();
    if (text.back() == '.')
        text.pop_back();
    return text;
}

/** Walks over a text and knows where it is. Columns count characters from 1. */
class Scanner
{
public:
    Scanner(std::string_view textToRead, std::string nameOfFile) : text(textToRead), name(std::move(nameOfFile)) {}

    [[nodiscard]] bool atEnd() const noexcept { return at >= text.size(); }
    [[nodiscard]] bool atLineEnd() const noexcept { return atEnd() || text[at] == '\n' || text[at] == '\r' || text[at] == '#'; }
    [[nodiscard]] char next() const noexcept { return atEnd() ? '\0' : text[at]; }
    [[nodiscard]] size_t place() const noexcept { return at; }
    void moveTo(size_t to) noexcept { at = to; }

    void skipBlanks() noexcept
    {
        while (! atEnd() && (text[at] == ' ' || text[at] == '\t'))
            ++at;
    }
    void skipEmptyLines() noexcept
    {
        while (! atEnd())
        {
            skipBlanks();
            if (! atEnd() && text[at] == '#')
                at = std::min(text.find('\n', at), text.size());
            else if (! atEnd() && (text[at] == '\n' || text[at] == '\r'))
                ++at;
            else
                return;
        }
    }
    bool take(std::string_view word) noexcept
    {
        if (! text.substr(at).starts_with(word))
            return false;
        at += word.size();
        return true;
    }
    template <typename Belongs>
    std::string_view takeWhile(Belongs&& belongs) noexcept
    {
        const auto from = at;
        while (! atEnd() && belongs(text[at]))
            ++at;
        return text.substr(from, at - from);
    }

    [[nodiscard]] Error wrong(size_t where, const std::string& why, const std::string& remedy = {}) const
    {
        const auto before = text.substr(0, where);
        const auto line = 1 + std::count(before.begin(), before.end(), '\n');
        const auto begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
        const auto column = 1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(begin), before.end(),
                                              [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
        auto what = name.empty() ? "understand the expectation '" + std::string(text) + "'" : "understand the expectations";
        const auto position = name.empty() ? "column " + std::to_string(column) : name + ":" + std::to_string(line) + ":" + std::to_string(column);
        return Error { ExitCode::wrongUse, std::move(what), position + ": " + why, remedy };
    }

private:
    std::string_view text;
    std::string name;
    size_t at = 0;
};

struct Number
{
    double value = 0.0;
    int decimals = 0;
};

/** @returns nothing when no number stands there */
std::optional<Number> takeNumber(Scanner& scanner)
{
    const auto from = scanner.place();
    auto negative = scanner.take("−") || scanner.take("-");
    if (! negative)
        scanner.take("+");
    auto digits = std::string(scanner.takeWhile([](char c) { return c >= '0' && c <= '9'; }));
    Number number;
    const auto beforePoint = scanner.place();
    if (scanner.take("."))
    {
        const auto fraction = scanner.takeWhile([](char c) { return c >= '0' && c <= '9'; });
        number.decimals = static_cast<int>(fraction.size());
        if (fraction.empty())
            scanner.moveTo(beforePoint);  // "1..2" is a range
        else
            digits += "." + std::string(fraction);
    }
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number.value);
    if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size())
    {
        scanner.moveTo(from);
        return std::nullopt;
    }
    number.value = negative ? -number.value : number.value;
    return number;
}

constexpr const char* numberForms = "it looks like -16 ± 1, < 80, >= 4.0 or 0.3..0.6";

/** A unit may follow a number; it has to be the figure's. */
Result<void> takeUnit(Scanner& scanner, const KnownFigure& figure)
{
    scanner.skipBlanks();
    const auto from = scanner.place();
    const auto unit = scanner.takeWhile([](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%' || (c >= '0' && c <= '9'); });
    const auto isLevel = figure.unit.starts_with("dB");
    if (unit.empty() || unit == figure.unit || (isLevel && unit == "dB"))
        return {};
    return scanner.wrong(from, "'" + std::string(unit) + "' is not the unit of " + std::string(figure.path)
                                   + (figure.unit.empty() ? ", which has none" : ", which is " + std::string(figure.unit)));
}

Result<void> parseNumber(Scanner& scanner, const KnownFigure& figure, FigureExpectation& expectation)
{
    const auto needed = [&](Number& number) -> Result<void> {
        scanner.skipBlanks();
        const auto found = takeNumber(scanner);
        if (! found.has_value())
            return scanner.wrong(scanner.place(), "a number is missing", numberForms);
        number = *found;
        return {};
    };
    static constexpr std::pair<std::string_view, Operation> operators[] {
        { "<=", Operation::atMost }, { "≤", Operation::atMost }, { "<", Operation::below },
        { ">=", Operation::atLeast }, { "≥", Operation::atLeast }, { ">", Operation::above } };
    for (const auto& [sign, operation] : operators)
        if (scanner.take(sign))
        {
            Number number;
            if (auto taken = needed(number); ! taken)
                return taken;
            expectation.operation = operation;
            expectation.value = number.value;
            return takeUnit(scanner, figure);
        }

    Number number;
    if (auto taken = needed(number); ! taken)
        return taken;
    expectation.value = number.value;
    if (scanner.take(".."))
    {
        Number high;
        const auto from = scanner.place();
        if (auto taken = needed(high); ! taken)
            return taken;
        if (high.value < number.value)
            return scanner.wrong(from, "the range ends below its beginning");
        expectation.operation = Operation::within;
        expectation.high = high.value;
        return takeUnit(scanner, figure);
    }
    if (auto taken = takeUnit(scanner, figure); ! taken)
        return taken;
    expectation.operation = Operation::near;
    expectation.tolerance = figure.type == KnownFigure::Type::count ? 0.0 : 0.5 * std::pow(10.0, -number.decimals);
    scanner.skipBlanks();
    if (scanner.take("±") || scanner.take("+/-") || scanner.take("+-"))
    {
        Number tolerance;
        const auto from = scanner.place();
        if (auto taken = needed(tolerance); ! taken)
            return taken;
        if (tolerance.value < 0.0)
            return scanner.wrong(from, "the tolerance is below 0");
        expectation.tolerance = tolerance.value;
        expectation.hasTolerance = true;
        return takeUnit(scanner, figure);
    }
    return {};
}

Result<void> parseCondition(Scanner& scanner, const KnownFigure& figure, FigureExpectation& expectation)
{
    scanner.skipBlanks();
    const auto from = scanner.place();
    if (scanner.atLineEnd() || scanner.next() == ',' || scanner.next() == '}')
        return scanner.wrong(from, "what " + expectation.path + " should be is missing");
    switch (figure.type)
    {
        case KnownFigure::Type::number:
        case KnownFigure::Type::count: return parseNumber(scanner, figure, expectation);
        case KnownFigure::Type::truth:
        {
            const auto word = scanner.takeWhile([](char c) { return c >= 'a' && c <= 'z'; });
            expectation.operation = Operation::truth;
            expectation.wanted = word == "true" || word == "yes";
            if (expectation.wanted || word == "false" || word == "no")
                return {};
            return scanner.wrong(from, expectation.path + " is either true or false");
        }
        case KnownFigure::Type::text:
        {
            const auto quote = scanner.next();
            if (quote != '"' && quote != '\'')
                return scanner.wrong(from, expectation.path + " is a text: it stands in quotes", "like dtmf.digits: \"123A\"");
            scanner.moveTo(from + 1);
            expectation.operation = Operation::text;
            expectation.words = std::string(scanner.takeWhile([quote](char c) { return c != quote && c != '\n'; }));
            if (! scanner.take(std::string_view(&quote, 1)))
                return scanner.wrong(from, "the quote is not closed");
            return {};
        }
    }
    return {};
}

bool isOfPath(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'; }

/** "path: condition". @param family "hears." inside braces, else empty */
Result<void> parseOne(Scanner& scanner, const std::string& family, std::vector<FigureExpectation>& list)
{
    scanner.skipBlanks();
    const auto from = scanner.place();
    const auto written = std::string(scanner.takeWhile(isOfPath));
    if (written.empty())
        return scanner.wrong(from, "a figure's path is missing", "an expectation looks like level.active_dbm0: -16 ± 1");
    scanner.skipBlanks();
    if (! scanner.take(":"))
        return scanner.wrong(scanner.place(), "':' is missing after '" + written + "'", "an expectation looks like level.active_dbm0: -16 ± 1");
    scanner.skipBlanks();
    if (family.empty() && scanner.take("{"))
    {
        do
        {
            if (auto one = parseOne(scanner, written + ".", list); ! one)
                return one;
            scanner.skipBlanks();
        } while (scanner.take(","));
        if (! scanner.take("}"))
            return scanner.wrong(scanner.place(), "',' or '}' is missing");
        return {};
    }

    FigureExpectation expectation;
    expectation.path = withoutAlias(family + written);
    const auto* figure = knownFigure(expectation.path);
    if (figure == nullptr)
    {
        const auto near = nearestFigure(family + written);
        return scanner.wrong(from, "nothing measures '" + family + written + "'",
                             near.empty() ? "milliwatt sink --list-figures shows what is measured" : "did you mean " + near + "?");
    }
    if (auto parsed = parseCondition(scanner, *figure, expectation); ! parsed)
        return parsed;
    list.push_back(std::move(expectation));
    return {};
}
} // namespace

std::string FigureExpectation::text() const
{
    const auto* figure = knownFigure(path);
    const auto unit = figure == nullptr || figure->unit.empty() ? std::string() : " " + std::string(figure->unit);
    switch (operation)
    {
        case Operation::near: return shortNumber(value) + (hasTolerance ? " ± " + shortNumber(tolerance) : "") + unit;
        case Operation::below: return "< " + shortNumber(value) + unit;
        case Operation::atMost: return "≤ " + shortNumber(value) + unit;
        case Operation::above: return "> " + shortNumber(value) + unit;
        case Operation::atLeast: return "≥ " + shortNumber(value) + unit;
        case Operation::within: return shortNumber(value) + ".." + shortNumber(high) + unit;
        case Operation::truth: return wanted ? "true" : "false";
        case Operation::text: return "'" + words + "'";
    }
    return {};
}

Result<std::vector<FigureExpectation>> parseExpectations(std::string_view text, const std::string& name)
{
    std::vector<FigureExpectation> list;
    Scanner scanner(text, name);
    scanner.skipEmptyLines();
    if (scanner.atEnd())
        return scanner.wrong(0, "no expectation stands there", "an expectation looks like level.active_dbm0: -16 ± 1");
    while (! scanner.atEnd())
    {
        if (auto one = parseOne(scanner, {}, list); ! one)
            return one.error();
        scanner.skipBlanks();
        if (! scanner.atLineEnd())
            return scanner.wrong(scanner.place(), "something is too much here", "one expectation a line");
        scanner.skipEmptyLines();
    }
    return list;
}

ExpectationOutcome judge(const FigureExpectation& expectation, const FigureSet& figures, std::string& why)
{
    const auto* figure = figures.find(expectation.path);
    if (figure == nullptr || ! figure->isMeasured())
    {
        why = figure != nullptr && ! figure->whyNot.empty() ? figure->whyNot : "nothing measured it in this call";
        return ExpectationOutcome::notMeasured;
    }
    const auto heldIf = [](bool held) { return held ? ExpectationOutcome::held : ExpectationOutcome::failed; };
    if (expectation.operation == Operation::truth)
        if (const auto* truth = std::get_if<bool>(&figure->value))
            return heldIf(*truth == expectation.wanted);
    if (expectation.operation == Operation::text)
        if (const auto* words = std::get_if<std::string>(&figure->value))
            return heldIf(*words == expectation.words);
    const auto number = figure->number();
    if (! number.has_value() || expectation.operation == Operation::truth || expectation.operation == Operation::text)
    {
        why = "it was measured as another kind of value: " + figure->text();
        return ExpectationOutcome::notMeasured;
    }
    switch (expectation.operation)
    {
        // The sum of value and tolerance is a decimal that a double may miss by its last bit.
        case Operation::near: return heldIf(std::abs(*number - expectation.value) <= expectation.tolerance * (1.0 + 1e-12) + 1e-12);
        case Operation::below: return heldIf(*number < expectation.value);
        case Operation::atMost: return heldIf(*number <= expectation.value);
        case Operation::above: return heldIf(*number > expectation.value);
        case Operation::atLeast: return heldIf(*number >= expectation.value);
        case Operation::within: return heldIf(*number >= expectation.value && *number <= expectation.high);
        case Operation::truth:
        case Operation::text: break;
    }
    return ExpectationOutcome::failed;
}

} // namespace mw
