using DurableChat.Storage;

namespace DurableChat.Sqlite;

/// <content>What model calls have cost.</content>
public sealed partial class SqliteChatStore : IUsageStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<DailyUsage>> ReadUsageAsync(
        string owner, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        _readers.RunLongAsync<IReadOnlyList<DailyUsage>>(
            session =>
            {
                var days = new List<DailyUsage>();
                using var row = session.Query(
                    "usage",
                    SqliteStatements.ReadUsage,
                    ("$owner", owner),
                    ("$from", SqliteUsage.ToText(from)),
                    ("$to", SqliteUsage.ToText(to)));
                while (row.Read())
                {
                    days.Add(SqliteUsage.Read(row));
                }

                return days;
            },
            cancellationToken);
}
