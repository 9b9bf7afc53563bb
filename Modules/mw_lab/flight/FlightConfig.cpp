#include "FlightConfig.h"

#include <cmath>
#include <unistd.h>

namespace mw
{

Result<void> FlightConfig::check() const
{
    if (std::isnan(lastS) || (lastS != 0.0 && (lastS < 1.0 || lastS > mostLastS)))
        return Error { ExitCode::wrongUse, "keep the last seconds for the flight recorder", "their number is not 1 to 300", {} };
    if (! isWanted())
        return lastS == 0.0 ? Result<void>()
                            : Error { ExitCode::wrongUse, "keep the last seconds for the flight recorder", "it has no folder", "give one with --flight DIR" };
    const auto cannot = [this](const std::string& why, const std::string& remedy) {
        return Error { ExitCode::environment, "write the flight recorder's folder " + folder.getFullPathName().toStdString(), why, remedy };
    };
    if (folder.existsAsFile())
        return cannot("it is a file", "name a folder");
    const auto parent = folder.getParentDirectory();
    if (! folder.isDirectory() && ! parent.isDirectory())
        return cannot("the folder " + parent.getFullPathName().toStdString() + " does not exist", "create it");
    if (::access((folder.isDirectory() ? folder : parent).getFullPathName().toRawUTF8(), W_OK | X_OK) != 0)
        return cannot("permission denied", "choose a folder that you may write");
    return {};
}

} // namespace mw
