using System.Text.Json;
using CsCheck;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>Names of chats.</summary>
public sealed class ChatIdTests
{
    [Fact]
    public void A_new_id_reads_back_as_it_was_written()
    {
        var id = ChatId.Create(Given.Now);
        Assert.True(ChatId.TryParse(id.ToString(), out var parsed));
        Assert.Equal((id, id), (parsed, ChatId.Parse(id.Value)));
        Assert.Equal(id, JsonSerializer.Deserialize<ChatId>(JsonSerializer.Serialize(id)));
    }

    [Fact]
    public void New_ids_differ_and_a_later_one_sorts_behind()
    {
        var ids = Enumerable.Range(0, 1_000).Select(second => ChatId.Create(Given.Now.AddSeconds(second)).Value).ToArray();
        Assert.Equal(ids, ids.Order(StringComparer.Ordinal));
        Assert.Equal(1_000, Enumerable.Range(0, 1_000).Select(_ => ChatId.Create(Given.Now)).Distinct().Count());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789ABCDEF0123456789abcdef")]
    [InlineData("0123456789abcdeg0123456789abcdef")]
    [InlineData("01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcde\0")]
    [InlineData("../../../../../../etc/passwd/0000")]
    public void What_is_no_id_is_refused(string? text)
    {
        Assert.False(ChatId.TryParse(text, out var id));
        Assert.Equal(default, id);
        Assert.ThrowsAny<Exception>(() => ChatId.Parse(text!));
        Assert.StartsWith("Not a chat id.", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ChatId>(JsonSerializer.Serialize(text))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_program_says_what_was_wrong()
    {
        Assert.Equal("'x' is not a chat id.", Assert.Throws<FormatException>(() => ChatId.Parse("x")).Message);
        Assert.Throws<ArgumentNullException>("owner", () => ChatId.FromIdempotencyKey(null!, "key"));
        Assert.Throws<ArgumentNullException>("key", () => ChatId.FromIdempotencyKey("owner", null!));
        Assert.Throws<ArgumentNullException>("writer", () => new ChatIdConverter().Write(null!, default, JsonSerializerOptions.Default));
    }

    [Fact]
    public void Any_text_that_is_read_is_written_the_same() =>
        Gen.String[Gen.Char["0123456789abcdefABCDEFg-"], 30, 34].Sample(text => Assert.Equal(ChatId.TryParse(text, out var id) ? text : string.Empty, id.Value), iter: 10_000);

    [Fact]
    public void A_key_gives_the_same_chat_again_and_to_each_owner_another() =>
        Gen.Select(Arbitrary.Text, Arbitrary.Text, Arbitrary.Text, Arbitrary.Text).Sample((owner, key, otherOwner, otherKey) =>
        {
            var id = ChatId.FromIdempotencyKey(owner, key);
            Assert.True(ChatId.TryParse(id.Value, out var parsed));
            Assert.Equal(id, parsed);
            Assert.Equal((owner, key) == (otherOwner, otherKey), id == ChatId.FromIdempotencyKey(otherOwner, otherKey));
        });

    [Fact]
    public void An_owner_cannot_write_into_the_keys_of_another()
    {
        Assert.NotEqual(ChatId.FromIdempotencyKey("ann", "a1"), ChatId.FromIdempotencyKey("anna", "1"));
        Assert.NotEqual(ChatId.FromIdempotencyKey("1:a", "b"), ChatId.FromIdempotencyKey("1", ":ab"));
        Assert.NotEqual(ChatId.FromIdempotencyKey(string.Empty, "1:ab"), ChatId.FromIdempotencyKey("a", "b"));
    }
}
