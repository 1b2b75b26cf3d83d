using System.Net;
using DurableChat.Tests.Support;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>Follows a stream the way a browser does (WHATWG HTML), onto a screen that checks G1.</summary>
internal sealed class SseClient(HttpClient http, string path, Screen screen) : IDisposable
{
    private HttpResponseMessage? _response;
    private StreamReader? _reader;

    public Screen Screen => screen;

    /// <summary>How many comments came: heartbeats.</summary>
    public int Comments { get; private set; }

    public static async Task<Screen> FollowAsync(HttpClient http, string path, Func<Screen, bool> until, Screen? screen = null)
    {
        using var client = new SseClient(http, path, screen ?? new Screen());
        await client.ConnectAsync();
        await client.ReadUntilAsync(until);
        return client.Screen;
    }

    /// <summary>Connects, with the last position as a browser sends it.</summary>
    public async Task ConnectAsync()
    {
        Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (screen.LastEventId is { } last)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        screen.Reconnected();
        _response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (_response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"{(int)_response.StatusCode} {await _response.Content.ReadAsStringAsync()}", null, _response.StatusCode);
        }

        _reader = new StreamReader(await _response.Content.ReadAsStreamAsync());
    }

    /// <summary>Shows events until the screen is as wanted; false if the stream ends before.</summary>
    public async Task<bool> ReadUntilAsync(Func<Screen, bool> until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!until(screen))
        {
            if (!await ReadEventAsync(limit.Token))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Shows one event; false at the end of the stream.</summary>
    public async Task<bool> ReadEventAsync(CancellationToken cancellationToken)
    {
        string? id = null, type = null, data = null;
        while (await _reader!.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (data is not null)
                {
                    screen.Show(id, type!, data);
                    return true;
                }

                (id, type) = (null, null);
            }
            else if (line[0] == ':')
            {
                Comments++;
            }
            else
            {
                var (field, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 2)..]);
                (id, type, data) = field switch
                {
                    "id" => (value, type, data),
                    "event" => (id, value, data),
                    "data" => (id, type, value),
                    _ => (id, type, data),
                };
            }
        }

        return false;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _response?.Dispose();
    }
}
