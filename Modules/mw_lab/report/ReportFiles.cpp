#include "ReportFiles.h"

#include "../record/RecordingFile.h"

namespace mw
{

Result<void> ReportFiles::check(const juce::File& recording) const
{
    const auto files = named();
    for (size_t i = 0; i < files.size(); ++i)
    {
        const auto& [file, what] = files[i];
        if (file == juce::File())
            continue;
        auto isTaken = file == recording;
        for (size_t k = 0; k < i; ++k)
            isTaken = isTaken || file == files[k].first;
        if (isTaken)
            return Error { ExitCode::wrongUse, "write " + what + " into " + file.getFullPathName().toStdString(), "another file of this run has that name",
                           "give each a name of its own" };
        if (auto writable = checkWritable(file, what); ! writable)
            return writable;
    }
    return {};
}

} // namespace mw
