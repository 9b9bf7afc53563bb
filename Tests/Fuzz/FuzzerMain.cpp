#include "Fuzz.h"

// libFuzzer's entry, for the one target of this program. It lives as long as the process: what it holds is no leak.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static auto* const target = mw::fuzz::targets().front().make().release();
    target->run({ data, size });
    return 0;
}
