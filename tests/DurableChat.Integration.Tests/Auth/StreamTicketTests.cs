using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Tickets;
using DurableChat.Cluster;
using DurableChat.Integration.Tests.Http;
using DurableChat.Integration.Tests.Streaming;
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
    public async Task A_ticket_of_one_replica_opens_the_stream_at_another_with_the_same_secret()
    {
        var secret = new string('s', 32);
        var ticket = await IssueAsync(Tickets(StreamTicketKey.Derive(secret)), "alice.of.example");
        Assert.Equal("alice.of.example", (await ReadAsync(Tickets(StreamTicketKey.Derive(secret)), ticket))?.Owner);
        Assert.Null(await ReadAsync(Tickets(StreamTicketKey.Derive(new string('t', 32))), ticket));
        Assert.Null(await ReadAsync(Tickets(StreamTicketKey.Create()), ticket));
    }

    [Fact]
    public async Task No_ticket_outlives_the_token_that_it_was_asked_for_with()
    {
        var tickets = Tickets(StreamTicketKey.Create());
        var until = DateTimeOffset.FromUnixTimeMilliseconds((_time.GetUtcNow() + TimeSpan.FromSeconds(5)).ToUnixTimeMilliseconds());
        var issued = await tickets.IssueAsync("alice", "chat", until, CancellationToken.None);
        Assert.Equal(until, issued.ExpiresAt);
        Assert.Equal(until, (await ReadAsync(tickets, issued.Ticket))!.Until);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await ReadAsync(tickets, issued.Ticket));
        Assert.Null(tickets.OwnerOf(issued.Ticket));
    }

    /// <summary>Whoever had the key could make tickets that never end.</summary>
    [Fact]
    public async Task The_server_limits_the_life_of_a_ticket_whatever_the_ticket_says()
    {
        var key = StreamTicketKey.Create();
        var greedy = Tickets(key, new DurableChatHttpOptions { TicketLifetime = TimeSpan.FromHours(1) });
        var modest = Tickets(key, new DurableChatHttpOptions { TicketLifetime = TimeSpan.FromMinutes(1) });
        var ticket = await IssueAsync(greedy, "alice");
        Assert.NotNull(await ReadAsync(modest, ticket));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await ReadAsync(modest, ticket));
        Assert.Null(modest.OwnerOf(ticket));

        // Nor is one taken that says it will be given only later.
        var early = Tickets(key, offset: StreamTickets.ClockSkew + TimeSpan.FromSeconds(1));
        Assert.Null(await ReadAsync(modest, await IssueAsync(early, "alice")));
        var soon = Tickets(key, offset: StreamTickets.ClockSkew - TimeSpan.FromSeconds(1));
        Assert.NotNull(await ReadAsync(modest, await IssueAsync(soon, "alice")));
    }

    [Fact]
    public async Task A_stream_that_a_ticket_opened_ends_after_its_time_also_where_the_token_never_expires()
    {
        await using var server = await TestServer.StartWithAsync(builder =>
            builder.Services.AddSingleton<TimeProvider>(_time), [.. _tokens, "Http:TicketStreamTime=00:10:00"]);
        using var alice = server.Client(Alice);
        using var browser = server.Client();
        var chat = await server.CreateAsync(model: "stuck", http: alice);
        using var client = new SseClient(browser,
            $"chats/{chat}/stream?ticket={await IssueAsync(alice, $"chats/{chat}/stream-ticket")}", new Screen());
        await client.ConnectAsync();
        await client.ReadUntilAsync(screen => screen.Ids.Count == 1);
        _time.Advance(TimeSpan.FromMinutes(9));
        var end = client.ReadUntilAsync(_ => false);
        Assert.False(end.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await end);
    }

    [Fact]
    public async Task A_ticket_that_was_changed_anywhere_opens_nothing()
    {
        var tickets = Tickets(StreamTicketKey.Create());
        var ticket = await IssueAsync(tickets, "alice");
        Assert.NotNull(await ReadAsync(tickets, ticket));
        Assert.Null(await tickets.ReadAsync(ticket, "watch", CancellationToken.None));
        Assert.Null(await tickets.ReadAsync(ticket, null, CancellationToken.None));

        // The last characters of both halves hold bits that stand for nothing.
        var dot = ticket.IndexOf('.', StringComparison.Ordinal);
        for (var i = 0; i < ticket.Length - 1; i++)
        {
            if (i != dot - 1)
            {
                Assert.Null(await ReadAsync(tickets,
                    $"{ticket[..i]}{(ticket[i] == 'A' ? 'B' : 'A')}{ticket[(i + 1)..]}"));
            }

            Assert.Null(await ReadAsync(tickets, ticket[..i]));
        }

        foreach (var text in new[] { "", ".", "..", "a.b", $"{ticket}.", new string('a', 10_000) })
        {
            Assert.Null(await ReadAsync(tickets, text));
        }
    }

    [Fact]
    public async Task A_ticket_of_a_replica_is_checked_by_what_it_published_and_nothing_that_is_stored_makes_one()
    {
        var store = new PublicKeys(_time);
        using var one = new PublishedTicketKeys(store, _time);
        using var other = new PublishedTicketKeys(store, _time);
        var ticket = await IssueAsync(Tickets(one), "alice");
        Assert.Null(Tickets(other).OwnerOf(ticket));
        Assert.Equal("alice", (await ReadAsync(Tickets(other), ticket))?.Owner);
        Assert.Equal("alice", Tickets(other).OwnerOf(ticket));
        Assert.Equal((1, 1), (store.Published.Count, store.Reads));

        // With all that is stored: a signature needs the other half.
        using var published = ECDsa.Create();
        published.ImportSubjectPublicKeyInfo(store.Published.Values.Single().Key, out _);
        Assert.ThrowsAny<CryptographicException>(() =>
            published.SignData("claims"u8.ToArray(), HashAlgorithmName.SHA256));
        using var forged = new PublishedTicketKeys(new PublicKeys(_time), _time);
        Assert.Null(await ReadAsync(Tickets(other), await IssueAsync(Tickets(forged), "alice")));
    }

    [Fact]
    public async Task A_replica_signs_with_another_key_every_day_and_tickets_of_the_one_before_are_good_until_they_expire()
    {
        var store = new PublicKeys(_time);
        using var one = new PublishedTicketKeys(store, _time);
        using var other = new PublishedTicketKeys(store, _time);
        await IssueAsync(Tickets(one), "alice");
        _time.Advance(PublishedTicketKeys.RenewAfter - TimeSpan.FromSeconds(1));
        var last = await IssueAsync(Tickets(one), "alice");
        _time.Advance(TimeSpan.FromSeconds(1));
        var first = await IssueAsync(Tickets(one), "alice");
        Assert.Equal(2, store.Published.Count);
        Assert.NotNull(await ReadAsync(Tickets(other), last));
        Assert.NotNull(await ReadAsync(Tickets(other), first));
        _time.Advance(PublishedTicketKeys.Lifetime);
        Assert.Null(other.FindKnown(store.Published.Keys.First()));
    }

    [Fact]
    public async Task Tickets_with_made_up_keys_make_the_server_ask_the_store_a_bounded_number_of_times()
    {
        var store = new PublicKeys(_time);
        using var keys = new PublishedTicketKeys(store, _time);
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Null(await keys.FindAsync($"made-up-{i}", CancellationToken.None));
        }

        Assert.InRange(store.Reads, 1, 20);
    }

    [Fact]
    public async Task Two_secrets_are_in_use_while_one_takes_the_place_of_the_other()
    {
        var (older, newer) = (new string('o', 32), new string('n', 32));
        var before = Tickets(new SharedTicketKeys(new ClusterKeys(null, [older], _time)));
        var between = Tickets(new SharedTicketKeys(new ClusterKeys(null, [newer, older], _time)));
        var after = Tickets(new SharedTicketKeys(new ClusterKeys(null, [newer], _time)));
        Assert.NotNull(await ReadAsync(between, await IssueAsync(before, "alice")));
        Assert.NotNull(await ReadAsync(after, await IssueAsync(between, "alice")));
        Assert.Null(await ReadAsync(after, await IssueAsync(before, "alice")));
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

    private static async Task<string> IssueAsync(StreamTickets tickets, string owner) =>
        (await tickets.IssueAsync(owner, "chat", null, CancellationToken.None)).Ticket;

    private static ValueTask<StreamTicket?> ReadAsync(StreamTickets tickets, string ticket) =>
        tickets.ReadAsync(ticket, "chat", CancellationToken.None);

    private StreamTickets Tickets(StreamTicketKey key, DurableChatHttpOptions? options = null,
        TimeSpan offset = default) => Tickets(new SharedTicketKeys(key), options, offset);

    private StreamTickets Tickets(ITicketKeys keys, DurableChatHttpOptions? options = null,
        TimeSpan offset = default) =>
        new(keys, options ?? new DurableChatHttpOptions(),
            new ClusterKeys(null, [], offset == default ? _time : new FakeTimeProvider(_time.GetUtcNow() + offset)));

    /// <summary>As a replica of a later version may publish one.</summary>
    [Fact]
    public async Task A_ticket_whose_key_is_of_an_unknown_kind_opens_nothing()
    {
        var store = new PublicKeys(_time);
        using var later = new PublishedTicketKeys(store, _time);
        var ticket = await IssueAsync(Tickets(later), "alice");
        var (id, (_, until)) = store.Published.Single();
        using var rsa = RSA.Create(2048);
        foreach (var key in new[] { rsa.ExportSubjectPublicKeyInfo(), "no key"u8.ToArray() })
        {
            store.Published[id] = (key, until);
            using var here = new PublishedTicketKeys(store, _time);
            Assert.Null(await ReadAsync(Tickets(here), ticket));
            Assert.Null(Tickets(here).OwnerOf(ticket));
        }
    }

    private sealed class PublicKeys(TimeProvider time) : IPublicKeyStore
    {
        public Dictionary<string, (byte[] Key, DateTimeOffset Until)> Published { get; } = [];

        public int Reads { get; private set; }

        public Task PublishKeyAsync(string id, byte[] key, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            Published.Add(id, (key, time.GetUtcNow() + lifetime));
            return Task.CompletedTask;
        }

        public Task<PublishedKey?> FindKeyAsync(string id, CancellationToken cancellationToken)
        {
            Reads++;
            return Task.FromResult(Published.TryGetValue(id, out var found) && found.Until > time.GetUtcNow()
                ? new PublishedKey(found.Key, found.Until - time.GetUtcNow())
                : null);
        }
    }
}
