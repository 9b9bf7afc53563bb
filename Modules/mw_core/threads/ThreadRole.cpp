#include "ThreadRole.h"

namespace mw
{

namespace
{
thread_local ThreadRole roleOfThisThread = ThreadRole::unnamed;
}

ThreadRole currentThreadRole() noexcept { return roleOfThisThread; }

const char* nameOf(ThreadRole role) noexcept
{
    switch (role)
    {
        case ThreadRole::unnamed: return "unnamed";
        case ThreadRole::control: return "control";
        case ThreadRole::sip: return "sip";
        case ThreadRole::media: return "media";
        case ThreadRole::mediaWorker: return "media worker";
        case ThreadRole::audioRegion: return "audio region";
        case ThreadRole::recorder: return "recorder";
    }
    return "?";
}

ScopedThreadRole::ScopedThreadRole(ThreadRole role) noexcept : former(roleOfThisThread) { roleOfThisThread = role; }

ScopedThreadRole::~ScopedThreadRole() { roleOfThisThread = former; }

} // namespace mw
