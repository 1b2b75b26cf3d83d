using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using DurableChat.Client.Calls;

namespace DurableChat.Client.Streams;

/// <summary>One connection of a stream. Used by one caller at a time.</summary>
internal sealed class EventConnection : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<ChatEvent?>> _items;

    private EventConnection(HttpResponseMessage response, Stream body, CancellationToken cancellationToken)
    {
        _response = response;
        _items = SseParser.Create<ChatEvent?>(body, EventJson.Read)
            .EnumerateAsync(cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>Connects.</summary>
    /// <exception cref="StreamRefusedException">The server refused.</exception>
    public static async Task<EventConnection> OpenAsync(
        Api api,
        string path,
        IStreamGuard guard,
        CancellationToken cancellationToken)
    {
        var response = await api.TryAsync(HttpMethod.Get, $"{path}{guard.Query}", Prepare, cancellationToken)
            .ConfigureAwait(false);
        try
        {
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new StreamRefusedException(
                    await Api.ReadProblemAsync(response, cancellationToken).ConfigureAwait(false),
                    Backoff.Read(response.Headers.RetryAfter, api.Options.TimeProvider.GetUtcNow()));
            }

            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                throw new IOException(
                    "What came is no stream of events: something between here and the server answers in its place.");
            }

            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            guard.BeginConnection();
            return new EventConnection(
                response, new SilenceLimit(body, api.Options.MaxSilence, api.Options.TimeProvider), cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        void Prepare(HttpRequestMessage request)
        {
            request.Headers.Accept.ParseAdd("text/event-stream");
            if (guard.Position is { } position)
            {
                request.Headers.Add("Last-Event-ID", position);
            }
        }
    }

    /// <summary>Reads the next event of a known kind. Null at the end of the stream.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="DurableChatException">An event cannot be read.</exception>
    public async ValueTask<ChatEvent?> NextAsync()
    {
        try
        {
            while (await _items.MoveNextAsync().ConfigureAwait(false))
            {
                // An error without a version belongs to the stream, not to the chat. The stream ends, and the next
                // connection continues.
                if (_items.Current.Data is { } next and not ErrorEvent { Version: 0 })
                {
                    return next;
                }
            }

            return null;
        }
        catch (JsonException exception)
        {
            // A new connection would deliver the same event.
            throw new DurableChatException("bad_event", "What came on the stream cannot be read.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _items.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
    }
}
