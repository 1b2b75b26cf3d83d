using DurableChat.Lab.Running;
using DurableChat.ScaleTest.Running;
using DurableChat.ScaleTest.Tests.Runs;

namespace DurableChat.Lab.Attacks;

/// <summary>
/// Another user of the machine, who looks for files that can be read; and a second server on the same file.
/// </summary>
internal sealed class FilesAttack : Attack
{
    private const UnixFileMode Others = (UnixFileMode)0b_000_111_111;

    public override string Name => "files";

    public override string Bound =>
        "the database, what is beside it, and backups are their owner's alone; one process has the lock";

    public override bool IsLoad => false;

    public override async Task RunAsync(Arena arena, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
        {
            await CheckModesAsync(arena, cancellationToken);
        }

        await CheckLockAsync(arena, cancellationToken);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static async Task CheckModesAsync(Arena arena, CancellationToken cancellationToken)
    {
        await arena.CreateChatAsync(arena.AttackerTokens[0], new { content = "hello" }, cancellationToken);
        var (code, output) = await DurableChatProgram.RunAsync(
            "backup", $"{arena.Database}.backup", "--store", arena.Database);
        arena.Expect(code == 0, $"The backup failed: {output}");
        var folder = new DirectoryInfo(Path.GetDirectoryName(arena.Database)!);
        FileSystemInfo[] all = [folder, .. folder.EnumerateFiles()];
        arena.Expect(all.Length >= 5, "Some of the files are not there.");
        foreach (var file in all)
        {
            var isClosed = (file.UnixFileMode & Others) == 0;
            arena.Tally.Add(isClosed ? "files closed to others" : "files open to others");
            arena.Expect(isClosed, $"{file.Name} is open to others: {file.UnixFileMode}.");
        }
    }

    private static async Task CheckLockAsync(Arena arena, CancellationToken cancellationToken)
    {
        try
        {
            await using var second = await ManagedProcess.StartAsync(
                "a second server",
                ["serve", "--urls", "http://127.0.0.1:0", "--store", arena.Database],
                new Dictionary<string, string>(),
                arena.Folder.FullName,
                cancellationToken);
            arena.Expect(false, "A second server has started on the same file.");
        }
        catch (StartFailedException)
        {
            arena.Tally.Add("second server refused");
        }
    }
}
