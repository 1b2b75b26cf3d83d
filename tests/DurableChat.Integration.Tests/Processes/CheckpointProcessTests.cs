using DurableChat.Integration.Tests.Recorders;
using DurableChat.Sqlite;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>A server on a SQLite file, without a recorder, that is killed in mid-answer.</summary>
public sealed class CheckpointProcessTests : IAsyncLifetime
{
    private static readonly Func<Screen, bool> _ended = screen =>
        screen.Status is "error" || (screen.Status == "waiting" && screen.Ids.Count >= 2);
    private readonly TemporaryFolder _folder = new();
    private FakeProvider _provider = null!;

    public async ValueTask InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_on_screen_is_there_after_a_kill_in_a_client_that_reconnects_and_in_one_that_loads_the_page()
    {
        var screen = new Screen();
        string chat;
        using (var server = await StartAsync())
        {
            chat = await server.CreateAsync("hello");
            var call = await _provider.NextAsync();
            await call.SayAsync("one ");
            await call.SayAsync("two ");
            await server.FollowAsync(chat, shown => shown.Preview == "one two ", screen);
            await Eventually.IsAsync(() => Stored().Contains("two", StringComparison.Ordinal));
            server.Kill();
        }

        using var again = await StartAsync();
        var second = await _provider.NextAsync();
        var fresh = await again.FollowAsync(chat, shown => shown.Preview == "one two ");
        Assert.DoesNotContain(fresh.Log, entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        await second.SayAsync("one");
        await second.SayAsync(" two three ");
        await again.FollowAsync(chat, shown => shown.Preview == "one two three ", screen);
        Assert.DoesNotContain(screen.Log, entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        await second.SayAsync("four");
        await second.FinishAsync();
        await again.FollowAsync(chat, _ended, screen);
        Assert.Equal(["hello", "one two three four"], screen.Texts);
        Assert.Equal(string.Empty, Stored());
    }

    [Fact]
    public async Task Another_answer_after_a_kill_replaces_what_was_on_screen()
    {
        var screen = new Screen();
        string chat;
        using (var server = await StartAsync())
        {
            chat = await server.CreateAsync("hello");
            var call = await _provider.NextAsync();
            await call.SayAsync("one two ");
            await server.FollowAsync(chat, shown => shown.Preview == "one two ", screen);
            await Eventually.IsAsync(() => Stored().Length > 0);
            server.Kill();
        }

        using var again = await StartAsync();
        var second = await _provider.NextAsync();
        await second.SayAsync("one other");

        // A client that connects only after the commit gets the message alone.
        await again.FollowAsync(chat, shown => shown.Preview == "one other", screen);
        await second.FinishAsync();
        await again.FollowAsync(chat, _ended, screen);
        Assert.Equal(["hello", "one other"], screen.Texts);

        // Once where the answers differ, and once before the message, for clients that saw more than the checkpoint.
        var resets = screen.Log.Count(entry => entry.StartsWith("preview_reset", StringComparison.Ordinal));
        Assert.InRange(resets, 1, 2);
        var metrics = await again.Http.GetStringAsync("/metrics");
        Assert.Matches("durablechat_tokens_repaid_total\\{[^}]*cause=\"takeover\"[^}]*type=\"output\"[^}]*\\} 2", metrics);
    }

    /// <summary>All that is stored of answers in flight.</summary>
    private string Stored()
    {
        using var connection = SqliteConnections.OpenReader(_folder.File("chat.db"));
        return SqliteConnections.Query(connection, "SELECT group_concat(body) FROM checkpoints") as string ?? string.Empty;
    }

    private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(
        _folder.File("chat.db"),
        [
            "Models__0__Name=real", "Models__0__Provider=openai", "Models__0__Model=m",
            $"Models__0__Endpoint={_provider.Url}v1", "Models__0__ApiKey=key",
        ]);
}
