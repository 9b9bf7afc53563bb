#include "Accuracy.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

/** Runs the measurements of accuracy and writes what came out; Scripts/accuracy builds and calls it. */
namespace
{

using namespace mw::accuracy;

constexpr const char* usage =
    "usage: accuracy [--only NAME[,NAME]] [--quick] [--write PAGE] [--list]\n"
    "Measures generated signals whose truth is known and compares. Tables go to standard output.\n"
    "  --only    these sections only; --list names them all\n"
    "  --quick   seconds in place of minutes: fewer cases, the same promises (as ctest runs it)\n"
    "  --write   puts the tables between the marks of PAGE (Docs/Accuracy.md) and pictures into PAGE's folder pictures/\n"
    "Exit code 0: every promise held; 1: one did not; 2: wrong use; 3: the environment.\n";

struct Options
{
    std::set<std::string> only;
    std::filesystem::path page;
    bool quick = false, list = false, help = false;
};

int wrongUse(const std::string& what)
{
    std::fprintf(stderr, "accuracy: %s\n%s", what.c_str(), usage);
    return 2;
}

/** @returns what is wrong, or nothing */
std::string parse(const std::vector<std::string>& arguments, Options& options)
{
    for (size_t i = 0; i < arguments.size(); ++i)
    {
        const auto& name = arguments[i];
        if (name == "--quick")
            options.quick = true;
        else if (name == "--list")
            options.list = true;
        else if (name == "--help" || name == "-h")
            options.help = true;
        else if ((name == "--only" || name == "--write") && i + 1 == arguments.size())
            return name + " needs a value";
        else if (name == "--write")
            options.page = arguments[++i];
        else if (name == "--only")
        {
            const auto& names = arguments[++i];
            for (size_t from = 0; from <= names.size();)
            {
                const auto end = std::min(names.find(',', from), names.size());
                options.only.insert(names.substr(from, end - from));
                from = end + 1;
            }
        }
        else
            return "unknown option " + name;
    }
    for (const auto& name : options.only)
        if (std::none_of(measurements().begin(), measurements().end(), [&name](const Measurement& each) { return each.name == name; }))
            return "there is no section '" + name + "'; --list names them";
    if (options.quick && ! options.page.empty())
        return "--write takes the full run's figures, so not with --quick";
    return {};
}

/** Puts the text between the section's marks. @returns what is wrong, or nothing */
std::string write(const std::filesystem::path& page, const Section& section)
{
    std::ifstream in(page, std::ios::binary);
    std::string text { std::istreambuf_iterator<char>(in), {} };
    const auto begin = "<!-- accuracy " + section.name + " -->\n", end = "<!-- end of accuracy " + section.name + " -->";
    const auto from = text.find(begin), to = text.find(end);
    if (from == std::string::npos || to == std::string::npos || to < from)
        return page.string() + " has no place for section " + section.name + ": put the line " + begin.substr(0, begin.size() - 1) + " and the line "
             + end + " where its tables are to stand";
    text.replace(from + begin.size(), to - from - begin.size(), section.markdown());
    const auto folder = page.parent_path() / "pictures";
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    for (const auto& picture : section.pictures())
        if (std::ofstream file(folder / picture.file, std::ios::binary); ! (file << picture.svg))
            return "cannot write " + (folder / picture.file).string();
    if (std::ofstream file(page, std::ios::binary); ! (file << text))
        return "cannot write " + page.string();
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    if (const auto wrong = parse({ argv + 1, argv + argc }, options); ! wrong.empty())
        return wrongUse(wrong);
    if (options.help)
        return std::fputs(usage, stdout) < 0 ? 3 : 0;
    if (options.list)
    {
        for (const auto& each : measurements())
            std::printf("%s\n", each.name.c_str());
        return 0;
    }

    int faults = 0;
    for (const auto& each : measurements())
    {
        if (! options.only.empty() && ! options.only.contains(each.name))
            continue;
        std::fprintf(stderr, "accuracy: %s\n", each.name.c_str());
        const auto begin = std::chrono::steady_clock::now();
        Section section(each.name, options.quick);
        each.run(section);
        const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        std::printf("%s\n", section.markdown().c_str());
        std::fprintf(stderr, "accuracy: %s took %.1f s\n", each.name.c_str(), seconds);
        for (const auto& fault : section.allFaults())
        {
            std::fprintf(stderr, "accuracy: %s: BROKEN: %s\n", each.name.c_str(), fault.c_str());
            ++faults;
        }
        if (options.page.empty())
            continue;
        if (const auto wrong = write(options.page, section); ! wrong.empty())
        {
            std::fprintf(stderr, "accuracy: %s\n", wrong.c_str());
            return 3;
        }
    }
    return faults > 0 ? 1 : 0;
}
