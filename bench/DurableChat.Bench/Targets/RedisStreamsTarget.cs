using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DurableChat.Bench.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DurableChat.Bench.Targets;

/// <summary>
/// A stream of Redis for each chat, and for each subscriber a connection to Redis that waits in a blocking XREAD; a
/// minimal endpoint sends on what it gets.
/// </summary>
internal sealed class RedisStreamsTarget(int redisPort) : ITarget
{
    private static readonly byte[] _ready = Encoding.ASCII.GetBytes($": {TargetSpec.ReadyText}\n\n");
    private readonly EventTemplate[] _json = [
        EventTemplate.Json(EventKind.Message), EventTemplate.Json(EventKind.Part),
    ];
    private readonly Socket _publisher = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
    private WebApplication? _app;

    /// <inheritdoc/>
    public async Task<int> StartAsync(int chats)
    {
        await _publisher.ConnectAsync(IPAddress.Loopback, redisPort);
        _ = DrainAsync();
        _app = PlainHost.CreateBuilder().Build();
        _app.Run(ServeAsync);
        return await PlainHost.StartAsync(_app);
    }

    /// <inheritdoc/>
    public void Publish(EventKind kind, int chat)
    {
        var json = _json[(int)kind].Stamp(Stopwatch.GetTimestamp());
        var key = chat.ToString(CultureInfo.InvariantCulture);
        var head =
            $"*8\r\n$4\r\nXADD\r\n${key.Length}\r\n"
                + $"{key}\r\n$6\r\nMAXLEN\r\n$1\r\n~\r\n$4\r\n1000\r\n$1\r\n*\r\n$1\r\nd\r\n${json.Length}\r\n";
        byte[] command = [.. Encoding.ASCII.GetBytes(head), .. json, .. "\r\n"u8];
        for (var sent = 0; sent < command.Length;)
        {
            sent += _publisher.Send(command.AsSpan(sent));
        }
    }

    public ValueTask DisposeAsync()
    {
        _publisher.Dispose();
        return _app?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async Task DrainAsync()
    {
        var replies = new RespReader(_publisher);
        while (true)
        {
            await replies.ReadBulkAsync();
        }
    }

    private async Task ServeAsync(HttpContext context)
    {
        try
        {
            await FollowAsync(context, context.Request.Query["chat"].ToString());
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The subscriber, or Redis, has gone.
        }
    }

    private async Task FollowAsync(HttpContext context, string chat)
    {
        using var redis = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
        };
        await redis.ConnectAsync(IPAddress.Loopback, redisPort);
        var replies = new RespReader(redis);
        context.Response.ContentType = "text/event-stream";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        var body = context.Response.BodyWriter;
        body.Write(_ready);
        await body.FlushAsync(context.RequestAborted);
        var last = "0-0";
        while (true)
        {
            await redis.SendAsync(
                Encoding.ASCII.GetBytes(
                    $"*8\r\n$5\r\nXREAD\r\n$5\r\nCOUNT\r\n$2\r\n64\r\n$5\r\nBLOCK\r\n$1\r\n0\r\n$7\r\nSTREAMS\r\n$"
                        + $"{chat.Length}\r\n{chat}\r\n${last.Length}\r\n{last}\r\n"));
            last = await SendOnAsync(replies, body);
            await body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>
    /// Sends on the entries of one reply: [[stream, [[id, [field, value]], …]]]. Gives the id of the last.
    /// </summary>
    private static async Task<string> SendOnAsync(RespReader replies, IBufferWriter<byte> body)
    {
        await replies.ReadHeadAsync();
        await replies.ReadHeadAsync();
        await replies.ReadBulkAsync();
        var (_, entries) = await replies.ReadHeadAsync();
        var id = string.Empty;
        for (var entry = 0; entry < entries; entry++)
        {
            await replies.ReadHeadAsync();
            id = Encoding.ASCII.GetString((await replies.ReadBulkAsync()).Span);
            await replies.ReadHeadAsync();
            await replies.ReadBulkAsync();
            body.Write(Encoding.ASCII.GetBytes($"id: {id}\ndata: "));
            body.Write((await replies.ReadBulkAsync()).Span);
            body.Write("\n\n"u8);
        }

        return id;
    }
}
