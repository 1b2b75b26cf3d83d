using System.Text.Json;
using DurableChat.AspNetCore.AiSdk;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Integration.Tests.AiSdk;

/// <summary>Histories as clients of the AI SDK keep them.</summary>
public sealed class UiHistoryTests
{
    [Fact]
    public void Each_step_has_its_own_results_though_a_provider_used_an_id_again()
    {
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        (MessageRole Role, MessagePart Part)[] parts =
        [
            (MessageRole.User, new TextPart("twice")),
            (MessageRole.Assistant, new ToolCallPart("call_0", "look_up", "{}")),
            (MessageRole.Tool, new ToolResultPart("call_0", "first")),
            (MessageRole.Assistant, new ToolCallPart("call_0", "look_up", "{}")),
            (MessageRole.Tool, new ToolResultPart("call_0", "second")),
        ];
        var messages = parts.Select((part, index) => new Message { Id = index + 1, PreviousId = index, Role = part.Role, Parts = [part.Part], CreatedAt = time }).ToList();
        var chat = new Chat { Id = ChatId.Create(time), Owner = "owner", Title = "title", Model = "demo", Status = ChatStatus.Waiting, Version = 1, Epoch = 1, CreatedAt = time, UpdatedAt = time };
        using var json = JsonDocument.Parse(UiHistory.Write(messages, chat, isNewest: true));
        var outputs = json.RootElement.GetProperty("messages")[1].GetProperty("parts").EnumerateArray()
            .Where(part => part.TryGetProperty("output", out _)).Select(part => part.GetProperty("output").GetString());
        Assert.Equal(["first", "second"], outputs);
    }
}
