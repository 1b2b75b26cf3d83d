using System.Net;
using DurableChat.Server.Limits;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>Who gets a place when there is none, and how many there are.</summary>
public sealed class ConnectionPlacesTests
{
    private readonly Log _log = new();

    [Fact]
    public void One_that_says_nothing_gives_way_and_one_with_a_request_does_not()
    {
        var places = Places(2);
        using Connection one = new(), two = new(), three = new(), four = new();
        var first = places.TryEnter(one)!;
        var second = places.TryEnter(two)!;
        places.Begin(first);
        var third = places.TryEnter(three)!;
        Assert.Equal([false, true, false], [one.IsAborted, two.IsAborted, three.IsAborted]);

        places.Begin(third);
        Assert.Null(places.TryEnter(four));
        Assert.Equal((2, false), (places.Open, three.IsAborted));

        // The request of the first ends, so that it is the only one without.
        places.End(first, isAuthenticated: false);
        Assert.NotNull(places.TryEnter(four));
        Assert.True(one.IsAborted);

        // Both count no more, whatever they still do.
        places.Leave(second);
        places.Begin(first);
        places.End(first, isAuthenticated: false);
        places.Leave(first);
        Assert.Equal(2, places.Open);
    }

    [Fact]
    public void The_one_without_a_request_for_longest_gives_way_first()
    {
        var places = Places(2);
        using Connection one = new(), two = new(), three = new(), four = new();
        var first = places.TryEnter(one)!;
        places.TryEnter(two);
        places.Begin(first);
        places.End(first, isAuthenticated: false);
        places.TryEnter(three);
        Assert.Equal((false, true), (one.IsAborted, two.IsAborted));
        places.TryEnter(four);
        Assert.True(one.IsAborted);
    }

    [Fact]
    public void Strangers_give_way_to_strangers_and_users_keep_half_of_the_places()
    {
        var places = Places(4);
        Connection[] users = [new(), new(), new()];
        var kept = users.Select(user => places.TryEnter(user)!).ToList();
        foreach (var place in kept)
        {
            places.Begin(place);
            places.End(place, isAuthenticated: true);

            // One request without a token takes nothing away.
            places.Begin(place);
            places.End(place, isAuthenticated: false);
        }

        // One stranger alone would be pushed out by the next before it is heard.
        Connection[] strangers = [.. Enumerable.Range(0, 10).Select(_ => new Connection())];
        Assert.All(strangers, stranger => Assert.NotNull(places.TryEnter(stranger)));
        Assert.Equal([true, false, false], users.Select(user => user.IsAborted));
        Assert.Equal(Enumerable.Repeat(true, 8).Concat([false, false]), strangers.Select(stranger => stranger.IsAborted));
    }

    /// <summary>Nothing takes the accepted connections on, as in a process that is busy.</summary>
    [Fact]
    public async Task A_connection_counts_once_it_is_accepted_and_until_its_socket_is_closed()
    {
        var places = Places(2);
        using Connection one = new(), two = new(), three = new(), four = new(), five = new();
        await using var listener = new CountedListener(new Listener([one, two, three, four, five]), places);
        await using var first = (await listener.AcceptAsync())!;
        places.Begin(first.Features.Get<ConnectionPlace>()!);
        var second = (await listener.AcceptAsync())!;
        var third = (await listener.AcceptAsync())!;
        Assert.Equal((2, true, false), (places.Open, two.IsAborted, three.IsAborted));

        // The place of one that was pushed out was given to another, and is not given back.
        await second.DisposeAsync();
        Assert.Equal(2, places.Open);
        places.Begin(third.Features.Get<ConnectionPlace>()!);
        Assert.Null(await listener.AcceptAsync());
        Assert.Equal((true, true, true, true), (four.IsAborted, four.IsDisposed, five.IsAborted, five.IsDisposed));
        await third.DisposeAsync();
        Assert.Equal((1, true), (places.Open, three.IsDisposed));
    }

    [Theory]
    [InlineData(65_536, 1_000, 64_024)]
    [InlineData(1_024, 1_000, 256)]
    [InlineData(1_024, 10, 502)]
    [InlineData(300, 10, 64)]
    [InlineData(1_000_000_000_000, 10, int.MaxValue)]
    public void There_are_as_many_places_as_files_without_those_of_the_process(long files, int turns, int places) =>
        Assert.Equal(places, new ConnectionPlaces(null, files, turns, _log).Most);

    [Theory]
    [InlineData(null, 65_536L, LogLevel.Information)]
    [InlineData(60_000, 65_536L, LogLevel.Information)]
    [InlineData(65_000, 65_536L, LogLevel.Warning)]
    [InlineData(0, 65_536L, LogLevel.Warning)]
    [InlineData(null, 1_000L, LogLevel.Warning)]
    public void The_start_says_how_many_and_warns_of_more_than_there_are_files(int? configured, long files, LogLevel level)
    {
        new ConnectionPlaces(configured, files, 1_000, _log).Report();
        Assert.Equal(level, _log.Levels.Max());
        Assert.Contains("files open", _log.Texts[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max processes             62000                62000                processes ", null)]
    public void The_limit_is_read_of_what_the_kernel_says(string line, long? limit) =>
        Assert.Equal(limit, OpenFiles.Read(["Limit                     Soft Limit           Hard Limit           Units     ", line]));

    private ConnectionPlaces Places(int most) => new(most, 100_000, 10, _log);

    private sealed class Connection : DefaultConnectionContext, IDisposable
    {
        public bool IsAborted { get; private set; }

        public bool IsDisposed { get; private set; }

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;

        public override ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return base.DisposeAsync();
        }

        public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private sealed class Listener(IEnumerable<ConnectionContext> connections) : IConnectionListener
    {
        private readonly Queue<ConnectionContext> _connections = new(connections);

        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 0);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_connections.TryDequeue(out var next) ? next : null);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Log : ILogger<ConnectionPlaces>
    {
        public List<LogLevel> Levels { get; } = [];

        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Levels.Add(logLevel);
            Texts.Add(formatter(state, exception));
        }
    }
}
