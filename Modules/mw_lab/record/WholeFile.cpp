#include "WholeFile.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace mw
{

namespace
{
namespace paths = std::filesystem;

/** @returns why it did not work, or an empty text */
std::string writeDirectly(const paths::path& path, const std::string& text)
{
    errno = 0;
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.close();
    return stream ? std::string() : errno != 0 ? std::strerror(errno) : "the system took no more data";
}
} // namespace

Result<void> writeWholeFile(const juce::File& file, const std::string& text, const std::string& what)
{
    const auto cannot = [&](const std::string& why) {
        return Error { ExitCode::environment, "write " + what + " " + file.getFullPathName().toStdString(), why,
                       "choose a folder that exists, is writable and has room" };
    };
    std::error_code failure;
    const paths::path named(file.getFullPathName().toStdString());
    const auto status = paths::status(named, failure);
    if (paths::exists(status) && ! paths::is_regular_file(status))
    {
        const auto why = writeDirectly(named, text);
        return why.empty() ? Result<void>() : cannot(why);
    }

    auto target = paths::weakly_canonical(named, failure);
    if (failure)
        target = named;
    auto neighbour = target;
    neighbour += ".part";
    if (const auto why = writeDirectly(neighbour, text); ! why.empty())
    {
        std::error_code ignored;
        paths::remove(neighbour, ignored);
        return cannot(why);
    }
    paths::rename(neighbour, target, failure);
    if (failure)
    {
        const auto why = failure.message();
        paths::remove(neighbour, failure);
        return cannot(why);
    }
    return {};
}

void deleteRegularFile(const juce::File& file)
{
    std::error_code failure;
    const paths::path path(file.getFullPathName().toStdString());
    if (paths::is_regular_file(paths::symlink_status(path, failure)))
        paths::remove(path, failure);
}

} // namespace mw
