using DurableChat.Chats;
using DurableChat.Diagnostics;
using DurableChat.Sqlite;
using Xunit;

#pragma warning disable CA1416 // They are skipped on Windows.

namespace DurableChat.Integration.Tests.Sqlite;

/// <summary>Who can open what the store makes.</summary>
public sealed class PrivateFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>They were readable for everybody on the machine, and everybody could hold the lock.</summary>
    [Fact]
    public async Task Nobody_but_the_owner_can_open_what_is_made()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var folder = Path.Combine(_folder.Path, "made");
        var path = Path.Combine(folder, "chat.db");
        await using var store = Open(path);
        await store.CommitAsync(NewChat(), null, CancellationToken.None);
        Assert.Equal("rwx", Others(folder));
        Assert.Equal(["chat.db", "chat.db-shm", "chat.db-wal", "chat.db.lock"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(folder), file => Assert.Equal("rw", Others(file)));
        var copy = _folder.File("copy.db");
        SqliteBackup.Save(path, copy);
        Assert.Equal("rw", Others(copy));
        var restored = _folder.File("restored.db");
        SqliteBackup.Restore(copy, restored, DateTimeOffset.UnixEpoch);
        Assert.Equal("rw", Others(restored));
    }

    [Fact]
    public async Task What_an_earlier_version_left_open_to_all_is_closed_and_a_folder_that_was_there_is_left_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var path = _folder.File("chat.db");
        await Open(path).DisposeAsync();
        File.WriteAllText($"{path}.lock", string.Empty);
        const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(path, Everybody);
        File.SetUnixFileMode($"{path}.lock", Everybody);
        var folder = File.GetUnixFileMode(_folder.Path);
        await using var store = Open(path);
        await store.CommitAsync(NewChat(), null, CancellationToken.None);
        Assert.All(Directory.GetFiles(_folder.Path), file => Assert.Equal("rw", Others(file)));
        Assert.Equal(folder, File.GetUnixFileMode(_folder.Path));
    }

    /// <summary>The rights of a file's owner if nobody else has any.</summary>
    private static string Others(string path) => File.GetUnixFileMode(path) switch
    {
        UnixFileMode.UserRead | UnixFileMode.UserWrite => "rw",
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute => "rwx",
        var mode => mode.ToString(),
    };

    private static SqliteChatStore Open(string path) =>
        SqliteChatStore.Open(new SqliteStoreOptions(path), new StoreMetrics(), TimeProvider.System);

    private static Transition NewChat() => ((Decision.Accepted)ChatRules.Decide(
        new CreateChat(ChatId.Create(DateTimeOffset.UnixEpoch), "alice", "hello", "demo"),
            new DecisionContext(DateTimeOffset.UnixEpoch, new ChatLimits()))).Transition.WithCommitId(Guid.NewGuid());
}
