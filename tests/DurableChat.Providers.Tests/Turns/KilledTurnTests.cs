using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Chat;
using DurableChat.Providers.Tests.Messages;
using DurableChat.Providers.Tests.Responses;
using DurableChat.Providers.Tests.Talks;
using DurableChat.Tests.Support;
using DurableChat.Workers;
using Microsoft.Extensions.AI;
using Xunit;

namespace DurableChat.Providers.Tests.Turns;

/// <summary>
/// A long turn of tools and reasoning whose replica dies at every step: the next one continues, and gives the provider
/// back all it demands.
/// </summary>
public sealed class KilledTurnTests
{
    private const int Steps = 30;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<string> _keys = [];

    [Theory]
    [InlineData(ProviderWire.Responses, ChatFlavour.Auto)]
    [InlineData(ProviderWire.Messages, ChatFlavour.Auto)]
    [InlineData(ProviderWire.Chat, ChatFlavour.DeepSeek)]
    [InlineData(ProviderWire.Chat, ChatFlavour.Kimi)]
    [InlineData(ProviderWire.Chat, ChatFlavour.Gemini)]
    [InlineData(ProviderWire.Chat, ChatFlavour.OpenRouter)]
    public async Task A_turn_whose_replica_dies_in_each_model_call_continues_and_no_tool_runs_twice(ProviderWire wire, ChatFlavour flavour)
    {
        var (provider, thoughts) = Strict(wire, flavour);
        var store = new FakeStore();
        ChatId? id = null;
        for (var step = 1; step <= Steps + 1; step++)
        {
            var network = new Killable(provider, requests: 1);
            var node = NodeOn(store, wire, flavour, network, step, Tool(wire, _ => Task.CompletedTask));
            id = await DriveAsync(node, id);
            await Task.WhenAny(network.Died, EndAsync(store, id.Value)).WaitAsync(_patience);
            Assert.Null(store.State(id.Value).Error);
        }

        await CheckAsync(store, id!.Value, thoughts);
        Assert.Equal(Steps, _keys.Count);
    }

    [Theory]
    [InlineData(ProviderWire.Responses, ChatFlavour.Auto)]
    [InlineData(ProviderWire.Messages, ChatFlavour.Auto)]
    [InlineData(ProviderWire.Chat, ChatFlavour.DeepSeek)]
    public async Task A_tool_whose_replica_dies_while_it_runs_runs_again_with_the_same_key(ProviderWire wire, ChatFlavour flavour)
    {
        var (provider, thoughts) = Strict(wire, flavour);
        var store = new FakeStore();
        ChatId? id = null;
        for (var step = 1; step <= Steps + 1; step++)
        {
            // Each replica finishes the call of the one before, makes the next model call, and dies within its tool.
            var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var tool = Tool(wire, async number =>
            {
                if (number > (step == 1 ? 0 : 1))
                {
                    died.TrySetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
                }
            });
            id = await DriveAsync(NodeOn(store, wire, flavour, new Killable(provider, requests: 1), step, tool), id);
            await Task.WhenAny(died.Task, EndAsync(store, id.Value)).WaitAsync(_patience);
        }

        await CheckAsync(store, id!.Value, thoughts);
        Assert.Equal(2 * Steps, _keys.Count);
        Assert.Equal(Steps, _keys.Distinct().Count());
    }

    private static (HttpMessageHandler Provider, Func<int> Thoughts) Strict(ProviderWire wire, ChatFlavour flavour)
    {
        if (wire == ProviderWire.Chat)
        {
            var chat = new StrictChatProvider(flavour) { Calls = request => request <= Steps ? 1 : 0 };
            return (chat, () => chat.Bodies[^1]["messages"]!.AsArray().Count(message => IsThoughtful(message!.AsObject())));
        }

        StrictProvider strict = wire == ProviderWire.Responses ? new StrictResponses() : new StrictMessages();
        for (var step = 1; step <= Steps; step++)
        {
            strict.Answers.Enqueue("think call");
        }

        strict.Answers.Enqueue("think text");
        return (strict, () => strict.ThoughtsSent);
    }

    /// <summary>True if an answer goes back with what the flavour gives besides text and calls.</summary>
    private static bool IsThoughtful(JsonObject message) =>
        (string?)message["role"] == "assistant"
        && (message.ContainsKey("reasoning_content") || message.ContainsKey("reasoning_details") || message.ToJsonString().Contains("thought_signature", StringComparison.Ordinal));

    private static Node NodeOn(FakeStore store, ProviderWire wire, ChatFlavour flavour, HttpMessageHandler network, int number, AIFunction tool)
    {
        var options = new ProviderOptions { Wire = wire, Flavour = flavour, Model = "m-1", Key = "k", Endpoint = new Uri("http://provider.test/v1") };
        var model = ProviderModels.Create(options, network);
        var thinking = new ScriptedModelClient((_, request, cancellationToken) =>
            model.StreamAsync(wire == ProviderWire.Chat ? request : request with { Settings = new GenerationSettings { ReasoningEffort = "low" } }, cancellationToken));
        return new Node(store, thinking, $"replica {number}", worker: new WorkerOptions { MaxSteps = Steps + 10, SystemPrompt = "Be brief." }, functions: tool);
    }

    /// <summary>Begins the turn, or takes it over from a replica that is gone.</summary>
    private static async Task<ChatId> DriveAsync(Node node, ChatId? id)
    {
        if (id is null)
        {
            return await node.CreateAsync();
        }

        await node.Takeover.TakeOverAsync(CancellationToken.None);
        return id.Value;
    }

    private static async Task EndAsync(FakeStore store, ChatId id)
    {
        while (store.State(id).Status is ChatStatus.Running)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private static async Task CheckAsync(FakeStore store, ChatId id, Func<int> thoughts)
    {
        await EndAsync(store, id).WaitAsync(_patience);
        var history = store.History(id);
        Assert.Equal((ChatStatus.Waiting, (ChatError?)null), (store.State(id).Status, store.State(id).Error));
        Assert.Equal(Steps, history.Count(message => message.Role == MessageRole.Tool));
        Assert.Equal(Steps + 1, history.Count(message => message.Role == MessageRole.Assistant));

        // The last request gave back the thought of every step before it.
        Assert.Equal(Steps, thoughts());
    }

    /// <summary>
    /// A tool that notes the key of each call, and then does what the test wants with it, by the number of the call on
    /// its replica.
    /// </summary>
    private AIFunction Tool(ProviderWire wire, Func<int, Task> run)
    {
        var calls = 0;
        return AIFunctionFactory.Create(
            async (AIFunctionArguments arguments) =>
            {
                _keys.Enqueue($"{arguments.Context![ToolRegistry.IdempotencyKey]}");
                await run(Interlocked.Increment(ref calls));

                // The fake of Chat Completions expects tools to answer with the arguments that it gave.
                return wire == ProviderWire.Chat ? """{"zone":  "0"}""" : "12:00";
            },
            wire == ProviderWire.Chat ? "clock" : "current_time");
    }
}
