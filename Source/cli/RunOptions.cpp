#include "RunOptions.h"

#include "Arguments.h"

namespace mw::cli
{

void addConfigOption(CLI::App& app)
{
    // Its value is read by configFileOf() and applied after the command line, which comes first.
    app.add_option("--config", [](const CLI::results_t&) { return true; }, wrapped("Configuration file (INI or TOML): one 'option = value' a line, without dashes, before any section or "
                                       "below [" + app.get_name() + "]; the command line comes first", 52))
        ->type_size(1)
        ->expected(1)
        ->option_text("FILE");
}

std::string configFileOf(const CLI::App& app)
{
    const auto* option = app.get_option("--config");
    return option->count() > 0 ? option->results().front() : std::string();
}

void RunOptions::addTo(CLI::App& app)
{
    addConfigOption(app);
    addSwitch(app, "-v,--verbose", verbose, "Say more: ringing, hold, codecs and received digits of every call");
    addSwitch(app, "-q,--quiet", quiet, "Say less: the verdict and errors alone");
    addValue(app, "--uri-file", "FILE", [this](const std::string& file) -> Result<void> {
        if (file.empty())
            return wrongValue("the name is empty");
        uriFile = file;
        return {};
    }, "Write the address that peers call into this file once we listen; for scripts, with --listen ADDR:0");
}

run::RunnerOptions RunOptions::runnerOptions(const std::string& commandName) const
{
    run::RunnerOptions options;
    options.name = "milliwatt " + commandName;
    options.verbose = verbose;
    options.quiet = quiet;
    options.uriFile = uriFile;
    return options;
}

} // namespace mw::cli
