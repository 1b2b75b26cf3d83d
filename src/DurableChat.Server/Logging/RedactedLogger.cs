namespace DurableChat.Server.Logging;

/// <summary>Passes entries to another logger without the contents of queries. Thread-safe.</summary>
internal sealed class RedactedLogger(ILogger inner) : ILogger
{
    private const string QueryName = "QueryString";
    private const string Redacted = "?…";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values
            || values.FirstOrDefault(value => value.Key == QueryName).Value?.ToString() is not { Length: > 0 } query)
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        var text = formatter(state, exception).Replace(query, Redacted, StringComparison.Ordinal);
        KeyValuePair<string, object?>[] clean = [.. values.Select(
            value => value.Key == QueryName ? KeyValuePair.Create<string, object?>(QueryName, Redacted) : value)];
        inner.Log(logLevel, eventId, clean, exception, (_, _) => text);
    }
}
