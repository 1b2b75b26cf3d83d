using DurableChat.Chats;
using DurableChat.Storage;
using Xunit;

namespace DurableChat.Conformance;

/// <summary>
/// The contract of a store, a file for each topic. An implementation derives from each class and says how its harness
/// is made.
/// </summary>
public abstract class StoreSpecs : IAsyncLifetime
{
    private IStoreHarness? _harness;

    /// <summary>The store under test.</summary>
    protected IChatStore Store => Harness.Chats;

    /// <summary>How the implementation is reached.</summary>
    protected IStoreHarness Harness => _harness ?? throw new InvalidOperationException("The test has not begun.");

    /// <summary>What decisions are made in.</summary>
    protected DecisionContext Context => new(Harness.Now, new ChatLimits());

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _harness = await CreateHarnessAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_harness is not null)
        {
            await _harness.DisposeAsync();
        }
    }

    /// <summary>Makes a harness with an empty store.</summary>
    protected abstract ValueTask<IStoreHarness> CreateHarnessAsync();

    /// <summary>Decides on a new chat; does not commit.</summary>
    protected Transition New(string content = "hello", string owner = "owner", string? claimBy = "replica", ChatId? id = null) =>
        Accept(ChatRules.Decide(new CreateChat(id ?? ChatId.Create(Harness.Now), owner, content, "demo") { ClaimBy = claimBy }, Context));

    /// <summary>Decides on a command; does not commit.</summary>
    protected Transition Decide(Chat chat, ChatCommand command) => Accept(ChatRules.Decide(chat, command, Context));

    /// <summary>Commits, and expects it to work.</summary>
    protected async Task<Chat> CommitAsync(Transition transition, IdempotencyRecord? idempotency = null)
    {
        Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(transition, idempotency, CancellationToken.None));
        return transition.Next;
    }

    /// <summary>Commits a chat with one question and one answer for each text.</summary>
    protected async Task<Chat> CommitTurnsAsync(params string[] texts)
    {
        var chat = await CommitAsync(New(texts[0]));
        foreach (var text in texts.Skip(1).Append(null))
        {
            chat = await CommitAsync(Decide(chat, Finish(chat)));
            if (text is not null)
            {
                chat = await CommitAsync(Decide(chat, new SendMessage(text) { ClaimBy = "replica" }));
            }
        }

        return chat;
    }

    /// <summary>The command that ends a chat's turn.</summary>
    protected static FinishTurn Finish(Chat chat, string text = "answer") =>
        new(chat.Lease!.Token, chat.Generation, new Answer([new TextPart(text)], FinishReason.Stop, new TokenUsage(3, 4)));

    /// <summary>Reads all messages.</summary>
    protected async Task<IReadOnlyList<Message>> ReadAllAsync(ChatId id) =>
        (await Store.ReadMessagesAsync(id, MessageQuery.After(0, 10_000, ReadReason.History), CancellationToken.None))!.Messages;

    /// <summary>Checks that two records say the same: lists inside records do not compare by content.</summary>
    protected static void AssertSame<T>(T expected, T actual) =>
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(expected), System.Text.Json.JsonSerializer.Serialize(actual));

    /// <summary>What was accepted.</summary>
    protected static Transition Accept(Decision decision) => Assert.IsType<Decision.Accepted>(decision).Transition.WithCommitId(Guid.NewGuid());
}
