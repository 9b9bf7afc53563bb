#include "PostConditions.h"
#include "RealTimeGuard.h"

#include <JuceHeader.h>
#include <gtest/gtest.h>

// JUCE is started once a program, on the thread that runs the tests: that thread is "control".
int main(int argc, char** argv)
{
    ::testing::InitGoogleTest(&argc, argv);
    const juce::ScopedJuceInitialiser_GUI juceRuns;
    mw::test::PostConditions::settle();
    ::testing::UnitTest::GetInstance()->listeners().Append(new mw::test::PostConditions);  // gtest owns it
    ::testing::UnitTest::GetInstance()->listeners().Append(new mw::test::RealTimeListener);
    return RUN_ALL_TESTS();
}
