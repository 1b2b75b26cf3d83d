using System.Diagnostics.Metrics;
using DurableChat.Chats;
using DurableChat.Feeds;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace DurableChat.Tests.Support;

/// <summary>
/// A feed registry over a store in memory, and a chat whose commits a test makes and publishes by hand, in whatever
/// order it likes.
/// </summary>
internal sealed class Stage
{
    public static readonly ChatLimits Limits = new();

    public Stage(FeedOptions? options = null, string replica = "", IMeterFactory? meters = null)
    {
        Options = options ?? new FeedOptions();
        Metrics = new FeedMetrics(meters, Time);
        Registry = new FeedRegistry(Options, Metrics, Time) { Replica = replica };
        Reader = new CatchUpReader(Store, Options, Time);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public FakeStore Store { get; } = new();

    public FeedOptions Options { get; }

    public FeedMetrics Metrics { get; }

    public FeedRegistry Registry { get; }

    public CatchUpReader Reader { get; }

    public ChatId Id { get; } = ChatId.Create(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public DecisionContext Context => new(Time.GetUtcNow(), Limits);

    /// <summary>Commits a new chat; does not publish.</summary>
    public Transition Create(string content = "m1") => Commit(ChatRules.Decide(new CreateChat(Id, "owner", content, "demo") { ClaimBy = "a" }, Context));

    /// <summary>Commits a command; does not publish.</summary>
    public Transition Commit(Func<Chat, ChatCommand> command)
    {
        var chat = Store.State(Id);
        return Commit(ChatRules.Decide(chat, command(chat), Context));
    }

    /// <summary>Ends the turn with an answer.</summary>
    public Transition Finish(string text = "answer") =>
        Commit(chat => new FinishTurn(chat.Lease!.Token, chat.Generation, new Answer([new TextPart(text)], FinishReason.Stop)));

    public Transition Send(string text) => Commit(_ => new SendMessage(text) { ClaimBy = "a" });

    /// <summary>Replaces the first user message.</summary>
    public Transition Edit(string text, int index = 0) =>
        Commit(_ => new EditMessage(Store.History(Id).Where(message => message.Role == MessageRole.User).ElementAt(index), text) { ClaimBy = "a" });

    public void Publish(params ReadOnlySpan<Transition> transitions)
    {
        using var pin = Registry.Pin(Id);
        foreach (var transition in transitions)
        {
            pin.Feed.Publish(transition);
        }
    }

    public Subscription Subscribe(Position position = default) => new(Registry.Pin(Id), Reader, Metrics, ResiliencePipeline.Empty, position);

    /// <summary>Commits a decision; does not publish.</summary>
    public Transition Commit(Decision decision)
    {
        var transition = ((Decision.Accepted)decision).Transition.WithCommitId(Guid.NewGuid());
        if (Store.CommitAsync(transition, null, CancellationToken.None).GetAwaiter().GetResult() is not DurableChat.Storage.CommitResult.Committed)
        {
            throw new InvalidOperationException("The stage's own commits do not conflict.");
        }

        return transition;
    }
}
