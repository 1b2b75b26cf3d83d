using System.Globalization;
using Microsoft.Extensions.Logging;

namespace DurableChat.PostgreSql;

/// <summary>How migrations wait for others.</summary>
/// <param name="Longest">How long they wait for a lock before they give up.</param>
/// <param name="Time">Measures that.</param>
/// <param name="Logger">Gets a line that says what they wait for.</param>
internal sealed record MigrationWait(TimeSpan Longest, TimeProvider Time, ILogger Logger)
{
    /// <summary>What holds in each transaction of a migration: a lock of a table is waited for as long as that of all migrations, and a script may take any time.</summary>
    public string Settings => string.Create(
        CultureInfo.InvariantCulture,
        $"SET LOCAL lock_timeout = {Math.Max(1, (long)Longest.TotalMilliseconds)}; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;");
}
