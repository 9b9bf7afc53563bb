#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace mw
{

/** What was dialled, the latest first, each once. Message thread. */
class DialHistory
{
public:
    static constexpr size_t length = 20;

    void add(const std::string& uri)
    {
        std::erase(uris, uri);
        uris.push_front(uri);
        if (uris.size() > length)
            uris.pop_back();
    }

    [[nodiscard]] const std::deque<std::string>& all() const noexcept { return uris; }

private:
    std::deque<std::string> uris;
};

} // namespace mw
