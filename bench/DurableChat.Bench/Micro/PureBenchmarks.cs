using BenchmarkDotNet.Attributes;
using DurableChat.Bench.Wire;
using DurableChat.Chats;
using DurableChat.Feeds;

namespace DurableChat.Bench.Micro;

/// <summary>What only computes: transitions and serialisation.</summary>
public class PureBenchmarks
{
    private static readonly DecisionContext _context = new(DateTimeOffset.UnixEpoch, new ChatLimits());
    private readonly ChatId _id = ChatId.Create(DateTimeOffset.UnixEpoch);
    private readonly TextPart _part = new(EventText.Make(EventKind.Part, 0));
    private readonly SendMessage _send = new(EventText.Make(EventKind.Message, 0)) { ClaimBy = "a" };
    private Chat _waiting = null!;
    private Chat _running = null!;
    private FinishTurn _finish = null!;
    private Message _message = null!;

    [GlobalSetup]
    public void Setup()
    {
        _running = Next(ChatRules.Decide(new CreateChat(_id, "bench", "hello", "demo") { ClaimBy = "a" }, _context));
        _finish = new FinishTurn(
            _running.Lease!.Token, _running.Generation, new Answer([new TextPart(_send.Content)], FinishReason.Stop));
        _waiting = Next(ChatRules.Decide(_running, _finish, _context));
        _message = EventText.Message(1000, _send.Content, DateTimeOffset.UnixEpoch);
    }

    [Benchmark]
    public object Send() => ChatRules.Decide(_waiting, _send, _context);

    [Benchmark]
    public object Finish() => ChatRules.Decide(_running, _finish, _context);

    [Benchmark]
    public object SerializeMessage() => StreamEvents.Message(_id, 1, _message, 0);

    [Benchmark]
    public object SerializePart() => StreamEvents.Part(_id, new Position(1, 1000, 1000, 1000), 1000, _part, 0);

    private static Chat Next(Decision decision) => ((Decision.Accepted)decision).Transition.Next;
}
