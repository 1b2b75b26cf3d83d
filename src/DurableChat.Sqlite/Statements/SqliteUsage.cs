using System.Globalization;
using DurableChat.Chats;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;

namespace DurableChat.Sqlite;

/// <summary>Converts between usage and rows.</summary>
internal static class SqliteUsage
{
    private const decimal PartsOfDollar = 1_000_000_000_000;
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>The parameters that add a transition's usage.</summary>
    public static (string, object?)[] Of(Transition transition, Spending spent) =>
    [
        ("$owner", transition.Next.Owner),
        ("$day", ToText(DailyUsage.DayOf(transition))),
        ("$model", spent.Model),
        ("$input", spent.Usage.InputTokens),
        ("$output", spent.Usage.OutputTokens),
        ("$cache_read", spent.Usage.CacheReadTokens),
        ("$cache_write", spent.Usage.CacheWriteTokens),
        ("$reasoning", spent.Usage.ReasoningTokens),
        ("$cost", spent.Usage.Cost is { } cost ? (long)Math.Round(cost * PartsOfDollar) : null),
    ];

    /// <summary>Reads a row of <see cref="SqliteStatements.ReadUsage"/>.</summary>
    public static DailyUsage Read(SqliteDataReader row) => new(
        DateOnly.ParseExact(row.GetString(0), DayFormat, CultureInfo.InvariantCulture),
        row.GetString(1),
        row.GetInt64(2),
        new TokenUsage(row.GetInt64(3), row.GetInt64(4))
        {
            CacheReadTokens = ReadCount(row, 5),
            CacheWriteTokens = ReadCount(row, 6),
            ReasoningTokens = ReadCount(row, 7),
            Cost = ReadCount(row, 8) / PartsOfDollar,
        });

    /// <summary>The order of the texts is the order of the days.</summary>
    public static string ToText(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    private static long? ReadCount(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetInt64(column);
}
