#pragma once

#include <juce_core/juce_core.h>
#include <mw_legs/mw_legs.h>

#include <vector>

namespace mw
{

/** Work that neither the audio region nor the control thread should do: writing files, analysing sound. One thread,
    "recorder" where its owner gave no other name, that sleeps between its clients' slices and is joined with its owner; or none, and then the owner calls
    runByHand(), so that a test with a manual clock needs no other thread. Control thread. */
class Background
{
public:
    enum class Mode { ownThread, byHand };

    explicit Background(Mode modeToUse, const char* threadName = "recorder") : mode(modeToUse), thread(threadName) {}

    ~Background() { stop(); }

    /** Ends the thread, if there is one; the next add() starts it again. */
    void stop()
    {
        thread.stopThread(-1);  // waits: JUCE would kill a thread that is late, and a file with it
    }

    /** Adds a client; the first one starts the thread. @returns an error when no thread could be started */
    [[nodiscard]] Result<void> add(juce::TimeSliceClient& client)
    {
        if (mode == Mode::byHand)
        {
            clients.push_back(&client);
            return {};
        }
        if (! thread.isThreadRunning() && ! thread.startThread())
            return Error { ExitCode::environment, "start the thread '" + thread.getThreadName().toStdString() + "'", "the system gave no thread",
                           "raise the limit of threads (ulimit -u)" };
        thread.addTimeSliceClient(&client);
        return {};
    }

    /** When it returns, the client is not running and will not run again. Harmless when it was not added. */
    void remove(juce::TimeSliceClient& client)
    {
        std::erase(clients, &client);
        thread.removeTimeSliceClient(&client);
    }

    /** With Mode::byHand: one slice of every client in the calling thread. */
    void runByHand()
    {
        for (auto* client : clients)
            client->useTimeSlice();
    }

private:
    const Mode mode;
    std::vector<juce::TimeSliceClient*> clients;
    juce::TimeSliceThread thread;
};

} // namespace mw
