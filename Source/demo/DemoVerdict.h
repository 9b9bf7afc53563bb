#pragma once

#include "DemoPlan.h"

#include <mw_core/mw_core.h>

#include <juce_core/juce_core.h>

#include <string>
#include <vector>

namespace mw::demo
{

/** What the demo leaves in its folder. */
struct DemoFiles
{
    juce::File folder;
    [[nodiscard]] juce::File mix() const { return folder.getChildFile("mix.wav"); }
    [[nodiscard]] juce::File metrics() const { return folder.getChildFile("metrics.jsonl"); }
    [[nodiscard]] juce::File sinkReport() const { return folder.getChildFile("sink.json"); }
    [[nodiscard]] juce::File page() const { return folder.getChildFile("report.html"); }
    [[nodiscard]] juce::File sinkRecording() const { return folder.getChildFile("sink.wav"); }
    [[nodiscard]] juce::File speech() const { return folder.getChildFile("speech.wav"); }
    [[nodiscard]] juce::File conferenceMetrics() const { return folder.getChildFile("conference.jsonl"); }
    /** The report of a source of the conference: alice.json. @param talker index in DemoPlan::talkers */
    [[nodiscard]] juce::File hearing(size_t talker) const { return folder.getChildFile(juce::String(DemoPlan::talkers[talker]) + ".json"); }
    /** Where a process that listens tells its address. */
    [[nodiscard]] juce::File uriOf(const std::string& part) const { return folder.getChildFile(juce::String(part) + ".uri"); }
};

/** One claim and what became of it. */
struct DemoClaim
{
    bool holds = false;
    std::string text;   ///< with its numbers

    /** "  ok    TEXT" or "  FAIL  TEXT" */
    [[nodiscard]] std::string line() const { return (holds ? "  ok    " : "  FAIL  ") + text; }
};

/** Judges a run by what was measured at the far end, and by nothing else:
    - sink.json: what the sink itself heard and decided (the digits, in order and no others)
    - sink.wav: tone, digits and speech measured apart from the sink, against what was sent
    - metrics.jsonl: the mixer's own meters; whether the limiter acted
    - mix.wav: that the mix was recorded
    - alice.json, bob.json, carol.json: whom each of a conference heard, how loud, how late (judgeHearing())
    - report.html: that the page is there, tells the digits and shows who hears whom (showHearing())
    @param sentSpeech the speech that was sent (full scale = 1.0), 8 kHz
    @returns every claim, held or not; an error when a file is missing or cannot be understood */
[[nodiscard]] Result<std::vector<DemoClaim>> judge(const DemoFiles& files, const std::vector<float>& sentSpeech);

} // namespace mw::demo
