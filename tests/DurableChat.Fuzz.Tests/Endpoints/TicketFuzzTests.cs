using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Tickets;
using DurableChat.Cluster;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>Tickets as anybody may put them into an address.</summary>
public sealed class TicketFuzzTests
{
    [Fact]
    public async Task What_is_no_ticket_opens_nothing_and_breaks_nothing()
    {
        using var leaks = new Leaks();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var clock = new ClusterKeys(null, [], time);
        var tickets = new StreamTickets(new SharedTicketKeys(StreamTicketKey.Create()), new DurableChatHttpOptions(),
            clock);
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var owner in new[] { "alice", "bob.of.example", "ü☃", new string('o', 319) })
        {
            known[(await tickets.IssueAsync(owner, "chat", time.GetUtcNow().AddHours(1),
                CancellationToken.None)).Ticket] = owner;
        }

        string[] all = [.. known.Keys];
        await Fuzz.RunAsync("tickets", 20_000, 40, async mangler =>
        {
            var ticket = mangler.Pick(all);
            var parts = ticket.Split('.');
            var text = mangler.Chance(10) ? ticket
                : mangler.Chance(50) ? Encoding.UTF8.GetString(mangler.Mangle(Encoding.UTF8.GetBytes(ticket)))
                : $"{Base64Url.EncodeToString(mangler.Mangle(Base64Url.DecodeFromChars(parts[0])))}.{parts[1]}";
            var read = await tickets.ReadAsync(text, "chat", CancellationToken.None);
            Assert.Equal(read?.Owner, tickets.OwnerOf(text));
            Assert.True(read is null || known.ContainsValue(read.Owner));
            return read is null ? "refused" : "opened";
        });
        leaks.AssertNone();
    }

    /// <summary>A replica of a later version may publish keys of a kind that is not known here.</summary>
    [Fact]
    public async Task What_other_replicas_publish_is_a_key_or_opens_nothing()
    {
        using var leaks = new Leaks();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var clock = new ClusterKeys(null, [], time);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        byte[][] published = [p256.ExportSubjectPublicKeyInfo(), p384.ExportSubjectPublicKeyInfo(), rsa.ExportSubjectPublicKeyInfo()];
        await Fuzz.RunAsync("published keys", 500, 20, async mangler =>
        {
            var store = new OtherReplica();
            using var theirs = new PublishedTicketKeys(store, time);
            var issued = await new StreamTickets(theirs, new DurableChatHttpOptions(), clock).IssueAsync("alice", "chat", null, CancellationToken.None);
            var isTheirs = mangler.Chance(20);
            store.Key = isTheirs ? store.Key : mangler.Chance(20) ? mangler.Pick(published) : mangler.Mangle(mangler.Pick(published));
            using var ours = new PublishedTicketKeys(store, time);
            var tickets = new StreamTickets(ours, new DurableChatHttpOptions(), clock);
            var read = await tickets.ReadAsync(issued.Ticket, "chat", CancellationToken.None);
            Assert.Equal(isTheirs, read is not null);
            Assert.Equal(read?.Owner, tickets.OwnerOf(issued.Ticket));
            return isTheirs ? "opened" : "refused";
        });
        leaks.AssertNone();
    }

    private sealed class OtherReplica : IPublicKeyStore
    {
        public byte[] Key { get; set; } = [];

        public Task PublishKeyAsync(string id, byte[] key, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            Key = key;
            return Task.CompletedTask;
        }

        public Task<PublishedKey?> FindKeyAsync(string id, CancellationToken cancellationToken) =>
            Task.FromResult<PublishedKey?>(new PublishedKey(Key, TimeSpan.FromHours(1)));
    }
}
