#pragma once

#include "SinkReport.h"

#include <string>

namespace mw
{

/** The verdict as JUnit XML, the form that build servers read: a test suite a call, a test case an expectation. One that was not
    measurable is a failure of type "notMeasured", since the exit code counts it as one; a call that broke, and a run without a call
    or with a fault of its own, are errors. */
[[nodiscard]] std::string reportJUnit(const MeasuredRun& run);

} // namespace mw
