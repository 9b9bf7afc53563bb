#pragma once

#include <mw_mixer/mw_mixer.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw
{

/** A pilot that a source's sound carries, from "N" or "N@LEVEL". */
struct PilotSpec
{
    /** Some 20 dB below speech: hardly heard beside it, and found within seconds through every codec [dBm0]. */
    static constexpr double defaultLevelDbm0 = -40.0;

    int number = 0;                         ///< 1…64; 0: none
    double levelDbm0 = defaultLevelDbm0;    ///< RMS, −90…−10 [dBm0]

    /** @returns an error that names what is wrong and shows the form */
    [[nodiscard]] static Result<PilotSpec> parse(const std::string& text);

    bool operator==(const PilotSpec&) const = default;
};

/** Who sends which pilot, and at what level: names for figures and tables, from "1=alice,2=bob@-30". A plain value. */
class PilotNames
{
public:
    /** Names are of small letters, digits and hyphens, 32 at most, and begin with a letter; "self" is none. Behind @ stands the level
        that the pilot is sent at [dBm0].
        @returns an error that names what is wrong and shows the form */
    [[nodiscard]] static Result<PilotNames> parse(const std::string& text);

    /** Its name, or "pilot_7". @param number 1…64 */
    [[nodiscard]] std::string nameOf(int number) const;

    /** The pilot of a name, also of "pilot_7". @returns 0 for a name that nobody has */
    [[nodiscard]] int numberOf(std::string_view name) const noexcept;

    /** The level that it is sent at, where that was said [dBm0]. */
    [[nodiscard]] std::optional<double> levelDbm0(int number) const;

    /** Numbers that have a name, ascending. */
    [[nodiscard]] std::vector<int> named() const;

private:
    struct Entry
    {
        std::string name;
        std::optional<double> levelDbm0;
    };
    std::map<int, Entry> names;
};

} // namespace mw
