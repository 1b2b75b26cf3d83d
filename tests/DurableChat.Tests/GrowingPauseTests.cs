using Xunit;

namespace DurableChat.Tests;

public sealed class GrowingPauseTests
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(500);

    [Fact]
    public void A_pause_doubles_up_to_its_limit_and_starts_again()
    {
        var pause = new GrowingPause(_first, _longest);
        var seen = new List<double>();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            seen.Add(pause.Current.TotalMilliseconds);
            pause.Grow();
        }

        pause.Reset();
        Assert.Equal([100, 200, 400, 500, 500], seen);
        Assert.Equal(_first, pause.Current);
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(3, 400)]
    [InlineData(4, 500)]
    [InlineData(int.MaxValue, 500)]
    public void The_pause_after_many_failures_is_the_one_that_a_loop_would_have_reached(int failures, double milliseconds) =>
        Assert.Equal(milliseconds, GrowingPause.After(failures, _first, _longest).TotalMilliseconds);

    [Fact]
    public void A_first_pause_beyond_the_limit_is_cut() => Assert.Equal(_longest, GrowingPause.After(1, _longest * 2, _longest));
}
