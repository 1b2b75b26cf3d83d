using DurableChat.Storage;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Tests.Workers;

/// <summary>Who is suspected of having died, by the sessions that are open.</summary>
public sealed class ClosedSessionsTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private readonly ClosedSessions _closed = new(_second, TimeSpan.FromSeconds(20));

    [Fact]
    public void A_replica_whose_session_is_closed_in_two_looks_is_suspected_until_it_is_back()
    {
        Assert.Empty(Look("own", "other"));
        Assert.Empty(Look("own"));
        Assert.Equal(["other"], Look("own"));
        Assert.Equal(["other"], Look("own"));
        Assert.Empty(Look("own", "other"));
        Assert.Empty(Look("own"));
    }

    [Fact]
    public void A_replica_whose_session_was_never_seen_is_not_suspected()
    {
        for (var look = 0; look < 10; look++)
        {
            Assert.Empty(Look("own"));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_replica_that_was_deaf_suspects_nobody_of_before(bool isPaused)
    {
        Look("own", "other");
        Look("own");
        Assert.Empty(_closed.Take(new OpenSessions(IsOwnNew: !isPaused, ["own"]), isPaused ? 3 * _second : _second));
        Assert.Empty(Look("own"));
        Assert.Empty(Look("own", "other"));
        Look("own");
        Assert.Equal(["other"], Look("own"));
    }

    [Fact]
    public void After_a_failed_look_nobody_of_before_is_suspected()
    {
        Look("own", "other");
        Look("own");
        Assert.Empty(_closed.Take(new OpenSessions(IsOwnNew: false, ["own"]), null));
        Assert.Empty(Look("own"));
    }

    [Fact]
    public void A_closed_session_is_forgotten_after_a_while()
    {
        Look("own", "other");
        for (var look = 0; look < 21; look++)
        {
            Look("own");
        }

        Assert.Empty(Look("own"));
    }

    private IReadOnlyCollection<string> Look(params string[] open) => _closed.Take(new OpenSessions(IsOwnNew: false, open), _second);
}
