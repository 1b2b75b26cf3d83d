using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Cases;
using Microsoft.Extensions.AI;

namespace DurableChat.Providers.Tests.Talks;

/// <summary>One request, and an answer of the given events.</summary>
internal sealed class Exchange : IDisposable
{
    private readonly Script _script;

    public Exchange(ProviderWire wire, params string[] data)
        : this(wire, string.Concat(data.Select(each => $"data: {each}\n\n")), "text/event-stream")
    {
    }

    private Exchange(ProviderWire wire, string body, string type)
    {
        _script = new Script(() => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, type) });
        Model = ProviderModels.Create(new ProviderOptions { Wire = wire, Model = "m-1", Key = "k" }, _script);
    }

    /// <summary>An exchange with a server that does not stream.</summary>
    public static Exchange Whole(ProviderWire wire, string json) => new(wire, json, "application/json");

    public IModelClient Model { get; }

    /// <summary>What is offered.</summary>
    public IReadOnlyList<AIFunctionDeclaration> Tools { get; set; } = [];

    public IReadOnlyList<string> Bodies => _script.Bodies;

    /// <summary>Parts, separated by bars; then the reason or the error; then the number of items kept.</summary>
    public async Task<string> ReadAsync(params PromptItem[] prompt)
    {
        var outcome = await AskAsync(prompt);
        var parts = string.Join('|', outcome.Parts.Select(part => part switch
        {
            ToolCallPart call => $"call:{call.CallId} {call.Name} {call.Arguments}",
            SourcePart source => $"source:{source.Url}",
            _ => Outcome.Describe(part),
        }));
        return $"{parts} -> {outcome.Failure?.Error.Code ?? $"{outcome.End!.Reason} {outcome.End.Replay?.Items.Count ?? 0}"}";
    }

    public Task<Outcome> AskAsync(params PromptItem[] prompt) =>
        Outcome.ReadAsync(Model, new ModelRequest { Prompt = prompt.Length > 0 ? prompt : [new UserItem([new TextPart("Hello")])], Tools = Tools });

    /// <summary>The body of a request with settings and tools.</summary>
    public async Task<JsonObject> SendAsync(ModelRequest request)
    {
        await Outcome.ReadAsync(Model, request);
        return JsonNode.Parse(Bodies[^1])!.AsObject();
    }

    public void Dispose() => _script.Dispose();
}
