using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Tests.Cases;

namespace DurableChat.Providers.Tests.Chat;

/// <summary>Answers of Chat Completions in short words.</summary>
internal static class Chunks
{
    /// <summary>A chunk with a delta, and perhaps a reason.</summary>
    public static string Delta(string delta, string? reason = null) =>
        $$"""{"id":"cc-1","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(reason is null ? "null" : $"\"{reason}\"")}}}]}""";

    /// <summary>A chunk with a call.</summary>
    public static string Call(string call) => Delta($$"""{"tool_calls":[{{call}}]}""");

    /// <summary>A stream of events with these data.</summary>
    public static string Events(IEnumerable<string> data) => string.Concat(data.Select(each => $"data: {each}\n\n"));

    /// <summary>A success with this body.</summary>
    public static HttpResponseMessage Ok(string body, string type = "text/event-stream") =>
        new(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, type) };

    /// <summary>The prompt of a first question.</summary>
    public static ModelRequest Question { get; } = new() { Prompt = [new UserItem([new TextPart("Hello?")])] };

    /// <summary>What becomes of a stream.</summary>
    public static Task<Outcome> ReadAsync(params string[] data) =>
        ReadAsync(new ProviderOptions { Wire = ProviderWire.Chat, Model = "m-1" }, Events(data));

    /// <summary>What becomes of a body.</summary>
    public static Task<Outcome> ReadAsync(ProviderOptions options, string body, string type = "text/event-stream") =>
        Outcome.ReadAsync(Model(options, new Script(() => Ok(body, type))), Question);

    /// <summary>A model of a server.</summary>
    public static IModelClient Model(ProviderOptions options, HttpMessageHandler handler) =>
        ProviderModels.Create(options with { Endpoint = options.Endpoint ?? new Uri("http://provider.test/v1") },
            handler);

    /// <summary>An outcome in a line.</summary>
    public static string Describe(Outcome outcome)
    {
        if (outcome.Failure is { } failure)
        {
            return $"! {failure.Error.Code}";
        }

        var parts = outcome.Parts.Select(part => part switch
        {
            ToolCallPart call => $"call:{call.CallId} {call.Name} {call.Arguments}",
            SourcePart source => $"source:{source.Url} {source.Title}".TrimEnd(),
            FilePart file => $"file:{file.MediaType} {file.Data}",
            _ => Outcome.Describe(part),
        });
        return string.Join(" | ", parts.Append(outcome.End!.Reason.ToString()));
    }

    /// <summary>The body of a request that an answer with these options makes.</summary>
    public static async Task<JsonObject> BodyAsync(ProviderOptions options, ModelRequest request)
    {
        var script = new Script(() => Ok(Events([Delta("""{"content":"Hi."}""", "stop")])));
        await Outcome.ReadAsync(Model(options, script), request);
        return JsonNode.Parse(script.Bodies[0])!.AsObject();
    }
}
