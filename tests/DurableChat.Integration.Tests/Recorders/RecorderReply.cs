using System.Net;
using System.Text;
using DurableChat.Recorder.Wire;
using DurableChat.Server.Recorders;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>What the recorder answers, as it comes.</summary>
internal sealed class RecorderReply(RecorderLink link, HttpResponseMessage response) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private readonly StringBuilder _text = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Stream? _body;

    /// <summary>The request as the provider has got it.</summary>
    public ProviderCall Call { get; set; } = null!;

    public HttpStatusCode Status => response.StatusCode;

    public string? Error => Header(RecorderHeaders.Error);

    public string? Kind => Header(RecorderHeaders.Answer);

    public string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    /// <summary>Reads until it has so much text.</summary>
    public async Task<string> ReadAsync(int length)
    {
        while (_text.Length < length && await ReadOnceAsync() > 0)
        {
        }

        return _text.ToString();
    }

    /// <summary>Reads to the end.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReadOnceAsync() > 0)
        {
        }

        return _text.ToString();
    }

    /// <summary>Reads until the connection breaks; false if the answer ends in good order.</summary>
    public async Task<bool> BreaksAsync()
    {
        try
        {
            await ReadToEndAsync();
            return false;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return true;
        }
    }

    public void Dispose()
    {
        response.Dispose();
        link.Dispose();
    }

    private async Task<int> ReadOnceAsync()
    {
        _body ??= await response.Content.ReadAsStreamAsync();
        var read = await _body.ReadAsync(_buffer).AsTask().WaitAsync(_patience);
        _text.Append(Encoding.UTF8.GetString(_buffer, 0, read));
        return read;
    }
}
