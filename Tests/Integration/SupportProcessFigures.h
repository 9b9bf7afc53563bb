#pragma once

#include <cstddef>
#include <string>
#include <sys/types.h>

/** What a running program holds, read from /proc. */
struct ProcessFigures
{
    long residentKiB = 0;      ///< VmRSS
    size_t descriptors = 0, threads = 0;
    size_t udpPorts = 0;       ///< bound UDP sockets

    /** Throws std::runtime_error when there is no such process. */
    [[nodiscard]] static ProcessFigures of(pid_t process);

    /** Everything but the memory is the same. */
    [[nodiscard]] bool holdsTheSameAs(const ProcessFigures& other) const
    {
        return descriptors == other.descriptors && threads == other.threads && udpPorts == other.udpPorts;
    }
    [[nodiscard]] std::string text() const;
};
