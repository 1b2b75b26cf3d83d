using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DurableChat.Providers.Tests.Talks;

/// <summary>
/// A provider that refuses what real ones refuse. It answers as it was told: each answer is a row of words,
/// <c>think</c>, <c>text</c> and
/// <c>call</c>.
/// </summary>
internal abstract class StrictProvider : HttpMessageHandler
{
    private int _made;

    /// <summary>The number after which ids begin: real providers never give an id that another one has given.</summary>
    public int NumbersAfter
    {
        init => _made = value;
    }

    /// <summary>The tool that it calls, and the arguments as JSON; null for the usual one.</summary>
    public (string Name, string Arguments)? Tool { get; init; }

    /// <summary>The answers to come.</summary>
    public Queue<string> Answers { get; } = new();

    /// <summary>The bodies of all requests.</summary>
    public List<JsonObject> Requests { get; } = [];

    /// <summary>How much thought the last request gave back.</summary>
    public abstract int ThoughtsSent { get; }

    /// <summary>True if thought is bound to what stands before it.</summary>
    public abstract bool BindsPrefix { get; }

    /// <summary>What a request says, in order, without marks that change no content.</summary>
    public abstract IEnumerable<string> PromptOf(JsonObject request);

    /// <summary>A number that was not used before.</summary>
    protected int Number() => ++_made;

    /// <summary>The events of an answer, after the request was checked.</summary>
    protected abstract IEnumerable<JsonObject> Answer(JsonObject request, string account, string[] words);

    /// <summary>The account that a request is made for.</summary>
    protected abstract string AccountOf(HttpRequestMessage request);

    /// <summary>An error of the provider's form.</summary>
    protected static JsonObject Error(string message) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = "invalid_request_error", ["message"] = message, ["code"] = null },
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
        Requests.Add(body);
        try
        {
            var events = Answer(body, AccountOf(request), Answers.Dequeue().Split(' ')).ToList();
            var text = string.Concat(events.Select(each => $"event: {each["type"]}\ndata: {Write(each)}\n\n"));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "text/event-stream") };
        }
        catch (StrictException refusal)
        {
            var text = new StringContent(Error(refusal.Message).ToJsonString(), Encoding.UTF8, "application/json");
            return new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = text };
        }
    }

    protected static string Write(JsonNode node) =>
        node.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Refuses the request unless something is so.</summary>
    protected static void Demand(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new StrictException(otherwise);
        }
    }

    /// <summary>Refuses members that the provider does not know.</summary>
    protected static void DemandKnown(JsonObject json, params string[] known)
    {
        foreach (var (name, _) in json)
        {
            Demand(known.Contains(name), $"{name}: Extra inputs are not permitted");
        }
    }
}

/// <summary>The provider refuses a request.</summary>
internal sealed class StrictException(string message) : Exception(message);
