using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Cases;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Providers.Tests.Chat;

/// <summary>
/// Every provider against everything that happens to a chat. The fake refuses what its provider refuses.
/// </summary>
public sealed class ConversationTests
{
    private static readonly ChatFlavour[] _flavours =
    [
        ChatFlavour.Generic, ChatFlavour.OpenAI, ChatFlavour.DeepSeek, ChatFlavour.Kimi, ChatFlavour.Gemini,
            ChatFlavour.OpenRouter, ChatFlavour.Mistral, ChatFlavour.Vllm, ChatFlavour.Ollama,
        ChatFlavour.LMStudio, ChatFlavour.Groq,
    ];

    private static readonly string[] _events =
    [
        "plain", "one step", "two steps", "parallel", "parallel twice", "ids made unique", "edit", "regeneration",
        "window cut", "change of model", "change of account", "interrupted", "interrupted after tools",
        "nothing said", "import", "hand-over", "instructions", "instructions after tools", "long ids",
        "replay refused", "no tools any more",
    ];

    public static TheoryData<ChatFlavour, string> All =>
        [.. _flavours.SelectMany(flavour => _events.Select(what => (flavour, what)))];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_provider_takes_the_history(ChatFlavour flavour, string what)
    {
        var provider = new StrictChatProvider(flavour)
        {
            Calls = what is "plain" ? static _ => 0 : static number =>
            number is 1 or 4 ? 1 : number is 2 ? 3 : 0
        };
        var chat = new Conversation(provider, flavour);
        await chat.SayAsync("One?");
        chat.Change(what);
        await chat.SayAsync("Two?");
        await chat.SayAsync("Three?");
        Assert.True(provider.Bodies.Count >= 3);
        CheckThatNothingChanges(provider, what);
    }

    /// <summary>What was sent once is sent again byte for byte, unless the history itself changed.</summary>
    private static void CheckThatNothingChanges(StrictChatProvider provider, string what)
    {
        if (what is not (
            "plain" or "one step" or "two steps" or "parallel" or "parallel twice" or "instructions after tools"))
        {
            return;
        }

        foreach (var (before, after) in provider.Bodies.Zip(provider.Bodies.Skip(1)))
        {
            var (sent, again) = (before["messages"]!.AsArray(), after["messages"]!.AsArray());
            Assert.Equal(sent.Select(message => message!.ToJsonString()),
                again.Take(sent.Count).Select(message => message!.ToJsonString()));
        }
    }

    /// <summary>A chat as the worker leads it.</summary>
    private sealed class Conversation(StrictChatProvider provider, ChatFlavour flavour)
    {
        private readonly List<Message> _history = [];
        private readonly List<string> _instructions = [];
        private string _model = "m-1", _key = "k";
        private bool _omitsReplay, _hasTools = true;
        private long _id;

        public async Task SayAsync(string question)
        {
            Add(MessageRole.User, [new TextPart(question)]);
            for (var step = 0; step < 5; step++)
            {
                var outcome = await Outcome.ReadAsync(
                    Chunks.Model(new ProviderOptions
                    {
                        Wire = ProviderWire.Chat,
                        Model = flavour == ChatFlavour.OpenRouter ? $"google/gemini-{_model}"
                        : _model,
                        Key = _key,
                        Flavour = flavour
                    }, provider),
                    new ModelRequest
                    {
                        Prompt = PromptBuilder.Build(_history, "Be brief.", _instructions),
                        Tools = _hasTools ? [new Declaration()] : [],
                        OmitsReplay = _omitsReplay,
                    });
                Assert.True(outcome.Failure is null, $"{outcome.Failure} of {JsonSerializer.Serialize(_history)}");
                Add(MessageRole.Assistant, outcome.Parts, outcome.End!.Replay, outcome.End.Reason);
                foreach (var call in outcome.Calls)
                {
                    Add(MessageRole.Tool, [new ToolResultPart(call.CallId, call.Arguments)]);
                }

                if (outcome.Calls.Count == 0)
                {
                    return;
                }
            }

            Assert.Fail("The chat does not end.");
        }

