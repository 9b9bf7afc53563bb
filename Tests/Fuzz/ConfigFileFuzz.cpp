#include "Fuzz.h"

#include "CommandMakers.h"
#include <cli/ConfigFile.h>

#include <array>

namespace mw::fuzz
{
namespace
{

/** A configuration file for any of the commands, as the program reads and applies it. The first octet chooses the command. */
class ConfigFileTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        const auto make = commandMakers[static_cast<size_t>(bytes.below(4))];
        const auto content = bytes.rest();
        const auto text = textOf(content);
        if (text.find("/dev") != std::string_view::npos || text.find("/proc") != std::string_view::npos)
            return;  // a file named in the file is opened, and those never end

        const auto parsed = cli::parseConfig(text, "file");
        checkParsing(text, parsed);

        const auto command = make();
        CLI::App app("", command->name());
        app.set_help_flag("-h,--help", "");
        command->addOptions(app);
        const MemoryFile file(content);
        const auto applied = cli::applyConfigFile(app, file.path());
        MW_PROMISE(parsed.ok() || ! applied.ok());
        if (! applied)
        {
            MW_PROMISE(! applied.error().message().empty());
            return;
        }
        if (const auto checked = command->check(); ! checked)
            MW_PROMISE(! checked.error().why.empty());
    }

private:
    static void checkParsing(std::string_view text, const Result<std::vector<cli::ConfigItem>>& parsed)
    {
        if (! parsed)
        {
            MW_PROMISE(parsed.error().code == ExitCode::wrongUse && parsed.error().why.starts_with("file:"));
            return;
        }
        int line = 0;
        for (const auto& item : parsed.value())
        {
            MW_PROMISE(item.line > line && ! item.key.empty() && ! item.key.starts_with('-'));
            MW_PROMISE(item.key.find('\n') == std::string::npos);
            line = item.line;
        }
        MW_PROMISE(line <= static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1);
    }
};

const Registration<ConfigFileTarget> registrationConfigFile("ConfigFile");

} // namespace
} // namespace mw::fuzz
