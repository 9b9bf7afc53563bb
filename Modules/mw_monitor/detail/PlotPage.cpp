#include "PlotPage.h"

#include "../look/Layout.h"
#include "../look/Menus.h"

#include <cmath>

namespace mw
{

PlotPage::PlotPage(MonitorModel& modelToShow, TimeView& viewToShare) : model(modelToShow), view(viewToShare)
{
    pause.setClickingTogglesState(true);
    setButtonStyle(pause, ButtonStyle::toggle);
    pause.setTooltip("The view stands while data go on (Space, in a plot)");
    reset.setTooltip("Follow the run again, the last minute (Home, or a double click in a plot)");
    csvButton.setTooltip("Copy what is shown to the clipboard as CSV, a line every 0.2 s (Ctrl+C, in a plot)");
    png.setTooltip("Save the plots as a PNG picture at twice their size (Ctrl+P, in a plot)");
    pause.setTitle("Pause plots");
    reset.setTitle("Reset plots");
    csvButton.setTitle("Copy plots as CSV");
    png.setTitle("Save plots as PNG");
    pause.onClick = [this] { view.setPaused(pause.getToggleState()), refresh(); };
    reset.onClick = [this] { view.reset(), refresh(); };
    csvButton.onClick = [this] { copy(); };
    png.onClick = [this] { askAndSave(); };
    toolRow.add(pause, 64);
    toolRow.add(reset, 60);
    toolRow.add(csvButton, 80);
    toolRow.add(png, 80);
    setOpaque(true);
}

PlotPage::~PlotPage() = default;

void PlotPage::addPlot(PlotSpec spec)
{
    auto& plot = *plots.emplace_back(std::make_unique<TimePlot>(model, view, std::move(spec)));
    plot.onMenu = [this] { showMenu(); };
    addAndMakeVisible(plot);
}

void PlotPage::addAside(juce::Component& component, double share)
{
    aside = &component;
    asideShare = share;
    addAndMakeVisible(component);
}

void PlotPage::refresh()
{
    view.setNow(model.lastStepNs(), model.startNs());
    for (auto& plot : plots)
        plot->refresh();
    if (pause.getToggleState() != view.isPaused())
        pause.setToggleState(view.isPaused(), juce::dontSendNotification);
}

void PlotPage::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void PlotPage::resized()
{
    auto area = getLocalBounds().reduced(layout::grid, layout::half);
    if (aside != nullptr)
        aside->setBounds(area.removeFromLeft(juce::roundToInt(asideShare * area.getWidth())).withTrimmedRight(layout::grid));
    const auto width = area.getWidth() / std::max(1, static_cast<int>(plots.size()));
    for (auto& plot : plots)
        plot->setBounds(plot == plots.back() ? area : area.removeFromLeft(width).withTrimmedRight(layout::grid));
}

bool PlotPage::keyPressed(const juce::KeyPress& key)
{
    if (key == juce::KeyPress('c', juce::ModifierKeys::commandModifier, 0))
        return copy(), true;
    if (key == juce::KeyPress('p', juce::ModifierKeys::commandModifier, 0))
        return askAndSave(), true;
    return false;
}

// ---- out of the window ---------------------------------------------------------------------------------------------------------

namespace
{
juce::String csvField(const juce::String& text)
{
    return text.containsAnyOf(",\"\r\n") ? "\"" + text.replace("\"", "\"\"") + "\"" : text;
}

juce::String csvNumber(float value)
{
    if (std::isnan(value))
        return {};
    if (std::isinf(value))
        return value < 0.0f ? "-inf" : "inf";
    return juce::String(static_cast<double>(value), 3);
}
} // namespace

juce::String PlotPage::csv() const
{
    juce::String text = "time [s]";
    for (const auto& plot : plots)
        for (const auto& line : plot->lines())
            text << "," << csvField(line.name + " " + plot->description().title.toLowerCase() + " [" + plot->description().unit() + "]");
    text << "\n";
    if (plots.empty() || model.steps() == 0)
        return text;
    const auto& any = *plots.front();
    const auto last = std::min(any.stepAt(view.toNs()), static_cast<int64_t>(model.steps()));
    for (auto step = std::max<int64_t>(1, any.stepAt(view.fromNs())); step <= last; ++step)
    {
        const auto time = any.timeOfStep(step);
        if (time < view.fromNs() || time > view.toNs())
            continue;
        text << juce::String(static_cast<double>(time - model.startNs()) * 1e-9, 1);
        for (const auto& plot : plots)
            for (const auto& line : plot->lines())
                text << "," << csvNumber(TimePlot::valueAt(line, static_cast<uint64_t>(step)));
        text << "\n";
    }
    return text;
}

void PlotPage::copy()
{
    juce::SystemClipboard::copyTextToClipboard(csv());
    model.note(LogEntry::Weight::note, "plots copied to the clipboard as CSV");
}

Result<void> PlotPage::savePicture(const juce::File& file)
{
    const auto failed = [&file](const char* why) {
        return Error { ExitCode::environment, "save the picture", file.getFullPathName().toStdString() + " " + why,
                "choose another place" };
    };
    const auto picture = createComponentSnapshot(getLocalBounds(), true, 2.0f);
    juce::TemporaryFile temporary(file);
    {
        juce::FileOutputStream stream(temporary.getFile());
        if (! stream.openedOk())
            return failed("cannot be written");
        if (! juce::PNGImageFormat().writeImageToStream(picture, stream) || stream.getStatus().failed())
            return failed("was not written whole");
    }
    if (! temporary.overwriteTargetFileWithTemporary())
        return failed("cannot be replaced");
    return {};
}

void PlotPage::askAndSave()
{
    const auto proposed = juce::File::getSpecialLocation(juce::File::userHomeDirectory)
                              .getChildFile("milliwatt-" + getTitle().toLowerCase().retainCharacters("abcdefghijklmnopqrstuvwxyz") + ".png");
    chooser = std::make_unique<juce::FileChooser>("Save the plots as a picture", proposed, "*.png");
    chooser->launchAsync(juce::FileBrowserComponent::saveMode | juce::FileBrowserComponent::canSelectFiles
                             | juce::FileBrowserComponent::warnAboutOverwriting,
                         [this](const juce::FileChooser& closed) {
                             if (const auto file = closed.getResult(); file != juce::File())
                             {
                                 const auto saved = savePicture(file.withFileExtension("png"));
                                 model.note(saved.ok() ? LogEntry::Weight::good : LogEntry::Weight::bad,
                                            saved.ok() ? "picture saved: " + file.getFullPathName().toStdString()
                                                    : saved.error().message());
                             }
                         });
}

void PlotPage::showMenu()
{
    const juce::Component::SafePointer<PlotPage> here(this);
    juce::PopupMenu menu;
    const auto item = [&](const juce::String& text, const std::function<void(PlotPage&)>& action) {
        menu.addItem(text, [here, action] {
            if (auto* const page = here.getComponent())
                action(*page);
        });
    };
    item("Follow the run", [](PlotPage& page) { page.view.reset(), page.refresh(); });
    for (const auto minutes : { 1, 2, 5, 10 })
        item("Last " + juce::String(minutes) + (minutes == 1 ? " minute" : " minutes"), [minutes](PlotPage& page) {
            page.view.reset();
            page.view.zoom(minutes, page.view.toNs());
            page.refresh();
        });
    menu.addSeparator();
    item("Copy as CSV", [](PlotPage& page) { page.copy(); });
    item("Save as PNG", [](PlotPage& page) { page.askAndSave(); });
    mw::showMenu(menu, *this, juce::PopupMenu::Options().withTargetComponent(this).withMousePosition());
}

} // namespace mw
