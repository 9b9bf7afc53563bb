#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/** The accuracy of Milliwatt's measurements, found by measuring generated signals whose truth is known.

    A measurement is one file NAMEAccuracy.cpp here. It registers a section, and ctest runs it in its quick form:

        const Registered registered("levels", [](Section& section) {
            auto& row = section.promise("sine, −60…+3 dBm0", "RMS level", "dB", 0.05);
            for (…)
                row.take(measured - truth);
        });

    Its place in Docs/Accuracy.md, with words of its own around it, is between two lines, which `Scripts/accuracy --write` fills:

        <!-- accuracy levels -->
        <!-- end of accuracy levels -->

    NAME in the file's name is the section's with words joined: DtmfWindowAccuracy.cpp registers "dtmf-window". */
namespace mw::accuracy
{

/** The worst error under one condition, and what is promised for it. */
class Row
{
public:
    Row(std::string conditionText, std::string quantityText, std::string unitText, std::optional<double> promisedBound)
        : condition(std::move(conditionText)), quantity(std::move(quantityText)), unit(std::move(unitText)), bound(promisedBound)
    {
    }

    /** One case: its error, in the row's unit; the sign does not matter. Not a number counts as broken. */
    void take(double error) noexcept;

    /** A case in which there was nothing to take an error of, though there should have been. */
    void miss(const std::string& what);

    /** Whether all is inside the bound; a row without a single case is not, and one without a bound only asks for cases. */
    [[nodiscard]] bool held() const noexcept;

    const std::string condition, quantity, unit;
    const std::optional<double> bound;
    uint64_t cases = 0, missed = 0;
    double worst = 0.0;
    std::string firstMiss;
};

/** What one measurement writes: paragraphs, tables and pictures, in the order in which they were begun. */
class Section
{
public:
    Section(std::string sectionName, bool isQuickRun) : name(std::move(sectionName)), quick(isQuickRun) {}

    /** Whether seconds are all there is (ctest); a full run may take minutes. The promises are the same. */
    [[nodiscard]] bool isQuick() const noexcept { return quick; }

    /** A paragraph of Markdown. */
    void say(const std::string& paragraph);

    /** A row of a table of worst errors; rows in a row form one table. The reference stays valid.
        @param bound the largest error that is promised, in `unit` */
    Row& promise(const std::string& condition, const std::string& quantity, const std::string& unit, double bound);

    /** The same without a promise: what was found. */
    Row& finding(const std::string& condition, const std::string& quantity, const std::string& unit);

    /** A table of its own. */
    void table(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& rows);

    /** A drawing that stands in Docs/pictures. @param file "accuracy-dtmf-window.svg" */
    void picture(const std::string& file, const std::string& svg, const std::string& description);

    /** Something else that is promised and did not hold. */
    void broken(const std::string& what) { faults.push_back(what); }

    /** One line for each thing that did not hold. */
    [[nodiscard]] std::vector<std::string> allFaults() const;

    [[nodiscard]] std::string markdown() const;

    struct Picture
    {
        std::string file, svg;
    };
    [[nodiscard]] const std::vector<Picture>& pictures() const noexcept { return drawings; }

    const std::string name;

private:
    /** Either text or a row of the table of worst errors. */
    struct Part
    {
        std::string text;
        const Row* row = nullptr;
    };

    Row& add(const std::string& condition, const std::string& quantity, const std::string& unit, std::optional<double> bound);

    bool quick;
    std::deque<Row> rows;
    std::vector<Part> parts;
    std::vector<Picture> drawings;
    std::vector<std::string> faults;
};

using Run = void (*)(Section&);

/** Registers a measurement before main() begins. */
class Registered
{
public:
    Registered(const char* sectionName, Run run);
};

struct Measurement
{
    std::string name;
    Run run;
};

/** All that registered, by name. */
[[nodiscard]] std::vector<Measurement>& measurements();

/** A number with about three significant digits. */
[[nodiscard]] std::string shown(double value);

} // namespace mw::accuracy
