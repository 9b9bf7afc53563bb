#include "Closures.h"

#include <utility>

namespace mw
{

int Closures::open()
{
    struct mqueue* made = nullptr;
    if (const auto failed = ::mqueue_alloc(&made, woken, this); failed != 0)
        return failed;
    const std::scoped_lock lock(mutex);
    queue.reset(made);
    return 0;
}

bool Closures::post(Closure work)
{
    const std::scoped_lock lock(mutex);
    if (! queue)
        return false;
    waiting.push_back(std::move(work));
    // One wake-up empties the list, so the pipe below it never holds more than a few messages.
    if (waiting.size() == 1 && ::mqueue_push(queue.get(), 0, nullptr) != 0)
    {
        waiting.pop_back();
        return false;
    }
    return true;
}

void Closures::close() noexcept
{
    RePtr<struct mqueue> last;
    {
        const std::scoped_lock lock(mutex);
        last = std::move(queue);
    }
    runWaiting();
}

void Closures::woken(int, void*, void* self) noexcept { static_cast<Closures*>(self)->runWaiting(); }

void Closures::runWaiting() noexcept
{
    std::vector<Closure> now;
    {
        const std::scoped_lock lock(mutex);
        now = std::exchange(waiting, {});
    }
    for (auto& work : now)
        work();
}

} // namespace mw
