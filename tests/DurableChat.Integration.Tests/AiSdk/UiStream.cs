using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Integration.Tests.Http;
using Xunit;

namespace DurableChat.Integration.Tests.AiSdk;

/// <summary>
/// A client of the UI message stream that is as strict as the first release of its version 5: a type or a field that it
/// does not know, a null, or a chunk out of place fails the test.
/// </summary>
internal sealed class UiStream : IDisposable
{
    private static readonly Dictionary<string, string[]> _known = new()
    {
        ["start"] = ["messageId?"],
        ["start-step"] = [],
        ["finish-step"] = [],
        ["text-start"] = ["id", "providerMetadata?"],
        ["text-delta"] = ["id", "delta"],
        ["text-end"] = ["id"],
        ["reasoning-start"] = ["id"],
        ["reasoning-delta"] = ["id", "delta"],
        ["reasoning-end"] = ["id"],
        ["tool-input-start"] = ["toolCallId", "toolName"],
        ["tool-input-delta"] = ["toolCallId", "inputTextDelta"],
        ["tool-input-available"] = ["toolCallId", "toolName", "input", "providerExecuted?"],
        ["tool-output-available"] = ["toolCallId", "output"],
        ["tool-output-error"] = ["toolCallId", "errorText"],
        ["data-retry"] = ["data", "transient"],
        ["data-preview-reset"] = ["data"],
        ["source-url"] = ["sourceId", "url", "title?"],
        ["file"] = ["url", "mediaType"],
        ["data-provider-tool"] = ["data"],
        ["finish"] = ["messageMetadata?"],
        ["abort"] = [],
        ["error"] = ["errorText"],
    };

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;
    private readonly HashSet<string> _open = [];
    private bool _inStep;

    private UiStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _reader = new StreamReader(body);
    }

    /// <summary>What came, in short: the type, and the deltas of a part joined.</summary>
    public List<string> Chunks { get; } = [];

    public string? MessageId { get; private set; }

    /// <summary>True once the stream has said that it ends.</summary>
    public bool IsDone { get; private set; }

    public string Text => string.Concat(Chunks.Where(chunk => chunk.StartsWith("text:", StringComparison.Ordinal)).Select(chunk => chunk[5..]));

    /// <summary>Posts a message.</summary>
    public static Task<UiStream> SendAsync(TestServer server, string chat, string messageId, string text, object? more = null, HttpClient? http = null) =>
        PostAsync(server, new { id = chat, messages = new[] { User(messageId, text) }, trigger = "submit-message" }, more, http);

    public static object User(string id, string text) => new { id, role = "user", parts = new[] { new { type = "text", text } } };

    public static async Task<UiStream> PostAsync(TestServer server, object body, object? more = null, HttpClient? http = null)
    {
        var fields = JsonSerializer.SerializeToNode(body)!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
        {
            fields[name] = value?.DeepClone();
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/ai-sdk/chat") { Content = JsonContent.Create(fields) };
        return await OpenAsync(await (http ?? server.Http).SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    /// <summary>Resumes; null if there is nothing to resume.</summary>
    public static async Task<UiStream?> ResumeAsync(TestServer server, string chat)
    {
        var response = await server.Http.GetAsync($"/ai-sdk/chat/{chat}/stream", HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode == HttpStatusCode.NoContent)
        {
            response.Dispose();
            return null;
        }

        return await OpenAsync(response);
    }

    /// <summary>Reads to the end.</summary>
    public async Task<UiStream> ReadAsync() => await ReadUntilAsync(_ => false);

    /// <summary>Reads until the chunks are as wanted, or to the end.</summary>
    public async Task<UiStream> ReadUntilAsync(Func<UiStream, bool> until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!until(this) && await _reader.ReadLineAsync(limit.Token) is { } line)
        {
            Assert.False(IsDone && line.Length > 0, "Something came after the end.");
            if (line == "data: [DONE]")
            {
                Assert.Empty(_open);
                Assert.False(_inStep);
                IsDone = true;
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using var chunk = JsonDocument.Parse(line[6..]);
                Take(chunk.RootElement);
            }
            else
            {
                Assert.True(line.Length == 0 || line[0] == ':', line);
            }
        }

        return this;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }

    private static async Task<UiStream> OpenAsync(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            using (response)
            {
                throw new HttpRequestException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}", null, response.StatusCode);
            }
        }

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("v1", Assert.Single(response.Headers.GetValues("x-vercel-ai-ui-message-stream")));
        return new UiStream(response, await response.Content.ReadAsStreamAsync());
    }

    private void Take(JsonElement chunk)
    {
        var type = chunk.GetProperty("type").GetString()!;
        var fields = chunk.EnumerateObject().Select(field => field.Name).Where(name => name != "type").ToList();
        Assert.True(_known.TryGetValue(type, out var known), $"The client does not know '{type}'.");
        Assert.Empty(fields.Except(known.Select(name => name.TrimEnd('?'))));
        Assert.Empty(known.Where(name => !name.EndsWith('?')).Except(fields));
        Assert.DoesNotContain(chunk.EnumerateObject(), field => field.Name is not ("input" or "output") && field.Value.ValueKind == JsonValueKind.Null);
        Assert.True(Chunks.Count == 0 ? type is "start" or "abort" or "error" : type != "start");
        switch (type)
        {
            case "start":
                MessageId = chunk.TryGetProperty("messageId", out var id) ? id.GetString() : null;
                break;
            case "start-step" or "finish-step":
                Assert.Equal(type == "finish-step", _inStep);
                Assert.Empty(_open);
                _inStep = !_inStep;
                break;
            case "text-start" or "reasoning-start":
                Assert.True(_inStep && _open.Add(chunk.GetProperty("id").GetString()!));
                Chunks.Add($"{type.Split('-')[0]}:");
                return;
            case "text-delta" or "reasoning-delta":
                Assert.Contains(chunk.GetProperty("id").GetString()!, _open);
                Assert.StartsWith($"{type.Split('-')[0]}:", Chunks[^1], StringComparison.Ordinal);
                Chunks[^1] += chunk.GetProperty("delta").GetString();
                return;
            case "text-end" or "reasoning-end":
                Assert.True(_open.Remove(chunk.GetProperty("id").GetString()!));
                return;
        }

        var shown = chunk.EnumerateObject().Where(field => IsShown(type, field.Name));
        Chunks.Add(string.Join(' ', [type, .. shown.Select(field => field.Value.ToString())]));
    }

    private static bool IsShown(string type, string field) => field
        is "toolName" or "output" or "errorText" or "providerExecuted"
        or "sourceId" or "url" or "title" or "mediaType" or "messageMetadata"
        || (type == "data-provider-tool" && field == "data");
}
