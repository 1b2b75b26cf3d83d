using DurableChat.Lab.Faults;
using DurableChat.Lab.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>A replica whose clock is two days ahead deletes what has been archived for longer than a day.</summary>
internal sealed class RetentionAttack : Attack
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    public override string Name => "retention";

    public override string Bound => "the database's clock decides, whatever a replica's says";

    public override bool IsLoad => false;

    public override Task<AttackSetup> SetUpAsync(AttackScale scale) => Task.FromResult(new AttackSetup
    {
        Settings = new Dictionary<string, string> { ["Http__Limits__RequestsPerSecond"] = "0" },
        Program = LabServer.Program,
        SecondReplica = new Dictionary<string, string>
        {
            [LabServer.Name(nameof(LabSettings.ClockOffsetMinutes))] = $"{2 * 24 * 60}",
            ["DurableChat__Retention__ArchivedAfter"] = "1.00:00:00",
            ["DurableChat__Retention__Interval"] = $"{_interval:c}",
        },
    });

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var token = arena.AttackerTokens[0];
        var chats = new List<string>();
        for (var i = 0; i < arena.Scale.Of(5, 100); i++)
        {
            var chat = await arena.CreateChatAsync(token, new { content = "hello" }, cancellationToken)
                ?? throw new InvalidOperationException("A chat was refused.");
            await arena.WaitForAsync(token, chat, status => status == "waiting", cancellationToken);
            await arena.Http.SendAsync(
                token, HttpMethod.Patch, $"chats/{chat}", new { archived = true }, cancellationToken);
            chats.Add(chat);
        }

        // One is really due: once it is gone, rounds take place. Those that follow have seen the others.
        await arena.Postgres!.ExecuteAsync(
            $"UPDATE chats SET updated_at = updated_at - {2L * 24 * 60 * 60 * 1_000_000} WHERE chat_id = '{chats[0]}'");
        arena.Expect(
            await IsGoneAsync(arena, token, chats[0], cancellationToken),
            "A chat whose time has come was not deleted.");
        await Task.Delay(5 * _interval, TimeProvider.System, cancellationToken);
        foreach (var chat in chats.Skip(1))
        {
            var isThere = await ReadAsync(arena, token, chat, cancellationToken) == 200;
            arena.Tally.Add(isThere ? "archived chats kept" : "archived chats gone before their time");
            arena.Expect(isThere, "A chat was deleted before its time.");
        }
    }

    private static async Task<bool> IsGoneAsync(
        Arena arena,
        string token,
        string chat,
        CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1))
        {
            if (await ReadAsync(arena, token, chat, cancellationToken) == 404)
            {
                arena.Tally.Add("archived chats deleted in time");
                return true;
            }

            await Task.Delay(_interval, TimeProvider.System, cancellationToken);
        }

        return false;
    }

    private static async Task<int> ReadAsync(
        Arena arena,
        string token,
        string chat,
        CancellationToken cancellationToken) =>
        (await arena.Http.SendAsync(token, HttpMethod.Get, $"chats/{chat}/messages", null, cancellationToken)).Status;
}
