using DurableChat.Chats;
using DurableChat.Feeds;
using DurableChat.Notifications;
using DurableChat.Storage;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Storage;

/// <summary>What a later version of the program has written, and this one does not know: it is shown as that, and
/// nothing around it is lost.</summary>
public sealed class LaterVersionTests
{
    private const string Body = """{"parts":[{"type":"text","text":"before"},{"type":"audio","url":"https://example.com/a","seconds":3},{"text":"after","type":"text"}],"generation":1,"finish_reason":"vanished"}""";

    [Fact]
    public void Parts_and_reasons_that_are_not_known_are_carried()
    {
        var message = StoreJson.ReadMessage(2, 1, MessageRole.Assistant, DateTimeOffset.UnixEpoch, Body);
        Assert.Equal(FinishReason.Unknown, message.FinishReason);
        var unknown = Assert.IsType<UnknownPart>(message.Parts[1]);
        Assert.Equal(("audio", """{"type":"audio","url":"https://example.com/a","seconds":3}"""), (unknown.Kind, unknown.Json));
        Assert.Equal([new TextPart("before"), new TextPart("after")], message.Parts.Where(part => part is TextPart));

        // What is written of it can be read again, also by this version.
        Assert.Equal(message.Parts,
            StoreJson.ReadMessage(2, 1, MessageRole.Assistant, DateTimeOffset.UnixEpoch,
                StoreJson.WriteBody(message)).Parts);
    }

    [Theory]
    [InlineData("""{"parts":[{"type":"text"}],"generation":1""")]
    [InlineData("""{"parts":[{"type":7}],"generation":1}""")]
    [InlineData("null")]
    public void What_is_damaged_is_not_taken_for_later(string body) =>
        Assert.Throws<ChatDataException>(() =>
            StoreJson.ReadMessage(2, 1, MessageRole.Assistant, DateTimeOffset.UnixEpoch, body));

    [Theory]
    [InlineData("running", ChatStatus.Running)]
    [InlineData("requires_action", ChatStatus.RequiresAction)]
    [InlineData("paused", ChatStatus.Unknown)]
    [InlineData("1", ChatStatus.Unknown)]
    [InlineData("", ChatStatus.Unknown)]
    public void A_stored_status_is_one_that_is_known_or_unknown(string name, ChatStatus status) =>
        Assert.Equal(status, StoredName.Read(name, ChatStatus.Unknown));

    [Fact]
    public void Every_name_that_is_stored_is_read_again()
    {
        Assert.All(Enum.GetValues<ChatStatus>(), status =>
            Assert.Equal(status, StoredName.Read(StoredName.Of(status), ChatStatus.Unknown)));
        Assert.All(Enum.GetValues<MessageRole>(), role =>
            Assert.Equal(role, StoredName.Read(StoredName.Of(role), MessageRole.Unknown)));
    }

    [Fact]
    public void A_chat_in_a_later_state_can_be_changed_by_nobody_here()
    {
        var stage = new Stage();
        var created = stage.Create();
        var chat = created.Next with { Status = ChatStatus.Unknown };
        Assert.False(chat.NeedsWorker);
        ChatCommand[] commands =
        [
            new SendMessage("hello"), new UpdateChat(Title: "title"), new Interrupt(),
            new AcquireLease("b", HolderIsGone: false), new EditMessage(created.Appended[0], "text"),
        ];
        foreach (var command in commands)
        {
            Assert.Equal(RefusalCode.WrongStatus,
                Assert.IsType<Decision.Refused>(ChatRules.Decide(chat, command, stage.Context)).Refusal.Code);
        }
    }

    [Fact]
    public void Clients_cannot_send_what_is_unknown()
    {
        var stage = new Stage();
        HistoryEntry user = new(MessageRole.User, [new TextPart("hello")]);
        foreach (var entry in new HistoryEntry[]
        {
            new(MessageRole.Unknown, [new TextPart("hello")]),
                new(MessageRole.Assistant, [new UnknownPart("audio", "{}")]),
            new(MessageRole.Assistant, [new TextPart("hello")]) { FinishReason = FinishReason.Unknown },
        })
        {
            Assert.IsType<Decision.Refused>(ChatRules.Decide(new CreateChat(stage.Id, "owner", "next",
                "demo")
            { History = [user, entry] }, stage.Context));
        }
    }

    [Fact]
    public void A_notification_of_a_later_version_is_taken_with_what_is_not_known_in_it()
    {
        var stage = new Stage();
        stage.Create();
        var text = NotificationWriter.Write(stage.Finish("the answer"), "a", 8_000)
            .Replace("\"finish_reason\":\"stop\"", "\"finish_reason\":\"vanished\"", StringComparison.Ordinal)
            .Replace("\"status\":\"waiting\"", "\"status\":\"paused\"", StringComparison.Ordinal)
            .Replace("\"role\":\"assistant\"", "\"role\":\"moderator\"", StringComparison.Ordinal)
            .Replace("{\"type\":\"text\",\"text\":\"the answer\"}",
                "{\"type\":\"audio\",\"seconds\":3},{\"type\":\"text\",\"text\":\"the answer\"}",
                    StringComparison.Ordinal);
        var read = Notification.Read(text)!;
        var message = Assert.Single(read.Messages!);
        Assert.Equal((ChatStatus.Unknown, MessageRole.Unknown, FinishReason.Unknown),
            (read.State!.Status, message.Role, message.FinishReason!.Value));
        Assert.Equal([new UnknownPart("audio", """{"type":"audio","seconds":3}"""), new TextPart("the answer")], message.Parts);
    }

    [Fact]
    public void A_frame_of_a_relay_whose_part_is_not_known_is_taken()
    {
        const string Frame = """{"version":1,"epoch":1,"base_message_id":1,"generation":1,"first_seq":3,"lengths":[0],"part":{"type":"audio","seconds":3}}""";
        Assert.Equal(new UnknownPart("audio", """{"type":"audio","seconds":3}"""), RelayFrame.TryReadLater(Frame)!.Part);
        Assert.Null(RelayFrame.TryReadLater(Frame.Replace("\"generation\":1", "\"generation\":0",
            StringComparison.Ordinal)));
        Assert.Null(RelayFrame.TryReadLater("nonsense"));
    }
}
