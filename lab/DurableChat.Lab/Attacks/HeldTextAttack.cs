using DurableChat.Lab.Hostile;
using DurableChat.Lab.Running;

namespace DurableChat.Lab.Attacks;

/// <summary>
/// A model that calls a tool and then sends text without end, which the call holds up, in several turns at once.
/// </summary>
internal sealed class HeldTextAttack : Attack
{
    /// <summary>What one answer may hold until its end.</summary>
    private const long HeldBytes = 32L << 20;

    private readonly List<string> _chats = [];
    private EndlessModel? _model;
    private int _turns;

    public override string Name => "held text";

    public override string Bound => "one limit (32 MiB) for what an answer holds until its end";

    public override async Task<AttackSetup> SetUpAsync(AttackScale scale)
    {
        _turns = scale.Of(2, 8);
        _model = await EndlessModel.StartAsync();
        return new AttackSetup
        {
            Settings = new Dictionary<string, string>
            {
                ["Models__2__Name"] = "endless",
                ["Models__2__Provider"] = "openai",
                ["Models__2__Model"] = "endless",
                ["Models__2__Endpoint"] = $"{_model.Url}v1",
                ["Models__2__ApiKey"] = "none",
                ["Models__2__MaxAttempts"] = "1",
            },
            MoreBytes = _turns * HeldBytes,
        };
    }

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        var token = arena.AttackerTokens[0];
        for (var turn = 0; turn < _turns; turn++)
        {
            _chats.Add(await arena.CreateChatAsync(token, new
            {
                content = "hello",
                model = "endless",
            }, cancellationToken) ?? throw new InvalidOperationException("A chat was refused."));
        }

        foreach (var chat in _chats)
        {
            arena.Expect(
                await arena.WaitForAsync(token, chat, status => status is "error" or "waiting", cancellationToken),
                "A turn with an answer without end does not end.");
        }

        arena.Tally.Add("endless answers", _model!.Answers);
        arena.Tally.Add("MiB sent for them", _model.SentBytes >> 20);
        arena.Expect(_model.Answers >= _turns, "Not every turn has asked the model.");
        arena.Expect(
            _model.SentBytes < EndlessModel.MostBytes * _model.Answers,
            "An answer was read to its end, far beyond its limit.");
    }

    protected override ValueTask CloseAsync() => _model?.DisposeAsync() ?? ValueTask.CompletedTask;
}
