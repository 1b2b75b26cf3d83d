using System.CommandLine;
using DurableChat.Diagnostics;
using DurableChat.PostgreSql;
using DurableChat.Server.Configuration;
using DurableChat.Server.Hosting;
using DurableChat.Server.Stores;
using DurableChat.Server.Text;

namespace DurableChat.Server.Commands;

/// <summary>The commands for the secret that the replicas of a cluster share.</summary>
internal static class SecretCommand
{
    private static readonly TimeSpan _overlap = TimeSpan.FromHours(1);
    private static readonly TimeSpan _longestOverlap = TimeSpan.FromDays(7);

    public static Command Create() =>
        new("secret", "Looks after the secret that the replicas of a cluster share.") { CreateRotate() };

    private static Command CreateRotate()
    {
        var store = new StoreOptions();
        var overlap = new Option<TimeSpan>("--overlap")
        {
            Description = "How long the old secret stays in use beside the new one. 0 if others have it: replicas "
                + "that have not read the new one then miss notifications and relays for up to a minute.",
            DefaultValueFactory = _ => _overlap,
        };
        var command = new Command("rotate",
            "Gives the cluster a new secret, also while its replicas run. They read it within a minute.") { overlap };
        store.AddTo(command);
        command.SetAction((parsed, cancellationToken) => PlainErrors.RunAsync(async () =>
        {
            var configuration = ServerConfiguration.CreateBuilder([]).Configuration;
            var choice = StoreChoice.Read(store.Data(parsed), store.Store(parsed), configuration);
            var time = parsed.GetValue(overlap);
            Check(choice, Settings.Read<ClusterSettings>(configuration, "Cluster"), time);
            await using var postgres = PostgresChatStore.Open(new PostgresStoreOptions(choice.PostgreSql!),
                new StoreMetrics(), null, TimeProvider.System);
            await postgres.RotateClusterSecretAsync(time, cancellationToken);
            Console.WriteLine(time == TimeSpan.Zero
                ? "The cluster has a new secret. The old one counts no more. Replicas read the new one within a minute."
                : $"The cluster has a new secret. Replicas read it within a minute; the old one counts for {time} more.");
        }));
        return command;
    }

    private static void Check(StoreChoice choice, ClusterSettings? cluster, TimeSpan overlap)
    {
        if (choice.PostgreSql is null)
        {
            throw new ConfigurationException(
                "A SQLite file serves one process, which shares no secret. Set Store:PostgreSql, or give --store.");
        }

        if (cluster?.Secret is not null)
        {
            throw new ConfigurationException(
                "The secret is configured (Cluster:Secret): give each replica a new one there and the old one as "
                + "Cluster:PreviousSecret, one replica after the other; then remove Cluster:PreviousSecret.");
        }

        if (overlap < TimeSpan.Zero || overlap > _longestOverlap)
        {
            throw new ConfigurationException($"--overlap must be from zero to {_longestOverlap}.");
        }
    }
}
