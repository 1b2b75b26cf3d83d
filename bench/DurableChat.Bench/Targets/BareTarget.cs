using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DurableChat.Bench.Wire;

namespace DurableChat.Bench.Targets;

/// <summary>
/// The limit: nothing but sockets. It writes the bytes that DurableChat would write, with one send for each event and
/// subscriber; or, gathering, with one for all the events that were asked for at once.
/// </summary>
internal sealed class BareTarget : ITarget
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly EventTemplate[] _templates;
    private readonly bool _isWebSocket;
    private readonly bool _gathers;
    private readonly Dictionary<int, byte[]> _gathered = [];
    private BareChat[] _chats = [];

    public BareTarget(bool isWebSocket, bool gathers)
    {
        _isWebSocket = isWebSocket;
        _gathers = gathers;
        _templates = [.. new[] { EventKind.Message, EventKind.Part }.Select(
            kind => isWebSocket ? EventTemplate.WebSocketFrame(kind) : EventTemplate.Sse(kind))];
    }

    /// <inheritdoc/>
    public Task<int> StartAsync(int chats)
    {
        _chats = [.. Enumerable.Range(0, chats).Select(_ => new BareChat())];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(4096);
        _ = AcceptAsync();
        return Task.FromResult(((IPEndPoint)_listener.LocalEndPoint!).Port);
    }

    /// <inheritdoc/>
    public void Publish(EventKind kind, int chat)
    {
        var bytes = _templates[(int)kind].Stamp(Stopwatch.GetTimestamp());
        if (_gathers)
        {
            _gathered[chat] = _gathered.TryGetValue(chat, out var before) ? [.. before, .. bytes] : bytes;
        }
        else
        {
            _chats[chat].Publish(bytes);
        }
    }

    /// <inheritdoc/>
    public void Pause()
    {
        foreach (var (chat, bytes) in _gathered)
        {
            _chats[chat].Publish(bytes);
        }

        _gathered.Clear();
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync();
            socket.NoDelay = true;
            _ = GreetAsync(socket);
        }
    }

    private async Task GreetAsync(Socket socket)
    {
        var request = await BareRequest.ReadAsync(socket);
        await socket.SendAsync(BareRequest.Answer(request, _isWebSocket));
        _chats[BareRequest.ChatOf(request)].Add(new BareSubscriber(socket));
        await socket.SendAsync(BareRequest.Ready(_isWebSocket));
    }
}
