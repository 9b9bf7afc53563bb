#pragma once

#include <optional>
#include <span>
#include <string>

namespace mw
{

/** What Google's program `visqol` says of a sound; it is asked where the machine has it. */
struct VisqolAnswer
{
    std::optional<double> mosLqo;  ///< 1…5, nothing when it was not asked or gave no answer
    std::string whyNot;            ///< then: "no program visqol is on the PATH"
};

/** Folders in which programs are looked for, with colons between: this process's PATH. */
[[nodiscard]] std::string programFolders();

/** Asks `visqol --use_speech_mode`, found in one of these folders, for the MOS-LQO of a sound against what was sent; both are given as 16 kHz WAV, which is
    what that mode is made for. Waits for it, a minute at most: not for the audio region. Control thread.
    @param reference full scale = 1.0 @param sound likewise, of the same moment on and as long or shorter @param rateHz of both [Hz] */
[[nodiscard]] VisqolAnswer askVisqol(std::span<const float> reference, std::span<const float> sound, int rateHz,
                                     const std::string& folders = programFolders());

} // namespace mw
