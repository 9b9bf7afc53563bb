#include "Terminal.h"

#include "Signals.h"

#include <juce_events/juce_events.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mw::run
{

namespace
{
/** In the background the terminal is another program's: setting its mode or reading from it would stop us (SIGTTOU, SIGTTIN). */
bool isInForeground() noexcept { return ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

winsize sizeOfTerminal() noexcept
{
    winsize size {};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return { 24, 80, 0, 0 };
    return size;
}

bool canRefresh()
{
    const auto* type = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && type != nullptr && std::string_view(type) != "dumb";
}
bool wantsColours()
{
    const auto* refused = std::getenv("NO_COLOR");
    return refused == nullptr || *refused == '\0';
}

/** Columns of a line: its code points, escape sequences aside. */
int columnsOf(std::string_view line)
{
    auto columns = 0;
    for (size_t at = 0; at < line.size(); ++at)
    {
        if (line[at] == '\033')
            at = std::min(line.find('m', at), line.size());
        else if ((static_cast<unsigned char>(line[at]) & 0xc0) != 0x80)
            ++columns;
    }
    return columns;
}
} // namespace

Terminal::Terminal(std::function<void(const std::vector<Key>&)> keys) : onKeys(std::move(keys)), refreshing(canRefresh()), colours(wantsColours())
{
    if (onKeys == nullptr || ::isatty(STDIN_FILENO) != 1 || ! isInForeground()
        || ::tcgetattr(STDIN_FILENO, &saved) != 0)
        return;
    reading = true;
    Signals::setTerminalToRestore(STDIN_FILENO, saved);
    setMode();
    juce::LinuxEventLoop::registerFdCallback(STDIN_FILENO, [this](int) { readInput(); });
}

Terminal::~Terminal()
{
    if (! reading)
        return;
    if (! inputGone)
        juce::LinuxEventLoop::unregisterFdCallback(STDIN_FILENO);
    if (isInForeground())
        ::tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    Signals::clearTerminalToRestore();
}

void Terminal::setMode()
{
    auto mode = saved;
    mode.c_lflag &= static_cast<tcflag_t>(~(ICANON | ECHO));  // ISIG stays: Ctrl-C remains SIGINT
    mode.c_cc[VMIN] = 0;                                      // a read never waits
    mode.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

void Terminal::resume()
{
    if (reading && isInForeground())
        setMode();
    shownColumns.clear();
}

void Terminal::readInput()
{
    if (! isInForeground())
        return;
    std::array<char, 256> bytes {};
    const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count > 0)
    {
        if (const auto keys = decoder.decode({ bytes.data(), static_cast<size_t>(count) }); ! keys.empty())
            onKeys(keys);
        return;
    }
    // The terminal is gone: polling on would spin.
    if (count == 0 || errno == EIO)
    {
        inputGone = true;
        juce::LinuxEventLoop::unregisterFdCallback(STDIN_FILENO);
    }
}

int Terminal::width() const noexcept { return sizeOfTerminal().ws_col; }

int Terminal::height() const noexcept { return sizeOfTerminal().ws_row; }

void Terminal::show(const std::string& text)
{
    std::string out;
    // A terminal that was made narrower has wrapped what was shown: those lines take more rows than one.
    const auto columns = std::max(1, width());
    auto rows = 0;
    for (const auto each : shownColumns)
        rows += 1 + std::max(0, each - 1) / columns;
    if (rows > 0)
        out = "\033[" + std::to_string(rows) + "A\r";

    const auto room = std::max(1, height() - 1);
    shownColumns.clear();
    for (size_t at = 0; at < text.size() && static_cast<int>(shownColumns.size()) < room;)
    {
        const auto end = std::min(text.find('\n', at), text.size());
        out.append(text, at, end - at);
        out += "\033[K\n";
        shownColumns.push_back(columnsOf(std::string_view(text).substr(at, end - at)));
        at = end + 1;
    }
    out += "\033[J";
    std::fwrite(out.data(), 1, out.size(), stdout);
    std::fflush(stdout);
}

void Terminal::print(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
    shownColumns.clear();
}

} // namespace mw::run
