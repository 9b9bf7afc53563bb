#pragma once

#include <Command.h>

#include <array>
#include <memory>

namespace mw::fuzz
{

/** The commands whose lines and files are fuzzed; an input's first octet chooses among them. */
inline constexpr std::array<std::unique_ptr<Command> (*)(), 4> commandMakers {
    makeMixerCommand, makeSourceCommand, makeSinkCommand, makeDemoCommand
};

} // namespace mw::fuzz
