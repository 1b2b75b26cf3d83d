using System.Globalization;

namespace DurableChat.ScaleTest.Running;

/// <summary>
/// Makes the test's own database stall, which is worse than a break: no client gets an error. Each fault ends before
/// its task does.
/// </summary>
internal sealed class DatabaseStalls(PostgresProcess database, SlowProxy proxy, TimeProvider time)
{
    /// <summary>
    /// Writes hang, and then succeed. Reads work: the lock conflicts with those of statements that write, and with no
    /// others.
    /// </summary>
    public Task HangWritesAsync(TimeSpan howLong) => database.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"BEGIN; LOCK TABLE chats, replicas IN EXCLUSIVE MODE; SELECT pg_sleep({howLong.TotalSeconds:0.0}); COMMIT"));

    /// <summary>Writes fail. Reads work.</summary>
    public async Task RefuseWritesAsync(TimeSpan howLong)
    {
        await database.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        await database.ExecuteAsync("SELECT pg_reload_conf()");
        await Task.Delay(howLong, time, CancellationToken.None);
        await database.ExecuteAsync("ALTER SYSTEM RESET default_transaction_read_only");
        await database.ExecuteAsync("SELECT pg_reload_conf()");
    }

    /// <summary>
    /// What the servers send over the connections that are open now is held back, for 5 seconds to
    /// <paramref name="howLong"/>, and then reaches the database, also if the server has given up and closed the
    /// connection meanwhile. New connections work: a server that looks at the state there does not see its commit yet.
    /// </summary>
    public Task DelayRequestsAsync(TimeSpan howLong) => proxy.HoldAsync(TimeSpan.FromSeconds(5), howLong);
}
