#include <mw_signal/mw_signal.h>

#include <gtest/gtest.h>

#include <algorithm>

namespace mw
{

TEST(ThinnedValues, KeepsAllWhileTheyAreFew)
{
    ThinnedValues few(8);
    for (int i = 0; i < 8; ++i)
        few.add(i);
    EXPECT_EQ(few.kept(), (std::vector<double> { 0, 1, 2, 3, 4, 5, 6, 7 }));
    EXPECT_EQ(few.spacing(), 1u);
    few.add(8);
    EXPECT_EQ(few.kept(), (std::vector<double> { 0, 2, 4, 6, 8 }));
    EXPECT_EQ(few.spacing(), 2u);
}

TEST(ThinnedValues, IsBoundedAndEvenOverAllThatCame)
{
    constexpr size_t most = 64;
    ThinnedValues many(most);
    for (int count = 1; count <= 100'000; ++count)
    {
        many.add(count - 1);
        const auto& kept = many.kept();
        ASSERT_LE(kept.size(), most) << count;
        ASSERT_TRUE(static_cast<size_t>(count) < most || kept.size() >= most / 2) << count;
        ASSERT_EQ(kept.front(), 0.0);
        const auto apart = kept.size() > 1 ? kept[1] - kept[0] : 1.0;
        ASSERT_LT(count - 1 - kept.back(), apart) << "the newest are there";
        if (count % 997 == 0)
        {
            const auto uneven = std::adjacent_find(kept.begin(), kept.end(), [&](double former, double next) { return next - former != apart; });
            ASSERT_EQ(uneven, kept.end()) << count;
        }
    }
}

} // namespace mw
