#include "SupportWatchdog.h"

#include <Support/Process.h>

#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <list>
#include <mutex>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

struct Watchdog::Impl
{
    struct Sign
    {
        explicit Sign(std::string nameToUse) : name(std::move(nameToUse)) {}
        std::string name;
        std::atomic<uint64_t> count { 0 };
        uint64_t seen = 0;
        std::chrono::steady_clock::time_point since {};
    };

    std::chrono::milliseconds patience {};
    OnHang onHang;
    std::list<Sign> signs;
    std::mutex mutex;
    std::condition_variable changed;
    bool stopped = false;
    std::thread thread;

    void run()
    {
        for (auto& each : signs)
            each.since = std::chrono::steady_clock::now();
        std::unique_lock lock(mutex);
        while (! changed.wait_for(lock, std::min<std::chrono::milliseconds>(patience / 4, 500ms), [this] { return stopped; }))
            for (auto& each : signs)
            {
                const auto now = std::chrono::steady_clock::now();
                if (const auto count = each.count.load(); count != each.seen)
                {
                    each.seen = count;
                    each.since = now;
                }
                else if (now - each.since > patience)
                {
                    onHang(each.name);
                    return;
                }
            }
    }
};

Watchdog::Watchdog(std::chrono::milliseconds patience, OnHang onHang) : impl(std::make_unique<Impl>())
{
    impl->patience = patience;
    impl->onHang = onHang ? std::move(onHang) : [](const std::string& sign) {
        std::cerr << "watchdog: no sign of life any more: " << sign << "; the stacks of all threads follow" << std::endl;
        dumpStacks();
        std::abort();
    };
}

Watchdog::~Watchdog()
{
    {
        const std::scoped_lock lock(impl->mutex);
        impl->stopped = true;
    }
    impl->changed.notify_all();
    if (impl->thread.joinable())
        impl->thread.join();
}

std::atomic<uint64_t>& Watchdog::sign(const std::string& name) { return impl->signs.emplace_back(name).count; }

void Watchdog::start() { impl->thread = std::thread([this] { impl->run(); }); }

void Watchdog::dumpStacks()
{
    ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
    try
    {
        mw::test::Process gdb({ "gdb", "-p", std::to_string(::getpid()), "-batch", "-ex", "set pagination off", "-ex", "thread apply all bt 24" });
        gdb.closeInput();
        gdb.wait(120s);
        std::cerr << gdb.standardOutput() << std::endl;
    }
    catch (const std::exception& failure)
    {
        std::cerr << "no stacks: " << failure.what() << std::endl;
    }
}
