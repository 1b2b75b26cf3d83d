using System.Globalization;
using Microsoft.Extensions.Logging;

namespace DurableChat.PostgreSql;

/// <summary>How migrations wait for each other.</summary>
/// <param name="Longest">How long they wait for a lock.</param>
/// <param name="Time">The clock that measures the wait.</param>
/// <param name="Logger">Logs what they wait for.</param>
internal sealed record MigrationWait(TimeSpan Longest, TimeProvider Time, ILogger Logger)
{
    /// <summary>
    /// The settings of each migration transaction: table locks time out like the migration lock, and a script may take
    /// any time.
    /// </summary>
    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"SET LOCAL lock_timeout = {Math.Max(1, (long)Longest.TotalMilliseconds)}; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;");
}
