using DurableChat.ScaleTest.Running;

namespace DurableChat.Lab.Running;

/// <summary>What another process needs to attack the servers of an arena.</summary>
/// <param name="Url">The server that is attacked.</param>
/// <param name="Postgres">How to reach the database; null if it is SQLite.</param>
/// <param name="Tokens">Of those who work and of those who attack.</param>
internal sealed record ArenaAddress(Uri Url, string? Postgres, OwnerTokens Tokens);
