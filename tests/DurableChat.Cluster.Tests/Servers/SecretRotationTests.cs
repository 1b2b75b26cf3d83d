using DurableChat.Chats;
using DurableChat.Cluster.Tests.Postgres;
using DurableChat.Integration.Tests.Processes;
using DurableChat.Relays;
using DurableChat.Server.Configuration;
using DurableChat.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Cluster.Tests.Servers;

/// <summary>A cluster whose secret changes while its replicas run.</summary>
public sealed class SecretRotationTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Replicas_that_started_before_and_after_a_rotation_reach_each_other()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var before = await StartAsync(database);
        var rotated = await ProgramRun.RunAsync([], ["secret", "rotate", "--store", database]);
        Assert.True(rotated.Code == 0, rotated.Error);
        await using var after = await StartAsync(database);
        var replicas = await ReplicasAsync(before, 2);
        Assert.Equal(2, (await SecretsAsync(after)).Count);
        foreach (var server in new[] { before, after })
        {
            foreach (var replica in replicas)
            {
                await ReachAsync(server, replica);
            }
        }

        await Task.WhenAll(before.StopAsync(), after.StopAsync());
    }

    [Theory]
    [InlineData("serves one process", "--data", "chat.db")]
    [InlineData("--overlap must be", "--store", "Host=127.0.0.1;Port=1", "--overlap", "30.00:00:00")]
    public async Task What_cannot_be_rotated_is_said_in_a_sentence(string said, params string[] arguments)
    {
        var run = await ProgramRun.RunAsync([], ["secret", "rotate", .. arguments]);
        Assert.NotEqual(0, run.Code);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    private static Task<WebApplication> StartAsync(string database) =>
        InProcessServer.StartAsync(new ServeOptions("http://127.0.0.1:0", null, database, null));

    private static async Task<IReadOnlyList<string>> SecretsAsync(WebApplication server) =>
        (await server.Services.GetRequiredService<IClusterIdentity>().GetClusterSecretsAsync(CancellationToken.None)).InUse;

    private static async Task<IReadOnlyList<Uri>> ReplicasAsync(WebApplication server, int count)
    {
        var leases = server.Services.GetRequiredService<ILeaseStore>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        while (true)
        {
            var addresses = (await leases.ListReplicasAsync(10, patience.Token)).Select(replica => replica.Address).OfType<string>().ToList();
            if (addresses.Count == count)
            {
                return [.. addresses.Select(address => new Uri(address))];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>
    /// A replica reads its secrets again at most every five seconds, and one that is refused tries again.
    /// </summary>
    private static async Task ReachAsync(WebApplication server, Uri replica)
    {
        var relay = server.Services.GetRequiredService<IRelay>();
        var chat = ChatId.Create(TimeProvider.System.GetUtcNow());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        while (true)
        {
            try
            {
                await foreach (var frame in relay.ReadAsync(replica, chat, 0, 0, patience.Token))
                {
                    Assert.Fail($"Nobody drives the chat: {frame}");
                }

                return;
            }
            catch (RelayException refused) when (refused.Message.Contains("401", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
            }
        }
    }
}
