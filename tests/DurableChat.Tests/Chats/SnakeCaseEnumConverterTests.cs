using System.Text.Json;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Enums on the wire are names, so that a number cannot come to mean something else.</summary>
public sealed class SnakeCaseEnumConverterTests
{
    [Fact]
    public void An_enum_is_a_name_in_snake_case_and_never_a_number()
    {
        Assert.Equal("\"requires_action\"", JsonSerializer.Serialize(ChatStatus.RequiresAction));
        Assert.Equal(ChatStatus.RequiresAction, JsonSerializer.Deserialize<ChatStatus>("\"requires_action\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ChatStatus>("1"));
        Assert.Throws<JsonException>(() => JsonSerializer.Serialize((ChatStatus)99));
    }
}
