using DurableChat.Chats;
using DurableChat.Providers.Tests.Messages;
using DurableChat.Providers.Tests.Responses;
using Xunit;

namespace DurableChat.Providers.Tests.Talks;

/// <summary>What happens to chats, on each wire, with providers that refuse what is not as they want it.</summary>
public sealed class TalkTests
{
    private static readonly Dictionary<string, Func<Talk, StrictProvider, Task>> _events = new()
    {
        ["plain"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "text");
            await talk.SayAsync("Two?", "text");
            Assert.Equal(0, provider.ThoughtsSent);
        },
        ["reasoning"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think text");
            await talk.SayAsync("Two?", "think text");
            await talk.SayAsync("Three?", "think text");
            Assert.Equal(2, provider.ThoughtsSent);
        },
        ["one tool step"] = async (talk, _) => await talk.SayAsync("One?", "text call", "text"),
        ["reasoning and two steps"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think call", "think text call", "think text");
            await talk.SayAsync("Two?", "think text");
            Assert.Equal(3, provider.ThoughtsSent);
        },
        ["parallel calls"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think call call", "think text");
            await talk.SayAsync("Two?", "text");
            Assert.Equal(2, provider.ThoughtsSent);
        },
        ["instructions"] = async (talk, provider) =>
        {
            talk.Instructions = ["Speak German."];
            await talk.SayAsync("One?", "think call", "think text");
            talk.Instructions = ["Speak French.", "Be kind."];
            await talk.SayAsync("Two?", "think call", "think text");
            Assert.Equal(3, provider.ThoughtsSent);
        },
        ["edit"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think text");
            await talk.SayAsync("Two?", "think call", "think text");
            talk.Cut(alsoQuestion: true);
            await talk.SayAsync("Other?", "think text");
            Assert.Equal(1, provider.ThoughtsSent);
            await talk.SayAsync("Four?", "text");
            Assert.Equal(2, provider.ThoughtsSent);
        },
        ["regeneration"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think text");
            await talk.SayAsync("Two?", "think call", "think text");
            talk.Cut(alsoQuestion: false);
            await talk.AnswerAsync("think call", "text");
            await talk.SayAsync("Three?", "text");
            Assert.Equal(2, provider.ThoughtsSent);
        },
        ["window cut"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think text");
            await talk.SayAsync("Two?", "think call", "think text");
            talk.History.RemoveRange(0, 2);
            await talk.SayAsync("Three?", "think text");
            Assert.Equal(provider.BindsPrefix ? 0 : 2, provider.ThoughtsSent);
            await talk.SayAsync("Four?", "think text");
            Assert.Equal(provider.BindsPrefix ? 1 : 3, provider.ThoughtsSent);
        },
        ["change of the system prompt"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think text");
            talk.SystemPrompt = "Be long.";
            await talk.SayAsync("Two?", "think text");
            Assert.Equal(provider.BindsPrefix ? 0 : 1, provider.ThoughtsSent);
        },
        ["change of model"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think call call", "think text");
            var before = talk.Options;
            talk.Options = before with { Model = "m-2" };
            await talk.SayAsync("Two?", "think call", "think text");
            Assert.Equal(1, provider.ThoughtsSent);
            talk.Options = before;
            await talk.SayAsync("Three?", "think text");
        },
        ["change of account"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think call", "think text");
            talk.Options = talk.Options with { Key = "other" };
            await talk.SayAsync("Two?", "think text");
            Assert.Equal(0, provider.ThoughtsSent);
        },
        ["interrupted"] = async (talk, _) =>
        {
            await talk.SayAsync("One?", "think text");
            talk.Add(MessageRole.User, [new TextPart("Two?")]);
            talk.Add(MessageRole.Assistant, [new ReasoningPart("Half a th"), new TextPart("Half a wo ")], FinishReason.Interrupted);
            await talk.SayAsync("Three?", "think text");
        },
        ["interrupted in thought"] = async (talk, _) =>
        {
            talk.Add(MessageRole.User, [new TextPart("One?")]);
            talk.Add(MessageRole.Assistant, [new ReasoningPart("Half a th")], FinishReason.Interrupted);
            await talk.SayAsync("Two?", "think text");
        },
        ["import"] = async (talk, _) =>
        {
            // Other providers number their calls in each answer, or have other characters in their ids.
            foreach (var id in (string[])["functions.current_time:0", "functions.current_time:0", new string('x', 90)])
            {
                talk.Add(MessageRole.User, [new TextPart("One?")]);
                talk.Add(MessageRole.Assistant, [new TextPart(" "), new ToolCallPart(id, "current_time", "{}")], FinishReason.ToolCalls);
                talk.Add(MessageRole.Tool, [new ToolResultPart(id, "", IsError: true)]);
                talk.Add(MessageRole.Assistant, [new RefusalPart("I will not."), new FilePart("image/png", "AAAA")], FinishReason.ContentFilter);
            }

            await talk.SayAsync("Two?", "think call", "think text");
        },
        ["hand-over"] = async (talk, provider) =>
        {
            talk.Add(MessageRole.User, [new TextPart("One?")]);
            talk.Add(MessageRole.Assistant, [new TextPart("Half a wo")], FinishReason.HandedOver);
            await talk.AnswerAsync("think text");
            await talk.SayAsync("Two?", "think text");
            Assert.Equal(1, provider.ThoughtsSent);
        },
        ["without replay"] = async (talk, provider) =>
        {
            await talk.SayAsync("One?", "think call call", "think text");
            talk.OmitsReplay = true;
            await talk.SayAsync("Two?", "text");
            Assert.Equal(0, provider.ThoughtsSent);
        },
    };

    public static TheoryData<string, string> Table
    {
        get
        {
            var table = new TheoryData<string, string>();
            foreach (var name in _events.Keys)
            {
                table.Add("responses", name);
                table.Add("messages", name);
            }

            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_strict_provider_accepts_each_request(string wire, string what)
    {
        using StrictProvider provider = wire == "responses" ? new StrictResponses() : new StrictMessages();
        await _events[what](TalkWith(provider), provider);
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_prompt_grows_at_its_end_only(string wire, string what)
    {
        if (what is "edit" or "regeneration" or "window cut" or "without replay" || what.StartsWith("change", StringComparison.Ordinal))
        {
            return;
        }

        using StrictProvider provider = wire == "responses" ? new StrictResponses() : new StrictMessages();
        await _events[what](TalkWith(provider), provider);
        string? before = null;
        foreach (var request in provider.Requests)
        {
            var sent = string.Join('\n', provider.PromptOf(request));
            Assert.StartsWith(before ?? "", sent, StringComparison.Ordinal);
            before = sent;
        }
    }

    private static Talk TalkWith(StrictProvider provider) => new(provider, new ProviderOptions
    {
        Wire = provider is StrictResponses ? ProviderWire.Responses : ProviderWire.Messages,
        Model = "m-1",
        Key = "key",
    });
}
