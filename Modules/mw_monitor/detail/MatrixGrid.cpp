#include "MatrixGrid.h"

#include "RoutingActions.h"

#include "../look/Figures.h"
#include "../look/Layout.h"
#include "../look/Menus.h"

#include <algorithm>

namespace mw
{

namespace
{
constexpr int headerWidth = 168, headerHeight = 24, cellHeight = 24, keyHeight = 24, barSize = 10, leastCellWidth = 56,
        mostCellWidth = 96;
} // namespace

MatrixGrid::MatrixGrid(MonitorModel& modelToShow) : model(modelToShow)
{
    setTitle("Who hears whom");
    setWantsKeyboardFocus(true);
    setOpaque(true);
    for (auto* bar : { &across, &down })
    {
        bar->setAutoHide(true);
        bar->addListener(this);
        addChildComponent(bar);
    }
    routing = model.engine().mixer().routing();
    refresh();
}

MatrixGrid::~MatrixGrid() = default;

// ---- what is shown -------------------------------------------------------------------------------------------------------------

void MatrixGrid::refresh()
{
    std::vector<Party> legs;
    for (const auto* call : model.openCalls())
        if (call->channel >= 0)
            legs.push_back({ call->channel, call->leg, juceText(call->peerName.empty() ? call->peerUri : call->peerName) });
    const auto number = model.engine().mixer().routingNumber();
    if (legs == listeners && number == routingNumber && selected == model.selected() && ! speakers.empty())
        return;
    if (number != routingNumber)
        routing = model.engine().mixer().routing();
    routingNumber = number;
    selected = model.selected();
    if (legs != listeners || speakers.empty())
    {
        endEdit();
        listeners = std::move(legs);
        speakers = listeners;
        const auto& mixer = model.engine().mixer();
        speakers.push_back({ mixer.indexOf(HouseStrip::dtmf), 0, "DTMF" });
        speakers.push_back({ mixer.indexOf(HouseStrip::tone), 0, "tone" });
        speakers.push_back({ mixer.indexOf(HouseStrip::player), 0, "player" });
        hovered.reset();
        if (chosen && (chosen->row >= rowCount() || chosen->column >= columnCount()))
            chosen.reset();
        updateScroll();
    }
    repaint();
}

double MatrixGrid::gainAt(Place place) const
{
    return routing.gainDb(listeners[static_cast<size_t>(place.row)].strip, speakers[static_cast<size_t>(place.column)].strip);
}

juce::String MatrixGrid::cellText(Place place) const { return figures::of(gainAt(place), 1); }

bool MatrixGrid::isCellSet(Place place) const
{
    return routing.isSet(listeners[static_cast<size_t>(place.row)].strip, speakers[static_cast<size_t>(place.column)].strip);
}

juce::String MatrixGrid::describe(Place place) const
{
    const auto& listener = listeners[static_cast<size_t>(place.row)];
    const auto& speaker = speakers[static_cast<size_t>(place.column)];
    const auto words = [](double gainDb) { return gainDb == silenceDb ? juce::String("not at all")
            : "at " + figures::of(gainDb, 1) + " dB"; };
    const auto own = listener.strip == speaker.strip;
    auto text = listener.name + " hears " + (own ? juce::String("itself") : speaker.name) + " " + words(gainAt(place));
    if (isCellSet(place))
        text << ", set by hand; the mode says " << words(routing.modeGainDb(listener.strip, speaker.strip));
    return text;
}

// ---- where it is shown -----------------------------------------------------------------------------------------------------------

juce::Rectangle<int> MatrixGrid::cellArea() const
{
    auto area = getLocalBounds().withTrimmedLeft(headerWidth).withTrimmedTop(headerHeight).withTrimmedBottom(keyHeight);
    area.removeFromRight(barSize);
    area.removeFromBottom(barSize);
    return area;
}

int MatrixGrid::cellWidth() const { return std::clamp(cellArea().getWidth() / std::max(1, columnCount()), leastCellWidth,
        mostCellWidth); }

juce::Rectangle<int> MatrixGrid::cellBounds(Place place) const
{
    const auto area = cellArea();
    return { area.getX() + place.column * cellWidth() - static_cast<int>(across.getCurrentRangeStart()),
             area.getY() + place.row * cellHeight - static_cast<int>(down.getCurrentRangeStart()), cellWidth(), cellHeight };
}

std::optional<MatrixGrid::Place> MatrixGrid::placeAt(juce::Point<int> position) const
{
    const auto area = cellArea();
    if (! area.contains(position))
        return {};
    const Place place { (position.y - area.getY() + static_cast<int>(down.getCurrentRangeStart())) / cellHeight,
                        (position.x - area.getX() + static_cast<int>(across.getCurrentRangeStart())) / cellWidth() };
    return place.row < rowCount() && place.column < columnCount() ? std::optional(place) : std::nullopt;
}

std::optional<int> MatrixGrid::headerRowAt(juce::Point<int> position) const
{
    const auto area = cellArea();
    if (position.x >= headerWidth || position.y < area.getY() || position.y >= area.getBottom())
        return {};
    const auto row = (position.y - area.getY() + static_cast<int>(down.getCurrentRangeStart())) / cellHeight;
    return row < rowCount() ? std::optional(row) : std::nullopt;
}

juce::Rectangle<int> MatrixGrid::roleBounds(int row) const
{
    return cellBounds({ row, 0 }).withX(headerWidth - 60).withWidth(52);
}

void MatrixGrid::resized() { updateScroll(); }

void MatrixGrid::updateScroll()
{
    const auto area = cellArea();
    const auto keep = [](juce::ScrollBar& bar, int all, int seen) {
        bar.setRangeLimits(0.0, std::max(all, seen));
        bar.setCurrentRange(bar.getCurrentRangeStart(), seen, juce::dontSendNotification);
    };
    keep(across, columnCount() * cellWidth(), area.getWidth());
    keep(down, rowCount() * cellHeight, area.getHeight());
    across.setSingleStepSize(cellWidth());
    down.setSingleStepSize(cellHeight);
    across.setBounds(area.getX(), area.getBottom(), area.getWidth(), barSize);
    down.setBounds(area.getRight(), area.getY(), barSize, area.getHeight());
}

void MatrixGrid::scrollTo(Place place)
{
    const auto area = cellArea();
    const auto show = [](juce::ScrollBar& bar, int from, int to, int seen) {
        if (from < bar.getCurrentRangeStart())
            bar.setCurrentRangeStart(from);
        else if (to > bar.getCurrentRangeStart() + seen)
            bar.setCurrentRangeStart(to - seen);
    };
    show(across, place.column * cellWidth(), (place.column + 1) * cellWidth(), area.getWidth());
    show(down, place.row * cellHeight, (place.row + 1) * cellHeight, area.getHeight());
}

// ---- mouse and keys --------------------------------------------------------------------------------------------------------------

void MatrixGrid::choose(Place place)
{
    endEdit();
    chosen = Place { std::clamp(place.row, 0, std::max(0, rowCount() - 1)), std::clamp(place.column, 0, columnCount() - 1) };
    scrollTo(*chosen);
    repaint();
}

void MatrixGrid::mouseDown(const juce::MouseEvent& event)
{
    if (const auto row = headerRowAt(event.getPosition()))
    {
        const auto& listener = listeners[static_cast<size_t>(*row)];
        const auto isSink = routing.roles[static_cast<size_t>(listener.strip)] == LegRole::sink;
        if (routing.mode == MixMode::funnel && roleBounds(*row).contains(event.getPosition()))
            changeRole(model, listener.strip, isSink ? LegRole::source : LegRole::sink);
        else
            model.select(listener.leg == model.selected() ? 0 : listener.leg);
        return refresh();
    }
    const auto place = placeAt(event.getPosition());
    if (! place)
        return endEdit();
    choose(*place);
    if (event.mods.isPopupMenu())
        showMenu();
}

void MatrixGrid::mouseDoubleClick(const juce::MouseEvent& event)
{
    if (placeAt(event.getPosition()) && chosen)
        edit(cellText(*chosen));
}

void MatrixGrid::mouseMove(const juce::MouseEvent& event)
{
    const auto now = placeAt(event.getPosition());
    setMouseCursor(headerRowAt(event.getPosition()) ? juce::MouseCursor::PointingHandCursor : juce::MouseCursor::NormalCursor);
    if (now == hovered)
        return;
    hovered = now;
    repaint();
}

void MatrixGrid::mouseExit(const juce::MouseEvent&)
{
    hovered.reset();
    repaint();
}

void MatrixGrid::mouseWheelMove(const juce::MouseEvent& event, const juce::MouseWheelDetails& wheel)
{
    endEdit();
    const auto sideways = std::abs(wheel.deltaX) > std::abs(wheel.deltaY) || event.mods.isShiftDown();
    if (sideways)
        across.mouseWheelMove(event, wheel);
    else
        down.mouseWheelMove(event, wheel);
}

bool MatrixGrid::keyPressed(const juce::KeyPress& key)
{
    if (rowCount() == 0)
        return false;
    const auto at = chosen.value_or(Place {});
    const auto move = [&](int rows, int columns) {
        choose(chosen ? Place { at.row + rows, at.column + columns } : at);
        return true;
    };
    if (key == juce::KeyPress::upKey)
        return move(-1, 0);
    if (key == juce::KeyPress::downKey)
        return move(1, 0);
    if (key == juce::KeyPress::leftKey)
        return move(0, -1);
    if (key == juce::KeyPress::rightKey)
        return move(0, 1);
    if (! chosen)
        return false;
    if (key == juce::KeyPress::deleteKey || key == juce::KeyPress::backspaceKey)
        return set({}), true;
    if (key == juce::KeyPress::returnKey || key == juce::KeyPress::F2Key)
        return edit(cellText(*chosen)), true;
    const auto typed = key.getTextCharacter();
    if (! key.getModifiers().isCommandDown() && (juce::CharacterFunctions::isDigit(typed) || typed == '-' || typed == '+'
            || typed == '.'))
        return edit(juce::String::charToString(typed)), true;
    return false;
}

// ---- editing -----------------------------------------------------------------------------------------------------------------------

void MatrixGrid::edit(const juce::String& initial)
{
    endEdit();
    editor = std::make_unique<juce::TextEditor>("Gain of the cell");
    editor->setTitle("Gain of the cell");
    editor->setFont(layout::smallFont());
    editor->setJustification(juce::Justification::centred);
    editor->setTooltip(juce::String::fromUTF8("Gain [dB], −60 … 20, or -inf (Enter sets it, Esc leaves it)"));
    editor->setText(initial, juce::dontSendNotification);
    editor->onReturnKey = [this] { applyEdit(); };
    editor->onEscapeKey = [this] { endEdit(); };
    editor->onFocusLost = [this] { endEdit(); };
    editor->onTextChange = [this, field = editor.get()] {
        field->applyColourToAllText(gainFromText(field->getText()) ? Look::of(*this).text : Look::of(*this).bad);
    };
    addAndMakeVisible(*editor);
    editor->setBounds(cellBounds(*chosen));
    editor->grabKeyboardFocus();
    if (initial.length() > 1)
        editor->selectAll();
    else
        editor->moveCaretToEnd();
}

void MatrixGrid::applyEdit()
{
    const auto gain = gainFromText(editor->getText());
    if (! gain)
        return model.note(LogEntry::Weight::bad,
                "a gain is a number from -60 to 20 dB, or -inf: " + editor->getText().toStdString() + " is none");
    endEdit();
    set(gain);
    grabKeyboardFocus();
}

void MatrixGrid::endEdit()
{
    if (editor == nullptr)
        return;
    editor->onFocusLost = editor->onTextChange = nullptr;
    removeChildComponent(editor.get());
    formerEditor = std::move(editor);
}

void MatrixGrid::set(std::optional<double> gainDb)
{
    const auto place = *chosen;
    changeCell(model, listeners[static_cast<size_t>(place.row)].strip, speakers[static_cast<size_t>(place.column)].strip, gainDb);
    refresh();
}

void MatrixGrid::showMenu()
{
    juce::PopupMenu menu;
    const juce::Component::SafePointer<MatrixGrid> here(this);
    const auto item = [&](const juce::String& text, std::optional<double> gainDb) {
        menu.addItem(text, [here, gainDb] {
            if (here != nullptr && here->chosen)
                here->set(gainDb);
        });
    };
    menu.addSectionHeader(describe(*chosen));
    item("0 dB", 0.0);
    item(juce::String::fromUTF8("−6 dB"), -6.0);
    item(juce::String::fromUTF8("−20 dB"), -20.0);
    item(juce::String::fromUTF8("Not at all (−∞)"), silenceDb);
    menu.addItem(juce::String::fromUTF8("Other gain…"), [here] {
        if (here != nullptr && here->chosen)
            here->edit(here->cellText(*here->chosen));
    });
    menu.addSeparator();
    menu.addItem(juce::PopupMenu::Item("As the mode says").setEnabled(isCellSet(*chosen)).setAction([here] {
        if (here != nullptr && here->chosen)
            here->set({});
    }));
    mw::showMenu(menu, *this, juce::PopupMenu::Options().withTargetComponent(this).withMousePosition());
}

} // namespace mw
