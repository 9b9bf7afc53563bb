#include "KeyDecoder.h"

namespace mw::run
{

namespace
{
constexpr char escape = '\033';

/** An escape sequence is complete with its final character, 0x40…0x7e after the introducer. */
bool isComplete(const std::string& sequence)
{
    if (sequence.size() == 2)
        return sequence[1] != '[' && sequence[1] != 'O';
    return sequence.size() > 2 && sequence.back() >= 0x40 && sequence.back() <= 0x7e;
}

bool keyOf(const std::string& sequence, Key& key)
{
    if (sequence.size() != 3)
        return false;
    switch (sequence[2])
    {
        case 'A': key = { Key::Kind::up, 0 }; return true;
        case 'B': key = { Key::Kind::down, 0 }; return true;
        case 'C': key = { Key::Kind::right, 0 }; return true;
        case 'D': key = { Key::Kind::left, 0 }; return true;
        case 'Z': key = { Key::Kind::backTab, 0 }; return true;
        default: return false;
    }
}
} // namespace

std::vector<Key> KeyDecoder::decode(std::string_view bytes)
{
    std::vector<Key> keys;
    for (const auto c : bytes)
    {
        if (c == escape)
        {
            pending = escape;
            continue;
        }
        if (! pending.empty())
        {
            pending += c;
            if (! isComplete(pending))
                continue;
            if (pending.size() == 2)
            {
                // The escape key by itself, and then another key.
                pending.clear();
                if (c >= ' ' && c <= '~')
                    keys.push_back({ Key::Kind::character, c });
                continue;
            }
            if (Key key; keyOf(pending, key))
                keys.push_back(key);
            pending.clear();
            continue;
        }
        switch (c)
        {
            case '\t': keys.push_back({ Key::Kind::tab, 0 }); break;
            case '\r':
            case '\n': keys.push_back({ Key::Kind::enter, 0 }); break;
            case '\b':
            case 0x7f: keys.push_back({ Key::Kind::backspace, 0 }); break;
            default:
                if (c >= ' ' && c <= '~')
                    keys.push_back({ Key::Kind::character, c });
        }
    }
    return keys;
}

} // namespace mw::run
