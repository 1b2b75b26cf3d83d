using DurableChat.Conformance;

namespace DurableChat.Cluster.Tests.Postgres;

public sealed class PostgresCommitTests(PostgresFixture postgres) : CommitSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresMessagePageTests(PostgresFixture postgres) : MessagePageSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresIdempotencyTests(PostgresFixture postgres) : IdempotencySpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresChatCountTests(PostgresFixture postgres) : ChatCountSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresListingTests(PostgresFixture postgres) : ListingSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresRetentionTests(PostgresFixture postgres) : RetentionSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresLeaseTests(PostgresFixture postgres) : LeaseSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresRemainsTests(PostgresFixture postgres) : RemainsSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresUsageTests(PostgresFixture postgres) : UsageSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresSettingTests(PostgresFixture postgres) : SettingSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}

public sealed class PostgresCheckpointTests(PostgresFixture postgres) : CheckpointSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => PostgresHarness.CreateAsync(postgres);
}
