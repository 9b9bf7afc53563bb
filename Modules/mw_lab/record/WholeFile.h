#pragma once

#include <juce_core/juce_core.h>
#include <mw_legs/mw_legs.h>

#include <string>

namespace mw
{

/** Writes a text into a file, whole or not at all: into a neighbour first, which then takes its place. A link is followed;
    what is no regular file (a device, a pipe) is written to as it is, since a move over it would replace it. Control thread.
    @param what "the report"; for the error
    @returns an error that names the file and the system's reason (environment) */
[[nodiscard]] Result<void> writeWholeFile(const juce::File& file, const std::string& text, const std::string& what);

/** Deletes a file that was begun and is not to stay; devices, pipes and folders are left alone. */
void deleteRegularFile(const juce::File& file);

} // namespace mw
