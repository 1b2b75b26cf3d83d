using System.Globalization;

namespace DurableChat;

/// <summary>
/// Checks that timeouts which depend on each other are in the right order. One table holds all rules. Pure.
/// </summary>
public static class TimeoutOrder
{
    private static readonly Rule[] _rules =
    [
        new(
            "Store:StatementTimeout",
            1,
            "Command Timeout of Store:PostgreSql",
            "or the client gives up on statements that the database still carries out, and does not know what "
                + "became of them"),
        new(
            "Command Timeout of Store:PostgreSql",
            1,
            "Store:FailoverTime",
            "or a commit whose outcome is in doubt is given up before it can be resolved"),
        new(
            "Store:HeartbeatTimeout",
            2,
            "Worker:LeaseDuration",
            "or one heartbeat that hangs costs a living replica its chats"),
        new(
            "Worker:HeartbeatInterval",
            3,
            "Worker:LeaseDuration",
            "or living replicas lose their chats",
            OrEqual: true),
        new(
            "Worker:ReconcileInterval",
            2,
            "Worker:LeaseDuration",
            "or chats stay without a driver for longer than a lease",
            OrEqual: true),
        new(
            "Notifications:SyncIntervalWhileDown",
            1,
            "Notifications:SyncInterval",
            "or lost notifications are found later while the channel is down",
            OrEqual: true),
        new(
            "Notifications:SyncInterval",
            1,
            "Notifications:ListSyncInterval",
            "or lists are read more often than versions are compared",
            OrEqual: true),
        new(
            "Notifications:ProbePatience",
            1,
            "Notifications:ProbeInterval",
            "or probes of the channel overtake each other",
            OrEqual: true),
        new(
            "Worker:DrainTime",
            2,
            "HostOptions.ShutdownTimeout",
            "or the host ends before running turns are handed over"),
    ];

    /// <summary>
    /// Returns one sentence for each violated rule, naming both settings. Empty if all rules hold. Skips rules whose
    /// settings are missing.
    /// </summary>
    /// <param name="timeouts">The settings by name.</param>
    public static IReadOnlyList<string> Check(IReadOnlyDictionary<string, TimeSpan> timeouts)
    {
        ArgumentNullException.ThrowIfNull(timeouts);
        var problems = new List<string>();
        foreach (var rule in _rules)
        {
            if (timeouts.TryGetValue(rule.Shorter, out var shorter)
                && timeouts.TryGetValue(rule.Longer, out var longer)
                && !rule.Holds(shorter, longer))
            {
                problems.Add(rule.Describe(shorter, longer));
            }
        }

        return problems;
    }

    /// <summary>One timeout must be longer than a multiple of the other.</summary>
    private sealed record Rule(string Shorter, int Times, string Longer, string Reason, bool OrEqual = false)
    {
        private static readonly string[] _times = ["", "", "twice ", "three times "];

        public bool Holds(TimeSpan shorter, TimeSpan longer) =>
            shorter * Times < longer || (OrEqual && shorter * Times == longer);

        public string Describe(TimeSpan shorter, TimeSpan longer) => string.Create(
            CultureInfo.InvariantCulture,
            $"{Longer} ({longer}) must be {(OrEqual ? "at least" : "more than")} {_times[Times]}{Shorter} ("
                + $"{shorter}), {Reason}.");
    }
}
