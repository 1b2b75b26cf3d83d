using DurableChat.Integration.Tests.Auth;
using DurableChat.Lab.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>
/// An issuer that takes another key and issues tokens without <c>nbf</c>, and a flood of tokens with keys that it never
/// had.
/// </summary>
internal sealed class TokensAttack : Attack
{
    private const int Unauthorized = 401;
    private static readonly string[] _wrong =
    [
        "expired",
        "early",
        "endless",
        "issuer",
        "audience",
        "no audience",
        "no owner",
        "two owners",
        "control character",
        "foreign key",
        "unknown key",
        "public key as secret",
        "unsigned",
        "critical header",
        "empty critical header", "subject too long", "changed",
    ];

    private FakeIssuer? _issuer;

    public override string Name => "tokens";

    public override string Bound => "an unknown key is looked up at once and seldom; every claim is checked";

    private FakeIssuer Issuer => _issuer ?? throw new InvalidOperationException("The attack is not set up.");

    public override async Task<AttackSetup> SetUpAsync(AttackScale scale)
    {
        _issuer = await FakeIssuer.StartAsync();
        return new AttackSetup
        {
            Settings = _issuer.Settings.Select(setting => setting.Split('=', 2))
            .ToDictionary(setting => setting[0].Replace(":", "__", StringComparison.Ordinal), setting => setting[1])
        };
    }

    public override async Task PrepareAsync(Arena arena, CancellationToken cancellationToken)
    {
        arena.Expect(
            await SendAsync(arena, Issuer.Issue("alice"), cancellationToken) == 200,
            "A token without nbf was refused.");
        Issuer.Rotate();
        arena.Expect(
            await SendAsync(arena, Issuer.Issue("alice"), cancellationToken) == 200,
            "A token with a new key and without nbf was refused.");
        foreach (var how in _wrong)
        {
            arena.Expect(
                await SendAsync(arena, Issuer.IssueWrong(how), cancellationToken) == Unauthorized,
                $"A token that is wrong ({how}) was not refused.");
        }
    }

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        // Made before: signing costs more than checking.
        var made = Enumerable.Range(0, 50).Select(_ => Issuer.IssueWrong("unknown key")).ToArray();
        var (asked, step) = (Issuer.Asked, 0);
        await AttackClient.RepeatAsync(
            arena.Scale.Of(2, 8),
            TimeSpan.FromSeconds(arena.Scale.Of(1, 15)),
            async (_, cancelled) =>
            {
                var status = await SendAsync(arena, made[Interlocked.Increment(ref step) % made.Length], cancelled);
                arena.Expect(status is not (>= 200 and < 300), "A made-up token was taken.");
            }, cancellationToken);
        arena.Tally.Add("readings of the issuer's keys in the flood", Issuer.Asked - asked);
        arena.Expect(
            Issuer.Asked - asked <= arena.Scale.Of(3, 6), "Made-up tokens make the server ask the issuer without end.");
    }

    protected override ValueTask CloseAsync() => _issuer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static Task<int> SendAsync(Arena arena, string token, CancellationToken cancellationToken) =>
        arena.Attacker.SendAsync(token, HttpMethod.Get, "api/v1/chats", null, cancellationToken);
}
