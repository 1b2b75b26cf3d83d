using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Xunit;

namespace DurableChat.Providers.Tests.Turns;

/// <summary>
/// One provider goes down in the midst of a tool turn, another one answers, and both are strict: neither gets the
/// other's reasoning data, and each gets its own back
/// later.
/// </summary>
public sealed class FallbackTurnTests
{
    private static readonly string[] _providers = ["responses", "messages", "DeepSeek", "Kimi", "Gemini", "OpenRouter"];
    private readonly FakeStore _store = new();

    public static TheoryData<string, string> Pairs => [.. _providers.SelectMany(first => _providers.Select(second => (first, second)))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_strict_provider_continues_the_turn_of_another(string first, string second)
    {
        var (a, b) = (SideOf(first, "a", 0), SideOf(second, "b", 100));
        var (toA, toB) = (new Flaky(a.Provider), new Flaky(b.Provider));
        var node = NodeOf(a.Thinking, a.Over(toA), b.Thinking, b.Over(toB));

        // The first makes a tool call and is down from then on.
        a.Script("think call");
        b.Script("think call", "think text");
        toA.DownAfter = 1;
        var id = await node.CreateAsync();
        await EndAsync(node, id);
        Assert.Equal(["a", "b", "b"], AnswersOf(id));

        // It is back, and knows its thoughts.
        toA.DownAfter = null;
        a.Script("think text");
        await node.ExecuteAsync(id, new SendMessage("Two?"));
        await EndAsync(node, id);
        Assert.Equal(["a", "b", "b", "a"], AnswersOf(id));
        Assert.Contains(a.Mark, a.LastRequest, StringComparison.Ordinal);

        // And down again: so does the other.
        toA.IsDown = true;
        b.Script("think text");
        await node.ExecuteAsync(id, new SendMessage("Three?"));
        await EndAsync(node, id);
        Assert.Equal(["a", "b", "b", "a", "b"], AnswersOf(id));
        Assert.Contains(b.Mark, b.LastRequest, StringComparison.Ordinal);

        // Nothing was refused and sent again.
        Assert.Equal((2, 3), (toA.Carried, toB.Carried));
    }

    private static StrictSide SideOf(string kind, string name, int numbersAfter)
    {
        var wire = kind switch { "responses" => ProviderWire.Responses, "messages" => ProviderWire.Messages, _ => ProviderWire.Chat };
        var options = new ProviderOptions
        {
            Wire = wire,
            Flavour = wire == ProviderWire.Chat ? Enum.Parse<ChatFlavour>(kind) : ChatFlavour.Auto,
            Model = kind == "OpenRouter" ? $"google/gemini-3-{name}" : $"m-{name}",
            Key = name,
            Endpoint = new Uri($"http://{name}.test/v1"),
        };
        return new StrictSide(options, numbersAfter);
    }

    private Node NodeOf(GenerationSettings settingsOfA, IModelClient a, GenerationSettings settingsOfB, IModelClient b) => new(
        _store,
        a,
        worker: new WorkerOptions { SystemPrompt = "Be brief.", MaxAttempts = 1 },
        define: model => model with { Fallback = "b", Settings = settingsOfA },
        others: [new ModelDefinition("b", b, null) { Settings = settingsOfB }],
        functions: StrictSide.Tools(() => { }));

    private string[] AnswersOf(ChatId id) => [.. _store.History(id)
        .Where(message => message.Role == MessageRole.Assistant).Select(message => message.Model == "demo" ? "a" : message.Model!)];

    private async Task EndAsync(Node node, ChatId id)
    {
        await Eventually.AdvanceUntilAsync(node.Time, Eventually.IsAsync(() => !_store.State(id).NeedsWorker), TimeSpan.FromSeconds(1));
        Assert.Null(_store.State(id).Error);
    }
}
