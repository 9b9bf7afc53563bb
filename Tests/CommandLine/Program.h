#pragma once

#include <Support/Process.h>

#include <juce_events/juce_events.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace program
{

/** How long a test waits before it gives up; sanitizer builds on a busy machine are slow, and nothing here measures speed. */
inline constexpr std::chrono::seconds patience { 120 };

/** Runs the message loop until the condition holds, for no longer than `patience`; whether it holds. */
template <typename Condition>
bool loopUntil(Condition holds)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (! holds() && std::chrono::steady_clock::now() < deadline)
        juce::MessageManager::getInstance()->runDispatchLoopUntil(10);
    return holds();
}

/** What a run of `milliwatt` said and how it ended. */
struct Outcome
{
    int code = -1;
    std::string out, err;
    [[nodiscard]] std::string all() const { return "exit code " + std::to_string(code) + "\n" + out + err; }
};

/** What a program wrote to standard error, without the line with which JUCE greets in debug builds. */
inline std::string withoutGreeting(const std::string& text)
{
    return text.starts_with("JUCE v") ? text.substr(text.find('\n') + 1) : text;
}

/** A folder of the test's own. */
class Folder
{
public:
    Folder() : path(std::filesystem::temp_directory_path() / ("milliwatt-cli-" + std::to_string(::getpid()) + "-" + std::to_string(++count)))
    {
        std::filesystem::create_directories(path);
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return (path / name).string(); }

    std::string write(const std::string& name, const std::string& content) const
    {
        std::ofstream(path / name, std::ios::binary) << content;
        return file(name);
    }

    [[nodiscard]] std::string read(const std::string& name) const
    {
        std::ifstream stream(path / name, std::ios::binary);
        return { std::istreambuf_iterator<char>(stream), {} };
    }

    const std::filesystem::path path;

private:
    static inline int count = 0;
};

inline std::vector<std::string> commandOf(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), MILLIWATT_BINARY);
    return arguments;
}

/** Runs it to its end. */
inline Outcome run(std::vector<std::string> arguments)
{
    mw::test::Process process(commandOf(std::move(arguments)));
    const auto code = process.wait(patience);
    return { code.value_or(-1), process.standardOutput(), withoutGreeting(process.standardError()) };
}

/** A program that listens, and the address it told by --uri-file. */
class Listener
{
public:
    Listener(const Folder& folder, const std::string& name, std::vector<std::string> arguments)
    {
        const auto uriFile = folder.file(name + ".uri");
        for (const std::string each : { "--listen", "127.0.0.1:0", "--uri-file" })
            arguments.push_back(each);
        arguments.push_back(uriFile);
        process = std::make_unique<mw::test::Process>(commandOf(std::move(arguments)));
        if (process->waitForOutput("listens on ", patience) && process->waitForOutput("\n", patience))
            address = folder.read(name + ".uri");
        while (! address.empty() && address.back() == '\n')
            address.pop_back();
    }

    std::unique_ptr<mw::test::Process> process;
    std::string address;  ///< empty when it did not listen

    Outcome end(int signal)
    {
        process->signal(signal);
        return end();
    }
    Outcome end()
    {
        const auto code = process->wait(patience);
        return { code.value_or(-1), process->standardOutput(), withoutGreeting(process->standardError()) };
    }
};

} // namespace program
