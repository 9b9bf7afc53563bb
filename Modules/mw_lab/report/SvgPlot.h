#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** A plot drawn as SVG: axes with units and round ticks, lines, steps, points, bars, bands, cells (heat maps and matrices),
    marks, a picture behind (spectrogram), a legend. Pure text from numbers: the same data give the same octets. Any thread,
    one at a time.

    Values that are not finite are gaps in lines and are left out elsewhere; what was not measured is not drawn. A plot without a
    single finite value says "nothing measured".

    Colours come from classes, so that a page decides over light and dark: inlineSvg() for pages that hold pageStyle() once,
    document() for a file of its own, whose colours follow the reader's preference. For readers without eyes there is a title,
    and a description that says what is drawn. */
class SvgPlot
{
public:
    enum class Colour { series1, series2, series3, series4, series5, series6, good, bad, waiting, quiet };

    struct Axis
    {
        std::string label {};                 ///< "time"
        std::string unit {};                  ///< "s", shown in brackets; empty: none
        std::optional<double> min {}, max {};    ///< fixed ends; empty: from the data
        bool logarithmic = false;             ///< base 10; ends and data above 0
        std::vector<std::string> categories {};  ///< names in place of numbers, at 0, 1, 2 …
        bool downwards = false;               ///< small values at the top (y alone): the rows of a matrix
    };
    struct Config
    {
        std::string title {};
        std::string description {};  ///< for accessibility; empty: made of the axes and the series' names
        Axis x {}, y {};
        int width = 760, height = 260;  ///< of the drawing; it scales with its place [px]
        bool showsTitle = true;         ///< false: the page has a heading; it is then for accessibility alone
    };
    struct Cell
    {
        double x = 0.0, y = 0.0;             ///< centre, on the axes
        double share = 1.0;                  ///< strength of the colour, 0…1
        Colour colour = Colour::series1;
        std::string text {};                 ///< shown in it
        std::string hint {};                 ///< shown when pointed at
    };

    explicit SvgPlot(Config config);

    /** A line through points in the order given; a value that is not finite interrupts it. Spans of equal size. */
    SvgPlot& line(std::string name, std::vector<double> x, std::vector<double> y, Colour colour = Colour::series1, bool dashed = false);

    /** A line that keeps its value until the next point. */
    SvgPlot& step(std::string name, std::vector<double> x, std::vector<double> y, Colour colour = Colour::series1);
    SvgPlot& points(std::string name, std::vector<double> x, std::vector<double> y, Colour colour = Colour::series1);

    /** Bars from 0 (or the lower end of the axis) to y. @param width of a bar on the x axis; 0: 80 % of the least distance */
    SvgPlot& bars(std::string name, std::vector<double> x, std::vector<double> y, Colour colour = Colour::series1, double width = 0.0);

    /** The area between two curves over the same x. */
    SvgPlot& band(std::string name, std::vector<double> x, std::vector<double> low, std::vector<double> high, Colour colour = Colour::series1);

    /** Rectangles of one size, centred on their x and y. @param width, height on the axes; 0: 1 */
    SvgPlot& cells(std::vector<Cell> list, double width = 1.0, double height = 1.0);

    /** Values over a grid, row by row from y.front(); one that is not finite stays empty. Stronger colour: larger value.
        @param low, high values of the weakest and the strongest colour */
    SvgPlot& heatMap(const std::vector<double>& x, const std::vector<double>& y, const std::vector<double>& values, double low, double high,
                     Colour colour = Colour::series1);

    /** A picture that fills a part of the axes, behind all else. @param uri "data:image/png;base64,…" */
    SvgPlot& picture(std::string uri, double x0, double x1, double y0, double y1);

    /** A vertical line with a word at its top. */
    SvgPlot& mark(double x, std::string text, Colour colour = Colour::quiet);

    /** A span of x, shaded over the whole height, with a word at its top. */
    SvgPlot& span(double x0, double x1, std::string text, Colour colour = Colour::quiet);

    /** A horizontal line with a word at its right end: a limit, a reference. */
    SvgPlot& limit(double y, std::string text, Colour colour = Colour::bad);

    /** For a page that holds pageStyle(). @param id unique in the page: letters, digits and dashes */
    [[nodiscard]] std::string inlineSvg(const std::string& id) const;

    /** A file of its own. */
    [[nodiscard]] std::string document() const;

    /** CSS rules, by the variables --plot-… which it defines for light and, by the reader's preference, dark. */
    [[nodiscard]] static std::string pageStyle();

    /** Round values that cover [low, high], at most `most` of them (at least 2): 1, 2 or 5 times a power of ten apart. */
    [[nodiscard]] static std::vector<double> ticks(double low, double high, int most);

    /** &, <, > and quotes as XML wants them; control characters, which XML cannot hold, as U+FFFD. */
    [[nodiscard]] static std::string escaped(const std::string& text);

private:
    enum class Kind { line, step, points, bars, band };
    struct Series
    {
        Kind kind = Kind::line;
        std::string name;
        std::vector<double> x, y, high;
        Colour colour = Colour::series1;
        bool dashed = false;
        double width = 0.0;
    };
    struct CellGroup
    {
        std::vector<Cell> cells;
        double width = 1.0, height = 1.0;
    };
    struct Picture
    {
        std::string uri;
        double x0 = 0.0, x1 = 0.0, y0 = 0.0, y1 = 0.0;
    };
    struct Mark
    {
        double from = 0.0, to = 0.0;
        std::string text;
        Colour colour = Colour::quiet;
        bool isSpan = false;
    };
    struct Range
    {
        double low = 0.0, high = 1.0;
        bool measured = false;  ///< anything finite was there
    };
    class Canvas;

    SvgPlot& add(Kind kind, std::string name, std::vector<double> x, std::vector<double> y, Colour colour);
    static Range finished(Range range, const Axis& axis, bool withMargin);
    [[nodiscard]] static const char* nameOf(Colour colour) noexcept;
    [[nodiscard]] Range rangeOfX() const;
    [[nodiscard]] Range rangeOfY() const;
    [[nodiscard]] std::string spokenDescription() const;
    [[nodiscard]] std::string body() const;
    void drawGrid(Canvas& canvas) const;
    void drawSeries(Canvas& canvas, const Series& series) const;
    void drawCells(Canvas& canvas) const;
    void drawMarks(Canvas& canvas) const;
    void drawLegend(Canvas& canvas) const;
    [[nodiscard]] std::vector<const Series*> named() const;

    Config settings;
    std::vector<Series> series;
    std::vector<CellGroup> groups;
    std::vector<Picture> pictures;
    std::vector<Mark> marks, limits;
};

} // namespace mw
