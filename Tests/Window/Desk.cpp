#include "Desk.h"

#include <Support/Process.h>

#include <X11/Xlib.h>

#include <memory>
#include <stdexcept>

namespace desk
{

std::string xdotool(std::vector<std::string> arguments, std::chrono::milliseconds within)
{
    arguments.insert(arguments.begin(), "xdotool");
    mw::test::Process process(arguments);
    process.closeInput();
    if (const auto code = process.wait(within); code.value_or(-1) != 0)
    {
        std::string said;
        for (const auto& word : arguments)
            said += word + " ";
        throw std::runtime_error(said + (code ? "ended with " + std::to_string(*code) : "does not end") + ": " + process.output());
    }
    auto said = process.standardOutput();
    while (! said.empty() && said.back() == '\n')
        said.pop_back();
    return said;
}

std::string windowCalled(const std::string& title)
{
    const auto found = xdotool({ "search", "--sync", "--onlyvisible", "--name", "^" + title + "$" });
    return found.substr(found.rfind('\n') + 1);
}

void giveFocus(const std::string& window) { xdotool({ "windowfocus", "--sync", window }); }

void pressCloseButton(const std::string& window)
{
    const std::unique_ptr<Display, int (*)(Display*)> display(XOpenDisplay(nullptr), &XCloseDisplay);
    if (display == nullptr)
        throw std::runtime_error("there is no display");
    XEvent message {};
    message.xclient.type = ClientMessage;
    message.xclient.window = std::stoul(window);
    message.xclient.message_type = XInternAtom(display.get(), "WM_PROTOCOLS", False);
    message.xclient.format = 32;
    message.xclient.data.l[0] = static_cast<long>(XInternAtom(display.get(), "WM_DELETE_WINDOW", False));
    message.xclient.data.l[1] = CurrentTime;
    if (XSendEvent(display.get(), message.xclient.window, False, NoEventMask, &message) == 0)
        throw std::runtime_error("the message to the window cannot be sent");
    XSync(display.get(), False);
}

} // namespace desk
