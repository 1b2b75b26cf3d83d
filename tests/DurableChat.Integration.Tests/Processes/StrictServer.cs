using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Providers;
using DurableChat.Providers.Tests.Chat;
using DurableChat.Providers.Tests.Messages;
using DurableChat.Providers.Tests.Responses;
using DurableChat.Providers.Tests.Talks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>
/// Strict providers of all wires, and the tool that they have called, over HTTP. Each wire has a turn of tool steps
/// with reasoning. It holds what it is told to hold, until whoever asked is gone.
/// Thread-safe.
/// </summary>
internal sealed class StrictServer : IAsyncDisposable
{
    /// <summary>The wires, which are also the names of the models and the questions to the tool.</summary>
    public static readonly IReadOnlyList<string> Wires = ["responses", "messages", "chat"];

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HttpMessageInvoker> _providers = [];
    private readonly Dictionary<string, Func<int>> _thoughts = [];

    // Guarded by _lock.
    private readonly Dictionary<string, int> _answered = Wires.ToDictionary(wire => wire, _ => 0);
    private readonly Dictionary<string, int> _worked = Wires.ToDictionary(wire => wire, _ => 0);
    private readonly Dictionary<string, int> _runs = [];
    private HashSet<string> _held = [];
    private TaskCompletionSource _allHeld = new();
    private (bool IsTool, int Step) _holding;

    private StrictServer(int steps)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        foreach (var wire in Wires)
        {
            _providers[wire] = new HttpMessageInvoker(ProviderOf(wire, steps));
        }

        _app.MapPost("/tool", WorkAsync);
        _app.MapPost("/{wire}/v1/{**rest}", AnswerAsync);
    }

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>How often the tool ran, by its idempotency key.</summary>
    public IReadOnlyDictionary<string, int> Runs => _runs;

    public static async Task<StrictServer> StartAsync(int steps)
    {
        var server = new StrictServer(steps);
        await server._app.StartAsync();
        server.Url = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>How many thoughts the last request of a wire gave back.</summary>
    public int ThoughtsOf(string wire) => _thoughts[wire]();

    /// <summary>
    /// From now on one step's model call, or its tool, is not answered; completes once all wires have come to it.
    /// </summary>
    public Task HoldAsync(bool isTool, int step)
    {
        lock (_lock)
        {
            (_holding, _held, _allHeld) = ((isTool, step), [], new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _allHeld.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        foreach (var provider in _providers.Values)
        {
            provider.Dispose();
        }
    }

    private HttpMessageHandler ProviderOf(string wire, int steps)
    {
        var tool = ("work", $$"""{"question": "{{wire}}"}""");
        if (wire == "chat")
        {
            var chat = new StrictChatProvider(ChatFlavour.DeepSeek) { Account = "k", ChecksResults = false, Tool = tool, Calls = request => request <= steps ? 1 : 0 };
            _thoughts[wire] = () => chat.Bodies[^1]["messages"]!.AsArray().Count(message => message!.AsObject().ContainsKey("reasoning_content"));
            return chat;
        }

        StrictProvider strict = wire == "responses" ? new StrictResponses { Tool = tool } : new StrictMessages { Tool = tool };
        for (var step = 1; step <= steps; step++)
        {
            strict.Answers.Enqueue("think call");
        }

        strict.Answers.Enqueue("think text");
        _thoughts[wire] = () => strict.ThoughtsSent;
        return strict;
    }

    /// <summary>Counts what comes, unless it is to be held.</summary>
    private bool Holds(string wire, bool isTool)
    {
        lock (_lock)
        {
            var done = isTool ? _worked : _answered;
            if (_holding == (isTool, done[wire] + 1) && _held.Add(wire))
            {
                if (_held.Count == Wires.Count)
                {
                    _allHeld.TrySetResult();
                }

                return true;
            }

            done[wire]++;
            return false;
        }
    }

    private async Task WorkAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var (key, wire) = (body.RootElement.GetProperty("key").GetString()!, body.RootElement.GetProperty("question").GetString()!);
        lock (_lock)
        {
            _runs[key] = _runs.GetValueOrDefault(key) + 1;
        }

        await AnswerUnlessHeldAsync(context, wire, isTool: true, () => context.Response.WriteAsync("done", context.RequestAborted));
    }

    private Task AnswerAsync(HttpContext context)
    {
        var wire = (string)context.Request.RouteValues["wire"]!;
        return AnswerUnlessHeldAsync(context, wire, isTool: false, async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "http://provider.test/") { Content = new StringContent((await JsonNode.ParseAsync(context.Request.Body))!.ToJsonString()) };
            foreach (var (name, value) in context.Request.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value.AsEnumerable());
            }

            using var response = await _providers[wire].SendAsync(request, CancellationToken.None);
            context.Response.StatusCode = (int)response.StatusCode;
            context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
            await context.Response.WriteAsync(await response.Content.ReadAsStringAsync());
        });
    }

    private async Task AnswerUnlessHeldAsync(HttpContext context, string wire, bool isTool, Func<Task> answer)
    {
        if (Holds(wire, isTool))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        await answer();
    }
}
