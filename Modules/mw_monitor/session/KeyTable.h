#pragma once

#include <array>
#include <string_view>

namespace mw
{

/** A key of the window, as the overlay of keys shows it. UTF-8. */
struct KeyLine
{
    std::string_view group, keys, what;
};

/** Every key, by where it works. The one place where they are listed; baresip's where they exist. */
inline constexpr std::array keyTable {
    KeyLine { "Everywhere", "?  F1", "these keys, on and off" },
    KeyLine { "Everywhere", "Tab  Shift+Tab", "to the next control, or the one before" },
    KeyLine { "Everywhere", "Ctrl+O", "open a session" },
    KeyLine { "Everywhere", "Ctrl+S", "save the session" },
    KeyLine { "Everywhere", "Ctrl+Shift+S", "save the session under another name" },
    KeyLine { "Everywhere", "Ctrl+Z", "undo the last move of a control" },
    KeyLine { "Everywhere", "Ctrl+Y  Ctrl+Shift+Z", "redo it" },
    KeyLine { "Everywhere", "Ctrl+R", "record the mix, or stop all recordings" },
    KeyLine { "Everywhere", "Ctrl+L", "listen on a sound card" },
    KeyLine { "Everywhere", "Ctrl+T", "dark or light" },
    KeyLine { "Everywhere", "Ctrl++  Ctrl+−  Ctrl+0", "larger, smaller, 100 %" },
    KeyLine { "Everywhere", "Ctrl+Q", "end the run: BYE to all" },
    KeyLine { "Calls", "d", "to the dial box" },
    KeyLine { "Calls", "a", "answer the call that rings" },
    KeyLine { "Calls", "h", "hold the chosen call, or take it back" },
    KeyLine { "Calls", "x  b", "hang up the chosen call" },
    KeyLine { "Strips", "Left Right  Home End", "choose a leg" },
    KeyLine { "Strips", "+  −", "gain of the chosen leg" },
    KeyLine { "Strips", "m  s", "mute, solo the chosen leg" },
    KeyLine { "Strips", "Enter", "what else can be done with it" },
    KeyLine { "Strips", "/", "filter the strips" },
    KeyLine { "Strips", "c  u", "compact strips; dBm0 or dBFS" },
    KeyLine { "Strips", "r", "clear peaks and clip lamps" },
    KeyLine { "DTMF", "0–9  *  #", "a digit, as long as the key is held" },
    KeyLine { "DTMF", "A–D", "likewise, while the keypad has the focus" },
    KeyLine { "Details", "Left Right", "move the plots in time" },
    KeyLine { "Details", "+  −", "zoom the plots" },
    KeyLine { "Details", "Space", "hold the plots still" },
    KeyLine { "Details", "Ctrl+C  Ctrl+P", "copy the plots as CSV, save them as PNG" },
    KeyLine { "Details", "Arrows  Enter  Del", "choose, set, clear a cell of who hears whom" },
};

} // namespace mw
