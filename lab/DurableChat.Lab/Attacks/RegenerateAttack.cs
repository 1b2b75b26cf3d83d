using System.Text.Json;
using DurableChat.Lab.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>One answer regenerated again and again through the AI SDK.</summary>
internal sealed class RegenerateAttack : Attack
{
    private const int Counted = 20;
    private double _first;

    public override string Name => "regenerate";

    public override string Bound => "a use costs as many statements as the one before";

    public override Task<AttackSetup> SetUpAsync(AttackScale scale) =>
        Task.FromResult(new AttackSetup
        {
            Settings = new Dictionary<string, string> { ["Http__Limits__RequestsPerSecond"] = "0" },
        });

    public override async Task PrepareAsync(Arena arena, CancellationToken cancellationToken)
    {
        await UseAsync(arena, "submit-message", cancellationToken);
        await UseAsync(arena, "regenerate-message", cancellationToken);
        _first = await CountAsync(arena, cancellationToken);
    }

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        for (var use = 0; use < arena.Scale.Of(20, 1500) - (2 * Counted); use++)
        {
            await UseAsync(arena, "regenerate-message", cancellationToken);
        }
    }

    public override async Task FinishAsync(Arena arena, CancellationToken cancellationToken)
    {
        // Turns of others may still be ending.
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        var last = await CountAsync(arena, cancellationToken);
        arena.Tally.Add($"statements of {Counted} uses at the beginning", (long)_first);
        arena.Tally.Add($"statements of {Counted} uses at the end", (long)last);
        arena.Expect(last <= (_first * 1.5) + Counted, "A use costs more statements the more there were before.");
    }

    /// <summary>Statements that look for something, of some uses.</summary>
    private static async Task<double> CountAsync(Arena arena, CancellationToken cancellationToken)
    {
        var before = await arena.MetricsAsync(cancellationToken);
        for (var use = 0; use < Counted; use++)
        {
            await UseAsync(arena, "regenerate-message", cancellationToken);
        }

        var after = await arena.MetricsAsync(cancellationToken);
        return Sum("read_messages") + Sum("idempotency");

        double Sum(string operation) =>
            after.Sum("durablechat_store_statements_total", $"operation=\"{operation}\"") - before.Sum(
                "durablechat_store_statements_total", $"operation=\"{operation}\"");
    }

    private static async Task UseAsync(Arena arena, string trigger, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = "again",
            trigger,
            model = "default",
            messages = new[]
            {
                new { id = "m1", role = "user", parts = new[] { new { type = "text", text = "hello" } } },
            },
        });
        arena.Expect(await arena.Attacker.SendAsync(
            arena.AttackerTokens[0],
            HttpMethod.Post,
            "ai-sdk/chat",
            body,
            cancellationToken) == 200, "A regeneration was refused.");
    }
}
