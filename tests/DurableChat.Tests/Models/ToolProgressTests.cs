using DurableChat.Models;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Tests.Models;

/// <summary>How often a tool's progress is shown.</summary>
public sealed class ToolProgressTests
{
    private readonly List<string> _shown = [];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_first_text_is_shown_at_once_and_of_those_in_an_interval_the_newest()
    {
        using var progress = new ToolProgress(_shown.Add, _time);
        progress.Report("1");
        progress.Report("2");
        progress.Report("3");
        Assert.Equal(["1"], _shown);
        _time.Advance(ToolProgress.Interval);
        Assert.Equal(["1", "3"], _shown);
        _time.Advance(ToolProgress.Interval);
        Assert.Equal(["1", "3"], _shown);
        progress.Report("4");
        Assert.Equal(["1", "3", "4"], _shown);
    }

    [Fact]
    public void Nothing_is_shown_after_the_end()
    {
        var progress = new ToolProgress(_shown.Add, _time);
        progress.Report("1");
        progress.Report("2");
        progress.Dispose();
        progress.Report("3");
        _time.Advance(ToolProgress.Interval);
        Assert.Equal(["1"], _shown);
    }

    [Fact]
    public void A_long_text_is_cut_off_between_characters()
    {
        using var progress = new ToolProgress(_shown.Add, _time);
        progress.Report(new string('x', ToolProgress.MaxChars - 1) + "\U0001F600");
        Assert.Equal(ToolProgress.MaxChars - 1, Assert.Single(_shown).Length);
    }
}
