using System.Globalization;
using System.Net;
using System.Text;
using DurableChat.Integration.Tests.Http;
using DurableChat.Server.Configuration;
using DurableChat.Server.Limits;
using DurableChat.Tests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace DurableChat.Integration.Tests.Limits;

/// <summary>
/// Clients that are slow on purpose, and requests that are too large: each is ended by itself, while others are served.
/// </summary>
public sealed class KestrelLimitTests : IAsyncLifetime
{
    private const string Head = "POST /api/v1/chats HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n";

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(
        null, "Http:Limits:HeadersTimeout=00:00:01", "Http:Limits:BodyGraceTime=00:00:01.5", "Http:Limits:IdleConnectionTime=00:00:02", "Http:MaxBodyBytes=100000");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Headers_that_trickle_are_cut_and_others_are_served()
    {
        using var slow = await RawConnection.OpenAsync(_server.Url);
        await slow.SendAsync("GET /api/v1/chats HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
        Assert.StartsWith("HTTP/1.1 408 ", await slow.TrickleAsync(ServeOthersAsync), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_trickles_is_refused_and_may_be_sent_again()
    {
        using var slow = await RawConnection.OpenAsync(_server.Url);
        await slow.SendAsync($"{Head}Content-Length: 5000\r\n\r\n{{\"content\":\"");
        var answer = await slow.TrickleAsync(ServeOthersAsync);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"malformed_body\",\"retryable\":true", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_without_a_request_is_closed()
    {
        using var silent = await RawConnection.OpenAsync(_server.Url);
        Assert.Equal(string.Empty, await silent.ReadToEndAsync());
    }

    /// <summary>
    /// With the web server's default of 512, most of those who come at once when a replica has gone wait for a second
    /// and longer before they try again.
    /// </summary>
    [Fact]
    public void Thousands_of_connections_may_wait_to_be_accepted() =>
        Assert.InRange(_server.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value.Backlog, 10_000, int.MaxValue);

    [Fact]
    public async Task Too_many_headers_or_too_large_ones_are_refused()
    {
        Assert.StartsWith("HTTP/1.1 431 ", await AnswerAsync($"GET /api/v1/chats HTTP/1.1\r\nHost: 127.0.0.1\r\n{string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: a\r\n"))}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await AnswerAsync($"GET /api/v1/chats HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('a', 40_000)}\r\n\r\n"), StringComparison.Ordinal);
        await ServeOthersAsync();
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_whether_or_not_it_tells_its_length()
    {
        var told = await AnswerAsync($"{Head}Content-Length: 100001\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", told, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body_too_large\"", told, StringComparison.Ordinal);
        var chunks = new StringBuilder();
        for (var i = 0; i < 3; i++)
        {
            chunks.Append(CultureInfo.InvariantCulture, $"{40_000:x}\r\n{new string(' ', 40_000)}\r\n");
        }

        var untold = await AnswerAsync($"{Head}Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", untold, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"body_too_large\"", untold, StringComparison.Ordinal);
        await ServeOthersAsync();
    }

    [Fact]
    public async Task Connections_above_the_limit_are_closed_at_once_if_all_others_have_a_request()
    {
        await using var server = await TestServer.StartAsync(null, "Http:Limits:MaxConnections=2");
        using var first = await RawConnection.OpenAsync(server.Url);
        using var second = await RawConnection.OpenAsync(server.Url);

        // Both need a request before the third comes. A WebSocket counts.
        await first.SendAsync("GET /api/v1/chats/watch HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        await first.WaitForAnswerAsync();
        await second.SendAsync("GET /api/v1/chats/watch HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await second.WaitForAnswerAsync();
        Assert.Equal(string.Empty, await RawConnection.OpenAndReadAsync(server.Url));

        first.Dispose();
        var places = server.Services.GetRequiredService<ConnectionPlaces>();
        await Eventually.IsAsync(() => places.Open == 1);
        using var silent = await RawConnection.OpenAsync(server.Url);
        await Eventually.IsAsync(() => places.Open == 2);
        using var last = await RawConnection.OpenAsync(server.Url);
        await last.SendAsync("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        Assert.Contains("HTTP/1.1 200 ", await last.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(string.Empty, await silent.ReadToEndAsync());
    }

    [Theory]
    [InlineData("Http:Limits:HeadersTimeout=00:00:00", "HeadersTimeout")]
    [InlineData("Http:Limits:BodyGraceTime=00:00:01", "BodyGraceTime")]
    [InlineData("Http:Limits:RequestBurst=0", "RequestBurst")]
    [InlineData("Http:Limits:MaxHeaderBytes=5", "MaxHeaderBytes")]
    [InlineData("Http:Limits:MaxConnections=-1", "MaxConnections")]
    [InlineData("Http:StallTimeout=00:00:01", "StallTimeout")]
    [InlineData("Http:PingTimeout=00:00:01", "PingTimeout")]
    public async Task A_limit_that_is_not_possible_ends_the_start(string setting, string name) =>
        Assert.Contains(name, (await Assert.ThrowsAsync<ConfigurationException>(() => TestServer.StartAsync(null, setting))).Message, StringComparison.Ordinal);

    private async Task<string> AnswerAsync(string request)
    {
        using var connection = await RawConnection.OpenAsync(_server.Url);
        await connection.SendAsync(request);
        return await connection.ReadToEndAsync();
    }

    private async Task ServeOthersAsync()
    {
        using var response = await _server.Http.GetAsync(new Uri("chats", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
