using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace DurableChat.Server.Clients;

/// <summary>
/// A stream that comes back: it keeps the position of the last event that it handed on, and continues behind it after the end of a response, an error or silence.
/// For one reader.
/// </summary>
internal sealed class ChatStream(ChatHttp http, string path, long afterId, TimeSpan patience, Action lost, TimeProvider time)
{
    /// <summary>The server breaks silence every 15 seconds, unless it is told otherwise.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(45);

    private string? _position;

    /// <exception cref="ChatApiException">The server refuses, or could not be reached for too long.</exception>
    public async IAsyncEnumerable<ChatEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var failures = 0;
        var reached = time.GetTimestamp();
        while (true)
        {
            var wait = TimeSpan.Zero;
            var response = await TryOpenAsync();
            if (response is not null)
            {
                using (response)
                {
                    await using var body = new SilenceGuard(await response.Content.ReadAsStreamAsync(cancellationToken), _silence, time);
                    await using var events = SseParser.Create(body, Read).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
                    while (await TryMoveAsync(events, cancellationToken))
                    {
                        failures = 0;
                        reached = time.GetTimestamp();
                        _position = events.Current.Data.Position ?? _position;
                        yield return events.Current.Data;
                    }
                }
            }

            lost();
            await Task.Delay(Backoff.Delay(failures++, wait), time, cancellationToken);

            async Task<HttpResponseMessage?> TryOpenAsync()
            {
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, _position is null ? $"{path}?after_id={afterId}" : path);
                    request.Headers.Accept.ParseAdd("text/event-stream");
                    if (_position is not null)
                    {
                        request.Headers.Add("Last-Event-ID", _position);
                    }

                    return await http.OpenAsync(request, cancellationToken);
                }
                catch (ChatApiException exception) when (exception.IsRetryable && (patience == Timeout.InfiniteTimeSpan || time.GetElapsedTime(reached) < patience))
                {
                    wait = exception.Wait;
                    return null;
                }
            }
        }
    }

    /// <summary>False if the response is over, however it ended.</summary>
    private static async Task<bool> TryMoveAsync(IAsyncEnumerator<SseItem<ChatEvent>> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when ((ChatHttp.IsLost(exception) || exception is JsonException) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static ChatEvent Read(string type, ReadOnlySpan<byte> data) => JsonSerializer.Deserialize<ChatEvent>(data, ClientJson.Compact)!;
}
