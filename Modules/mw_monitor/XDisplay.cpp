#include "XDisplay.h"

#include <juce_gui_basics/juce_gui_basics.h>

#include <array>

namespace mw
{

namespace
{
// JUCE loads Xlib at run time, so that a headless machine needs none; so do we. These are Xlib's own prototypes.
struct XServerHandle;
using OpenDisplay = XServerHandle*(const char*);
using CloseDisplay = int(XServerHandle*);
using InternAtom = unsigned long(XServerHandle*, const char*, int);
using ErrorHandler = int(XServerHandle*, void*);
using SetErrorHandler = ErrorHandler*(ErrorHandler*);

int goOn(XServerHandle*, void*) { return 0; }

template <typename Function>
Function* symbol(juce::DynamicLibrary& library, const char* name)
{
    return reinterpret_cast<Function*>(library.getFunction(name));
}
} // namespace

void prepareXDisplay()
{
    static juce::DynamicLibrary xlib("libX11.so.6");
    auto* open = symbol<OpenDisplay>(xlib, "XOpenDisplay");
    auto* close = symbol<CloseDisplay>(xlib, "XCloseDisplay");
    auto* intern = symbol<InternAtom>(xlib, "XInternAtom");
    auto* setErrorHandler = symbol<SetErrorHandler>(xlib, "XSetErrorHandler");
    if (open == nullptr || close == nullptr || intern == nullptr || setErrorHandler == nullptr)
        return;
    setErrorHandler(goOn);
    auto* server = open(nullptr);
    if (server == nullptr)
        return;
    constexpr std::array atoms { "WM_PROTOCOLS", "WM_TAKE_FOCUS", "WM_DELETE_WINDOW", "_NET_WM_PING", "WM_CHANGE_STATE", "WM_STATE",
                                 "_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_NORMAL", "_NET_WM_STATE", "_NET_WM_STATE_HIDDEN" };
    for (const auto* name : atoms)
        intern(server, name, 0);
    // JUCE's own connection comes before this one goes: a server that nobody is connected to forgets its atoms.
    juce::ignoreUnused(juce::Desktop::getInstance().getDisplays().displays.size());
    close(server);
}

} // namespace mw
