#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::fuzz
{

/** One thing that is fed foreign bytes. Made once, run with any number of inputs, destroyed. An input must leave it as it
    was, so that any input can be repeated alone; no input may depend on time or on chance. */
class Target
{
public:
    virtual ~Target() = default;
    virtual void run(std::span<const uint8_t> input) = 0;
};

/** A target as its file registers it. */
struct Registered
{
    std::string name;  ///< also of its corpus and its program: fuzz_NAME
    std::unique_ptr<Target> (*make)();
};

/** Every target of this program: one in a fuzzer, all in the replay. */
[[nodiscard]] std::vector<Registered>& targets();

template <typename T>
struct Registration
{
    explicit Registration(const char* name)
    {
        targets().push_back({ name, []() -> std::unique_ptr<Target> { return std::make_unique<T>(); } });
    }
};

/** What a target promises did not hold: says it and ends the process, as a crash that the fuzzer keeps. */
[[noreturn]] void broken(const char* promise, const char* file, int line) noexcept;

#define MW_PROMISE(condition) ((condition) ? void() : ::mw::fuzz::broken(#condition, __FILE__, __LINE__))

/** Takes an input apart. After its end everything is 0 or empty. */
class Bytes
{
public:
    explicit Bytes(std::span<const uint8_t> input) noexcept : left(input) {}

    [[nodiscard]] bool isEmpty() const noexcept { return left.empty(); }
    [[nodiscard]] uint8_t octet() noexcept;
    [[nodiscard]] uint16_t u16() noexcept { return static_cast<uint16_t>((octet() << 8) | octet()); }
    [[nodiscard]] uint32_t u32() noexcept { return (uint32_t { u16() } << 16) | u16(); }

    /** 0…count−1. @param count 1…256 */
    [[nodiscard]] int below(int count) noexcept { return octet() % count; }
    [[nodiscard]] std::span<const uint8_t> take(size_t count) noexcept;
    [[nodiscard]] std::span<const uint8_t> rest() noexcept { return take(left.size()); }

private:
    std::span<const uint8_t> left;
};

[[nodiscard]] inline std::string_view textOf(std::span<const uint8_t> bytes) noexcept
{
    return { reinterpret_cast<const char*>(bytes.data()), bytes.size() };
}

/** A file in memory, for what takes only names of files. */
class MemoryFile
{
public:
    explicit MemoryFile(std::span<const uint8_t> content);
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    /** A name that opens it in this process. */
    [[nodiscard]] const std::string& path() const noexcept { return name; }

private:
    int descriptor = -1;
    std::string name;
};

} // namespace mw::fuzz
