using System.Buffers.Text;
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
        await Fuzz.RunAsync("tickets", 20_000, 50, async mangler =>
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
}
