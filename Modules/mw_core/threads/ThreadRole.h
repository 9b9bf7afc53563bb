#pragma once

namespace mw
{

/** Who runs this code: the threads of Docs/Architecture.md, and the audio region inside a media tick. */
enum class ThreadRole
{
    unnamed,      ///< nobody said
    control,      ///< JUCE's message loop: parameters, topology, lifecycle, reports
    sip,          ///< re_main: the only thread that calls libre and baresip
    media,        ///< the device's clock: playout, decoding, graph, encoding
    mediaWorker,  ///< a share of decoding and encoding inside a tick
    audioRegion,  ///< MixerProcessor::processBlock: no allocation, lock, system call or log
    recorder      ///< writes files
};

/** Role of the calling thread; constant time, safe in the audio region. */
[[nodiscard]] ThreadRole currentThreadRole() noexcept;

/** Name of a role, for messages. */
[[nodiscard]] const char* nameOf(ThreadRole role) noexcept;

/** Gives the calling thread a role for a scope and its former role back afterwards. */
class ScopedThreadRole
{
public:
    explicit ScopedThreadRole(ThreadRole role) noexcept;
    ~ScopedThreadRole();
    ScopedThreadRole(const ScopedThreadRole&) = delete;
    ScopedThreadRole& operator=(const ScopedThreadRole&) = delete;

private:
    ThreadRole former;
};

} // namespace mw
