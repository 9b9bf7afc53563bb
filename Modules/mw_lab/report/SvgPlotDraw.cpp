#include "SvgCanvas.h"

namespace mw
{

namespace
{
std::string attribute(const char* name, double value) { return std::string(" ") + name + "=\"" + svgNumber(value) + "\""; }

std::string svgText(double x, double y, const std::string& text, const char* anchor, const std::string& classes, const std::string& more = {})
{
    return "<text" + attribute("x", x) + attribute("y", y) + (anchor[0] == 's' ? "" : std::string(" text-anchor=\"") + anchor + "\"")
           + (classes.empty() ? "" : " class=\"" + classes + "\"") + more + ">" + SvgPlot::escaped(text) + "</text>\n";
}

std::string svgRect(double x0, double y0, double x1, double y1, const std::string& more)
{
    return "<rect" + attribute("x", std::min(x0, x1)) + attribute("y", std::min(y0, y1)) + attribute("width", std::abs(x1 - x0))
           + attribute("height", std::abs(y1 - y0)) + more;
}

/** A text that is not longer than its place, with "…" where it was. */
std::string fitted(std::string text, double width)
{
    if (svgWidth(text) <= width)
        return text;
    while (! text.empty() && svgWidth(text) + svgWidth("…") > width)
    {
        while (! text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80)
            text.pop_back();
        if (! text.empty())
            text.pop_back();
    }
    return text + "…";
}
} // namespace

std::string SvgPlot::body() const
{
    const auto rangeX = rangeOfX(), rangeY = rangeOfY();
    Canvas canvas(settings, rangeX, rangeY, named().size() > 1);

    if (settings.showsTitle && ! settings.title.empty())
        canvas.out += svgText(canvas.left, 20.0, fitted(settings.title, settings.width - canvas.left), "start", "pt");
    for (const auto& each : pictures)
    {
        const auto x0 = canvas.atX(each.x0), x1 = canvas.atX(each.x1), y0 = canvas.atY(each.y0), y1 = canvas.atY(each.y1);
        canvas.out += "<image" + attribute("x", x0) + attribute("y", std::min(y0, y1)) + attribute("width", x1 - x0)
                      + attribute("height", std::abs(y0 - y1)) + " preserveAspectRatio=\"none\" href=\"" + escaped(each.uri) + "\"/>\n";
    }
    drawGrid(canvas);
    if (! rangeX.measured || ! rangeY.measured)
        canvas.out += svgText(0.5 * (canvas.left + canvas.right), 0.5 * (canvas.top + canvas.bottom), "nothing measured", "middle", "pq");
    drawCells(canvas);
    for (const auto kind : { Kind::band, Kind::bars, Kind::step, Kind::line, Kind::points })
        for (const auto& each : series)
            if (each.kind == kind)
                drawSeries(canvas, each);
    drawMarks(canvas);
    drawLegend(canvas);
    return canvas.out;
}

void SvgPlot::drawGrid(Canvas& canvas) const
{
    const auto hasGrid = pictures.empty() && groups.empty();
    const auto decimalsY = canvas.ticksY.size() > 1 ? svgDecimals(canvas.ticksY[1] - canvas.ticksY[0]) : 1;
    for (const auto tick : canvas.ticksY)
    {
        const auto y = canvas.atY(tick);
        if (hasGrid)
            canvas.out += "<path class=\"pr\" d=\"M" + svgNumber(canvas.left) + " " + svgNumber(y) + "H" + svgNumber(canvas.right) + "\"/>\n";
        canvas.out += svgText(canvas.left - 6.0, y + 4.0, canvas.logY ? Canvas::logText(tick) : fixedText(tick, decimalsY), "end", "pq");
    }
    for (size_t i = 0; i < settings.y.categories.size(); ++i)
        canvas.out += svgText(canvas.left - 6.0, canvas.atY(static_cast<double>(i)) + 4.0, settings.y.categories[i], "end", "");

    const auto decimalsX = canvas.ticksX.size() > 1 ? svgDecimals(canvas.ticksX[1] - canvas.ticksX[0]) : 1;
    for (const auto tick : canvas.ticksX)
    {
        const auto x = canvas.atX(tick);
        canvas.out += "<path class=\"pa\" d=\"M" + svgNumber(x) + " " + svgNumber(canvas.bottom) + "v4\"/>\n";
        canvas.out += svgText(x, canvas.bottom + 17.0, canvas.logX ? Canvas::logText(tick) : fixedText(tick, decimalsX), "middle", "pq");
    }
    const auto place = settings.x.categories.empty() ? 0.0 : (canvas.right - canvas.left) / static_cast<double>(settings.x.categories.size());
    for (size_t i = 0; i < settings.x.categories.size(); ++i)
        canvas.out += svgText(canvas.atX(static_cast<double>(i)), canvas.bottom + 17.0, fitted(settings.x.categories[i], place), "middle", "");

    canvas.out += "<path class=\"pa\" d=\"M" + svgNumber(canvas.left) + " " + svgNumber(canvas.top) + "V" + svgNumber(canvas.bottom) + "H"
                  + svgNumber(canvas.right) + "\"/>\n";
    if (! settings.x.label.empty())
        canvas.out += svgText(0.5 * (canvas.left + canvas.right), canvas.bottom + 35.0, svgLabel(settings.x), "middle", "pq");
    if (! settings.y.label.empty())
    {
        const auto y = 0.5 * (canvas.top + canvas.bottom);
        canvas.out += svgText(14.0, y, svgLabel(settings.y), "middle", "pq", " transform=\"rotate(-90 14 " + svgNumber(y) + ")\"");
    }
}

void SvgPlot::drawSeries(Canvas& canvas, const Series& one) const
{
    const std::string name = nameOf(one.colour);
    const auto isThere = [&](size_t i) {
        return std::isfinite(one.x[i]) && std::isfinite(one.y[i]) && ! (settings.x.logarithmic && one.x[i] <= 0.0)
               && ! (settings.y.logarithmic && one.y[i] <= 0.0);
    };
    std::string path;
    switch (one.kind)
    {
        case Kind::line:
        case Kind::step:
        {
            auto down = false;  // whether the pen is on the paper
            auto formerY = 0.0;
            for (size_t i = 0; i < one.x.size(); ++i)
            {
                if (! isThere(i))
                {
                    if (down && one.kind == Kind::step && std::isfinite(one.x[i]))
                        path += "H" + svgNumber(canvas.atX(one.x[i]));
                    down = false;
                    continue;
                }
                const auto x = canvas.atX(one.x[i]), y = canvas.atY(one.y[i]);
                const auto alone = ! down && (i + 1 >= one.x.size() || ! isThere(i + 1));
                if (! down)
                    path += "M" + svgNumber(x) + " " + svgNumber(y) + (alone ? "h.01" : "");
                else if (one.kind == Kind::line)
                    path += "L" + svgNumber(x) + " " + svgNumber(y);
                else
                    path += "H" + svgNumber(x) + (svgNumber(y) != svgNumber(formerY) ? "V" + svgNumber(y) : "");
                down = true;
                formerY = y;
            }
            if (! path.empty())
                canvas.out += "<path class=\"pl " + name + (one.dashed ? " pd" : "") + "\" d=\"" + path + "\"/>\n";
            break;
        }
        case Kind::points:
            for (size_t i = 0; i < one.x.size(); ++i)
                if (isThere(i))
                    path += "M" + svgNumber(canvas.atX(one.x[i])) + " " + svgNumber(canvas.atY(one.y[i])) + "h.01";
            if (! path.empty())
                canvas.out += "<path class=\"pl " + name + "\" style=\"stroke-width:5\" d=\"" + path + "\"/>\n";
            break;
        case Kind::bars:
            for (size_t i = 0; i < one.x.size(); ++i)
                if (isThere(i))
                    canvas.out += svgRect(canvas.atX(one.x[i] - 0.5 * one.width), canvas.atY(std::max(canvas.y.low, std::min(0.0, canvas.y.high))),
                                          canvas.atX(one.x[i] + 0.5 * one.width), canvas.atY(one.y[i]), " class=\"f-" + name + "\"/>\n");
            break;
        case Kind::band:
        {
            for (size_t i = 0; i < one.x.size();)
            {
                std::string back;
                auto first = true;
                for (; i < one.x.size() && isThere(i) && std::isfinite(one.high[i]); ++i)
                {
                    const auto x = svgNumber(canvas.atX(one.x[i]));
                    path += (first ? "M" : "L") + x + " " + svgNumber(canvas.atY(one.high[i]));
                    back.insert(0, "L" + x + " " + svgNumber(canvas.atY(one.y[i])));
                    first = false;
                }
                if (! first)
                    path += back + "Z";
                else
                    ++i;
            }
            if (! path.empty())
                canvas.out += "<path class=\"pb f-" + name + "\" d=\"" + path + "\"/>\n";
            break;
        }
    }
}

void SvgPlot::drawCells(Canvas& canvas) const
{
    for (const auto& group : groups)
        for (const auto& cell : group.cells)
        {
            if (! std::isfinite(cell.x) || ! std::isfinite(cell.y) || ! std::isfinite(cell.share))
                continue;
            const auto x0 = canvas.atX(cell.x - 0.5 * group.width), x1 = canvas.atX(cell.x + 0.5 * group.width);
            const auto y0 = canvas.atY(cell.y - 0.5 * group.height), y1 = canvas.atY(cell.y + 0.5 * group.height);
            const auto isLarge = std::abs(x1 - x0) > 12.0 && std::abs(y1 - y0) > 12.0;
            canvas.out += svgRect(x0, y0, x1, y1, std::string(" class=\"f-") + nameOf(cell.colour) + (isLarge ? " pc" : "") + "\" fill-opacity=\""
                                                      + svgNumber(std::clamp(cell.share, 0.0, 1.0)) + "\"");
            canvas.out += cell.hint.empty() ? "/>\n" : "><title>" + escaped(cell.hint) + "</title></rect>\n";
            if (! cell.text.empty())
                canvas.out += svgText(0.5 * (x0 + x1), 0.5 * (y0 + y1) + 4.0, fitted(cell.text, std::abs(x1 - x0)), "middle", "ph");
        }
}

void SvgPlot::drawMarks(Canvas& canvas) const
{
    auto freeFrom = -1e9;  // so that words do not lie upon each other
    for (const auto& each : marks)
    {
        if (! std::isfinite(each.from) || ! std::isfinite(each.to) || each.to < canvas.x.low || each.from > canvas.x.high)
            continue;
        const auto x0 = canvas.atX(each.from), x1 = canvas.atX(each.to);
        const std::string name = nameOf(each.colour);
        if (each.isSpan)
            canvas.out += svgRect(x0, canvas.top, std::max(x1, x0 + 1.0), canvas.bottom, " class=\"ps f-" + name + "\"/>\n");
        else
            canvas.out += "<path class=\"pl pd " + name + "\" d=\"M" + svgNumber(x0) + " " + svgNumber(canvas.top) + "V" + svgNumber(canvas.bottom) + "\"/>\n";
        const auto middle = 0.5 * (x0 + x1), half = 0.5 * svgWidth(each.text);
        if (each.text.empty() || middle - half < freeFrom)
            continue;
        freeFrom = middle + half;
        canvas.out += svgText(middle, canvas.top + 13.0, each.text, "middle", "ph f-" + name);
    }
    for (const auto& each : limits)
    {
        if (! std::isfinite(each.from) || each.from < canvas.y.low || each.from > canvas.y.high)
            continue;
        const auto y = canvas.atY(each.from);
        const std::string name = nameOf(each.colour);
        canvas.out += "<path class=\"pl pd " + name + "\" d=\"M" + svgNumber(canvas.left) + " " + svgNumber(y) + "H" + svgNumber(canvas.right) + "\"/>\n";
        canvas.out += svgText(canvas.right - 4.0, y - 5.0, each.text, "end", "ph f-" + name);
    }
}

void SvgPlot::drawLegend(Canvas& canvas) const
{
    const auto list = named();
    if (list.size() < 2)
        return;
    auto x = canvas.left;
    const auto y = canvas.top - 10.0;
    for (const auto* each : list)
    {
        const auto width = 24.0 + svgWidth(each->name) + 14.0;
        if (x + width > canvas.right + 14.0)
            break;
        const std::string name = nameOf(each->colour);
        if (each->kind == Kind::bars || each->kind == Kind::band)
            canvas.out += svgRect(x, y - 5.0, x + 16.0, y + 4.0, std::string(" class=\"") + (each->kind == Kind::band ? "pb " : "") + "f-" + name + "\"/>\n");
        else if (each->kind == Kind::points)
            canvas.out += "<path class=\"pl " + name + "\" style=\"stroke-width:5\" d=\"M" + svgNumber(x + 8.0) + " " + svgNumber(y) + "h.01\"/>\n";
        else
            canvas.out += "<path class=\"pl " + name + (each->dashed ? " pd" : "") + "\" d=\"M" + svgNumber(x) + " " + svgNumber(y) + "h16\"/>\n";
        canvas.out += svgText(x + 22.0, y + 4.0, each->name, "start", "");
        x += width;
    }
}

} // namespace mw
