using System.Net;
using System.Net.Sockets;
using DurableChat.ScaleTest.Running;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Chaos.Tests.Faults;

/// <summary>What is held back on its way to the database reaches it, whatever has become of who sent it.</summary>
public sealed class SlowProxyTests : IAsyncDisposable
{
    private static readonly TimeSpan _hold = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly TcpListener _database = new(IPAddress.Loopback, 0);
    private readonly SlowProxy _proxy;

    public SlowProxyTests()
    {
        _database.Start();
        _proxy = new SlowProxy(((IPEndPoint)_database.LocalEndpoint).Port, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _database.Stop();
    }

    [Fact]
    public async Task A_request_that_is_held_arrives_after_its_sender_has_gone_and_new_connections_are_not_held()
    {
        var (held, heldEnd) = await ConnectAsync();
        await ExchangeAsync(held, heldEnd);
        var holding = _proxy.HoldAsync(_hold, _hold);
        await held.GetStream().WriteAsync(new byte[] { 42 });
        held.Dispose();

        var (free, freeEnd) = await ConnectAsync();
        await ExchangeAsync(free, freeEnd);
        Assert.Equal(0, heldEnd.Available);

        var arriving = ReadAsync(heldEnd);
        _time.Advance(_hold);
        Assert.Equal(42, await arriving);
        await holding;
        free.Dispose();
        freeEnd.Dispose();
        heldEnd.Dispose();
    }

    private async Task<(TcpClient Server, TcpClient Database)> ConnectAsync()
    {
        var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        return (server, await _database.AcceptTcpClientAsync());
    }

    private static async Task ExchangeAsync(TcpClient server, TcpClient database)
    {
        await server.GetStream().WriteAsync(new byte[] { 7 });
        Assert.Equal(7, await ReadAsync(database));
        await database.GetStream().WriteAsync(new byte[] { 8 });
        Assert.Equal(8, await ReadAsync(server));
    }

    private static async Task<int> ReadAsync(TcpClient from)
    {
        var one = new byte[1];
        await from.GetStream().ReadExactlyAsync(one);
        return one[0];
    }
}
