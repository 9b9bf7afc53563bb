#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace mw
{

/** Hands objects from control to the audio region by one pointer swap and tells control when the former one may be freed.

    The audio region marks each block with an Access: the epoch is odd inside a block and even outside. Control swaps the
    pointer, then looks at the epoch. Even: no block is under way, and the next one will see the new pointer (both sides use
    sequentially consistent order, so either control sees the block or the block sees the new pointer). Odd: the former object
    is kept in a list until the epoch has moved on. Control never waits; audio never frees, locks or waits.

    @tparam T immutable for control once published */
template <typename T>
class Handover
{
public:
    Handover() = default;
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    /** Control, no block under way any more. */
    ~Handover() = default;

    // ---- control; calls are serialised by the owner --------------------------------------------------------------------

    /** Replaces the object from the next block on. */
    void publish(std::unique_ptr<T> next)
    {
        retired.reserve(retired.size() + 1);  // so that nothing can fail once the pointer is out
        published.exchange(next.get(), std::memory_order_seq_cst);
        const auto seen = epoch.load(std::memory_order_seq_cst);
        if (current != nullptr && (seen & 1u) != 0)
            retired.push_back({ seen, std::move(current) });
        current = std::move(next);
        collect();
    }

    /** Frees what no block uses any more. */
    void collect()
    {
        const auto now = epoch.load(std::memory_order_acquire);
        std::erase_if(retired, [now](const Retired& old) { return old.inEpoch != now; });
    }

    /** What was published last; control may read it. */
    [[nodiscard]] const T* latest() const noexcept { return current.get(); }

    /** Objects that a block may still use. */
    [[nodiscard]] size_t retiredCount() const noexcept { return retired.size(); }

    // ---- audio region ----------------------------------------------------------------------------------------------------

    /** One block's use of the object. One at a time. */
    class Access
    {
    public:
        explicit Access(Handover& handover) noexcept : owner(handover), begun(owner.epoch.load(std::memory_order_relaxed) + 1)
        {
            owner.epoch.store(begun, std::memory_order_seq_cst);
            object = owner.published.load(std::memory_order_seq_cst);
        }

        ~Access() { owner.epoch.store(begun + 1, std::memory_order_release); }

        Access(const Access&) = delete;
        Access& operator=(const Access&) = delete;

        /** Null when nothing was published. */
        [[nodiscard]] T* get() const noexcept { return object; }

    private:
        Handover& owner;
        const uint64_t begun;
        T* object = nullptr;
    };

private:
    struct Retired
    {
        uint64_t inEpoch = 0;
        std::unique_ptr<T> object;
    };

    std::atomic<T*> published { nullptr };
    std::atomic<uint64_t> epoch { 0 };
    std::unique_ptr<T> current;     ///< control
    std::vector<Retired> retired;   ///< control
};

} // namespace mw
