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
        places.End(first);
        Assert.NotNull(places.TryEnter(four));
        Assert.True(one.IsAborted);

        // Both count no more, whatever they still do.
        places.Leave(second);
        places.Begin(first);
        places.End(first);
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
        places.End(first);
        places.TryEnter(three);
        Assert.Equal((false, true), (one.IsAborted, two.IsAborted));
        places.TryEnter(four);
        Assert.True(one.IsAborted);
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

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;

        public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
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
