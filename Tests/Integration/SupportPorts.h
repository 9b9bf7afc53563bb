#pragma once

#include <chrono>
#include <cstdint>

/** Ports on 127.0.0.1 for programs that a test starts. Each test program owns one of eight slices of 20000…32639 while it runs
    (a locked file says so), takes stretches of it at random and tries every port before it hands it out: so test programs
    run beside each other, in one test run or in several on a machine, and none hears another's sound. A ninth one waits. */
namespace ports
{

/** A port that is free for UDP and TCP now. */
[[nodiscard]] uint16_t freePort();

/** First of `count` neighbouring free UDP ports, even. */
[[nodiscard]] uint16_t freeBlock(int count);

/** Waits until somebody listens on a UDP port of 127.0.0.1 (or of all addresses). False when the deadline passed. */
[[nodiscard]] bool waitUntilBound(uint16_t udpPort, std::chrono::milliseconds deadline);

} // namespace ports
