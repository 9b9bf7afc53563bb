#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace mw
{

/** What can be said of a JSON text before it is read: JUCE's reader recurses, and stops where the first value ends. The reader
    takes strings in either kind of quotes, so both count here: a quote inside the other kind hides no bracket. */
struct JsonShape
{
    int depth = 0;                            ///< of the deepest bracket
    size_t end = std::string_view::npos;      ///< behind the bracket that closes the first value; npos: none does

    [[nodiscard]] static JsonShape of(std::string_view json) noexcept
    {
        JsonShape shape;
        int depth = 0;
        char quote = 0;  // that the string being read began with; 0 outside of strings
        for (size_t i = 0; i < json.size(); ++i)
        {
            const auto c = json[i];
            if (quote != 0)
            {
                if (c == '\\')
                    ++i;
                else if (c == quote)
                    quote = 0;
            }
            else if (c == '"' || c == '\'')
                quote = c;
            else if (c == '{' || c == '[')
                shape.depth = std::max(shape.depth, ++depth);
            else if ((c == '}' || c == ']') && --depth == 0 && shape.end == std::string_view::npos)
                shape.end = i + 1;
        }
        return shape;
    }
};

} // namespace mw