        public void Change(string what)
        {
            switch (what)
            {
                case "edit":
                    _history.RemoveRange(_history.Count - 1, 1);
                    break;
                case "regeneration":
                    _history.RemoveRange(1, _history.Count - 1);
                    break;
                case "window cut":
                    Add(MessageRole.User, [new TextPart("More?")]);
                    _history.RemoveRange(0, _history.Count - 1);
                    break;
                case "change of model":
                    _model = "m-2";
                    break;
                case "change of account":
                    (_key, provider.Account) = ("other", "other");
                    break;
                case "interrupted":
                    Add(MessageRole.User, [new TextPart("Go on?")]);
                    Add(MessageRole.Assistant, [new ReasoningPart("Hm"), new TextPart("Half an ans")],
                        reason: FinishReason.Interrupted);
                    break;
                case "interrupted after tools":
                    _history.RemoveAt(_history.Count - 1);
                    Add(MessageRole.Assistant, [new ReasoningPart("Hm")], reason: FinishReason.Interrupted);
                    break;
                case "nothing said":
                    Add(MessageRole.User, [new TextPart("Go on?")]);
                    Add(MessageRole.Assistant, [], reason: FinishReason.Length);
                    break;
                case "import":
                case "long ids":
                    var id = what == "import" ? "toolu_01" : new string('x', 60);
                    _history.Clear();
                    Add(MessageRole.User, [new TextPart("Before?")]);
                    Add(MessageRole.Assistant,
                        [new TextPart("Let me see."), new ToolCallPart(id, "clock", "{\"n\":1}"),
                        new ToolCallPart($"{id}2", "clock", "{\"n\":2}")], reason: FinishReason.ToolCalls);
                    Add(MessageRole.Tool, [new ToolResultPart($"{id}2", "{\"n\":2}")]);
                    Add(MessageRole.Tool, [new ToolResultPart(id, "{\"n\":1}")]);
                    Add(MessageRole.Assistant, [new TextPart("Done.")], reason: FinishReason.Stop);
                    break;
                case "hand-over":
                    Add(MessageRole.User, [new TextPart("Go on?")]);
                    Add(MessageRole.Assistant, [new TextPart("Half an ans")], reason: FinishReason.HandedOver);
                    Add(MessageRole.Assistant, [new TextPart("wer.")], reason: FinishReason.Stop);
                    break;
                case "instructions":
                    _instructions.Add("The user is in Oslo.");
                    break;
                case "instructions after tools":
                    _history[2] = _history[2] with { Instructions = [] };
                    _instructions.Add("The user is in Oslo.");
                    break;
                case "ids made unique":
                    Rename();
                    break;
                case "replay refused":
                    _omitsReplay = true;
                    break;
                case "no tools any more":
                    _hasTools = false;
                    break;
            }
        }

        /// <summary>The worker gives other ids to calls whose ids were used before.</summary>
        private void Rename()
        {
            for (var i = 0; i < _history.Count; i++)
            {
                _history[i] = _history[i] with
                {
                    Parts = [.. _history[i].Parts.Select(part => part switch
                    {
                        ToolCallPart call => call with { CallId = $"other_{call.CallId}" },
                        ToolResultPart result => result with { CallId = $"other_{result.CallId}" },
                        _ => part,
                    })],
                };
            }
        }

        private void Add(MessageRole role, IReadOnlyList<MessagePart> parts, Replay? replay = null,
            FinishReason? reason = null) => _history.Add(new Message
            {
                Id = ++_id,
                PreviousId = _id - 1,
                Role = role,
                Parts = parts,
                Replay = replay,
                FinishReason = reason,
                Instructions = role == MessageRole.Assistant && PromptBuilder.TakesInstructions(_history)
                ? [.. _instructions] : [],
                CreatedAt = DateTimeOffset.UnixEpoch,
            });
    }

    private sealed class Declaration : AIFunctionDeclaration
    {
        public override string Name => "clock";

        public override string Description => "Tells the time.";

        public override JsonElement JsonSchema { get; } = JsonElement.Parse("""{"type":"object"}""");
    }
}
