#pragma once

#include "KeyDecoder.h"

#include <functional>
#include <string>

#include <termios.h>

namespace mw::run
{

/** The terminal a run is shown on: single keys in, a block of lines refreshed in place out. Control thread.

    While it lives, a terminal at standard input is in non-canonical mode without echo; it is given back by the destructor,
    and by Signals on every path that runs no destructor. Without a terminal it reads nothing. */
class Terminal
{
public:
    /** @param onKeys called on the message loop; null reads no keys */
    explicit Terminal(std::function<void(const std::vector<Key>&)> onKeys);
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /** Whether standard output is a terminal that can refresh in place. */
    [[nodiscard]] bool refreshes() const noexcept { return refreshing; }

    /** Whether single keys are read. */
    [[nodiscard]] bool readsKeys() const noexcept { return reading; }

    /** Whether colours and bold are wanted: not with the environment variable NO_COLOR (no-color.org). */
    [[nodiscard]] bool hasColours() const noexcept { return colours; }

    [[nodiscard]] int width() const noexcept;   ///< [columns], 80 when unknown
    [[nodiscard]] int height() const noexcept;  ///< [lines], 24 when unknown

    /** Shows lines in place of those shown last; what does not fit the height is left out at the end.
        @param text lines that end with a newline, none wider than width() */
    void show(const std::string& text);

    /** Prints something that stays; the next show() begins below it. */
    void print(const std::string& text);

    /** After the process was stopped and goes on: the mode is set again. */
    void resume();

private:
    void setMode();
    void readInput();

    std::function<void(const std::vector<Key>&)> onKeys;
    KeyDecoder decoder;
    termios saved {};
    bool refreshing = false, colours = false, reading = false, inputGone = false;
    std::vector<int> shownColumns;  ///< of each line shown last
};

} // namespace mw::run
