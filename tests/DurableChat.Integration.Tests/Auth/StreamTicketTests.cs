using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Tickets;
using DurableChat.Integration.Tests.Http;
using DurableChat.Server.Auth;
using DurableChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Auth;

/// <summary>Tickets, with which browsers open streams.</summary>
public sealed class StreamTicketTests
{
    private const string Alice = "dc_alice";

    private static readonly string[] _tokens = ["Auth:Tokens:0:Owner=alice", $"Auth:Tokens:0:Sha256={TokenList.Hash(Alice)}"];

    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    /// <summary>Asks for a ticket.</summary>
    internal static async Task<string> IssueAsync(HttpClient http, string route)
    {
        using var response = await http.PostAsync(new Uri(route, UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ticket").GetString()!;
    }

    [Fact]
    public async Task A_ticket_opens_its_stream_without_a_header()
    {
        await using var server = await TestServer.StartAsync(null, _tokens);
        using var alice = server.Client(Alice);
        using var browser = server.Client();
        var chat = await server.CreateAsync(model: "stuck", http: alice);
        var ticket = await IssueAsync(alice, $"chats/{chat}/stream-ticket");
        await SseClient.FollowAsync(browser, $"chats/{chat}/stream?ticket={ticket}", screen => screen.Ids.Count == 1);

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{server.Url.Replace("http", "ws", StringComparison.Ordinal)}/api/v1/chats/{chat}/stream?ticket={ticket}"), CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Text, (await socket.ReceiveAsync(new byte[64 * 1024], CancellationToken.None)).MessageType);

        using var list = await browser.GetAsync(
            new Uri($"chats/watch?ticket={await IssueAsync(alice, "chats/watch/stream-ticket")}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, list.StatusCode);
    }

    [Fact]
    public async Task A_ticket_opens_streams_for_its_time_only_and_what_is_open_stays_open()
    {
        await using var server = await TestServer.StartWithAsync(builder => builder.Services.AddSingleton<TimeProvider>(_time), [.. _tokens, "Http:TicketLifetime=00:00:10"]);
        using var alice = server.Client(Alice);
        using var browser = server.Client();
        var chat = await server.CreateAsync(model: "stuck", http: alice);
        var path = $"chats/{chat}/stream?ticket={await IssueAsync(alice, $"chats/{chat}/stream-ticket")}";
        using var client = new SseClient(browser, path, new Screen());
        await client.ConnectAsync();
        await client.ReadUntilAsync(screen => screen.Ids.Count == 1);

        _time.Advance(TimeSpan.FromSeconds(10));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => SseClient.FollowAsync(browser, path, _ => true));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("invalid_ticket", refused.Message, StringComparison.Ordinal);

        using var stopped = await alice.PostAsync(new Uri($"chats/{chat}/interrupt", UriKind.Relative), null);
        Assert.True(await client.ReadUntilAsync(screen => screen.Status == "waiting"));
    }

    [Fact]
    public void A_ticket_of_one_replica_opens_the_stream_at_another_with_the_same_secret()
    {
        var secret = new string('s', 32);
        var ticket = Tickets(StreamTicketKey.Derive(secret)).Issue("alice.of.example", "chat", null).Ticket;
        Assert.Equal(new StreamTicket("alice.of.example", null), Tickets(StreamTicketKey.Derive(secret)).Read(ticket, "chat"));
        Assert.Null(Tickets(StreamTicketKey.Derive(new string('t', 32))).Read(ticket, "chat"));
        Assert.Null(Tickets(StreamTicketKey.Create()).Read(ticket, "chat"));
    }

    [Fact]
    public void No_ticket_outlives_the_token_that_it_was_asked_for_with()
    {
        var tickets = Tickets(StreamTicketKey.Create());
        var until = DateTimeOffset.FromUnixTimeMilliseconds((_time.GetUtcNow() + TimeSpan.FromSeconds(5)).ToUnixTimeMilliseconds());
        var issued = tickets.Issue("alice", "chat", until);
        Assert.Equal(until, issued.ExpiresAt);
        Assert.Equal(until, tickets.Read(issued.Ticket, "chat")!.Until);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(tickets.Read(issued.Ticket, "chat"));
    }

    [Fact]
    public void A_ticket_that_was_changed_anywhere_opens_nothing()
    {
        var tickets = Tickets(StreamTicketKey.Create());
        var ticket = tickets.Issue("alice", "chat", null).Ticket;
        Assert.NotNull(tickets.Read(ticket, "chat"));
        Assert.Null(tickets.Read(ticket, "watch"));
        Assert.Null(tickets.Read(ticket, null));

        // The last characters of both halves hold bits that stand for nothing.
        var dot = ticket.IndexOf('.', StringComparison.Ordinal);
        for (var i = 0; i < ticket.Length - 1; i++)
        {
            if (i != dot - 1)
            {
                Assert.Null(tickets.Read($"{ticket[..i]}{(ticket[i] == 'A' ? 'B' : 'A')}{ticket[(i + 1)..]}", "chat"));
            }

            Assert.Null(tickets.Read(ticket[..i], "chat"));
        }

        Assert.All(["", ".", "..", "a.b", $"{ticket}.", new string('a', 10_000)], text => Assert.Null(tickets.Read(text, "chat")));
    }

    [Fact]
    public async Task A_ticket_stands_in_no_log()
    {
        using var logs = new CapturedLogs();
        await using var server = await TestServer.StartWithAsync(logs.AddTo, _tokens);
        using var alice = server.Client(Alice);
        using var browser = server.Client();
        var chat = await server.CreateAsync(model: "stuck", http: alice);
        var ticket = await IssueAsync(alice, $"chats/{chat}/stream-ticket");
        await SseClient.FollowAsync(browser, $"chats/{chat}/stream?ticket={ticket}", screen => screen.Ids.Count == 1);
        using var refused = await browser.GetAsync(new Uri($"chats?ticket={ticket}", UriKind.Relative));

        Assert.Contains($"GET {server.Url}/api/v1/chats/{chat}/stream?…", logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(ticket, logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Alice, logs.Text, StringComparison.Ordinal);
    }

    private StreamTickets Tickets(StreamTicketKey key) => new(key, new DurableChatHttpOptions(), _time);
}
