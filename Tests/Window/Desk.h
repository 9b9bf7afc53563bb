#pragma once

#include <chrono>
#include <string>
#include <vector>

/** A person's hands at the display of the test: keys and mouse by xdotool (package xdotool), the window's close button as a
    window manager presses it. Under the tests' X server there is no window manager. */
namespace desk
{

/** Runs xdotool. @returns what it said; throws std::runtime_error when it fails or takes too long */
std::string xdotool(std::vector<std::string> arguments, std::chrono::milliseconds within = std::chrono::seconds(60));

/** Waits for a visible window of this title. @returns its number as xdotool writes it */
[[nodiscard]] std::string windowCalled(const std::string& title);

/** What a window manager does when it lets a person work in a window. */
void giveFocus(const std::string& window);

/** Sends WM_DELETE_WINDOW to a window, as the close button of its frame does (ICCCM 4.1.2.7 and 4.2.8.1). */
void pressCloseButton(const std::string& window);

} // namespace desk
