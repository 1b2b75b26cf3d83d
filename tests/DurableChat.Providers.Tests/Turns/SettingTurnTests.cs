using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Commits;
using DurableChat.Models;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Providers.Tests.Turns;

/// <summary>
/// What a request to a provider says: the message's settings, else the chat's, else the model's. What was accepted
/// stays, whatever becomes of the chat, of the replica that drives it and of what the host allows.
/// </summary>
public sealed class SettingTurnTests
{
    private const double OfModel = 0.1;
    private const double OfChat = 0.2;
    private const double OfMessage = 0.3;

    private readonly ConcurrentQueue<double?> _sent = [];
    private readonly FakeStore _store = new();

    [Theory]
    [InlineData(ProviderWire.Responses)]
    [InlineData(ProviderWire.Messages)]
    [InlineData(ProviderWire.Chat)]
    public async Task A_request_has_what_its_message_says_then_what_its_chat_says_then_what_its_model_says(
        ProviderWire wire)
    {
        var node = NodeOn(wire, requests: 3);
        var id = await node.CreateAsync();
        await EndAsync(id);
        await AcceptAsync(node, id, new UpdateChat { Settings = Hot(OfChat) });
        await AcceptAsync(node, id, new SendMessage("of the chat"));
        await EndAsync(id);
        await AcceptAsync(node, id, new SendMessage("of the message") { Settings = Hot(OfMessage) });
        await EndAsync(id);
        Assert.Equal([OfModel, OfChat, OfMessage], _sent);
    }

    [Theory]
    [InlineData(ProviderWire.Responses)]
    [InlineData(ProviderWire.Messages)]
    [InlineData(ProviderWire.Chat)]
    public async Task A_hand_over_an_edit_and_a_regeneration_send_what_the_message_said(ProviderWire wire)
    {
        var network = new Killable(new Recorder(wire, _sent), requests: 0);
        var dying = NodeOn(wire, network, "dying", max: 1);
        var chat = new NewChat("hello") { Settings = Hot(OfMessage) };
        var created = await dying.Chats.CreateAsync("owner", chat, null, CancellationToken.None);
        var id = Assert.IsType<CommandResult.Committed>(created).Transition.Next.Id;
        await network.Died.WaitAsync(TimeSpan.FromMinutes(1));
        await AcceptAsync(dying, id, new UpdateChat { Settings = Hot(OfChat) });

        var heir = NodeOn(wire, requests: 3);
        await heir.Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(id);
        await EditAsync(heir, id, "hello");
        await EditAsync(heir, id, "hello again");
        Assert.Equal([OfMessage, OfMessage, OfMessage], _sent);

        await EditAsync(NodeOn(wire, requests: 1), id, "otherwise", new GenerationSettings());
        Assert.Equal(OfChat, _sent.Last());
    }

    [Fact]
    public async Task A_queued_message_is_answered_as_it_was_sent()
    {
        var network = new Killable(new Recorder(ProviderWire.Chat, _sent), requests: 0);
        var dying = NodeOn(ProviderWire.Chat, network, "dying", max: 1);
        var id = await dying.CreateAsync();
        await network.Died.WaitAsync(TimeSpan.FromMinutes(1));
        await AcceptAsync(dying, id, new SendMessage("waits") { Settings = Hot(OfMessage) });
        await AcceptAsync(dying, id, new UpdateChat { Settings = Hot(OfChat) });
        await NodeOn(ProviderWire.Chat, requests: 2).Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(id);
        Assert.Equal([OfModel, OfMessage], _sent);
    }

    [Fact]
    public async Task Where_the_host_allows_less_by_now_the_nearest_that_it_allows_is_sent_and_the_message_stays()
    {
        var network = new Killable(new Recorder(ProviderWire.Chat, _sent), requests: 0);
        var dying = NodeOn(ProviderWire.Chat, network, "dying", max: 1);
        var id = await dying.CreateAsync();
        await network.Died.WaitAsync(TimeSpan.FromMinutes(1));
        await AcceptAsync(dying, id, new SendMessage("waits") { Settings = Hot(0.9) });
        await NodeOn(ProviderWire.Chat, requests: 2, max: 0.5).Takeover.TakeOverAsync(CancellationToken.None);
        await EndAsync(id);
        Assert.Equal([OfModel, 0.5], _sent);
        Assert.Equal(0.9, _store.History(id)[^2].Settings!.Temperature);
    }

