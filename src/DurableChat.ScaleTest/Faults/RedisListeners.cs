using System.Net.Sockets;

namespace DurableChat.ScaleTest.Faults;

/// <summary>Ends the connections that listen at a Redis server, as an operator would.</summary>
internal static class RedisListeners
{
    /// <param name="redis">Where it is: a host and a port.</param>
    public static async Task KillAsync(string redis)
    {
        var address = new Uri($"redis://{redis}");
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync("CLIENT KILL TYPE pubsub\r\n"u8.ToArray());

        // The answer says that it is done; how many there were does not matter.
        await stream.ReadExactlyAsync(new byte[1]);
    }
}
