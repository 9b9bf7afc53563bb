#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

/** Ends a test that hangs: signs of life are counted up by whoever is watched; when one stands still for longer than the
    patience, the stacks of all threads are written to stderr (by gdb, from Scripts/setup) and the test program is aborted. */
class Watchdog
{
public:
    using OnHang = std::function<void(const std::string& sign)>;

    /** @param onHang null: stacks and abort */
    explicit Watchdog(std::chrono::milliseconds patience, OnHang onHang = {});
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /** A sign of life: it is to become another number again and again. Before start(). */
    [[nodiscard]] std::atomic<uint64_t>& sign(const std::string& name);

    void start();

    /** Writes the stacks of all threads of this process to stderr. */
    static void dumpStacks();

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};
