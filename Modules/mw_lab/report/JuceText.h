#pragma once

#include <juce_core/juce_core.h>

#include <string>
#include <string_view>

namespace mw
{

/** Text of any origin (a peer's name, a line of a file) as JUCE's, up to the first zero. Octets that are no UTF-8 become
    U+FFFD: JUCE trusts what it is given, and reads beyond a text that ends inside a character. */
[[nodiscard]] inline juce::String juceText(std::string_view text)
{
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    text = text.substr(0, text.find('\0'));
    std::string valid;
    valid.reserve(text.size());
    while (! text.empty())
    {
        const auto first = static_cast<unsigned char>(text.front());
        const size_t length = first < 0x80 ? 1 : first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3
                                                                                  : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
        auto whole = length > 0 && length <= text.size();
        for (size_t i = 1; whole && i < length; ++i)
            whole = (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
        valid += whole ? text.substr(0, length) : replacement;
        text.remove_prefix(whole ? length : 1);
    }
    return juce::String::fromUTF8(valid.data(), static_cast<int>(valid.size()));
}

} // namespace mw
