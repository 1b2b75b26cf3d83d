using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using DurableChat.Lab.Running;
using Npgsql;

namespace DurableChat.Lab.Attacks;

/// <summary>
/// A role of the database without a right on any table, which listens on the channel and sends on it: what it heard,
/// again, changed and spliced; what earlier versions sent; and nonsense.
/// </summary>
internal sealed class NotificationsAttack : Attack
{
    private const string Channel = "known_to_all";
    private const string Role = "attacker";
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly ConcurrentDictionary<string, bool> _forged = new(StringComparer.Ordinal);

    public override string Name => "notifications";

    public override string Bound => "sealed with the cluster's secret; repetitions change nothing";

    public override Task<AttackSetup> SetUpAsync(AttackScale scale) =>
        Task.FromResult(new AttackSetup
        {
            Settings = new Dictionary<string, string> { ["Notifications__Channel"] = Channel },
            SecondReplica = new Dictionary<string, string>(),
        });

    public override Task SeedAsync(Arena arena, CancellationToken cancellationToken) =>
        arena.Postgres!.ExecuteAsync($"CREATE ROLE {Role} LOGIN");

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var login = new NpgsqlConnectionStringBuilder(arena.Address.Postgres)
        {
            Username = Role,
            Pooling = false,
        }.ConnectionString;
        await using var listening = new NpgsqlConnection(login);
        await using var sending = new NpgsqlConnection(login);
        await listening.OpenAsync(cancellationToken);
        await sending.OpenAsync(cancellationToken);
        await ExpectNoRightAsync(arena, sending, cancellationToken);
        listening.Notification += (_, heard) => _heard.Enqueue(heard.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", listening))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hearing = HearAsync(listening, ending.Token);
        await FloodAsync(arena, sending, cancellationToken);
        await ending.CancelAsync();
        await hearing;
    }

    public override Task FinishAsync(Arena arena, CancellationToken cancellationToken)
    {
        // Most of it is what the attacker sent itself. The rest may say nothing of a chat.
        foreach (var payload in _heard.Where(payload => !_forged.ContainsKey(payload)))
        {
            arena.Expect(
                !Readable(payload).Contains("the message", StringComparison.Ordinal),
                "A message could be read on the channel.");
            arena.Expect(
                !Readable(payload).Contains("owner-", StringComparison.Ordinal),
                "An owner could be read on the channel.");
        }

        arena.Tally.Add("notifications heard", _heard.Count);
        return Task.CompletedTask;
    }

    private static async Task ExpectNoRightAsync(
        Arena arena,
        NpgsqlConnection connection,
        CancellationToken cancellationToken)
    {
        try
        {
            await using var select = new NpgsqlCommand("SELECT count(*) FROM chats", connection);
            await select.ExecuteScalarAsync(cancellationToken);
            arena.Expect(false, "The role of the attack has rights.");
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            arena.Tally.Add("tables refused");
        }
    }

    private async Task FloodAsync(Arena arena, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var (began, howLong, most) = (
            TimeProvider.System.GetTimestamp(),
            TimeSpan.FromSeconds(arena.Scale.Of(2, 20)),
            arena.Scale.Of(200, 20_000));
        for (var sent = 0; sent < most && TimeProvider.System.GetElapsedTime(began) < howLong; sent++)
        {
            string[] heard = [.. _heard.Where(payload => !_forged.ContainsKey(payload)).Take(50)];
            var forged = Forge(sent, heard, random);
            if (!heard.Contains(forged))
            {
                _forged[forged] = true;
            }

            await using var notify = new NpgsqlCommand("SELECT pg_notify($1, $2)", connection);
            notify.Parameters.AddWithValue(Channel);
            notify.Parameters.AddWithValue(forged);
            await notify.ExecuteNonQueryAsync(cancellationToken);
            arena.Tally.Add("notifications sent");
        }
    }

    private static string Forge(int number, string[] heard, Random random)
    {
        var (one, other) = heard.Length == 0
            ? ("AAAA", "AAAA")
            : (heard[random.Next(heard.Length)], heard[random.Next(heard.Length)]);
        var cut = random.Next(one.Length);
        return (number % 5) switch
        {
            0 => one,
            1 => $"{one[..cut]}{(one[cut] == 'A' ? 'B' : 'A')}{one[(cut + 1)..]}",
            2 => one[..Math.Min(cut, other.Length)] + other[Math.Min(cut, other.Length)..],
            3 => JsonSerializer.Serialize(new
            {
                version = 1,
                sender = "another",
                chat_id = $"{number:x32}",
                owner = "owner-5",
                chat_version = 1_000_000,
                at = number,
            }),
            _ => Convert.ToBase64String(RandomBytes(random, 1 + random.Next(1000))),
        };
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Readable(string payload) =>
        System.Buffers.Text.Base64Url.IsValid(payload)
            ? payload + Encoding.Latin1.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(payload))
            : payload;

    private static async Task HearAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await connection.WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The attack is over.
        }
    }
}
