using DurableChat.Server.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace DurableChat.Server.Logging;

/// <summary>
/// The text log on the console: the platform's log with one line per entry. Models, tools and callers write parts of
/// what is logged. A terminal must not interpret their control characters, and their line breaks must not begin an
/// entry.
/// </summary>
internal sealed class TextLog(ConsoleFormatter inner) : ConsoleFormatter(FormatterName)
{
    private const string FormatterName = "durablechat-text";

    /// <summary>Makes it the console's log.</summary>
    public static void Add(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console => console.SingleLine = true);
        Type[] formatters =
        [
            .. logging.Services.Where(service => service.ServiceType == typeof(ConsoleFormatter))
                .Select(service => service.ImplementationType)
                .OfType<Type>(),
        ];
        logging.Services.AddSingleton<ConsoleFormatter>(services => new TextLog(formatters
            .Select(type => (ConsoleFormatter)ActivatorUtilities.CreateInstance(services, type))
            .First(formatter => formatter.Name == ConsoleFormatterNames.Simple)));
        logging.AddConsole(console => console.FormatterName = FormatterName);
    }

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception) ?? string.Empty;
        var shown = new LogEntry<string>(
            logEntry.LogLevel,
            logEntry.Category,
            logEntry.EventId,
            Printable.Shown(text),
            logEntry.Exception is { } exception ? new ShownException(exception) : null,
            static (line, _) => line);
        inner.Write(shown, scopeProvider is null ? null : new ShownScopes(scopeProvider), textWriter);
    }

    /// <summary>An exception with a cleaned text. Its lines are joined, as the platform would do.</summary>
    private sealed class ShownException(Exception exception) : Exception(exception.Message)
    {
        public override string ToString() => Printable.Shown(exception.ToString().ReplaceLineEndings(" "));
    }

    /// <summary>Scopes contain request paths.</summary>
    private sealed class ShownScopes(IExternalScopeProvider scopes) : IExternalScopeProvider
    {
        public void ForEachScope<TState>(Action<object?, TState> callback, TState state) => scopes.ForEachScope(
            (scope, given) => callback(Printable.Shown(scope?.ToString() ?? string.Empty), given), state);

        public IDisposable Push(object? state) => scopes.Push(state);
    }
}
