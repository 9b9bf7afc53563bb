#pragma once

#include "../JuceText.h"
#include "../SvgPlot.h"

#include <string>

namespace mw
{

/** Text of any origin as HTML and XML hold it. */
inline std::string htmlText(const std::string& text) { return SvgPlot::escaped(juceText(text).toStdString()); }

/** "<name class="…">text</name>" @param classes none when empty */
inline std::string htmlElement(const std::string& name, const std::string& text, const std::string& classes = {})
{
    return "<" + name + (classes.empty() ? "" : " class=\"" + classes + "\"") + ">" + htmlText(text) + "</" + name + ">";
}

} // namespace mw
