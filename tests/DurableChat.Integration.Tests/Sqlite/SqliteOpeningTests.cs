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
        var created = ((Decision.Accepted)ChatRules.Decide(
            new CreateChat(ChatId.Create(DateTimeOffset.UnixEpoch), "owner", "hello", "demo"), new DecisionContext(DateTimeOffset.UnixEpoch, new ChatLimits()))).Transition;
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
        Assert.Contains("9999_future", Refusal(path), StringComparison.Ordinal);
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
        // Root may write to read-only files, so the file is made read-only for SQLite: a database whose folder cannot hold the lock file serves as well.
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

    private static string Refusal(string path)
    {
        var message = Assert.Throws<ChatStoreException>(() => Open(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        return message;
    }

    private static void Execute(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        SqliteConnections.Execute(connection, sql);
    }
}
