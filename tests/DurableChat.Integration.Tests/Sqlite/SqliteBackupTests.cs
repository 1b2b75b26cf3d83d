using DurableChat.Chats;
using DurableChat.Conformance;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using DurableChat.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>Copies of databases.</summary>
public sealed class SqliteBackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_copy_of_a_database_in_use_is_one_file_and_has_all()
    {
        await using (var store = Open("chat.db"))
        {
            await ReleasedData.FillAsync(store);
            SqliteBackup.Save(_folder.File("chat.db"), _folder.File("copy.db"));
        }

        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), file => Path.GetFileName(file) is "copy.db-wal" or "copy.db-shm" or "copy.db.partial");
        await using var copy = Open("copy.db");
        await ReleasedData.CheckAsync(copy, copy);
    }

    [Fact]
    public async Task A_restored_database_has_higher_epochs_and_versions_however_often_it_is_restored()
    {
        await using (var store = Open("chat.db"))
        {
            await ReleasedData.FillAsync(store);
        }

        var id = ChatId.FromIdempotencyKey("owner", "edited");
        Chat? before = null;
        for (var round = 1; round <= 2; round++)
        {
            Assert.Equal(6, SqliteBackup.Restore(_folder.File("chat.db"), _folder.File($"restored {round}.db"), ReleasedData.Now.AddMinutes(round)));
            await using var restored = Open($"restored {round}.db");
            var chat = (await restored.LoadAsync(id, CancellationToken.None))!;
            Assert.True(chat.Epoch > (before?.Epoch ?? 2) && chat.Version > (before?.Version ?? 10));
            Assert.Equal(4, chat.LastMessageId);
            before = chat;
        }
    }

    [Fact]
    public async Task What_is_there_is_never_written_over()
    {
        await Open("chat.db").DisposeAsync();
        await File.WriteAllTextAsync(_folder.File("taken"), "precious");
        Refuses(() => SqliteBackup.Save(_folder.File("chat.db"), _folder.File("taken")), "exists. Move it away");
        Refuses(() => SqliteBackup.Restore(_folder.File("chat.db"), _folder.File("taken"), ReleasedData.Now), "exists. Move it away");
        Assert.Equal("precious", await File.ReadAllTextAsync(_folder.File("taken")));

        // SQLite would apply the log of a database that is gone to the one that takes its place.
        await File.WriteAllTextAsync(_folder.File("gone.db-wal"), "");
        Refuses(() => SqliteBackup.Restore(_folder.File("chat.db"), _folder.File("gone.db"), ReleasedData.Now), "left of another database");
        await using var inUse = Open("used.db");
        Refuses(() => SqliteBackup.Restore(_folder.File("chat.db"), _folder.File("used.db"), ReleasedData.Now), "in use by another process");
    }

    [Fact]
    public void What_is_no_database_of_ours_is_not_copied_and_leaves_nothing()
    {
        Refuses(() => SqliteBackup.Save(_folder.File("none.db"), _folder.File("copy.db")), "There is no database");
        Refuses(() => SqliteBackup.Restore(_folder.File("none.db"), _folder.File("copy.db"), ReleasedData.Now), "There is no backup");
        File.WriteAllText(_folder.File("text.db"), new string('x', 10_000));
        Refuses(() => SqliteBackup.Save(_folder.File("text.db"), _folder.File("copy.db")), "not a SQLite database");
        using (var connection = new SqliteConnection($"Data Source={_folder.File("songs.db")};Pooling=False"))
        {
            connection.Open();
            SqliteConnections.Execute(connection, "CREATE TABLE songs (title TEXT)");
        }

        Refuses(() => SqliteBackup.Restore(_folder.File("songs.db"), _folder.File("copy.db"), ReleasedData.Now), "belongs to another program");
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path, "copy.db*"), file => !file.EndsWith(".lock", StringComparison.Ordinal));
        Refuses(() => SqliteBackup.Save(_folder.File("songs.db"), Path.Combine(_folder.Path, "no folder", "copy.db")), "copy.db");
    }

    private static void Refuses(Action act, string expected) => Assert.Contains(expected, Assert.Throws<ChatStoreException>(act).Message, StringComparison.Ordinal);

    private SqliteChatStore Open(string name) => SqliteChatStore.Open(new SqliteStoreOptions(_folder.File(name)), new StoreMetrics(), new Microsoft.Extensions.Time.Testing.FakeTimeProvider(ReleasedData.Now));
}
