#include "Fuzz.h"

#include "CommandMakers.h"
#include <cli/Arguments.h>

#include <array>

namespace mw::fuzz
{
namespace
{

/** The words of a command line, one a line: parsed and checked, nothing is started. The first octet chooses the command. */
class CommandLineTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        const auto make = commandMakers[static_cast<size_t>(bytes.below(4))];
        const auto text = textOf(bytes.rest());
        if (text.find("/dev") != std::string_view::npos || text.find("/proc") != std::string_view::npos)
            return;  // files that are named are opened, and those never end

        std::vector<std::string> reversed;
        for (size_t at = 0; at <= text.size();)
        {
            const auto end = std::min(text.find('\n', at), text.size());
            reversed.insert(reversed.begin(), std::string(text.substr(at, end - at)));
            at = end + 1;
        }

        const auto command = make();
        CLI::App app("", command->name());
        app.set_help_flag("-h,--help", "");
        app.allow_extras();
        command->addOptions(app);
        try
        {
            app.parse(std::move(reversed));
        }
        catch (const CLI::Success&)
        {
            return;
        }
        catch (const CLI::ParseError& error)
        {
            MW_PROMISE(! cli::messageOf(error).empty());
            const auto code = cli::exitCodeOf(error);
            MW_PROMISE(code == ExitCode::wrongUse || code == ExitCode::environment);
            return;
        }
        for (const auto& unknown : app.remaining())
            static_cast<void>(cli::closestName(unknown, cli::optionNames(app)));
        if (const auto checked = command->check(); ! checked)
            MW_PROMISE(! checked.error().why.empty());
    }
};

const Registration<CommandLineTarget> registrationCommandLine("CommandLine");

} // namespace
} // namespace mw::fuzz
