using System.Net.Sockets;
using System.Text;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>A connection whose client does with it what no good client does.</summary>
internal sealed class RawConnection : IDisposable
{
    /// <summary>
    /// Shorter than the limits that the web server has by itself, so that these are not taken for ours.
    /// </summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(25);
    private readonly TcpClient _client;

    private RawConnection(TcpClient client) => _client = client;

    /// <summary>Connects; a small receive buffer makes the other end notice sooner that nobody reads.</summary>
    public static async Task<RawConnection> OpenAsync(string url, int? receiveBuffer = null)
    {
        var client = new TcpClient();
        if (receiveBuffer is { } bytes)
        {
            client.ReceiveBufferSize = bytes;
        }

        var address = new Uri(url);
        await client.ConnectAsync(address.Host, address.Port);
        return new RawConnection(client);
    }

    /// <summary>
    /// What comes over a new connection until the other end hangs up, which it may do before the connection is seen to
    /// be open.
    /// </summary>
    public static async Task<string> OpenAndReadAsync(string url)
    {
        try
        {
            using var connection = await OpenAsync(url);
            return await connection.ReadToEndAsync();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return string.Empty;
        }
    }

    public async Task SendAsync(string text) => await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>
    /// Sends a letter now and then until there is an answer, and gives all of it up to the end of the connection.
    /// </summary>
    public async Task<string> TrickleAsync(Func<Task> meanwhile)
    {
        var answer = ReadToEndAsync();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (!answer.IsCompleted && await pace.WaitForNextTickAsync())
        {
            await meanwhile();
            try
            {
                await SendAsync("a");
            }
            catch (IOException)
            {
                // It hung up.
                break;
            }
        }

        return await answer;
    }

    /// <summary>Waits for the beginning of an answer.</summary>
    public async Task WaitForAnswerAsync()
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        await _client.GetStream().ReadAtLeastAsync(new byte[1024], 1, throwOnEndOfStream: true, limit.Token);
    }

    /// <summary>What comes until the other end hangs up.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var limit = new CancellationTokenSource(_patience, TimeProvider.System);
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int length; (length = await _client.GetStream().ReadAsync(buffer, limit.Token)) > 0;)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
            }
        }
        catch (IOException)
        {
            // It hung up without a word.
        }

        return answer.ToString();
    }

    public void Dispose() => _client.Dispose();
}
