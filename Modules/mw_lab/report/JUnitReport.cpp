#include "JUnitReport.h"

#include "JuceText.h"

namespace mw
{

namespace
{

/** Text that XML can hold: what it cannot (most control characters, halves of surrogates) becomes U+FFFD. */
juce::String xmlText(const std::string& text)
{
    const auto whole = juceText(text);
    juce::String valid;
    for (auto at = whole.getCharPointer(); ! at.isEmpty();)
    {
        const auto c = at.getAndAdvance();
        const auto cannot = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0xd800 && c < 0xe000) || c == 0xfffe || c == 0xffff || c > 0x10ffff;
        valid += cannot ? juce::juce_wchar(0xfffd) : c;
    }
    return valid;
}

/** A suite that counts what is put into it. */
class Suite
{
public:
    Suite(juce::XmlElement& parent, const juce::String& name, double seconds, const juce::String& timestamp)
        : element(*parent.createNewChildElement("testsuite")), suiteName(name)
    {
        element.setAttribute("name", name);
        for (const auto* counter : { "tests", "failures", "errors", "skipped" })
            element.setAttribute(counter, 0);
        element.setAttribute("time", juce::String(seconds, 3));
        element.setAttribute("timestamp", timestamp);
    }

    /** @returns the case, for its failure */
    juce::XmlElement& test(const juce::String& name, double seconds)
    {
        add("tests");
        auto& one = *element.createNewChildElement("testcase");
        one.setAttribute("name", name);
        one.setAttribute("classname", suiteName);
        one.setAttribute("time", juce::String(seconds, 3));
        return one;
    }

    void fail(juce::XmlElement& test, bool isError, const juce::String& type, const juce::String& message, const juce::String& text)
    {
        add(isError ? "errors" : "failures");
        auto& failure = *test.createNewChildElement(isError ? "error" : "failure");
        failure.setAttribute("message", message);
        failure.setAttribute("type", type);
        failure.addTextElement(text);
    }

    [[nodiscard]] int count(const char* counter) const { return element.getIntAttribute(counter); }

    juce::XmlElement& element;

private:
    void add(const char* counter) { element.setAttribute(counter, count(counter) + 1); }

    const juce::String suiteName;
};

void addExpectation(Suite& suite, const ExpectationResult& expectation, double seconds)
{
    auto& test = suite.test(xmlText(expectation.what + ": " + expectation.expected), seconds);
    if (expectation.outcome == ExpectationOutcome::held)
        return;
    const auto measured = expectation.outcome == ExpectationOutcome::failed;
    const auto message = measured ? "expected " + expectation.expected + ", measured " + expectation.measured
                                  : "not measurable" + (expectation.measured.empty() ? std::string() : ": " + expectation.measured);
    suite.fail(test, false, nameOf(expectation.outcome), xmlText(message),
               xmlText(expectation.line() + (expectation.method.empty() ? "" : "\nmethod: " + expectation.method)));
}

} // namespace

std::string reportJUnit(const MeasuredRun& run)
{
    juce::XmlElement root("testsuites");
    root.setAttribute("name", juce::String("milliwatt ") + run.role);
    for (const auto* counter : { "tests", "failures", "errors" })
        root.setAttribute(counter, 0);
    const auto add = [&root](const Suite& suite) {
        for (const auto* counter : { "tests", "failures", "errors" })
            root.setAttribute(counter, root.getIntAttribute(counter) + suite.count(counter));
    };
    const auto timestamp = run.written.toISO8601(true).upToFirstOccurrenceOf(".", false, false);

    auto anyFailed = false;
    for (size_t i = 0; i < run.calls.size(); ++i)
    {
        const auto& call = run.calls[i];
        const auto* duration = call.figures.find("call.duration_s");
        const auto seconds = duration != nullptr ? duration->number().value_or(0.0) : 0.0;
        Suite suite(root, "call " + juce::String(static_cast<int>(i) + 1) + " from " + xmlText(call.info.peerUri), seconds, timestamp);
        if (call.info.failed)
        {
            const auto why = (call.info.sipCode > 0 ? std::to_string(call.info.sipCode) + " " : std::string()) + call.info.reason;
            suite.fail(suite.test("the call", seconds), true, "callFailed", xmlText(why), xmlText(why));
        }
        for (const auto& expectation : call.expectations)
            addExpectation(suite, expectation, seconds);
        anyFailed = anyFailed || suite.count("failures") + suite.count("errors") > 0;
        add(suite);
    }

    // What no call tells: nobody called, a file could not be written.
    if (run.outcome.code != ExitCode::passed && ! anyFailed)
    {
        Suite suite(root, "the run", 0.0, timestamp);
        std::string lines;
        for (const auto& line : run.outcome.lines)
            lines += line + "\n";
        suite.fail(suite.test("the run", 0.0), true, "exit code " + juce::String(static_cast<int>(run.outcome.code)), xmlText(run.outcome.verdict),
                   xmlText(lines));
        add(suite);
    }

    juce::XmlElement::TextFormat format;
    format.newLineChars = "\n";
    return root.toString(format).toStdString();
}

} // namespace mw
