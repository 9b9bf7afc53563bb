#pragma once

#include <juce_core/juce_core.h>
#include <mw_lab/mw_lab.h>

#include <cstddef>
#include <deque>
#include <string>

namespace mw
{

/** What was dialled, the latest first, each once; in a file if there is one, so that the next run begins with it. Message
    thread. */
class DialHistory
{
public:
    static constexpr size_t length = 20;

    /** Goes on with what a file holds, an address a line, and keeps everything in it from now on. A file that cannot be read
        is an empty one; lines that cannot be dialled are passed over. */
    void keepIn(const juce::File& fileToUse)
    {
        file = fileToUse;
        constexpr int64_t mostOctets = 65536;
        if (! file.existsAsFile() || file.getSize() > mostOctets)
            return;
        juce::StringArray lines;
        file.readLines(lines);
        for (auto line = lines.end(); line != lines.begin();)
            if (const auto uri = dialUri((--line)->trim().toStdString()))
                put(uri.value());
    }

    /** @returns an error when the file cannot be written; it is in the history then, too */
    Result<void> add(const std::string& uri)
    {
        put(uri);
        if (file == juce::File())
            return {};
        juce::String text;
        for (const auto& each : uris)
            text << juceText(each) << "\n";
        if (file.getParentDirectory().createDirectory().failed() || ! file.replaceWithText(text))
            return Error { ExitCode::environment, "keep what was dialled", file.getFullPathName().toStdString() + " cannot be written", {} };
        return {};
    }

    [[nodiscard]] const std::deque<std::string>& all() const noexcept { return uris; }

private:
    void put(const std::string& uri)
    {
        std::erase(uris, uri);
        uris.push_front(uri);
        if (uris.size() > length)
            uris.pop_back();
    }

    std::deque<std::string> uris;
    juce::File file;
};

} // namespace mw
