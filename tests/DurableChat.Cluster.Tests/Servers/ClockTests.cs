using System.Net.Http.Json;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Lab.Faults;
using DurableChat.Retention;
using DurableChat.Server.Configuration;
using DurableChat.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>Replicas whose clocks are days apart.</summary>
public sealed class ClockTests(PostgresFixture postgres)
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    /// <summary>One that was two days ahead deleted a chat that had been archived a minute before.</summary>
    [Theory]
    [InlineData(0, 2 * 24 * 60)]
    [InlineData(-2 * 24 * 60, 0)]
    public async Task No_chat_goes_before_its_time_by_the_databases_clock(int archivingClock, int sweepingClock)
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var archiving = await StartAsync(database, archivingClock);
        await using var sweeping = await StartAsync(database, sweepingClock);
        using var http = InProcessServer.Client(archiving);
        using var created = await http.PostAsJsonAsync("chats", new { content = "hello" });
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        using var archived = await http.PatchAsJsonAsync($"chats/{id}", new { archived = true });
        Assert.True(archived.IsSuccessStatusCode);
        Assert.Equal(0, await SweepAsync(sweeping, _day));
        Assert.NotNull(await sweeping.Services.GetRequiredService<IChatStore>().LoadAsync(ChatId.Parse(id),
            CancellationToken.None));

        // Its answer may end just now, or its time be a little ahead of the database's, so it may take more than one
        // round.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var removed = 0;
        while ((removed = await SweepAsync(sweeping, TimeSpan.Zero)) == 0)
        {
            patience.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(1, removed);
        await Task.WhenAll(archiving.StopAsync(), sweeping.StopAsync());
    }

    /// <summary>A ticket counted from the moment in which the other clock got there.</summary>
    [Fact]
    public async Task A_ticket_of_a_replica_whose_clock_is_ahead_opens_the_stream_at_one_whose_clock_is_behind_and_the_other_way_round()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var ahead = await StartAsync(database, 60);
        await using var behind = await StartAsync(database, -60);
        using var http = InProcessServer.Client(ahead);
        using var created = await http.PostAsJsonAsync("chats", new { content = "hello" });
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        foreach (var (issuer, other) in new[] { (ahead, behind), (behind, ahead) })
        {
            using var asking = InProcessServer.Client(issuer);
            using var issued = await asking.PostAsync(new Uri($"chats/{id}/stream-ticket", UriKind.Relative), null);
            var ticket = (await issued.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ticket").GetString();
            using var browser = InProcessServer.Client(other);
            using var stream = await browser.GetAsync(new Uri($"chats/{id}/stream?ticket={ticket}", UriKind.Relative),
                HttpCompletionOption.ResponseHeadersRead);
            Assert.True(stream.IsSuccessStatusCode);
        }

        await Task.WhenAll(ahead.StopAsync(), behind.StopAsync());
    }

    private static Task<WebApplication> StartAsync(string database, int clockMinutes) =>
        InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, database, null),
            LabServer.Configure, $"{LabSettings.Section}:{nameof(LabSettings.ClockOffsetMinutes)}={clockMinutes}");

    private static Task<int> SweepAsync(WebApplication server, TimeSpan archivedAfter) =>
        server.Services.GetServices<IHostedService>().OfType<RetentionSweeper>().Single()
        .RunRoundAsync(new EveryRound(server.Services.GetRequiredService<IRetentionStore>()), archivedAfter,
            CancellationToken.None);

    /// <summary>A store in which each round may begin.</summary>
    private sealed class EveryRound(IRetentionStore store) : IRetentionStore
    {
        public Task<bool> TryBeginRoundAsync(TimeSpan interval, CancellationToken cancellationToken) =>
            Task.FromResult(true);

        public Task<RetentionPage> FindArchivedAsync(ChatId after, DateTimeOffset unchangedSince, int limit,
            CancellationToken cancellationToken) =>
            store.FindArchivedAsync(after, unchangedSince, limit, cancellationToken);

        public Task<bool> DeleteAsync(ChatId id, long version, CancellationToken cancellationToken) =>
            store.DeleteAsync(id, version, cancellationToken);

        public Task<IReadOnlyList<ChatId>> FindRemainsAsync(ChatId after, int limit,
            CancellationToken cancellationToken) => store.FindRemainsAsync(after, limit, cancellationToken);

        public Task<bool> RemoveRemainsAsync(ChatId id, CancellationToken cancellationToken) =>
            store.RemoveRemainsAsync(id, cancellationToken);

        public Task<bool> RemoveExpiredAsync(ExpiredKind kind, CancellationToken cancellationToken) =>
            store.RemoveExpiredAsync(kind, cancellationToken);
    }
}
