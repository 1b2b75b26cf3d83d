using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Cases;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Providers.Tests.Talks;

/// <summary>A chat, as the worker makes it: its history, and requests from that.</summary>
internal sealed class Talk(StrictProvider provider, ProviderOptions options)
{
    private static readonly JsonElement _schema = JsonDocument.Parse(
        """{"type":"object","properties":{"time_zone":{"type":"string","description":"Zürich's \u00e4"}}}""").RootElement.Clone();

    private long _lastId;

    public List<Message> History { get; } = [];

    public string? SystemPrompt { get; set; } = "Be brief.";

    public GenerationSettings Settings { get; set; } = new() { ReasoningEffort = "low" };

    public ProviderOptions Options { get; set; } = options;

    public bool OmitsReplay { get; set; }

    public IReadOnlyList<string> Instructions { get; set; } = [];

    /// <summary>Says something and has it answered, tools included.</summary>
    public Task<Outcome> SayAsync(string text, params string[] answers)
    {
        Add(MessageRole.User, [new TextPart(text)]);
        return AnswerAsync(answers);
    }

    /// <summary>Has the last message answered.</summary>
    public async Task<Outcome> AnswerAsync(params string[] answers)
    {
        foreach (var answer in answers)
        {
            provider.Answers.Enqueue(answer);
        }

        while (true)
        {
            var carries = PromptBuilder.TakesInstructions(History) ? Instructions : [];
            var outcome = await AskAsync();
            Assert.True(outcome.Failure is null, outcome.Failure?.ToString());
            Add(MessageRole.Assistant, outcome.Parts, outcome.End!.Reason, outcome.End.Replay, carries);
            foreach (var call in outcome.Calls)
            {
                Add(MessageRole.Tool, [new ToolResultPart(call.CallId, """{"time":"12:00"}""", IsError: call == outcome.Calls[^1])]);
            }

            if (outcome.Calls.Count == 0)
            {
                Assert.Empty(provider.Answers);
                return outcome;
            }
        }
    }

    /// <summary>One request for what the history asks for.</summary>
    public Task<Outcome> AskAsync() => Outcome.ReadAsync(ProviderModels.Create(Options, provider), new ModelRequest
    {
        Prompt = PromptBuilder.Build(History, SystemPrompt, Instructions),
        Tools = [AIFunctionFactory.CreateDeclaration("current_time", "Tells the time — exactly.", _schema)],
        Settings = Settings,
        OmitsReplay = OmitsReplay,
        CacheKey = "chat-1",
    });

    /// <summary>Appends a message.</summary>
    public void Add(
        MessageRole role, IReadOnlyList<MessagePart> parts, FinishReason? reason = null, Replay? replay = null, IReadOnlyList<string>? instructions = null)
    {
        var id = ++_lastId;
        History.Add(new Message
        {
            Id = id,
            PreviousId = id - 1,
            Role = role,
            Parts = parts,
            FinishReason = reason,
            Replay = replay,
            Instructions = instructions ?? [],
            CreatedAt = DateTimeOffset.UnixEpoch,
        });
    }

    /// <summary>Removes the last turn's answer, or with <paramref name="alsoQuestion"/> the whole turn.</summary>
    public void Cut(bool alsoQuestion)
    {
        var last = History.FindLastIndex(message => message.Role == MessageRole.User);
        History.RemoveRange(alsoQuestion ? last : last + 1, History.Count - (alsoQuestion ? last : last + 1));
    }
}
