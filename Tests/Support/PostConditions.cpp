#include "PostConditions.h"

#include <algorithm>
#include <array>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
 #define MW_HAS_LEAK_CHECK 1
#elif defined(__has_feature)
 #if __has_feature(address_sanitizer)
  #define MW_HAS_LEAK_CHECK 1
 #endif
#endif

#ifdef MW_HAS_LEAK_CHECK
 #include <sanitizer/lsan_interface.h>
#endif

namespace mw::test
{

namespace
{
// Started by JUCE at its first timer and kept until JUCE is shut down at the end of main().
constexpr std::array<std::string_view, 1> lifelongThreads { "JUCE Timer" };

bool isLifelong(const std::string& name)
{
    return std::find(lifelongThreads.begin(), lifelongThreads.end(), name) != lifelongThreads.end();
}

std::vector<std::string> entriesOf(const char* folder)
{
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder), &::closedir);
    if (open == nullptr)
        return names;
    const auto own = std::to_string(::dirfd(open.get()));
    while (const auto* entry = ::readdir(open.get()))
        if (const std::string name = entry->d_name; name.front() != '.' && name != own)
            names.push_back(name);
    return names;
}

constexpr HeapAllowance allowanceOfATest { 2000, 1'000'000 };

struct Watched
{
    std::string name;
    std::function<long()> read;
};

std::vector<Watched>& watched()
{
    static std::vector<Watched> all;
    return all;
}
} // namespace

ProcessState ProcessState::now()
{
    ProcessState state;
    for (const auto& id : entriesOf("/proc/self/fd"))
    {
        std::array<char, 4096> target {};
        const auto length = ::readlink(("/proc/self/fd/" + id).c_str(), target.data(), target.size() - 1);
        if (length >= 0)
            state.descriptors[std::stoi(id)] = std::string(target.data(), static_cast<size_t>(length));
    }
    for (const auto& id : entriesOf("/proc/self/task"))
    {
        std::string name;
        if (std::getline(std::ifstream("/proc/self/task/" + id + "/comm"), name))
            ++state.threads[name];
    }
    return state;
}

std::string describeLeftovers(const ProcessState& before, const ProcessState& after)
{
    std::string text;

    const auto totalOf = [](const ProcessState& state) {
        int total = 0;
        for (const auto& [name, count] : state.threads)
            total += isLifelong(name) ? 0 : count;
        return total;
    };
    const auto surplus = totalOf(after) - totalOf(before);
    std::string names;
    for (const auto& [name, count] : after.threads)
    {
        const auto known = before.threads.find(name);
        if (! isLifelong(name) && count > (known == before.threads.end() ? 0 : known->second))
            names += " '" + name + "'";
    }
    if (surplus > 0)
        text += std::to_string(surplus) + " thread(s) left behind:" + names + "\n";

    if (after.descriptors.size() != before.descriptors.size())
    {
        text += "open descriptors went from " + std::to_string(before.descriptors.size()) + " to "
                + std::to_string(after.descriptors.size()) + ":";
        for (const auto& [number, target] : after.descriptors)
            if (const auto old = before.descriptors.find(number); old == before.descriptors.end() || old->second != target)
                text += " +" + std::to_string(number) + " " + target;
        for (const auto& [number, target] : before.descriptors)
            if (const auto left = after.descriptors.find(number); left == after.descriptors.end() || left->second != target)
                text += " -" + std::to_string(number) + " " + target;
        text += "\n";
    }
    return text;
}

std::string describeHeapGrowth(const HeapCount& before, const HeapCount& after, const HeapAllowance& allowance)
{
    const auto blocks = after.blocks - before.blocks, bytes = after.bytes - before.bytes;
    if (blocks <= allowance.blocks && bytes <= allowance.bytes)
        return {};
    return "the heap grew by " + std::to_string(blocks) + " blocks, " + std::to_string(bytes) + " bytes; libraries may keep "
           + std::to_string(allowance.blocks) + " and " + std::to_string(allowance.bytes) + "\n";
}

void PostConditions::watch(const std::string& name, std::function<long()> read) { watched().push_back({ name, std::move(read) }); }

void PostConditions::settle()
{
    // ThreadSanitizer starts a thread of its own when the program starts its first.
    std::thread([] {}).join();
}

void PostConditions::OnTestStart(const ::testing::TestInfo&)
{
    before = ProcessState::now();
    numbersBefore.clear();
    for (const auto& each : watched())
        numbersBefore.push_back(each.read());
    heapBefore = HeapCount::now();
}

void PostConditions::OnTestEnd(const ::testing::TestInfo&)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto leftovers = describeLeftovers(before, ProcessState::now());
    while (! leftovers.empty() && std::chrono::steady_clock::now() < deadline)
    {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));  // sleeps: nobody is told when a thread has left /proc
        leftovers = describeLeftovers(before, ProcessState::now());
    }
    if (! leftovers.empty())
        ADD_FAILURE() << "the test did not put back what it took: " << leftovers;
    for (size_t i = 0; i < numbersBefore.size(); ++i)
        if (const auto after = watched()[i].read(); after != numbersBefore[i])
            ADD_FAILURE() << "the test did not put back what it took: " << watched()[i].name << " went from " << numbersBefore[i] << " to " << after;
    checkHeap();
}

void PostConditions::checkHeap() const
{
#ifdef MW_HAS_LEAK_CHECK
    if (__lsan_do_recoverable_leak_check() != 0)
        ADD_FAILURE() << "the test did not put back what it took: LeakSanitizer has listed above what nothing points to any more";
#endif
    if (const auto growth = describeHeapGrowth(heapBefore, HeapCount::now(), allowanceOfATest); ! growth.empty())
        ADD_FAILURE() << "the test did not put back what it took: " << growth;
    if (std::getenv("MILLIWATT_SHOW_HEAP") != nullptr)
        std::fprintf(stderr, "HEAP %ld %ld\n", HeapCount::now().blocks - heapBefore.blocks, HeapCount::now().bytes - heapBefore.bytes);
}

} // namespace mw::test
