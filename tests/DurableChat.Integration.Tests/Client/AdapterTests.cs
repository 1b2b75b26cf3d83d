using DurableChat.Client;
using DurableChat.Integration.Tests.Embedding;
using DurableChat.Integration.Tests.Http;
using DurableChat.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Integration.Tests.Client;

/// <summary>Programs that know <see cref="IChatClient"/> and nothing of this server.</summary>
public sealed class AdapterTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_program_that_keeps_its_own_history_has_one_durable_chat()
    {
        await using var app = await EmbeddedApp.StartAsync(ScriptedModel.Answering());
        using var http = app.Client("alice");
        var client = new DurableChatClient(http);
        using var chat = client.AsChatClient();
        List<ChatMessage> history = [new(ChatRole.User, "hello")];
        var first = await chat.GetResponseAsync(history, cancellationToken: TestContext.Current.CancellationToken);
        history.AddMessages(first);
        history.Add(new ChatMessage(ChatRole.User, "and now?"));
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in chat.GetStreamingResponseAsync(history, cancellationToken: TestContext.Current.CancellationToken))
        {
            updates.Add(update);
        }

        Assert.Equal(("answer 1", "answer 2"), (first.Text, updates.ToChatResponse().Text));
        Assert.Equal(ChatFinishReason.Stop, updates.ToChatResponse().FinishReason);
        var kept = Assert.Single((await client.ListChatsAsync()).Chats);
        Assert.Equal(first.ConversationId, kept.Id);
        Assert.Equal(["hello", "answer 1", "and now?", "answer 2"], (await client.ReadAfterAsync(kept.Id)).Messages.Select(message => message.Text));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_tools_of_a_program_run_in_it()
    {
        var model = new ScriptedModel((_, history, _) => history[^1].Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } result
            ? ScriptedModel.Say($"It is {result.Result}.")
            : Call());
        await using var app = await EmbeddedApp.StartAsync(model);
        using var http = app.Client("alice");
        var ran = 0;
        using var chat = new DurableChatClient(http).AsChatClient().AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create(() => $"noon {++ran}", "clock")] };
        var response = await chat.GetResponseAsync("What time is it?", options, TestContext.Current.CancellationToken);
        Assert.Equal("It is noon 1.", response.Messages[^1].Text);
        Assert.Equal(1, ran);

        static async IAsyncEnumerable<AIContent> Call()
        {
            await Task.Yield();
            yield return new FunctionCallContent("call_1", "clock");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task The_tools_of_the_server_are_seen_and_not_run_again()
    {
        await using var server = await TestServer.StartAsync();
        using var chat = new DurableChatClient(server.Http).AsChatClient().AsBuilder().UseFunctionInvocation().Build();
        var response = await chat.GetStreamingResponseAsync("what time is it?", new ChatOptions { ModelId = "demo" }, TestContext.Current.CancellationToken).ToChatResponseAsync(TestContext.Current.CancellationToken);
        var call = Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.True(call.InformationalOnly);
        Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>());
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failed_turn_is_thrown_and_what_would_have_no_effect_is_refused()
    {
        await using var server = await TestServer.StartAsync(null, "DurableChat:Worker:MaxAttempts=1");
        using var chat = new DurableChatClient(server.Http).AsChatClient();
        var failed = await Assert.ThrowsAsync<DurableChatException>(() => chat.GetResponseAsync("please fail", cancellationToken: TestContext.Current.CancellationToken));
        Assert.StartsWith("model_", failed.Code, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => chat.GetResponseAsync([new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(ChatRole.User, "hello")]));
    }

    [Fact(Timeout = 120_000)]
    public async Task Whoever_goes_away_finds_the_answer_later_and_who_wants_so_stops_it()
    {
        await using var server = await TestServer.StartAsync();
        var client = new DurableChatClient(server.Http);
        foreach (var interrupts in new[] { false, true })
        {
            using var chat = client.AsChatClient(new DurableChatAdapterOptions { InterruptOnCancel = interrupts });
            string? id = null;
            await foreach (var update in chat.GetStreamingResponseAsync("count to 100", new ChatOptions { ModelId = "slow" }, TestContext.Current.CancellationToken))
            {
                id = update.ConversationId;
                break;
            }

            HistoryMessage? answer = null;
            await foreach (var next in client.FollowAsync(id!, cancellationToken: TestContext.Current.CancellationToken))
            {
                answer = next is MessageEvent { Message: { Role: "assistant" } message } ? message : answer;
                if (answer is not null)
                {
                    break;
                }
            }

            Assert.Equal(interrupts ? "interrupted" : "stop", answer!.FinishReason);
        }
    }
}
