#include "SessionKeeper.h"

namespace mw
{

SessionKeeper::SessionKeeper(MonitorModel& modelToUse, Window windowToUse, const juce::File& lastSessionFile)
    : model(modelToUse), window(std::move(windowToUse)), lastFile(lastSessionFile)
{
    if (! lastFile.existsAsFile())
        return;
    if (auto read = Session::load(lastFile))
        found = std::move(read.value().session);
    else
        model.note(LogEntry::Weight::bad, read.error().message());
}

Session SessionKeeper::capture()
{
    auto session = Session::capture(model.engine());
    window.capture(session);
    return session;
}

Result<void> SessionKeeper::noted(Result<void> result, const std::string& done)
{
    model.note(result ? LogEntry::Weight::good : LogEntry::Weight::bad, result ? done : result.error().message());
    return result;
}

Result<void> SessionKeeper::apply(const Session& session)
{
    if (auto applied = session.applyTo(model.engine()); ! applied)
        return applied;
    model.undoManager().clearUndoHistory();  // moves of what was there before
    window.apply(session);
    return {};
}

Result<void> SessionKeeper::open(const juce::File& file)
{
    auto read = Session::load(file);
    if (! read)
        return noted(read.error(), {});
    for (const auto& key : read.value().unknownKeys)
        model.note(LogEntry::Weight::bad, "session " + file.getFileName().toStdString() + ": " + key + " is not known and was passed over");
    auto applied = apply(read.value().session);
    if (applied)
        current = file;
    return noted(std::move(applied), "session " + file.getFileName().toStdString() + ": " + read.value().session.summary());
}

Result<void> SessionKeeper::continueLast()
{
    if (! found.has_value())
        return {};
    return noted(apply(*found), "last session: " + found->summary());
}

Result<void> SessionKeeper::saveTo(const juce::File& file)
{
    auto saved = capture().save(file);
    if (saved)
        current = file;
    return noted(std::move(saved), "session saved as " + file.getFullPathName().toStdString());
}

Result<void> SessionKeeper::saveLast() { return lastFile == juce::File() ? Result<void>() : capture().save(lastFile); }

} // namespace mw
