using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DurableChat.Models;

namespace DurableChat.Providers.Http;

/// <summary>
/// Posts requests to a provider and reads the events of its answer. It does not follow redirects, limits the size of an
/// answer, and never puts the key into an exception. Thread-safe.
/// </summary>
/// <param name="http">Sends the requests.</param>
/// <param name="address">The address.</param>
/// <param name="options">How to reach the provider.</param>
/// <param name="time">The clock for dates in headers.</param>
internal sealed class ProviderConnection(HttpClient http, Uri address, ProviderOptions options, TimeProvider time)
{
    /// <summary>The maximum that is read of an error's body, in bytes.</summary>
    public const int MaxErrorBytes = 64 * 1024;

    /// <summary>The maximum size of an event, in bytes.</summary>
    public const int MaxEventBytes = 8 * 1024 * 1024;

    /// <summary>
    /// The maximum size of an answer, in bytes: twice the size of a million characters in events of a few characters
    /// and 250 bytes each.
    /// </summary>
    public const long MaxAnswerBytes = 128 * 1024 * 1024;

    /// <summary>
    /// The type of the event that marks the end of an answer, if the provider sends one. It has no data.
    /// </summary>
    public const string Done = "[DONE]";

    private const int MaxBodyCharsInLog = 300;
    private const string Redacted = "[key]";

    /// <summary>Where requests go.</summary>
    public Uri Address => address;

    /// <summary>
    /// Posts a body and reads the answer's events: their type, empty if there is none, and their data.
    /// </summary>
    /// <param name="body">The request, as JSON.</param>
    /// <param name="headers">Headers of the protocol. Configured headers take precedence.</param>
    /// <param name="asked">The model request, which is notified whenever bytes arrive.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="ModelException">
    /// The provider did not respond with success, or not with events or JSON.
    /// </exception>
    public async IAsyncEnumerable<(string Type, JsonElement Data)> PostAsync(
        JsonObject body,
        IEnumerable<KeyValuePair<string, string>> headers,
        ModelRequest asked,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.ExtraBody is { } extra)
        {
            Merge(body, extra);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, ProviderJson.Relaxed)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Options.Set(ProviderModels.CallOption, asked.Call);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        foreach (var (name, value) in headers.Where(header => !options.Headers.ContainsKey(header.Key))
            .Concat(options.Headers))
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .ConfigureAwait(false);
        asked.OnBytes();
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await ExplainAsync(response, cancellationToken).ConfigureAwait(false);
        }

        var stream = new WatchedStream(
            new EventLimitStream(
                await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false),
                MaxEventBytes,
                MaxAnswerBytes), asked.OnBytes);
        await using var disposal = stream.ConfigureAwait(false);
        var (answer, isEvents) = await AnswerBody.OpenAsync(
            stream, response.Content.Headers.ContentType?.MediaType, cancellationToken).ConfigureAwait(false);
        await using var end = answer.ConfigureAwait(false);
        if (!isEvents)
        {
            // A server that does not stream sends the answer as one JSON body. A proxy may send a page.
            yield return ("", await ReadJsonAsync(answer, cancellationToken).ConfigureAwait(false));
            yield break;
        }

        await foreach (var item in SseParser.Create(new EndedStream(answer), static (type, data) =>
            (type, Data: data.ToArray())).EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            var data = item.Data.Data.AsSpan().Trim(" \r\n\t"u8);
            if (data.IsEmpty)
            {
                continue;
            }

            if (data.SequenceEqual("[DONE]"u8))
            {
                yield return (Done, default);
                yield break;
            }

            var type = item.EventType == SseParser.EventTypeDefault ? "" : item.EventType;
            var (values, isDone) = EventData.Read(type, item.Data.Data);
            foreach (var value in values)
            {
                yield return (type, value);
            }

            if (isDone)
            {
                yield return (Done, default);
                yield break;
            }
        }
    }

    /// <summary>Creates the exception for an error that the provider reports inside an answer.</summary>
    public ModelException Explain(JsonElement error) => new(
        ProviderErrors.OfEvent(error),
        new HttpRequestException($"{Describe(address)} reported: {Shorten(Redact(ErrorText.Of(error)))}"));

    /// <summary>Merges the members of one object into another. Nested objects are merged recursively.</summary>
    internal static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (value is JsonObject inner && into[name] is JsonObject present)
            {
                Merge(present, inner);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }

    private static async Task<JsonElement> ReadJsonAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            using var body = new MemoryStream();
            await stream.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
            using var valid = new MemoryStream(LooseText.ValidUtf8(body.ToArray()));
            using var document = JsonDocument.Parse(valid);
            LooseText.CheckNames(JsonMarshal.GetRawUtf8Value(document.RootElement));
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new ModelException(ModelErrors.BadResponse, exception);
        }
    }

    private async Task<ModelException> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = new TruncatedStream(
            await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), MaxErrorBytes);
        await using var disposal = stream.ConfigureAwait(false);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        var status = (int)response.StatusCode;
        var pointsTo = response.Headers.Location is { } to ? $", which points to {Describe(new Uri(address, to))}" : "";
        var advice = status is (>= 300 and < 400) or 404 or 405 ? " Check the Endpoint of the model." : "";
        return new ModelException(
            ProviderErrors.OfResponse(status, body, RetryAfter.Read(response.Headers, time.GetUtcNow())),
            new HttpRequestException(
                $"POST {Describe(address)} was answered with {status}{pointsTo}.{advice} {Shorten(Redact(body))}"));
    }

    private string Redact(string text) =>
        string.IsNullOrEmpty(options.Key) ? text : text.Replace(options.Key, Redacted, StringComparison.Ordinal);

    private static string Shorten(string body) => body.Length <= MaxBodyCharsInLog ? body : body[..MaxBodyCharsInLog];

    /// <summary>The address without secrets: no user name, password or query.</summary>
    private static string Describe(Uri uri) => $"{uri.Scheme}://{uri.Authority}{uri.AbsolutePath}";
}
