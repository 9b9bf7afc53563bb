#pragma once

namespace mw
{

/** Readies the X server for JUCE 7.0.5, which takes for granted that a window manager has been there (atoms that it only looks
    up would be none, and using one ends the process), and keeps an X error from ending the run. To be called before anything
    asks JUCE for a display. Harmless without a server. Message thread. */
void prepareXDisplay();

} // namespace mw
