#include "SupportProcessFigures.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace fs = std::filesystem;

namespace
{

/** The inodes of all sockets that a process has open ("socket:[4711]"). */
std::set<std::string> socketsOf(const fs::path& process, size_t& descriptors)
{
    std::set<std::string> inodes;
    for (const auto& entry : fs::directory_iterator(process / "fd"))
    {
        std::error_code gone;
        const auto target = fs::read_symlink(entry.path(), gone).string();
        if (gone)
            continue;  // closed meanwhile
        ++descriptors;
        if (target.starts_with("socket:["))
            inodes.insert(target.substr(8, target.size() - 9));
    }
    return inodes;
}

} // namespace

ProcessFigures ProcessFigures::of(pid_t process)
{
    const auto folder = fs::path("/proc") / std::to_string(process);
    if (! fs::exists(folder / "status"))
        throw std::runtime_error("there is no process " + std::to_string(process));

    ProcessFigures figures;
    std::ifstream status(folder / "status");
    for (std::string name, line; status >> name && std::getline(status, line);)
    {
        if (name == "VmRSS:")
            figures.residentKiB = std::stol(line);
        if (name == "Threads:")
            figures.threads = static_cast<size_t>(std::stoul(line));
    }
    const auto sockets = socketsOf(folder, figures.descriptors);
    std::ifstream udp(folder / "net/udp");
    std::string line;
    std::getline(udp, line);  // the heading
    while (std::getline(udp, line))
    {
        std::istringstream columns(line);
        std::string column;
        for (int i = 0; i < 10; ++i)
            columns >> column;
        figures.udpPorts += sockets.contains(column);
    }
    return figures;
}

std::string ProcessFigures::text() const
{
    return std::to_string(residentKiB) + " KiB resident, " + std::to_string(descriptors) + " descriptors, " + std::to_string(threads)
         + " threads, " + std::to_string(udpPorts) + " UDP ports";
}
