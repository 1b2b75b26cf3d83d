using System.Text;
using DurableChat.Chats;
using DurableChat.Notifications;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Tests.Notifications;

/// <summary>What a notification carries.</summary>
public sealed class NotificationTests
{
    private readonly Stage _stage = new();

    [Fact]
    public void A_small_commit_comes_whole()
    {
        var commit = _stage.Create("it's \"quoted\" ☃");
        var read = Notification.Read(NotificationWriter.Write(commit, "a", 8_000))!;
        Assert.Equal("a", read.Replica);
        Assert.Equal(commit.Next.Version, read.Version);
        Assert.Equal(ChatStatus.Running, read.State!.Status);
        Assert.Equal(commit.Next.Lease, read.State.Lease);
        Assert.Equal("it's \"quoted\" ☃", ((TextPart)Assert.Single(read.Messages!).Parts[0]).Text);
    }

    [Fact]
    public void A_message_that_does_not_fit_stays_behind_and_the_state_comes()
    {
        var read = Notification.Read(NotificationWriter.Write(_stage.Create(new string('x', 9_000)), "a", 8_000))!;
        Assert.Null(read.Messages);
        Assert.NotNull(read.State);
    }

    [Fact]
    public void A_state_that_does_not_fit_leaves_a_hint()
    {
        _stage.Create();
        var queued = _stage.Commit(_ => new SendMessage(new string('x', 9_000)));
        var text = NotificationWriter.Write(queued, "a", 8_000);
        var read = Notification.Read(text)!;
        Assert.Null(read.State);
        Assert.Equal(queued.Next.Version, read.Version);
        Assert.True(Encoding.UTF8.GetByteCount(text) < 8_000);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(1_000)]
    [InlineData(8_000)]
    public void Whatever_is_written_fits(int maxBytes)
    {
        for (var length = 0; length < 9_000; length += 97)
        {
            var stage = new Stage();
            Assert.True(Encoding.UTF8.GetByteCount(NotificationWriter.Write(stage.Create(new string('ü', length + 1)), "a", maxBytes)) <= maxBytes);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""{"format":3,"replica":"a","chat_id":"x","owner":"o","version":1,"committed_at":0}""")]
    [InlineData("""{"format":1,"replica":"a","chat_id":"x","owner":"o","version":1,"committed_at":0,"state":{"id":"nonsense"}}""")]
    public void What_is_no_notification_of_this_form_is_ignored(string payload) => Assert.Null(Notification.Read(payload));

    /// <summary>Four small tools made every notification a hint.</summary>
    [Fact]
    public void Tools_of_the_client_stay_behind_and_a_program_that_does_not_know_that_ignores_it()
    {
        ClientTool[] tools = [.. Enumerable.Range(1, 4).Select(number => new ClientTool($"tool_{number}", new string('d', 2_200), "{}"))];
        var commit = _stage.Commit(ChatRules.Decide(new CreateChat(_stage.Id, "owner", "hello", "demo") { ClientTools = tools }, _stage.Context));
        var text = NotificationWriter.Write(commit, "a", 8_000);
        var read = Notification.Read(text)!;
        Assert.Equal((2, true, 0, 1), (read.Format, read.LacksTools, read.State!.ClientTools.Count, read.Messages!.Count));
        Assert.InRange(text.Length, 1, 2_000);

        // A hint has nothing that could be misread, and a chat without tools lacks nothing.
        Assert.Equal(1, Notification.Read(NotificationWriter.Write(commit, "a", 300))!.Format);
        Assert.Equal(1, Notification.Read(NotificationWriter.Write(new Stage().Create(), "a", 8_000))!.Format);
        Assert.Equal(4, commit.Next.ClientTools.Count);
    }

    [Fact]
    public void What_says_that_it_lacks_tools_has_none() => Assert.Null(Notification.Read(NotificationWriter
        .Write(_stage.Commit(ChatRules.Decide(new CreateChat(_stage.Id, "owner", "hello", "demo") { ClientTools = [new("t", "d", "{}")] }, _stage.Context)), "a", 8_000)
        .Replace("\"client_tools\":[]", """
        "client_tools":[{"name":"t","description":"d","parameters":"{}"}]
        """, StringComparison.Ordinal)));
}
