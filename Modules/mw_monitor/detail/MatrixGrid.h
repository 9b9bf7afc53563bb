#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

#include <memory>
#include <optional>
#include <vector>

namespace mw
{

/** Who hears whom: a row a listening leg, a column a speaker (legs and house strips), in each cell the gain in effect. A disc: 0 dB
    as the mode says or as set; a ring: not heard; a number: another gain [dB]; a bar at its left: set by hand. Only what is seen is
    painted. A click chooses a cell; a typed gain sets it, Delete leaves it to the mode again. Message thread. */
class MatrixGrid final : public juce::Component, private juce::ScrollBar::Listener
{
public:
    explicit MatrixGrid(MonitorModel& modelToShow);
    ~MatrixGrid() override;

    struct Place
    {
        int row = 0, column = 0;
        bool operator==(const Place&) const = default;
    };

    /** Takes over who is there and what they hear; repaints what changed. */
    void refresh();

    [[nodiscard]] int rowCount() const noexcept { return static_cast<int>(listeners.size()); }
    [[nodiscard]] int columnCount() const noexcept { return static_cast<int>(speakers.size()); }
    [[nodiscard]] juce::String rowName(int row) const { return listeners[static_cast<size_t>(row)].name; }
    [[nodiscard]] juce::String columnName(int column) const { return speakers[static_cast<size_t>(column)].name; }

    /** Where a cell is drawn now; beyond the component when it is scrolled away [px]. */
    [[nodiscard]] juce::Rectangle<int> cellBounds(Place place) const;

    /** "0.0", "−6.0", "−∞", as the cell is in effect. */
    [[nodiscard]] juce::String cellText(Place place) const;
    [[nodiscard]] bool isCellSet(Place place) const;

    /** "bob hears alice at −6.0 dB, set by hand; the mode says 0.0 dB". */
    [[nodiscard]] juce::String describe(Place place) const;

    [[nodiscard]] std::optional<Place> chosenCell() const noexcept { return chosen; }
    void choose(Place place);

    void paint(juce::Graphics&) override;
    void resized() override;
    bool keyPressed(const juce::KeyPress&) override;
    void mouseDown(const juce::MouseEvent&) override;
    void mouseMove(const juce::MouseEvent&) override;
    void mouseExit(const juce::MouseEvent&) override;
    void mouseDoubleClick(const juce::MouseEvent&) override;
    void mouseWheelMove(const juce::MouseEvent&, const juce::MouseWheelDetails&) override;
    void focusGained(FocusChangeType) override { repaint(); }
    void focusLost(FocusChangeType) override { repaint(); }

private:
    struct Party
    {
        int strip = 0;  ///< channel, or strip of the house
        LegId leg = 0;  ///< 0: of the house
        juce::String name;
        bool operator==(const Party&) const = default;
    };

    void scrollBarMoved(juce::ScrollBar*, double) override { endEdit(), repaint(); }
    [[nodiscard]] juce::Rectangle<int> cellArea() const;
    [[nodiscard]] int cellWidth() const;
    [[nodiscard]] std::optional<Place> placeAt(juce::Point<int> position) const;
    [[nodiscard]] std::optional<int> headerRowAt(juce::Point<int> position) const;
    [[nodiscard]] juce::Rectangle<int> roleBounds(int row) const;
    [[nodiscard]] double gainAt(Place place) const;
    void updateScroll();
    void scrollTo(Place place);
    void edit(const juce::String& initial);
    void applyEdit();
    void endEdit();
    void set(std::optional<double> gainDb);
    void showMenu();
    void paintCell(juce::Graphics& g, Place place, juce::Rectangle<int> area) const;
    void paintHeaders(juce::Graphics& g) const;
    void paintKey(juce::Graphics& g) const;

    MonitorModel& model;
    MixerRouting routing;
    uint64_t routingNumber = 0;
    LegId selected = 0;
    std::vector<Party> listeners, speakers;
    std::optional<Place> chosen, hovered;
    juce::ScrollBar across { false }, down { true };
    std::unique_ptr<juce::TextEditor> editor;
    std::unique_ptr<juce::TextEditor> formerEditor;  ///< kept until the next: its end may come from a callback of its own
};

} // namespace mw