    [Fact]
    public async Task What_the_model_does_not_allow_is_refused_and_nothing_is_done()
    {
        var node = NodeOn(ProviderWire.Chat, requests: 1, max: 0.5);
        var id = await node.CreateAsync();
        await EndAsync(id);
        var version = _store.State(id).Version;
        foreach (
            var command in (ChatCommand[])[
                new SendMessage("no") { Settings = Hot(0.6) }, new UpdateChat { Settings = Hot(0.6) }])
        {
            var refusal = Assert.IsType<CommandResult.Refused>(await node.ExecuteAsync(id, command)).Refusal;
            Assert.Equal((RefusalCode.SettingOutOfBounds, "settings.temperature"), (refusal.Code, refusal.Field));
        }

        var edit = await node.Chats.EditAsync("owner", id, 1, "no", null, Hot(0.6), null, CancellationToken.None);
        Assert.Equal(RefusalCode.SettingOutOfBounds, Assert.IsType<CommandResult.Refused>(edit).Refusal.Code);
        var unknown = Assert.IsType<CommandResult.Refused>(
            await node.ExecuteAsync(id, new SendMessage("no") { Model = "other" }));
        Assert.Equal("model", unknown.Refusal.Field);
        Assert.StartsWith("There is no model named 'other'.", unknown.Refusal.Message, StringComparison.Ordinal);
        Assert.Equal(version, _store.State(id).Version);
    }

    private static GenerationSettings Hot(double temperature) => new() { Temperature = temperature };

    private Node NodeOn(ProviderWire wire, int requests, double max = 1) =>
        NodeOn(wire, new Killable(new Recorder(wire, _sent), requests), $"{wire} {max}", max);

    private Node NodeOn(ProviderWire wire, HttpMessageHandler network, string replica, double max)
    {
        var options = new ProviderOptions
        {
            Wire = wire,
            Model = "m-1",
            Key = "k",
            Endpoint = new Uri("http://provider.test/v1"),
        };
        return new Node(_store, ProviderModels.Create(options, network), replica, define: definition => definition with
        {
            Settings = Hot(OfModel),
            Allow = new AllowedSettings { Temperature = new SettingBounds(Max: max) },
        });
    }

    private static async Task AcceptAsync(Node node, ChatId id, ChatCommand command) =>
        Assert.IsType<CommandResult.Committed>(await node.ExecuteAsync(id, command));

    private async Task EditAsync(Node node, ChatId id, string content, GenerationSettings? settings = null)
    {
        var question = _store.History(id).Last(message => message.Role == MessageRole.User).Id;
        Assert.IsType<CommandResult.Committed>(
            await node.Chats.EditAsync("owner", id, question, content, null, settings, null, CancellationToken.None));
        await EndAsync(id);
    }

    private Task EndAsync(ChatId id) => Eventually.IsAsync(
        () => _store.State(id).Status is ChatStatus.Waiting or ChatStatus.Error, "the turn has ended");

    /// <summary>A provider that says yes to everything, and notes the temperature of each request.</summary>
    private sealed class Recorder(ProviderWire wire, ConcurrentQueue<double?> sent) : HttpMessageHandler
    {
        private readonly string _answer = wire switch
        {
            ProviderWire.Chat => """
                data: {"choices":[{"index":0,"delta":{"content":"yes"},"finish_reason":"stop"}]}

                data: [DONE]


                """,
            ProviderWire.Responses => """
                data: {"type":"response.output_item.done","output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"yes","annotations":[]}]}}

                data: {"type":"response.completed","response":{"object":"response","status":"completed","output":[{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"yes","annotations":[]}]}]}}


                """,
            _ => """
                event: message_start
                data: {"type":"message_start","message":{"usage":{"input_tokens":1}}}

                event: content_block_start
                data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"yes"}}

                event: content_block_stop
                data: {"type":"content_block_stop","index":0}

                event: message_delta
                data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}

                event: message_stop
                data: {"type":"message_stop"}


                """,
        };

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
            sent.Enqueue((double?)body["temperature"]);
            var answer = new StringContent(_answer, Encoding.UTF8, "text/event-stream");
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = answer };
        }
    }
}
