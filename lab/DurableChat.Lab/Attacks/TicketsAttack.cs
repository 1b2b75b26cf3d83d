using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DurableChat.AspNetCore.Tickets;
using DurableChat.Lab.Running;
using Npgsql;

namespace DurableChat.Lab.Attacks;

/// <summary>Tickets made with the secret of a database dump, tickets that were changed, and old ones.</summary>
internal sealed class TicketsAttack : Attack
{
    private const int Unauthorized = 401;
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(2);
    private readonly List<string> _forged = [];
    private string _path = "";

    public override string Name => "tickets";

    public override string Bound =>
        "signed with a key that is in no dump; the server limits a ticket's life whatever it says";

    public override Task<AttackSetup> SetUpAsync(AttackScale scale) => Task.FromResult(new AttackSetup
    {
        Settings = new Dictionary<string, string>
        {
            ["Http__TicketLifetime"] = _lifetime.ToString("c", CultureInfo.InvariantCulture),
        },
        SecondReplica = new Dictionary<string, string>(),
    });

    public override async Task PrepareAsync(Arena arena, CancellationToken cancellationToken)
    {
        var token = arena.QuietTokens[0];
        var chat = await arena.CreateChatAsync(token, new { content = "hello" }, cancellationToken)
            ?? throw new InvalidOperationException("A chat was refused.");
        _path = $"api/v1/chats/{chat}/stream?ticket=";
        var real = await IssueAsync(arena, token, chat, cancellationToken);
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(real.Split('.')[0])).Split('.');
        _forged.AddRange(await ForgeAsync(arena, real, claims, cancellationToken));
        foreach (var forged in _forged)
        {
            arena.Expect(
                await OpenAsync(arena, forged, cancellationToken) == Unauthorized, "A forged ticket opened a stream.");
        }

        await Task.Delay(_lifetime + TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        arena.Expect(await OpenAsync(arena, real, cancellationToken) == Unauthorized, "An old ticket opened a stream.");
    }

    public override Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var step = 0;
        return AttackClient.RepeatAsync(
            arena.Scale.Of(2, 8),
            TimeSpan.FromSeconds(arena.Scale.Of(1, 15)),
            async (_, cancelled) =>
            {
                var number = Interlocked.Increment(ref step);

                // Each with another key's name, so that the server cannot know it.
                var forged = number % 2 == 0
                    ? _forged[number % _forged.Count]
                    : $"{Encode($"2.made-up-{number}.chat.1.2..owner-1")}.{Encode("signature")}";
                arena.Expect(
                    await OpenAsync(arena, forged, cancelled) is not (>= 200 and < 300),
                    "A forged ticket opened a stream.");
            }, cancellationToken);
    }

    /// <summary>Tickets made from everything that a dump of the database contains.</summary>
    private static async Task<IReadOnlyList<string>> ForgeAsync(
        Arena arena,
        string real,
        string[] claims,
        CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(arena.Address.Postgres);
        await connection.OpenAsync(cancellationToken);
        await using var select = new NpgsqlCommand(
            "SELECT value FROM cluster_settings WHERE name = 'secret'", connection);
        var secret = (string)(await select.ExecuteScalarAsync(cancellationToken))!;
        var key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(secret),
            32,
            info: "durablechat stream tickets 1"u8.ToArray());
        var now = TimeProvider.System.GetUtcNow();
        string[] of = [
            now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            now.AddYears(1000).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        ];
        string[][] lies =
        [
            ["2", StreamTicketKey.Derive(secret).Id, claims[2], of[0], of[1], "", claims[6]],
            ["2", claims[1], claims[2], of[0], of[1], "", claims[6]],
            ["2", claims[1], claims[2], "0", of[1], "", claims[6]],
            ["1", claims[2], of[1], "", claims[6]],
        ];
        var signature = real.Split('.')[1];
        return
        [
            .. lies.Select(lie => string.Join('.', lie)).SelectMany(text => new[]
            {
                $"{Encode(text)}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)))}",
                $"{Encode(text)}.{signature}",
            }),
        ];
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static async Task<string> IssueAsync(
        Arena arena,
        string token,
        string chat,
        CancellationToken cancellationToken)
    {
        var (status, answer, _) = await arena.Http.SendAsync(
            token, HttpMethod.Post, $"chats/{chat}/stream-ticket", null, cancellationToken);
        return status == 200
            ? answer.GetProperty("ticket").GetString()!
            : throw new InvalidOperationException($"No ticket was given: {status}.");
    }

    private Task<int> OpenAsync(Arena arena, string ticket, CancellationToken cancellationToken) =>
        arena.Attacker.SendAsync(null, HttpMethod.Get, _path + ticket, null, cancellationToken);
}
