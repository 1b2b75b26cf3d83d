using DurableChat.Conformance;

namespace DurableChat.Integration.Tests.Sqlite;

public sealed class SqliteCommitTests : CommitSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteMessagePageTests : MessagePageSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteIdempotencyTests : IdempotencySpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteChatCountTests : ChatCountSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteListingTests : ListingSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteRetentionTests : RetentionSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteLeaseTests : LeaseSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteRemainsTests : RemainsSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteUsageTests : UsageSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteSettingTests : SettingSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}

public sealed class SqliteCheckpointSpecTests : CheckpointSpecs
{
    protected override ValueTask<IStoreHarness> CreateHarnessAsync() => new(new SqliteHarness());
}
