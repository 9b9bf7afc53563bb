#include "MatrixPage.h"

#include "RoutingActions.h"

#include "../look/Layout.h"

namespace mw
{

MatrixPage::MatrixPage(MonitorModel& modelToShow) : model(modelToShow), grid(modelToShow)
{
    setTitle("Who hears whom page");
    conference.setTitle("Mode: conference");
    funnel.setTitle("Mode: funnel");
    matrix.setTitle("Mode: matrix");
    comesBack.setTitle("Funnel return");
    conference.setTooltip("All hear all but themselves");
    funnel.setTooltip("The sources are summed into the sinks; a leg's role is changed at its row");
    matrix.setTooltip("Only the cells that are set are heard");
    comesBack.setTooltip("In funnel mode: the sinks' sound goes back to the sources");
    for (auto* button : { &conference, &funnel, &matrix })
        setButtonStyle(*button, ButtonStyle::toggle);
    conference.onClick = [this] { change(MixMode::conference, comesBack.getToggleState()); };
    funnel.onClick = [this] { change(MixMode::funnel, comesBack.getToggleState()); };
    matrix.onClick = [this] { change(MixMode::matrix, comesBack.getToggleState()); };
    comesBack.onClick = [this] { change(model.engine().mixer().routing().mode, comesBack.getToggleState()); };
    toolRow.add(conference, 92);
    toolRow.add(funnel, 64);
    toolRow.add(matrix, 64);
    toolRow.add(comesBack, 76);
    addAndMakeVisible(grid);
}

void MatrixPage::change(MixMode mode, bool funnelReturn)
{
    changeMode(model, mode, funnelReturn);
    refresh();
}

void MatrixPage::refresh()
{
    grid.refresh();
    const auto number = model.engine().mixer().routingNumber();
    if (number == shownRouting)
        return;
    shownRouting = number;
    const auto routing = model.engine().mixer().routing();
    conference.setToggleState(routing.mode == MixMode::conference, juce::dontSendNotification);
    funnel.setToggleState(routing.mode == MixMode::funnel, juce::dontSendNotification);
    matrix.setToggleState(routing.mode == MixMode::matrix, juce::dontSendNotification);
    comesBack.setToggleState(routing.funnelReturn, juce::dontSendNotification);
    comesBack.setEnabled(routing.mode == MixMode::funnel);
}

void MatrixPage::resized() { grid.setBounds(getLocalBounds().reduced(layout::grid, layout::half)); }

} // namespace mw
