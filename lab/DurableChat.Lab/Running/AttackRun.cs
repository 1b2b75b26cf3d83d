using DurableChat.Lab.Attacks;
using DurableChat.Lab.Quiet;
using DurableChat.Lab.Reporting;

namespace DurableChat.Lab.Running;

/// <summary>
/// Runs one attack: others work alone, then beside it, and afterwards it is checked that nothing of theirs is lost.
/// </summary>
internal static class AttackRun
{
    private const double Tolerance = 1.2;

    public static Task<AttackResult> RunAsync(Attack attack, AttackScale scale, CancellationToken cancellationToken) =>
        attack.IsLoad
            ? RunLoadAsync(attack, scale, cancellationToken)
            : RunCheckAsync(attack, scale, cancellationToken);

    private static async Task<AttackResult> RunCheckAsync(
        Attack attack,
        AttackScale scale,
        CancellationToken cancellationToken)
    {
        await using var arena = await Arena.StartAsync(await attack.SetUpAsync(scale), scale, cancellationToken);
        await attack.PrepareAsync(arena, cancellationToken);
        await attack.RunAsync(arena, cancellationToken);
        await attack.FinishAsync(arena, cancellationToken);
        await ExpectAliveAsync(arena, cancellationToken);
        return new AttackResult(
            attack.Name,
            attack.Bound,
            $"{arena.Tally}",
            arena.Usage().PeakBytes,
            null,
            null,
            null,
            0,
            0,
            arena.Findings);
    }

    private static async Task<AttackResult> RunLoadAsync(
        Attack attack,
        AttackScale scale,
        CancellationToken cancellationToken)
    {
        await using var attacker = await AttackProcess.StartAsync(attack.Name, scale);
        await using var arena = await Arena.StartAsync(attacker.Setup, scale, cancellationToken);
        var time = TimeSpan.FromSeconds(arena.Scale.Of(1, 10));
        var (quiet, warm, alone, beside) = (
            new QuietOwners(arena), new QuietTimes(), new QuietTimes(), new QuietTimes());
        await quiet.CreateAsync(cancellationToken);
        await attack.SeedAsync(arena, cancellationToken);
        await attacker.PrepareAsync(arena.Address, cancellationToken);

        // The first requests of a process are slow for reasons of their own.
        await quiet.WorkAsync(warm, time / 2, Task.CompletedTask, cancellationToken);
        await quiet.WorkAsync(alone, time, Task.CompletedTask, cancellationToken);
        var before = arena.Usage();
        var attacking = attacker.RunAsync(cancellationToken);
        await quiet.WorkAsync(beside, time, attacking, cancellationToken);
        if (await attacking is { } broken)
        {
            // So that the table shows what became of the server.
            arena.Expect(false, $"The attack broke off: {broken}");
        }

        await attacker.ReportAsync(arena, cancellationToken);
        await ExpectAliveAsync(arena, cancellationToken);
        var (peak, budget) = (Math.Max(before.PeakBytes, arena.Usage().PeakBytes), before.Bytes + arena.MoreBytes);
        await RestartDeadAsync(arena, cancellationToken);
        var lost = await quiet.CountLostAsync(cancellationToken);
        arena.Expect(peak <= budget * Tolerance, "The servers took more memory than their budget and a fifth.");
        arena.Expect(lost == 0, "Acknowledged messages are lost.");
        foreach (var (status, count) in beside.Refused)
        {
            // A replica that is full says so to all, and a client comes again.
            arena.Tally.Add($"requests of others answered with {status}", count);
            arena.Expect(status is 429 or 503, $"Requests of others were answered with {status}.");
        }

        return new AttackResult(
            attack.Name,
            attack.Bound,
            $"{arena.Tally}",
            peak,
            budget,
            alone,
            beside,
            quiet.Acknowledged,
            lost,
            arena.Findings);
    }

    /// <summary>What was acknowledged must be there even so.</summary>
    private static async Task RestartDeadAsync(Arena arena, CancellationToken cancellationToken)
    {
        foreach (var server in arena.Servers.Where(server => server.HasDied))
        {
            await server.StartAsync(cancellationToken);
        }
    }

    private static async Task ExpectAliveAsync(Arena arena, CancellationToken cancellationToken)
    {
        foreach (var server in arena.Servers)
        {
            arena.Expect(!server.HasDied, $"{server.Name} has died.");
            if (server.HasDied)
            {
                await Console.Error.WriteLineAsync(string.Join('\n', server.Log.TakeLast(20)));
            }
        }

        arena.Expect(await arena.CreateChatAsync(arena.QuietTokens[^1], new
        {
            content = "the end",
            model = Arena.QuickModel,
        }, cancellationToken) is not null, "The server takes no chat any more.");
    }
}
