#include "LevelScale.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr double hotDbm0 = -9.0;
}

LevelScale LevelScale::of(const MonitorModel& model)
{
    const auto overload = overloadDbm0(model.snapshot().law);
    return model.showsDbfs() ? LevelScale { .top = 0.0, .hot = hotDbm0 - overload } : LevelScale { .top = overload, .hot = hotDbm0 };
}

int LevelScale::heightOf(double level, int full) const noexcept
{
    if (! (level > bottom))
        return 0;
    return static_cast<int>(std::lround(std::min(1.0, (level - bottom) / (top - bottom)) * full));
}

} // namespace mw
