#pragma once

#include <chrono>
#include <cstdint>

/** Ports on 127.0.0.1 for programs that a test starts. Each test program takes its own stretches at random and tries every
    port of one before it hands it out, so that test runs on one machine seldom meet; a program that meets another all the
    same fails with "address in use", not with wrong sound. */
namespace ports
{

/** A port that is free for UDP and TCP now. */
[[nodiscard]] uint16_t freePort();

/** First of `count` neighbouring free UDP ports, even. */
[[nodiscard]] uint16_t freeBlock(int count);

/** Waits until somebody listens on a UDP port of 127.0.0.1 (or of all addresses). False when the deadline passed. */
[[nodiscard]] bool waitUntilBound(uint16_t udpPort, std::chrono::milliseconds deadline);

} // namespace ports
