namespace DurableChat.ScaleTest.Scenarios;

/// <summary>The scenarios by name, each with the load it has unless told otherwise.</summary>
internal static class Scenario
{
    private static readonly Dictionary<string, (IScenario Scenario, LoadOptions Load, string Description)> _all = new()
    {
        ["storm"] = (
            new StormScenario(),
            new LoadOptions(),
            "All chats wait for each other's first turn; then every follow-up starts at once, and each chat runs its "
                + "turns back to back."),
        ["reconnect"] = (
            new ReconnectScenario(),
            new LoadOptions { Turns = 5, Subscribers = 2 },
            "In every turn, while all chats are in mid-answer, all streams are cut at once and resume."),
        ["fanout"] = (
            new StormScenario(),
            new LoadOptions { Chats = 4, Turns = 5, Subscribers = 250 },
            "Few chats with many subscribers each."),
        ["edit"] = (
            new EditScenario(),
            new LoadOptions { Chats = 200, Subscribers = 3 },
            "Earlier messages are edited at random, also in mid-answer, while others follow."),
        ["churn"] = (
            new ChurnScenario(),
            new LoadOptions { Chats = 200, Turns = 5, Subscribers = 3 },
            "Subscribers come and go, at all times, from all positions."),
        ["idle"] = (
            new IdleScenario(),
            new LoadOptions { Chats = 20, Turns = 1 },
            "Connections that say nothing, then as many that only listen; meanwhile a turn of each chat."),
        ["long"] = (
            new LongScenario(),
            new LoadOptions { Chats = 2, Turns = 1, MessageBytes = 200 },
            "One chat comes to have very many messages, another is edited very often; what that costs is measured "
                + "on the way."),
        ["abuse"] = (
            new AbuseScenario(),
            new LoadOptions { Chats = 1000, NeedsOwners = true },
            "Many owners send steadily; in every other round one owner beside them takes all it can get."),
        ["soak"] = (new SoakScenario(), new LoadOptions(), "A steady rate of turns for a time."),
    };

    public static IReadOnlyCollection<string> Names => _all.Keys;

    public static string Describe() => string.Join(" ", _all.Select(pair => $"{pair.Key}: {pair.Value.Description}"));

    public static IScenario Find(string name) => _all[name].Scenario;

    public static LoadOptions Defaults(string name) => _all[name].Load with { Scenario = name };
}
