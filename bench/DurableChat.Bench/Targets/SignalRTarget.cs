using System.Diagnostics;
using System.Globalization;
using DurableChat.Bench.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Bench.Targets;

/// <summary>
/// ASP.NET Core SignalR with JSON, alone or with its Redis backplane. What it sends has the fields of DurableChat's
/// events.
/// </summary>
internal sealed class SignalRTarget(int? redisPort) : ITarget
{
    private WebApplication? _app;
    private IHubContext<BenchHub>? _hub;
    private long _number;

    /// <inheritdoc/>
    public async Task<int> StartAsync(int chats)
    {
        var builder = PlainHost.CreateBuilder();

        // The load generator says nothing once it is connected; no connection is to be cut for that.
        var signalR = builder.Services.AddSignalR(hub => hub.ClientTimeoutInterval = TimeSpan.FromMinutes(10));
        if (redisPort is { } port)
        {
            signalR.AddStackExchangeRedis(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        }

        _app = builder.Build();
        _app.MapHub<BenchHub>("/stream");
        _hub = _app.Services.GetRequiredService<IHubContext<BenchHub>>();
        return await PlainHost.StartAsync(_app);
    }

    /// <inheritdoc/>
    public void Publish(EventKind kind, int chat)
    {
        var id = ++_number;
        var text = EventText.Make(kind, Stopwatch.GetTimestamp());
        object sent = kind == EventKind.Message ? new SignalRMessage(id, text) : new SignalRPart(id, text);
        _ = SendAsync(chat, sent);
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task SendAsync(int chat, object sent)
    {
        try
        {
            await _hub!.Clients.Group(BenchHub.GroupOf(chat)).SendAsync("event", sent);
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync($"SignalR: {exception}");
            throw;
        }
    }
}
