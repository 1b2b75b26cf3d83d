using System.Globalization;
using System.Net.Sockets;
using DurableChat.Models;
using DurableChat.Recorder.Options;
using DurableChat.Recorder.Wire;

namespace DurableChat.Server.Recorders;

/// <summary>Communicates with the recorder. Thread-safe.</summary>
internal sealed class RecorderLink : IDisposable
{
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(5);
    private readonly RecorderChoice _recorder;
    private readonly HttpMessageInvoker _network;

    public RecorderLink(RecorderChoice recorder)
    {
        _recorder = recorder;
        _network = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = _connectTimeout,
            ConnectCallback = recorder.On.SocketPath is { } path
                ? (_, cancellationToken) => ConnectAsync(path, cancellationToken)
                : null,
        });
    }

    /// <summary>Raised when the recorder did not answer.</summary>
    public event Action? Failed;

    /// <summary>The recorder's address.</summary>
    public ListenOn On => _recorder.On;

    /// <summary>Sends a request to the recorder, with the secret.</summary>
    /// <exception cref="HttpRequestException">The recorder does not answer.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(request, cancellationToken);
        }
        catch (HttpRequestException)
        {
            Failed?.Invoke();
            throw;
        }
    }

    /// <summary>The same, without raising <c>Failed</c>.</summary>
    public Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation(RecorderHeaders.Secret, _recorder.Secret);
        return _network.SendAsync(request, cancellationToken);
    }

    /// <summary>Creates a request to one of the recorder's paths.</summary>
    public HttpRequestMessage Request(HttpMethod method, string path) => new(method, new Uri(_recorder.On.Url, path));

    /// <summary>Adds the identity of the model call to a request.</summary>
    public static void Describe(HttpRequestMessage request, ModelCallId call)
    {
        Add(request, RecorderHeaders.Chat, call.Chat);
        Add(request, RecorderHeaders.Epoch, call.Epoch);
        Add(request, RecorderHeaders.Head, call.Head);
        Add(request, RecorderHeaders.Generation, call.Generation);
        Add(request, RecorderHeaders.Token, call.FencingToken);
        Add(request, RecorderHeaders.After, call.FailedGeneration);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private static void Add(HttpRequestMessage request, string name, IConvertible value) =>
        request.Headers.TryAddWithoutValidation(name, value.ToString(CultureInfo.InvariantCulture));

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
