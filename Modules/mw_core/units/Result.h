#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace mw
{

/** Why a run ended, as the process tells its caller. Documented in `milliwatt --help` and the README. */
enum class ExitCode : int
{
    passed = 0,             ///< everything asked for was done and held
    expectationFailed = 1,  ///< the run worked, something measured was not as expected
    wrongUse = 2,           ///< an option, a value or a file's content is wrong
    environment = 3,        ///< a port in use, a file that cannot be read or written, no memory
    callFailed = 4          ///< a call was rejected, not answered, or broke
};

/** What failed, where, why, and what to do about it: carried whole up to the person (finding 22). */
struct Error
{
    ExitCode code = ExitCode::environment;
    std::string what;    ///< what could not be done: "listen on 127.0.0.1:5060"
    std::string why;     ///< the cause: "Address already in use"
    std::string remedy;  ///< what to do, may be empty: "stop the other program or choose another port"

    /** One line: "cannot WHAT: WHY (REMEDY)". */
    [[nodiscard]] std::string message() const
    {
        auto text = "cannot " + what;
        if (! why.empty())
            text += ": " + why;
        if (! remedy.empty())
            text += " (" + remedy + ")";
        return text;
    }
};

/** A value or an error; no exception crosses a room's border. @tparam T void for "it worked". */
template <typename T>
class [[nodiscard]] Result
{
public:
    Result(T value) : content(std::move(value)) {}
    Result(Error error) : content(std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return std::holds_alternative<T>(content); }
    explicit operator bool() const noexcept { return ok(); }

    [[nodiscard]] T& value() & { assert(ok()); return std::get<T>(content); }
    [[nodiscard]] const T& value() const& { assert(ok()); return std::get<T>(content); }
    [[nodiscard]] T&& value() && { assert(ok()); return std::get<T>(std::move(content)); }
    [[nodiscard]] const Error& error() const { assert(! ok()); return std::get<Error>(content); }

private:
    std::variant<T, Error> content;
};

template <>
class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : failure(std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return ! failure.has_value(); }
    explicit operator bool() const noexcept { return ok(); }
    [[nodiscard]] const Error& error() const { assert(! ok()); return *failure; }

private:
    std::optional<Error> failure;
};

} // namespace mw
