using System.Collections.Concurrent;
using DurableChat.Models;
using Microsoft.Extensions.Logging;

namespace DurableChat.Tests.Support;

/// <summary>A log whose lines a test reads.</summary>
internal sealed class Lines : ILogger<SettingNotes>
{
    public ConcurrentQueue<string> Written { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Written.Enqueue(formatter(state, exception));
}
