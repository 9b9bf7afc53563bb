#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mw::run
{

/** One key press. */
struct Key
{
    enum class Kind { character, up, down, left, right, tab, backTab, enter, backspace };
    Kind kind = Kind::character;
    char character = 0;  ///< printable ASCII, for Kind::character

    bool operator==(const Key&) const = default;
};

/** Turns what a terminal in non-canonical mode sends into keys: ASCII, and the ECMA-48 sequences for arrows and back-tab in
    both forms (ESC [ A and ESC O A). Unknown sequences are swallowed whole. A sequence may arrive in pieces. */
class KeyDecoder
{
public:
    [[nodiscard]] std::vector<Key> decode(std::string_view bytes);

private:
    std::string pending;  ///< an escape sequence that is not complete yet
};

} // namespace mw::run
