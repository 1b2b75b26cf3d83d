using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

public sealed class SqliteOpeningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_folder_and_the_file_are_made()
    {
        await using var store = Open(Path.Combine(_folder.Path, "a", "b", "chat.db"));
        Assert.Null(await store.LoadAsync(ChatId.Create(DateTimeOffset.UnixEpoch), CancellationToken.None));
    }

    [Fact]
    public async Task What_was_committed_is_there_when_opened_again()
    {
        var path = _folder.File("chat.db");
        var created = NewChat(null);
        await using (var store = Open(path))
        {
            await store.CommitAsync(created, null, CancellationToken.None);
        }

        await using var again = Open(path);
        Assert.Equal(created.Next.Version, (await again.LoadAsync(created.Next.Id, CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task A_second_user_of_the_file_is_refused_and_the_first_goes_on()
    {
        var path = _folder.File("chat.db");
        await using var store = Open(path);
        Assert.Contains("in use by another process", Refusal(path), StringComparison.Ordinal);
        Assert.Null(await store.LoadAsync(ChatId.Create(DateTimeOffset.UnixEpoch), CancellationToken.None));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_and_left_alone()
    {
        var path = _folder.File("chat.db");
        await Open(path).DisposeAsync();
        Execute(path, "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('DurableChat.Sqlite.Migrations.9999_future.sql', '2030-01-01')");
        Assert.Contains("newer version", Refusal(path), StringComparison.Ordinal);
        var before = File.ReadAllBytes(path);
        Assert.Contains("9999_future", Refusal(path), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_database_of_another_program_that_numbers_its_scripts_is_refused_and_left_alone()
    {
        var path = _folder.File("chat.db");
        Execute(path, "CREATE TABLE SchemaVersions (SchemaVersionID INTEGER PRIMARY KEY, ScriptName TEXT, Applied DATETIME)");
        Execute(path, "INSERT INTO SchemaVersions (ScriptName, Applied) VALUES ('001.sql', '2020-01-01')");
        var before = File.ReadAllBytes(path);
        Assert.Contains("it has '001.sql'", Refusal(path), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_database_of_another_program_is_refused_and_left_alone()
    {
        var path = _folder.File("chat.db");
        Execute(path, "CREATE TABLE songs (title TEXT)");
        var before = File.ReadAllBytes(path);
        Assert.Contains("it has 'songs'", Refusal(path), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task A_second_user_is_refused_also_if_it_comes_through_a_symbolic_link()
    {
        var path = _folder.File("chat.db");
        var link = _folder.File("link.db");
        File.CreateSymbolicLink(link, path);
        await using (Open(path))
        {
            Assert.Contains("in use by another process", Refusal(link, path), StringComparison.Ordinal);
        }

        await using (Open(link))
        {
            Assert.Contains("in use by another process", Refusal(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_lock_file_that_cannot_be_made_is_not_taken_for_another_process()
    {
        // The name fits into a folder, but with '.lock' behind it it does not.
        var path = _folder.File(new string('x', 252));
        Assert.DoesNotContain("another process", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_make_no_sense_are_refused_before_the_file_is_touched()
    {
        var path = _folder.File("chat.db");
        Assert.Throws<ArgumentOutOfRangeException>(() => SqliteChatStore.Open(new SqliteStoreOptions(path) { Readers = 0 }, new StoreMetrics(), TimeProvider.System));
        Assert.False(File.Exists(path));
        await Open(path).DisposeAsync();
    }

    [Fact]
    public async Task The_leases_of_the_process_before_can_be_taken_at_once()
    {
        var path = _folder.File("chat.db");
        await using (var store = Open(path))
        {
            await store.HeartbeatAsync("replica", null, TimeSpan.FromSeconds(20), CancellationToken.None);
            await store.CommitAsync(NewChat("replica"), null, CancellationToken.None);
            Assert.Empty(await store.FindClaimableAsync(new ClaimQuery("asker", TimeSpan.FromHours(1), 10), CancellationToken.None));
        }

        await using var again = Open(path);
        Assert.Single(await again.FindClaimableAsync(new ClaimQuery("asker", TimeSpan.FromHours(1), 10), CancellationToken.None));
    }

    [Fact]
    public async Task A_closed_store_is_one_file_and_says_that_it_is_closed()
    {
        var path = _folder.File("chat.db");
        var store = Open(path);
        var created = NewChat(null);
        await store.CommitAsync(created, null, CancellationToken.None);
        await store.LoadAsync(created.Next.Id, CancellationToken.None);
        await store.DisposeAsync();
        await store.DisposeAsync();
        Assert.Equal([path, $"{path}.lock"], Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<ChatStoreException>(() => store.LoadAsync(created.Next.Id, CancellationToken.None));
        await Assert.ThrowsAsync<ChatStoreException>(() => store.DeleteAsync(created.Next.Id, CancellationToken.None));
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_and_left_alone()
    {
        var path = _folder.File("chat.db");
        File.WriteAllText(path, new string('x', 10_000));
        Assert.Contains("not a SQLite database", Refusal(path), StringComparison.Ordinal);
        Assert.Equal(new string('x', 10_000), File.ReadAllText(path));
    }

    [Fact]
    public void A_folder_in_place_of_the_file_is_refused()
    {
        var path = _folder.File("chat.db");
        Directory.CreateDirectory(path);
        Assert.Contains("cannot be opened", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_database_is_refused()
    {
        // Root may write to read-only files, so the file is made read-only for SQLite: a database whose folder cannot
        // hold the lock file serves as well.
        var path = _folder.File("chat.db");
        await Open(path).DisposeAsync();
        File.Delete($"{path}.lock");
        Directory.CreateDirectory($"{path}.lock");
        Assert.Contains("cannot be written", Refusal(path), StringComparison.Ordinal);
        Directory.Delete($"{path}.lock");
        Assert.Contains("cannot be written", SqliteConnections.Explain(new SqliteException("readonly", 8), path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_another_program_has_locked_is_refused()
    {
        var path = _folder.File("chat.db");
        await Open(path).DisposeAsync();
        using var other = new SqliteConnection($"Data Source={path};Pooling=False");
        other.Open();
        SqliteConnections.Execute(other, "PRAGMA locking_mode = EXCLUSIVE");
        SqliteConnections.Execute(other, "BEGIN EXCLUSIVE");
        Assert.Contains("locked by another program", Refusal(path), StringComparison.Ordinal);
    }

    private static SqliteChatStore Open(string path) => SqliteChatStore.Open(new SqliteStoreOptions(path), new StoreMetrics(), TimeProvider.System);

    private static Transition NewChat(string? claimBy) => ((Decision.Accepted)ChatRules.Decide(
        new CreateChat(ChatId.Create(DateTimeOffset.UnixEpoch), "owner", "hello", "demo") { ClaimBy = claimBy },
        new DecisionContext(DateTimeOffset.UnixEpoch, new ChatLimits()))).Transition.WithCommitId(Guid.NewGuid());

    private static string Refusal(string path, string? named = null)
    {
        var message = Assert.Throws<ChatStoreException>(() => Open(path)).Message;
        Assert.Contains(named ?? path, message, StringComparison.Ordinal);
        return message;
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        SqliteConnections.Execute(connection, sql);
    }
}
