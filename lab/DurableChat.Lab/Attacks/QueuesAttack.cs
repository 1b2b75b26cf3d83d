using DurableChat.Lab.Running;
using DurableChat.ScaleTest.Scenarios;

namespace DurableChat.Lab.Attacks;

/// <summary>
/// Sixty chats of one owner whose queues are kept full of large messages, and as many chats with large client tools as
/// it can create.
/// </summary>
internal sealed class QueuesAttack : Attack
{
    public override string Name => "queues";

    public override string Bound =>
        "states and queues count in the memory of feeds; an owner's share of it; bytes of a queue and of client tools";

    // Turns that do not end, and no limit on requests: the queues are to fill.
    public override Task<AttackSetup> SetUpAsync(AttackScale scale) => Task.FromResult(new AttackSetup
    {
        Settings = new Dictionary<string, string>
        {
            ["Http__Limits__RequestsPerSecond"] = "0",
            ["Models__0__DelayMs"] = "60000",
        },
    });

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var abuser = new Abuser(arena.Http, arena.AttackerTokens[0], arena.Scale.Of(20, 2000), TimeProvider.System);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var abusing = abuser.RunAsync(ending.Token);
        await Task.Delay(TimeSpan.FromSeconds(arena.Scale.Of(2, 30)), TimeProvider.System, cancellationToken);
        await ending.CancelAsync();
        await abusing;
        arena.Tally.Add("chats created", abuser.Created);
        arena.Tally.Add("messages queued", abuser.Sent);
        arena.Tally.Add("renames", abuser.Renamed);
        arena.Tally.Add("refused", abuser.Refused);
    }
}
