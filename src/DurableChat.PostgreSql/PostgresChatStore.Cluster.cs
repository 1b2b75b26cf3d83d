using System.Security.Cryptography;
using DurableChat.Cluster;
using Npgsql;

namespace DurableChat.PostgreSql;

/// <content>The data that the replicas of a cluster share.</content>
public sealed partial class PostgresChatStore
{
    private const int SecretBytes = 32;
    private const string PublicKeys = "public_key:";

    /// <summary>
    /// A secret that all replicas on this database share. Every user who can read the database can read it. The first
    /// call creates it.
    /// </summary>
    public Task<string> GetClusterSecretAsync(CancellationToken cancellationToken) =>
        KeepSettingAsync("secret", SecretBytes, cancellationToken);

    /// <inheritdoc/>
    public async Task<ClusterSecrets> GetClusterSecretsAsync(CancellationToken cancellationToken)
    {
        var secrets = await ReadSecretsAsync(cancellationToken).ConfigureAwait(false);
        if (secrets.InUse.Count > 0)
        {
            return secrets;
        }

        await GetClusterSecretAsync(cancellationToken).ConfigureAwait(false);
        return await ReadSecretsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task RotateClusterSecretAsync(TimeSpan overlap, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(overlap, TimeSpan.Zero);
        await GetClusterSecretAsync(cancellationToken).ConfigureAwait(false);
        await _session.RunAsync(
            "cluster",
            command =>
            {
                command.CommandText = PostgresStatements.RotateSecret;
                var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = secret });
                command.Parameters.Add(new NpgsqlParameter<double> { TypedValue = overlap.TotalSeconds });
            },
            (command, ct) => command.ExecuteNonQueryAsync(ct),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A name that distinguishes the cluster of replicas on this database from others. The first call creates it. It is
    /// not secret.
    /// </summary>
    public Task<string> GetClusterNameAsync(CancellationToken cancellationToken) =>
        KeepSettingAsync("name", 8, cancellationToken);

    /// <inheritdoc/>
    public Task PublishKeyAsync(string id, byte[] key, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _session.RunAsync(
            "cluster",
            command =>
            {
                Prepare(command, PostgresStatements.PublishKey, PublicKeys + id, Convert.ToBase64String(key));
                command.Parameters.Add(new NpgsqlParameter<double> { TypedValue = lifetime.TotalSeconds });
            },
            (command, ct) => command.ExecuteNonQueryAsync(ct),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<PublishedKey?> FindKeyAsync(string id, CancellationToken cancellationToken) => _session.RunAsync(
        "cluster",
        command => Prepare(command, PostgresStatements.FindKeyOfReplica, PublicKeys + id),
        async (command, ct) =>
        {
            await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            return await row.ReadAsync(ct).ConfigureAwait(false) && row.GetInt64(1) is > 0 and var left
                ? new PublishedKey(Convert.FromBase64String(row.GetString(0)), TimeSpan.FromMilliseconds(left))
                : null;
        },
        cancellationToken);

    private Task<ClusterSecrets> ReadSecretsAsync(CancellationToken cancellationToken) => _session.RunAsync(
        "cluster",
        command => command.CommandText = PostgresStatements.ReadSecrets,
        async (command, ct) =>
        {
            var secrets = new List<string>();
            DateTimeOffset? now = null;
            await using var row = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
            while (await row.ReadAsync(ct).ConfigureAwait(false))
            {
                secrets.Add(row.GetString(0));
                now = row.GetFieldValue<DateTimeOffset>(1);
            }

            return new ClusterSecrets(secrets, now);
        },
        cancellationToken);

    /// <summary>A random value on which all replicas on this database agree.</summary>
    private async Task<string> KeepSettingAsync(string name, int bytes, CancellationToken cancellationToken)
    {
        var candidate = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
        while (true)
        {
            var kept = await _session.RunAsync(
                "cluster",
                command => Prepare(command, PostgresStatements.KeepSetting, name, candidate),
                async (command, ct) => await command.ExecuteScalarAsync(ct).ConfigureAwait(false) as string,
                cancellationToken).ConfigureAwait(false);

            // Of two concurrent calls, the second sees neither its own row nor yet the first's.
            if (kept is not null)
            {
                return kept;
            }
        }
    }
}
